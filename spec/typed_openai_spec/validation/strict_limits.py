"""The limits of the size of a strict JSON Schema, from https://platform.openai.com/docs/guides/structured-outputs.

A definition counts once, however often it is referred to. The levels of nesting are those of objects inside
objects that are written out: it is not documented if arrays, unions and references count as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.json_schemas import schemas_inside
from typed_openai_spec.validation.value_places import Place

WALKED: Final = frozenset({"properties", "$defs", "definitions", "anyOf", "items"})
"""The keywords whose schemas are part of a strict schema."""

_MOST_LEVELS: Final = 10
_MOST_PROPERTIES: Final = 5_000
_MOST_CONSTANTS: Final = 1_000
_MOST_TEXT: Final = 120_000
_LONG_ENUM: Final = 250
_MOST_TEXT_IN_LONG_ENUM: Final = 15_000


@dataclass(slots=True)
class SchemaSize:
    """The size of a schema as far as it is known: it may be larger, but not smaller."""

    properties: int = 0
    constants: int = 0
    text: int = 0

    def add_names(self, names: Iterable[str], *, are_properties: bool = True) -> None:
        """Count the names of properties, or of definitions."""
        listed = [*names]
        self.properties += len(listed) if are_properties else 0
        self.text += sum(map(len, listed))

    def add_constants(self, values: Iterable[object]) -> None:
        """Count the values of an enumeration."""
        listed = [*values]
        self.constants += len(listed)
        self.text += text_length(listed)

    def excesses(self) -> Iterator[str]:
        """Yield the limits that the schema as a whole exceeds."""
        yield from _exceeded(self.properties, _MOST_PROPERTIES, "properties")
        yield from _exceeded(self.constants, _MOST_CONSTANTS, "values of enumerations")
        yield from _exceeded(self.text, _MOST_TEXT, "characters in names and constants")


def text_length(values: Iterable[object]) -> int:
    """Return the length of all strings among some values."""
    return sum(len(one) for one in values if isinstance(one, str))


def long_enumeration(values: Iterable[object]) -> Iterator[str]:
    """Yield the limit that a single enumeration of many long strings exceeds."""
    listed = [*values]
    if len(listed) > _LONG_ENUM:
        what = f"characters in an enumeration of more than {_LONG_ENUM} values"
        yield from _exceeded(text_length(listed), _MOST_TEXT_IN_LONG_ENUM, what)


def excesses(schema: Mapping[str, object], place: Place) -> Iterator[tuple[Place, str]]:
    """Yield the limits that a schema exceeds, each with its place."""
    size = SchemaSize()
    waiting: list[tuple[Mapping[str, object], Place, int]] = [(schema, place, 0)]
    while waiting:
        one, here, outer = waiting.pop()
        level = outer + bool(one.get("properties"))
        if level > _MOST_LEVELS:
            yield here, _text(_MOST_LEVELS, "levels of nested objects", level)
            continue
        yield from _counted(one, here, size)
        inner = [(each, at, keyword) for keyword, each, at in schemas_inside(one, here) if keyword in WALKED]
        waiting += [
            (each, at, 0 if keyword in ("$defs", "definitions") else level)
            for each, at, keyword in reversed(inner)
        ]
    yield from ((place, text) for text in size.excesses())


def _counted(schema: Mapping[str, object], place: Place, size: SchemaSize) -> Iterator[tuple[Place, str]]:
    """Add what a schema itself has to the size, and yield the limit that its enumeration exceeds."""
    for keyword in ("properties", "$defs", "definitions"):
        if isinstance(named := schema.get(keyword), dict):
            size.add_names(named, are_properties=keyword == "properties")
    size.text += text_length([schema.get("const")])
    if isinstance(values := schema.get("enum"), list):
        size.add_constants(values)
        yield from (((*place, "enum"), text) for text in long_enumeration(values))


def _exceeded(found: int, most: int, what: str) -> Iterator[str]:
    if found > most:
        yield _text(most, what, found)


def _text(most: int, what: str, found: int) -> str:
    return f"a strict schema has at most {most} {what}; got {found}"
