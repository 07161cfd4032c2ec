"""Text -> HTML for the pages of the reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

_LONGEST_TYPE: Final = 240
_SHOWN_OF_LONG: Final = 110
_CODE: Final = re.compile(r"`+([^`]+)`+")
_TOKEN: Final = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<name>[A-Za-z_]\w*)|.""", re.S
)

Link = Callable[[str], str]
"""Maps the name of a component or an operation to its URL; an empty text if it has none."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list of definitions: a name, its type as HTML, short notes, and a sentence."""

    name: str
    type: str = ""
    notes: tuple[str, ...] = ()
    doc: str = ""
    anchor: str = ""
    url: str = ""


def prose(text: str) -> str:
    """A sentence as HTML, with the code in backticks."""
    return _CODE.sub(r"<code>\1</code>", escape(" ".join(text.split()), quote=False))


def annotation(text: str, link: Link) -> str:
    """An annotation as HTML: components are links, and a long one can be opened."""
    linked = "".join(_linked(text, link))
    if len(text) <= _LONGEST_TYPE:
        return f'<code class="type" data-search-exclude>{linked}</code>'
    begin = text[:_SHOWN_OF_LONG]
    short = escape(begin.rpartition(" ")[0] or begin, quote=False)
    return (
        f'<details class="type" data-search-exclude><summary><code class="type">{short} …</code></summary>'
        f'<code class="type">{linked}</code></details>'
    )


def _linked(text: str, link: Link) -> Iterator[str]:
    for token in _TOKEN.finditer(text):
        url = link(token[0]) if token.lastgroup == "name" else ""
        yield anchor(token[0], url) if url else escape(token[0], quote=False)


def anchor(text: str, url: str) -> str:
    """A link."""
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>'


def dotted(name: str) -> str:
    """A dotted name as code that may be broken after its dots and underscores."""
    return f"<code>{re.sub(r'(?<=[._])(?=.)', '<wbr>', escape(name, quote=False))}</code>"


def items(found: Iterable[Item]) -> str:
    """A list of definitions. The site's search knows its names and sentences."""
    body = "".join(map(_item, found))
    return f'<dl class="api">{body}</dl>' if body else ""


def _item(one: Item) -> str:
    name = f"<code>{escape(one.name, quote=False)}</code>"
    name = (
        f'<a class="name" href="{escape(one.url)}">{name}</a>'
        if one.url
        else f'<span class="name">{name}</span>'
    )
    notes = "".join(
        f' <span class="note" data-search-exclude>{escape(each, quote=False)}</span>' for each in one.notes
    )
    place = f' id="{escape(one.anchor)}"' if one.anchor else ""
    doc = f"<dd>{prose(one.doc)}</dd>" if one.doc.strip() else ""
    return f"<dt{place}>{name}{notes}{one.type}</dt>{doc}"
