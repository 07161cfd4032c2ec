"""Violations and their texts, and the checks of single values.

A value may be partly known: ``UNKNOWN`` stands for an arbitrary value, a ``PartialObject`` may have more
keys, a ``PartialArray`` more items. Unknown parts count as valid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from typed_openai_spec.model import Literals, Scalar
from typed_openai_spec.problems import printable
from typed_openai_spec.records import dataclass
from typed_openai_spec.spelling import hint
from typed_openai_spec.validation.value_places import Place, render

Code: TypeAlias = Literal[
    "invalid_type",
    "invalid_value",
    "missing_required_parameter",
    "unknown_parameter",
    "unsupported_parameter",
    "unsupported_value",
]
Beyond: TypeAlias = Literal["", "limit", "dependent", "schema", "model", "tools", "json"]

ALL_KINDS: Final = ("string", "number", "integer", "boolean", "array", "object", "file", "null")
"""The results of :func:`kind_of`, in the order in which messages list them."""

_SHOWN_LITERALS: Final = 12
_LONGEST_SHOWN: Final = 80
_LONGEST_PATTERN: Final = 200


@dataclass(frozen=True, slots=True)
class Violation:
    """A problem with a value: its place, the expected and the actual value, and the API's error code.

    ``beyond`` names a requirement that types cannot express: a ``limit`` (a bound, a length, a pattern, a
    format, a number of items), a rule by which one field is ``dependent`` on another, the form of a strict
    JSON ``schema``, a requirement of the ``model``, the choice or the names of ``tools``, or a string that
    should hold ``json``. It is empty for a wrong type. ``accepted`` marks a mistake that the API does not
    refuse.
    """

    place: Place
    text: str
    code: Code
    beyond: Beyond = ""
    accepted: bool = False

    def __str__(self) -> str:
        return f"{render(self.place)}: {self.text}" if self.place else self.text


class Unknown(Enum):
    """The type of :data:`UNKNOWN`."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""An arbitrary value."""


class PartialObject(dict[str, object]):
    """An object that may have more keys than those known."""


class TypedObject(PartialObject):
    """An object of which only the type is known; its keys are limited to those ``declared``."""

    def __init__(self, declared: Iterable[str]) -> None:
        super().__init__()
        self.declared = frozenset(declared)


def as_part(value: object) -> object:
    """Return a value as a part of one: each object in it may have more keys."""
    if isinstance(value, dict):
        if isinstance(value, TypedObject):
            return value
        return PartialObject((key, as_part(one)) for key, one in value.items())
    if isinstance(value, list):
        items = [as_part(one) for one in value]
        return PartialArray(items) if isinstance(value, PartialArray) else items
    return value


class PartialArray(list[object]):
    """An array that may have more items than those known."""


