"""Messages about reading values: keys, and values that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from typed_openai_mypy.api import shapes
from typed_openai_mypy.messages.fragments import choice, clipped, key_path, literal, quoted, suggestion

_ASSIGN: Final = "assign it to a variable and check that first"


def absent_key(owner: str, key: str) -> str:
    """A key is read that may be absent; ``owner`` is the value that it is taken from, as text."""
    place = key_path(owner, key)
    return clipped(f"{place} may be absent; use .get({_text(key)}) or check {_text(key)} in {owner} first")


def absent_from_empty(owner: str, key: str) -> str:
    """A key is read of a value, or of an empty dict in its place."""
    return clipped(f"{key_path(owner, key)} is absent from an empty dict; use .get({_text(key)})")


def removed_key(owner: str, key: str) -> str:
    """A key is removed that may be absent, by ``del`` or by ``pop`` without a default."""
    place, name = key_path(owner, key), _text(key)
    return clipped(f"{place} may be absent; use .pop({name}, None) or check {name} in {owner} first")


def null_key(place: str, checked: str) -> str:
    """A value is used that may be None; ``checked`` is what narrows it, or empty if nothing does."""
    how = f"check it first: if {checked} is not None" if checked else f"{_ASSIGN}: if value is not None"
    return clipped(f"{place} may be None; {how}")


def absent_or_null(owner: str, key: str) -> str:
    """A key is read that may be absent, and its value is used, which may be None."""
    how = f"use .get({_text(key)}), and check the result: if value is not None"
    return clipped(f"{key_path(owner, key)} may be absent or None; {how}")


def null_key_start(owner: str, key: str) -> str:
    """The beginning of the message of :func:`null_key` about a key."""
    return f"{key_path(owner, key)} may be None; "


def unknown_key_of(owner: str, key: str, near: str | None) -> str:
    """A key is looked for that no value of the type has."""
    return clipped(f"{owner} has no key {quoted(key)}{suggestion(near, None, 'key')}")


def impossible_value(place: str, values: Sequence[shapes.Value], given: str, near: str | None) -> str:
    """A value is compared with a literal that it never is."""
    hint = f"; did you mean {literal(near)}?" if near is not None else ""
    return clipped(f"{place} is never {literal(given)}; it is {choice(values)}{hint}")


def _text(key: str) -> str:
    return quoted(key) if key.isprintable() and '"' not in key else literal(key)
