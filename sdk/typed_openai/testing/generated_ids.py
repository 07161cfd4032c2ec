"""Ids as servers generate them: a prefix and a text that looks random, the same in each run."""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from typing import Final

_LENGTH: Final = 24


class IdSource:
    """Generates different ids for the objects in one reply; ``seed`` is the number of the reply."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = count()

    def __call__(self, prefix: str) -> str:
        """Return the next id with a prefix."""
        text = f"{prefix}:{self._seed}:{next(self._numbers)}"
        return prefix + sha256(text.encode()).hexdigest()[:_LENGTH]