_KINDS: Final[Mapping[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    str: "string",
    list: "array",
    dict: "object",
}
"""The kinds of values of exactly these classes, which are most of all values."""


def kind_of(value: object) -> str:
    """Return the JSON type of a value, in JSON Schema's terms, or its own ``json_kind``."""
    known = _KINDS.get(type(value))
    if known is not None:
        return known
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return getattr(value, "json_kind", type(value).__name__)


def unknown(name: str, known: Iterable[str], place: Place = ()) -> Violation:
    """Return the violation for an unknown name, with the nearest known one as a hint."""
    return Violation((*place, name), f"unknown parameter{hint(name, known)}", "unknown_parameter")


def of_reply(violation: Violation) -> Violation:
    """Return a violation in the words for replies, which have keys rather than parameters."""
    return replace(violation, text=violation.text.replace("unknown parameter", "unknown key", 1))


def check_literals(value: object, schema: Literals, place: Place) -> Iterator[Violation]:
    """Yield the violation for a value that is none of the constants, with the nearest one as a hint."""
    if not is_among(value, schema):
        text = f"expected {list_literals(schema.values)}; got {show(value)}"
        strings = [one for one in schema.values if isinstance(one, str)]
        if isinstance(value, str) and len(schema.values) > 1:
            text += hint(value, strings, written=show)
        yield Violation(place, text, "invalid_value")


def is_among(value: object, schema: Literals) -> bool:
    """Return True if the value is, or may be, one of the constants; JSON's true is not 1."""
    return value is UNKNOWN or any(
        value == one and isinstance(value, bool) is isinstance(one, bool) for one in schema.values
    )


def check_scalar(value: object, schema: Scalar, place: Place) -> Iterator[Violation]:
    """Yield the broken bounds, pattern or format of a value of the scalar's kind."""
    if isinstance(value, str):
        yield from _check_string(value, schema, place)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _check_number(value, schema, place)


def _check_number(value: float, schema: Scalar, place: Place) -> Iterator[Violation]:
    bounds: tuple[tuple[float | None, Callable[[float, float], bool], str], ...] = (
        (schema.minimum, lambda one, bound: one >= bound, "at least"),
        (schema.maximum, lambda one, bound: one <= bound, "at most"),
        (schema.exclusive_minimum, lambda one, bound: one > bound, "more than"),
        (schema.exclusive_maximum, lambda one, bound: one < bound, "less than"),
        (schema.multiple_of, _is_multiple, "a multiple of"),
    )
    for bound, holds, words in bounds:
        if bound is not None and not holds(value, bound):
            text = f"expected {words} {_number(bound)}, got {value}"
            yield Violation(place, text, "invalid_value", "limit")


def _number(bound: float) -> str:
    return str(int(bound)) if float(bound).is_integer() else f"{bound:g}"


def _is_multiple(value: float, step: float) -> bool:
    quotient = value / step
    return abs(quotient - round(quotient)) < 1e-9


def _check_string(value: str, schema: Scalar, place: Place) -> Iterator[Violation]:
    yield from check_count(len(value), schema.min_length, schema.max_length, "character", place)
    if schema.pattern is not None and not _matches(schema.pattern, value):
        text = f"expected a string that matches {_cut(printable(schema.pattern))}, got {show(value)}"
        yield Violation(place, text, "invalid_value", "limit")
    if schema.format is not None and not _has_format(value, schema.format):
        text = f"expected a string of the format {_cut(printable(schema.format))}, got {show(value)}"
        yield Violation(place, text, "invalid_value", "limit")


def _matches(pattern: str, value: str) -> bool:
    from typed_openai_spec.validation.bounded_regex import matches  # noqa: PLC0415  few values have a pattern

    return matches(pattern, value)


def _is_uuid(value: str) -> bool:
    from uuid import UUID  # noqa: PLC0415  few values are UUIDs

    return bool(UUID(value))


def _has_format(value: str, name: str) -> bool:
    if name not in _FORMATS:
        return True
    try:
        return _FORMATS[name](value)
    except ValueError:
        return False


_FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": lambda value: len(value) == 10 and bool(date.fromisoformat(value)),
    "date-time": lambda value: "T" in value.upper() and bool(datetime.fromisoformat(value)),
    "email": lambda value: re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None,
    "uri": lambda value: bool(urlsplit(value).scheme) and " " not in value,
    "uuid": _is_uuid,
}


def check_count(
    found: int, least: int | None, most: int | None, unit: str, place: Place
) -> Iterator[Violation]:
    """Yield the violation for too few or too many things; ``unit`` is their name."""
    for bound, wrong, words in (
        (least, least is not None and found < least, "at least"),
        (most, most is not None and found > most, "at most"),
    ):
        if wrong:
            text = f"expected {words} {bound} {unit}{'' if bound == 1 else 's'}, got {found}"
            yield Violation(place, text, "invalid_value", "limit")


@cache
def describe(kinds: frozenset[str]) -> str:
    """Return the kinds in words: ``string or array``."""
    hidden = {"integer"} if "number" in kinds else set()
    return " or ".join(one for one in ALL_KINDS if one in kinds and one not in hidden)


def list_literals(values: tuple[str | int | float | bool, ...]) -> str:
    """Return the constants in words, at most a dozen: ``one of 'a', 'b'``."""
    shown = ", ".join(show(one) for one in values[:_SHOWN_LITERALS])
    more = len(values) - _SHOWN_LITERALS
    tail = f" or one of {more} more" if more > 0 else ""
    return f"{'one of ' if len(values) > 1 else ''}{shown}{tail}"


def show(value: object) -> str:
    """Return a value in Python syntax, shortened if it is long."""
    if isinstance(value, (list, dict)):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = repr(value) if kind_of(value) != "file" else "a file"
    return _cut(printable(text) if isinstance(value, (list, dict)) else text, _LONGEST_SHOWN)


def _cut(text: str, longest: int = _LONGEST_PATTERN) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."
