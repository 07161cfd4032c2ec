"""Strings, numbers and booleans as text outside JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from typed_openai.errors import CallError


def plain_text(value: object, place: str) -> str:
    """Return a string, number or boolean as text outside JSON. Raises :class:`CallError` for others."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float) and math.isfinite(value):
        return float.__repr__(value)
    found = repr(value) if isinstance(value, float) else f'"{type(value).__name__}"'
    raise CallError(f"{place}: expected a string, a number or a boolean, got {found}")


def encoded_text(text: str, place: str) -> bytes:
    """Return ``text`` in UTF-8. Raises :class:`CallError` if it contains a lone surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise CallError(f"{place}: {text!r} is not text that can be sent") from None


def is_array(value: object) -> bool:
    """Return True if ``value`` is sent as an array: any sequence or iterator except text and bytes."""
    return isinstance(value, (Sequence, Iterator)) and not isinstance(
        value, (str, bytes, bytearray, memoryview)
    )
