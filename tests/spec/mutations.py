"""Every single change of a record of the model: an attribute is replaced, an item dropped or moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from typed_openai_spec.model import MISSING, Anything, Null, Ref, Scalar

OTHER_TEXTS: Final[Mapping[str, str]] = {
    "kind": "boolean",
    "location": "header",
    "style": "comma",
    "method": "PUT",
    "name": "CreateModerationRequest",
}
"""The replacement for an attribute of that name that cannot be any text; ``name`` is a reference's."""

GIVEN_TO_NONE: Final[Mapping[str, Any]] = {
    "minimum": 3.0,
    "maximum": 3.0,
    "exclusive_minimum": 3.0,
    "exclusive_maximum": 3.0,
    "multiple_of": 3.0,
    "min_length": 3,
    "max_length": 3,
    "min_items": 3,
    "max_items": 3,
    "min_properties": 3,
    "max_properties": 3,
    "format": "uuid",
    "pattern": "^x",
    "extra": Scalar("string"),
    "key_schema": Scalar("string", max_length=9),
}
"""The replacement for an attribute that is None; attributes of other names stay None."""

# Components and operations are looked up by name, so changes of these names are not visible.
_KEYS: Final = {"Component": ("name",), "Operation": ("name", "group")}


def mutations(record: Any) -> Iterator[Any]:
    """Yield copies of a record of the model (a dataclass), each with one change, at any depth."""
    for attribute in fields(record):
        if attribute.name in _KEYS.get(type(record).__name__, ()):
            continue
        value = getattr(record, attribute.name)
        for other in _others(attribute.name, value, is_ref=isinstance(record, Ref)):
            yield replace(record, **{attribute.name: other})


def _others(name: str, value: Any, *, is_ref: bool = False) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
            yield value - 1
        case str():
            yield OTHER_TEXTS.get(name, f"{value}x") if is_ref or name != "name" else f"{value}x"
        case None if name in GIVEN_TO_NONE:
            yield GIVEN_TO_NONE[name]
        case None:
            return
        case tuple():
            yield from _tuples(name, value)
        case _ if value is MISSING:
            yield "a default"
            yield None
        case _ if is_dataclass(value):
            yield from mutations(value)
            if name in ("schema", "items"):
                yield Anything() if value != Anything() else Null()
        case _:
            return


def _tuples(name: str, value: tuple[Any, ...]) -> Iterator[Any]:
    """Yield tuples without one item, in another order, with one item changed. Unions keep two members."""
    least = 2 if name == "members" else 1 if name in ("values", "mapping") else 0
    for number, item in enumerate(value):
        before, after = value[:number], value[number + 1 :]
        if len(value) > least:
            yield (*before, *after)
        if isinstance(item, tuple):  # a pair stays a pair
            yield (*before, (f"{item[0]}x", *item[1:]), *after)
        else:
            yield from ((*before, other, *after) for other in _others(name, item))
    if len(value) > 1 and value[::-1] != value:
        yield value[::-1]
