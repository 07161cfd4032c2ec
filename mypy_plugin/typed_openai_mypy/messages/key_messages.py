"""Messages about the keys of dict displays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mypy.types import Type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.messages.fragments import (
    MOST_VALUES,
    at,
    choice,
    clipped,
    literal,
    quoted,
    several,
    suggestion,
)
from typed_openai_mypy.messages.type_names import type_text


def unknown_key(path: str, key: str, owner: str, near: str | None, missing: str | None) -> str:
    return clipped(f"{at(path)}unknown key {quoted(key)} for {owner}{suggestion(near, missing, 'key')}")


def unknown_keys(path: str, keys: Sequence[str], owner: str) -> str:
    return clipped(f"{at(path)}unknown {several('key', keys)} for {owner}")


def missing_keys(path: str, keys: Sequence[str], owner: str, values: Sequence[shapes.Value] = ()) -> str:
    """``values`` are those that the one missing key may have, where they are known."""
    expected = f"; expected {choice(values)}" if values else ""
    return clipped(f"{at(path)}missing {several('key', keys)} for {owner}{expected}")


def other_keys(path: str, missing: Sequence[str], unknown: Mapping[str, str | None], owner: str) -> str:
    """Keys are missing and others are given in their place, each with the key that it may misspell."""
    given = [f"{quoted(key)}{f' (for {quoted(near)}?)' if near else ''}" for key, near in unknown.items()]
    return clipped(
        f"{at(path)}missing {several('key', missing)} for {owner};"
        f" unknown key{'s' if len(given) > 1 else ''} {', '.join(given)}"
    )


def keys_of_inner(path: str, missing: str, keys: Sequence[str], owner: str) -> str:
    """Keys are given beside the place of the object that they belong into."""
    inner = ", ".join(f"{literal(key)}: ..." for key in keys[:MOST_VALUES])
    given = f"write {{{literal(missing)}: {{{inner}}}}}"
    return clipped(f"{at(path)}missing {several('key', [missing])} for {owner}; {given}")


def key_not_literal(path: str, owner: str) -> str:
    return clipped(f"{at(path)}a key of {owner} must be a string literal")


def keys_unknown(path: str, found: Type, owner: str) -> str:
    return clipped(f'{at(path)}"{type_text(found)}" cannot be unpacked into {owner}: its keys are not known')
