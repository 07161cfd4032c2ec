"""Encode Python values as JSON, including tuples, mappings, any iterables, and models of pydantic.

The standard library's encoder is the fast path. Only if it fails, the value is walked again to find the
place of the value that JSON cannot represent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from typed_openai._encoding.dumping import dumped, is_dumpable, is_of_pairs
from typed_openai.errors import CallError
from typed_openai.omission import OMIT

# Iterables that are not arrays: bytes, sets, which have no order, and classes (of enums).
_NO_ARRAYS = (bytes, bytearray, memoryview, Set, type)


def encoded(value: object, place: str = "") -> bytes:
    """Return ``value`` as JSON in UTF-8.

    Raises :class:`CallError` with the place (``messages[0].content``) of a value that JSON cannot
    represent; ``place`` is the name of the whole value.
    """
    # Iterators can be read only once: their items are kept for the walk that explains a failure.
    read: dict[int, tuple[object, list[Any]]] = {}

    def substitute(unknown: object) -> Any:
        if isinstance(unknown, Mapping):
            return dict(unknown)
        if is_dumpable(unknown):
            return dumped(unknown)
        if isinstance(unknown, Iterator):
            if id(unknown) not in read:
                read[id(unknown)] = (unknown, list(unknown))
            return read[id(unknown)][1]
        if isinstance(unknown, Iterable) and not isinstance(unknown, _NO_ARRAYS):
            items = list(unknown)
            if isinstance(unknown, Sequence) or not is_of_pairs(items):
                return items
        raise TypeError

    try:
        text = json.dumps(
            value, default=substitute, allow_nan=False, ensure_ascii=False, separators=(",", ":")
        )
        return text.encode()
    except (TypeError, ValueError, RecursionError, AttributeError):
        _explain(value, place, read, ())
        raise CallError(f"{place or 'body'}: the value cannot be written as JSON") from None


def lines(value: object, place: str = "") -> bytes:
    """Return a line of JSON for each item of an array, or one for any other value.

    Raises :class:`CallError` as :func:`encoded` does.
    """
    if is_dumpable(value):
        value = dumped(value)
    is_array = isinstance(value, Iterable) and not isinstance(value, (str, Mapping, *_NO_ARRAYS))
    items = value if is_array else [value]
    assert isinstance(items, Iterable)
    return b"".join(encoded(one, f"{place}[{number}]") + b"\n" for number, one in enumerate(items))


def _explain(
    value: object, place: str, read: Mapping[int, tuple[object, list[Any]]], outer: tuple[int, ...]
) -> None:
    """Raise :class:`CallError` for the first part of ``value`` that JSON cannot represent."""
    if id(value) in outer:
        raise CallError(f"{place}: the value contains itself")
    inner = (*outer, id(value))
    if isinstance(value, Mapping):
        for key, one in value.items():
            if not (key is None or isinstance(key, (str, int, float))):
                raise CallError(f'{place}: expected keys of type "str", got "{type(key).__name__}"')
            _explain(one, f"{place}.{key}" if place else str(key), read, inner)
    elif is_dumpable(value):
        _explain(_dumped_at(place, value), place, read, inner)
    elif isinstance(value, str):
        _explain_text(value, place)
    elif isinstance(value, Iterable) and not isinstance(value, _NO_ARRAYS):
        items = read[id(value)][1] if id(value) in read else list(value)
        if not isinstance(value, (Sequence, Iterator)) and is_of_pairs(items):
            kind = type(value).__name__
            raise CallError(f'{place}: expected a JSON value, got "{kind}"; pass it as a dict')
        for position, one in enumerate(items):
            _explain(one, f"{place}[{position}]", read, inner)
    else:
        _explain_scalar(value, place)


def _explain_scalar(value: object, place: str) -> None:
    if value is OMIT:
        raise CallError(f"{place}: OMIT is only for whole arguments; leave the key out")
    if isinstance(value, float) and not math.isfinite(value):
        raise CallError(f"{place}: JSON cannot hold {value!r}")
    if not (value is None or isinstance(value, (bool, int, float))):
        raise CallError(f'{place}: expected a JSON value, got "{type(value).__name__}"')


def _dumped_at(place: str, value: object) -> object:
    """Return the JSON form of an object; an exception of its class becomes a :class:`CallError`."""
    try:
        return dumped(value)
    except Exception as error:
        kind = type(value).__name__
        raise CallError(f'{place}: "{kind}" cannot be converted to JSON: {error}') from error


def _explain_text(value: str, place: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise CallError(f"{place}: the text contains a lone surrogate, which UTF-8 cannot hold") from None
