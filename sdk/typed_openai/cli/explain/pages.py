"""Pages about parts of the API as data, to be printed as text or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from typed_openai.cli.printing import Paper, one_line
from typed_openai_spec.model import MISSING, Json, Missing

_SHOWN_VALUES: Final = 12
_TYPE_SAYS: Final = 8
"""Number of constants up to which the type lists them; more are listed separately."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a page, with its description.

    ``path`` is the name under which to read more; empty if there is no more.
    """

    name: str
    type: str = ""
    doc: str = ""
    text: str = ""
    path: str = ""
    required: bool = False
    default: Json | Missing = MISSING
    deprecated: str | None = None
    bounds: tuple[str, ...] = ()
    values: tuple[str | int | float | bool, ...] = ()

    def notes(self) -> Iterator[str]:
        """Yield short notes, apart from the deprecation."""
        if self.required:
            yield "required"
        if self.default is not MISSING and self.default is not None:
            yield f"default {one_line(repr(self.default))}"
        yield from self.bounds

    def as_json(self) -> dict[str, Any]:
        """Return a JSON object without empty values."""
        found: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "path": self.path,
            "required": self.required,
            "bounds": list(self.bounds),
            "values": list(self.values),
            "doc": self.doc,
            "text": self.text,
        }
        found = {key: value for key, value in found.items() if value}
        if self.default is not MISSING:
            found["default"] = self.default
        if self.deprecated is not None:
            found["deprecated"] = self.deprecated or True
        return found


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a title, or code; ``key`` is its name in JSON."""

    key: str
    title: str
    entries: tuple[Entry, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page about one part of the API. ``head`` is shown beside its name: its type, or method and path."""

    kind: str
    name: str
    head: str = ""
    doc: str = ""
    text: str = ""
    notes: tuple[str, ...] = ()
    deprecated: str | None = None
    sections: tuple[Section, ...] = ()
    link: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return a JSON object without empty values."""
        found: dict[str, Any] = {
            "kind": self.kind,
            "name": self.name,
            "head": self.head,
            "doc": self.doc,
            "text": self.text,
            "notes": list(self.notes),
            "link": self.link,
        }
        found = {key: value for key, value in found.items() if value}
        if self.deprecated is not None:
            found["deprecated"] = self.deprecated or True
        for one in self.sections:
            found[one.key] = one.code or [entry.as_json() for entry in one.entries]
        return found


def page_lines(page: Page, paper: Paper) -> Iterator[str]:
    """Yield the lines of a page as text."""
    head = f"  {paper.styled(one_line(page.head), 'note')}" if page.head else ""
    if page.name:
        yield paper.styled(one_line(page.name), "name") + head
    if page.doc:
        yield paper.filled(page.doc)
    if page.text:
        yield from ("", *paper.prose(page.text))
    if page.deprecated is not None:
        yield from ("", paper.filled(deprecation(page.deprecated), style="warning"))
    for note in page.notes:
        yield from ("", paper.filled(note))
    for section in page.sections:
        yield from ("", paper.styled(section.title, "title"))
        if section.code:
            yield from (f"  {line}" if line else "" for line in section.code.split("\n"))
        for entry in section.entries:
            yield from entry_lines(entry, paper)
    if page.link:
        yield from ("", one_line(page.link))


def entry_lines(entry: Entry, paper: Paper) -> Iterator[str]:
    """Yield the lines of an entry: its name and type, its description, its notes."""
    yield _with_name(paper, one_line(entry.name), entry.type)
    notes = "; ".join(entry.notes())
    doc = f"{entry.doc.strip()} ({notes})" if entry.doc.strip() and notes else entry.doc.strip() or notes
    if doc:
        yield paper.filled(doc, 10)
    if len(entry.values) > _TYPE_SAYS:
        yield paper.filled(_values(entry), 10)
    if entry.deprecated is not None and "deprecated" not in entry.doc.casefold():
        yield paper.filled(deprecation(entry.deprecated), 10, style="warning")


def _with_name(paper: Paper, name: str, type: str) -> str:
    text = f"{name} {type}"
    if paper.width is not None and len(text) + 2 > paper.width:
        text = text.replace("|", " | ")
    text = paper.filled(text, 2, 4)
    return f"  {paper.styled(name, 'name')}{text[2 + len(name) :]}" if text[2:].startswith(name) else text


def _values(entry: Entry) -> str:
    more = len(entry.values) - _SHOWN_VALUES if entry.path else 0
    shown = ", ".join(map(str, entry.values[:_SHOWN_VALUES] if more > 0 else entry.values))
    return f"One of {shown}" + (f" and {more} more: typed-openai explain {entry.path}" if more > 0 else "")


def deprecation(replacement: str) -> str:
    """Return the sentence about a deprecation, with its replacement if there is one."""
    verb = "" if not replacement or replacement.startswith("no ") else "use "
    return f"Deprecated: {verb}{replacement}." if replacement else "Deprecated."
