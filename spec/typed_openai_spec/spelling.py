"""The most likely correct spellings of a name, and the hint at the end of error messages.

Every suggestion of the project is made here. A wrong suggestion is worse than none, so common letters are
not sufficient, as ``order`` and ``model`` show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

_ALIKE: Final = 0.6
"""Minimum similarity, from 0 to 1, of a name and its misspelling."""

_CANDIDATES: Final = 3
"""Number of names that are considered for one suggestion, the most similar first."""

_NO_LETTERS: Final = re.compile(r"[\W_]+")


def nearest(name: str, known: Iterable[str], alike: float = _ALIKE) -> str | None:
    """Return the known name that ``name`` most likely misspells; None if none reaches ``alike``."""
    return next(iter(_likely(name, frozenset(known), alike, _CANDIDATES)), None)


def several(name: str, known: Iterable[str], count: int) -> tuple[str, ...]:
    """Return at most ``count`` known names that ``name`` may misspell, the most likely first."""
    return _likely(name, frozenset(known), _ALIKE, count)


def hint(
    name: str, known: Iterable[str], alike: float = _ALIKE, written: Callable[[str], str] = '"{}"'.format
) -> str:
    """Return ``; did you mean "model"?`` for the end of a message about ``name``, or an empty string.

    ``written`` formats the nearest name.
    """
    near = nearest(name, known, alike)
    return "" if near is None else f"; did you mean {written(near)}?"


@lru_cache(maxsize=1024)
def _likely(name: str, known: frozenset[str], alike: float, count: int) -> tuple[str, ...]:
    # The matches are sorted by similarity, then by name; the order of a set has no influence.
    found = get_close_matches(name, known, n=count, cutoff=alike)
    return tuple(one for one in found if _is_misspelt(name, one))


def _is_misspelt(name: str, known: str) -> bool:
    """Compare two similar names: their words are the same, or only a few letters differ."""
    words, others = (set(_NO_LETTERS.split(one.lower())) for one in (name, known))
    if _begin(words, others) or (len(others) > 1 and _begin(others, words)):
        return True
    return _distance(name, known) <= max(2, min(len(name), len(known)) // 3)


def _begin(words: Iterable[str], others: Iterable[str]) -> bool:
    """Return True if each word begins another: ``max_result`` has the words of ``max_num_results``."""
    return all(any(other.startswith(one) for other in others) for one in words)


def _distance(one: str, other: str) -> int:
    """Return the number of letters to add, drop or change in order to turn one word into the other."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, wanted in enumerate(other, 1):
            cheapest = min(row[place] + 1, row[place - 1] + 1, before + (letter != wanted))
            before, row[place] = row[place], cheapest
    return row[-1]
