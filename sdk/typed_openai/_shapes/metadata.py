"""Descriptions and bounds in ``Annotated``: those of this package, annotated-types, pydantic and msgspec.

Only attributes are read, so none of these packages has to be installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

_NUMBER: Final = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}
_TEXT: Final = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
_ARRAY: Final = {"min_length": "minItems", "max_length": "maxItems"}

KEYWORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "integer": _NUMBER,
    "number": _NUMBER,
    "string": _TEXT,
    "array": _ARRAY,
}
"""The keyword of each bound by the kind of value; other kinds have no bounds."""

ALL: Final = (*_NUMBER, *_TEXT)


def given_bounds(metadata: Iterable[Any]) -> dict[str, Any]:
    """Return the bounds in the metadata by their Python names; the last one of a name wins."""
    found: dict[str, Any] = {}
    for one in _flat(metadata):
        for name in ALL:
            value = getattr(one, name, None)
            if value is not None and not callable(value):
                found[name] = value.pattern if isinstance(value, re.Pattern) else value
    if found.get("min_length") == 0:
        del found["min_length"]
    return found


def description(metadata: Iterable[Any]) -> str:
    """Return the description in the metadata: a string, a ``Doc``, or an object with a description."""
    found = ""
    for one in _flat(metadata):
        text = one if isinstance(one, str) else _own_text(one)
        found = text or found
    return " ".join(found.split()) if "\n" not in found else found.strip()


def _own_text(one: Any) -> str:
    for name in ("documentation", "description"):
        text = getattr(one, name, None)
        if isinstance(text, str):
            return text
    return ""


def _flat(metadata: Iterable[Any]) -> Iterator[Any]:
    """Yield all metadata, also what is grouped inside one object."""
    for one in metadata:
        yield one
        inner = getattr(one, "metadata", None)
        if isinstance(inner, (list, tuple)):
            yield from _flat(inner)
