"""The entries of ``typed-openai explain`` as HTML."""

from __future__ import annotations

from collections.abc import Iterator

from typed_openai.cli.explain.pages import Entry, Page, deprecation
from typed_openai_docs.markup import Item, prose


def item(entry: Entry, type: str = "", anchor: str = "", url: str = "") -> Item:
    """An argument, field or result as an item of a list; ``type`` is its annotation as HTML."""
    notes = tuple(entry.notes())
    if entry.deprecated is not None:
        notes = (*notes, "deprecated")
    return Item(entry.name, type, notes, _sentence(entry), anchor, url)


def _sentence(entry: Entry) -> str:
    if not entry.deprecated or "deprecated" in entry.doc.casefold():
        return entry.doc
    return f"{entry.doc} {deprecation(entry.deprecated)}".strip()


def notices(page: Page) -> Iterator[str]:
    """The notes of a page, and its deprecation, as paragraphs."""
    yield from (f'<p class="notice">{prose(one)}</p>' for one in page.notes)
    if page.deprecated is not None:
        yield f'<p class="notice deprecated">{prose(deprecation(page.deprecated))}</p>'
