"""A built site: its pages, their anchors and their links."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final
from urllib.parse import unquote, urldefrag, urlsplit

_LOADED: Final = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
"""Tags whose URL a browser loads by itself, and the attribute that has it."""

_NOT_LOADED: Final = {"canonical", "prev", "next"}


@dataclass
class Html(HTMLParser):
    """The links of a page, the files that it loads, and the anchors in it."""

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.anchors.append(found["id"])
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in _LOADED and _LOADED[tag] in found and found.get("rel") not in _NOT_LOADED:
            self.loaded.append(found[_LOADED[tag]])


class Site:
    """A site in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def pages(self) -> dict[str, Html]:
        """The pages by their path in the site, except the one for a wrong URL."""
        found = {}
        for path in sorted(self.folder.rglob("*.html")):
            name = path.relative_to(self.folder).as_posix()
            if name != "404.html":
                found[name] = Html()
                found[name].feed(path.read_text(encoding="utf-8"))
        return found

    def broken(self, page: str) -> list[str]:
        """The links of a page, and its loaded files, whose target is not in the site."""
        html = self.pages[page]
        here = [one for one in (*html.links, *html.loaded) if not urlsplit(one).netloc]
        return [one for one in dict.fromkeys(here) if not self._exists(page, one)]

    def _exists(self, page: str, link: str) -> bool:
        path, anchor = urldefrag(link)
        target = normpath(join(dirname(page), unquote(path))) if path else page
        if path.endswith("/") or (self.folder / target).is_dir():
            target = normpath(join(target, "index.html"))
        if not anchor or anchor.startswith("__"):
            return (self.folder / target).is_file()
        return target in self.pages and unquote(anchor) in self.pages[target].anchors
