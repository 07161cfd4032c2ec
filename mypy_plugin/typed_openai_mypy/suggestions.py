"""The known word that a wrong one most likely misspells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache


def nearest(word: object, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that ``word`` most likely misspells; None rather than a wrong guess."""
    return _nearest(str(word), frozenset(known), cutoff)


@lru_cache(maxsize=1024)
def _nearest(word: str, known: frozenset[str], cutoff: float) -> str | None:
    matches = get_close_matches(word, sorted(known), n=3, cutoff=cutoff)
    return next((one for one in matches if _is_misspelt(word, one)), None)


def _is_misspelt(word: str, known: str) -> bool:
    """Whether all words of one are in the other, or few letters differ: ``order`` is not ``model``."""
    words, others = (set(re.split(r"[\W_]+", one.lower())) for one in (word, known))
    if _begins(words, others) or (len(others) > 1 and _begins(others, words)):
        return True
    return _distance(word, known) <= max(2, min(len(word), len(known)) // 3)


def _begins(words: Iterable[str], others: Iterable[str]) -> bool:
    """Whether each of the words begins one of the others: ``max_result`` does with ``max_num_results``."""
    return all(any(other.startswith(one) for other in others) for one in words)


def _distance(one: str, other: str) -> int:
    """How many letters are to be added, dropped or changed to make one word of the other."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, wanted in enumerate(other, 1):
            cheapest = min(row[place] + 1, row[place - 1] + 1, before + (letter != wanted))
            before, row[place] = row[place], cheapest
    return row[-1]
