"""The items of arrays, and the properties of objects that have no names of their own."""

from __future__ import annotations

from typing import Any, Protocol

from typed_openai_spec.model import Array, Schema
from typed_openai_spec.openapi.schemas.keywords import Raw, pointer
from typed_openai_spec.openapi.schemas.unions import flat_union
from typed_openai_spec.problems import Kind


class SchemaReader(Protocol):
    """Reads the schemas inside of another one."""

    def read(self, raw: Any, place: str, name: str) -> Schema: ...

    def report(self, place: str, text: str, cost: str, kind: Kind = ..., /) -> None: ...


def array_of(raw: Raw, place: str, name: str, reader: SchemaReader) -> Array:
    """Return the array of a checked schema. Its items may be described by their places."""
    first = raw.get("prefixItems", [])
    rest = raw.get("items", not first)
    places = tuple(
        reader.read(one, pointer(place, "prefixItems", i), f"{name}Item{i + 1}")
        for i, one in enumerate(first)
    )
    most = raw.get("maxItems", len(first) if first and rest is False else None)
    is_open = rest is not False and not (first and most is not None and most <= len(first))
    others = [reader.read(rest, pointer(place, "items"), f"{name}Item")] if is_open else []
    array = Array(
        flat_union([*places, *others]),
        raw.get("minItems"),
        most,
        raw.get("uniqueItems") is True,
        places,
        others[0] if others and places else None,
    )
    if places and not array.is_tuple:
        cost = "its type has an item of any of them at each place"
        reader.report(pointer(place, "prefixItems"), "items at places that may be empty", cost)
    return array


def extra_of(raw: Raw, place: str, name: str, reader: SchemaReader) -> Schema | None:
    """Return the schema of the properties of an object that are not declared by name, or None."""
    patterns = raw.get("patternProperties", {})
    has_fields = bool(raw.get("properties") or raw.get("required"))
    extra = raw.get("additionalProperties", not has_fields and not patterns)
    found = [
        reader.read(one, pointer(place, "patternProperties", key), f"{name}Value")
        for key, one in sorted(patterns.items())
    ]
    if extra is not False:
        found.append(reader.read(extra, pointer(place, "additionalProperties"), f"{name}Value"))
    return flat_union(found) if found else None
