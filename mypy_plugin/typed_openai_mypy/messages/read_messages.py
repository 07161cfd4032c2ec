"""Messages about reading values: keys, and values that are compared."""

from __future__ import annotations

from collections.abc import Sequence

from typed_openai_mypy.api import shapes
from typed_openai_mypy.messages.fragments import choice, clipped, key_path, literal, quoted, suggestion


def absent_key(owner: str, key: str) -> str:
    """A key is read that may be absent; ``owner`` is the value that it is taken from, as text."""
    place = key_path(owner, key)
    return clipped(f"{place} may be absent; use .get({_text(key)}) or check {_text(key)} in {owner} first")


def unknown_key_of(owner: str, key: str, near: str | None) -> str:
    """A key is looked for that no value of the type has."""
    return clipped(f"{owner} has no key {quoted(key)}{suggestion(near, None, 'key')}")


def impossible_value(place: str, values: Sequence[shapes.Value], given: str, near: str | None) -> str:
    """A value is compared with a literal that it never is."""
    hint = f"; did you mean {literal(near)}?" if near is not None else ""
    return clipped(f"{place} is never {literal(given)}; it is {choice(values)}{hint}")


def _text(key: str) -> str:
    return quoted(key) if key.isprintable() and '"' not in key else literal(key)
