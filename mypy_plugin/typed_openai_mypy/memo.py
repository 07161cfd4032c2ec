"""Small caches of values by key or name."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")


class Once:
    """Values by key, each computed once."""

    def __init__(self) -> None:
        self._known: dict[Hashable, object] = {}

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of ``make``, which is called only the first time for each key."""
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]  # type: ignore[return-value]  # each key is used with one function


class Lookup(dict[str, T]):
    """Values by name, each computed once."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> T:
        made = self[name] = self._make(name)
        return made
