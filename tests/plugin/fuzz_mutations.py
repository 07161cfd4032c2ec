"""Typical mistakes, one at a time. mypy decides whether a change is a mistake."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.proof.mutations import places, put
from tests.proof.programs import Code

Path: TypeAlias = tuple[str | int, ...]
Change: TypeAlias = Callable[["Mistakes", dict[str, Any]], bool]
"""Changes a value in place; returns false if there is nothing to change in that way."""

BROKEN: Final = "broken"
MOVED: Final = "of another place"

_NAMED: Final = tuple(
    map(Code, ("a_text()", "maybe_text()", "a_number()", "texts()", "maybe_texts()", "an_object()"))
)
"""Expressions that a program may use: calls of the functions of :data:`FUNCTIONS`."""

FUNCTIONS: Final = """\
def a_text() -> str: raise NotImplementedError
def maybe_text() -> str | None: raise NotImplementedError
def a_number() -> int: raise NotImplementedError
def texts() -> list[str]: raise NotImplementedError
def maybe_texts() -> list[str] | None: raise NotImplementedError
def an_object() -> dict[str, object]: raise NotImplementedError
"""

_BROKEN: Final = tuple(map(Code, ("unknown_name", "len(3)", "'text'.uper()", "a_text(3)")))
"""Expressions that are wrong in any context: mypy reports them with its own text."""

_OF_BROKEN: Final = re.compile(
    r"""
    Name\ "unknown_name"\ is\ not\ defined | to\ "len"\ has\ | has\ no\ attribute\ "uper" | for\ "a_text"
""",
    re.VERBOSE,
)

_OTHERS: Final[Sequence[object]] = (7, "wrong", ["wrong"], {"wrong": 1}, 0.5, True, b"wrong")


@dataclass(frozen=True)
class Mistakes:
    """Makes one mistake at a random place of a value."""

    chance: random.Random

    def made(self, value: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """The value with a mistake in it, and the kind of the mistake."""
        kinds = list(KINDS)
        self.chance.shuffle(kinds)
        for kind in kinds:
            changed = deepcopy(dict(value))
            if KINDS[kind](self, changed) and changed != value:
                return changed, kind
        return {**value, "colour": 1}, "unknown key"

    def unknown_key(self, value: dict[str, Any]) -> bool:
        self.chance.choice(_objects(value))[self.chance.choice(["colour", "contents"])] = 1
        return True

    def misspelt_key(self, value: dict[str, Any]) -> bool:
        """Remove a letter from a key, without moving it."""
        if not (found := [one for one in _objects(value) if one]):
            return False
        chosen = self.chance.choice(found)
        wrong = self.chance.choice(list(chosen))
        pairs = [(self._misspelt(key) if key == wrong else key, one) for key, one in chosen.items()]
        chosen.clear()
        chosen.update(pairs)
        return True

    def missing_key(self, value: dict[str, Any]) -> bool:
        if not (found := [one for one in _objects(value) if one]):
            return False
        chosen = self.chance.choice(found)
        del chosen[self.chance.choice(list(chosen))]
        return True

    def misspelt_text(self, value: dict[str, Any]) -> bool:
        found = [(path, one) for path, one in places(value) if type(one) is str]
        return bool(found) and self._put(value, *self._with(found, self._misspelt))

    def other_kind(self, value: dict[str, Any]) -> bool:
        found = [(path, one) for path, one in places(value) if path]
        return bool(found) and self._put(value, *self._with(found, self._other))

    def null(self, value: dict[str, Any]) -> bool:
        found = [(path, one) for path, one in places(value) if path and one is not None]
        return bool(found) and self._put(value, *self._with(found, lambda _: None))

    def in_list(self, value: dict[str, Any]) -> bool:
        """Wrap a value in a list, or take one out of its list."""
        found = [(path, one) for path, one in places(value) if path]
        return bool(found) and self._put(value, *self._with(found, _enclosed))

    def of_another(self, value: dict[str, Any]) -> bool:
        """Move an object to another place."""
        found = [(path, one) for path, one in places(value) if isinstance(one, dict) and path]
        other = deepcopy(self.chance.choice(found)[1]) if len(found) > 1 else {}
        return bool(other) and self._put(value, *self._with(found, lambda _: other))

    def in_hand(self, value: dict[str, Any]) -> bool:
        """Replace a value by the result of a function."""
        found = [(path, one) for path, one in places(value) if path]
        return bool(found) and self._put(value, *self._with(found, lambda _: self.chance.choice(_NAMED)))

    def broken(self, value: dict[str, Any]) -> bool:
        """Replace a value by an expression that is wrong in itself."""
        found = [(path, one) for path, one in places(value) if path]
        return bool(found) and self._put(value, *self._with(found, lambda _: self.chance.choice(_BROKEN)))

    def _with(
        self, found: Sequence[tuple[Path, Any]], change: Callable[[Any], object]
    ) -> tuple[Path, object]:
        path, old = self.chance.choice(found)
        return path, change(old)

    def _put(self, value: dict[str, Any], path: Path, new: object) -> bool:
        put(value, path, new)
        return True

    def _other(self, old: object) -> object:
        return self.chance.choice([one for one in _OTHERS if type(one) is not type(old)])

    def _misspelt(self, word: object) -> str:
        text = str(word)
        at = self.chance.randrange(1, max(2, len(text)))
        return text[:at] + text[at + 1 :] if len(text) > 3 else f"{text}x"


def is_about_broken(text: str) -> bool:
    """Return whether a message of mypy is about an expression that is wrong in itself."""
    return _OF_BROKEN.search(text) is not None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for _, one in places(value) if isinstance(one, dict)]


def _enclosed(old: Any) -> object:
    return old[0] if isinstance(old, list) and old else [old]


KINDS: Final[Mapping[str, Change]] = {
    "unknown key": Mistakes.unknown_key,
    "misspelt key": Mistakes.misspelt_key,
    "missing key": Mistakes.missing_key,
    "misspelt text": Mistakes.misspelt_text,
    "other kind": Mistakes.other_kind,
    "null": Mistakes.null,
    "list": Mistakes.in_list,
    MOVED: Mistakes.of_another,
    "in hand": Mistakes.in_hand,
    BROKEN: Mistakes.broken,
}
