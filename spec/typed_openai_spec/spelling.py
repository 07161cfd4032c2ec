"""The name that another one most likely misspells, and the hint that error messages end with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Final

_ALIKE: Final = 0.6
"""How alike two names are, from 0 to 1, of which one may be meant for the other."""


def nearest(name: str, known: Iterable[str], alike: float = _ALIKE) -> str | None:
    """The known name that is most like ``name``; None where none is as much ``alike`` as that."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=alike)), None)


def hint(
    name: str, known: Iterable[str], alike: float = _ALIKE, written: Callable[[str], str] = '"{}"'.format
) -> str:
    """``; did you mean "model"?``, for the end of a message about ``name``; empty where nothing is near.

    ``written`` tells how the nearest name is shown.
    """
    near = nearest(name, known, alike)
    return "" if near is None else f"; did you mean {written(near)}?"
