"""Single changes of a value, each at a random place. The oracle decides whether the result is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Change: TypeAlias = Callable[["Mutator", Any], bool]
"""Changes a value in place; returns false if there is nothing to change in that way."""

UNKNOWN: Final = "unknown_key"
# No bool: in Python it is a number, in JSON it is not, and no checker can see the difference.
_OTHERS: Final[Sequence[object]] = (7, "wrong", ["wrong"], {"wrong": 1}, None, 0.5)


@dataclass(frozen=True)
class Mutator:
    """Changes values; ``pool`` are the objects that may replace others."""

    chance: random.Random
    pool: Sequence[Mapping[str, Any]]

    def mutated(self, value: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
        """Return the value with one change of that kind; None if there is no place for it."""
        changed = deepcopy(dict(value))
        return changed if KINDS[kind](self, changed) else None

    def unknown(self, value: Any) -> bool:
        """Add an undeclared key or keyword."""
        self.chance.choice([one for _, one in places(value) if isinstance(one, dict)])[UNKNOWN] = 1
        return True

    def missing(self, value: Any) -> bool:
        """Remove a key or argument."""
        found = [one for _, one in places(value) if isinstance(one, dict) and one]
        if found:
            chosen = self.chance.choice(found)
            del chosen[self.chance.choice(list(chosen))]
        return bool(found)

    def kind(self, value: Any) -> bool:
        """Replace a value by one of another kind."""
        found = [(path, one) for path, one in places(value) if path]
        if not found:
            return False
        path, old = self.chance.choice(found)
        others = [one for one in _OTHERS if type(one) is not type(old)]
        put(value, path, self.chance.choice(others))
        return True

    def literal(self, value: Any) -> bool:
        """Replace a string by another one."""
        found = [(path, one) for path, one in places(value) if isinstance(one, str) and path]
        if found:
            path, old = self.chance.choice(found)
            put(value, path, f"{old}x")
        return bool(found)

    def member(self, value: Any) -> bool:
        """Replace an object by one from another place."""
        found = [path for path, one in places(value) if isinstance(one, dict) and path]
        if found:
            put(value, self.chance.choice(found), deepcopy(dict(self.chance.choice(self.pool))))
        return bool(found)


KINDS: Final[Mapping[str, Change]] = {
    "unknown key": Mutator.unknown,
    "missing key": Mutator.missing,
    "wrong type": Mutator.kind,
    "wrong literal": Mutator.literal,
    "wrong member": Mutator.member,
}


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the value and every value inside it, each with its path."""
    yield path, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*path, key))


def put(value: Any, path: Path, new: object) -> None:
    """Put ``new`` at a place."""
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new
