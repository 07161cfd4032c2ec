"""The most likely correct spelling of a name, and the hint at the end of error messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Final

_ALIKE: Final = 0.6
"""Minimum similarity, from 0 to 1, of a name and its misspelling."""


def nearest(name: str, known: Iterable[str], alike: float = _ALIKE) -> str | None:
    """Return the known name that is most similar to ``name``; None if none reaches ``alike``."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=alike)), None)


def hint(
    name: str, known: Iterable[str], alike: float = _ALIKE, written: Callable[[str], str] = '"{}"'.format
) -> str:
    """Return ``; did you mean "model"?`` for the end of a message about ``name``, or an empty string.

    ``written`` formats the nearest name.
    """
    near = nearest(name, known, alike)
    return "" if near is None else f"; did you mean {written(near)}?"
