"""Values and calls written over many lines, one item on each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.plugin.fuzz_places import Given


def spread(value: Any) -> str:
    """The value as an expression over many lines."""
    if isinstance(value, dict) and value:
        return _enclosed("{", (f"{key!r}: {spread(one)}" for key, one in value.items()), "}")
    if isinstance(value, list) and value:
        return _enclosed("[", map(spread, value), "]")
    return repr(value)


def spread_call(callee: str, positional: Iterable[Any], keywords: Mapping[str, Any]) -> str:
    """A call over many lines, with an argument on each."""
    arguments = [*map(spread, positional), *(f"{name}={spread(one)}" for name, one in keywords.items())]
    return _enclosed(f"{callee}(", arguments, ")") if arguments else f"{callee}()"


def _enclosed(opening: str, items: Iterable[str], closing: str) -> str:
    lines = [line for item in items for line in f"{item},".split("\n")]
    return "\n".join([opening, *(f"    {line}" for line in lines), closing])


@dataclass(frozen=True)
class SpreadGiven(Given):
    """A value for a place, written over many lines if the place allows it."""

    @property
    def call(self) -> str:
        """The call, with keywords."""
        return spread_call(self.method, (), self.value)

    @property
    def text(self) -> str:
        """The value."""
        return spread(self.value)
