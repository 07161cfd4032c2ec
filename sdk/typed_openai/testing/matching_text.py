"""Generate a text that matches a simple regular expression: literals, classes and repetition, no groups."""

from __future__ import annotations

import re
from typing import Final

from typed_openai_spec.validation.bounded_regex import is_readable, matches

_PIECE: Final = re.compile(r"(\[(?:\\.|[^\]])+\]|\\.|[^\\\[])(\*|\+|\?|\{\d+(?:,\d*)?\})?")
_LEFT_OUT: Final = re.compile(r"\((?:\?:)?[^()]*\)(?:\?|\*|\{0,\d*\})")
"""An optional group."""

_ALPHABET: Final = "a1A_-0 .bcdefghijklmnopqrstuvwxyz"

_MOST_TIMES: Final = 1_000
"""Maximum number of repetitions."""


def example_of(pattern: str, length: int = 8) -> str | None:
    """Return a text that the pattern matches, with about ``length`` characters if it allows that, or None."""
    if not is_readable(pattern):
        return None
    pieces = _PIECE.findall(_LEFT_OUT.sub("", pattern.removeprefix("^").removesuffix("$")))
    text = "".join(_piece(atom, repetition, length) for atom, repetition in pieces)
    return text if matches(pattern, text) else None


def _piece(atom: str, repetition: str, length: int) -> str:
    one = next((char for char in _ALPHABET if matches(f"^{atom}$", char)), atom[-1])
    return one * _times(repetition, length)


def _times(repetition: str, length: int) -> int:
    if repetition in ("", "?"):
        return 1
    if repetition in ("*", "+"):
        return length
    least, comma, _ = repetition.strip("{}").partition(",")
    return min(max(int(least), 1) if comma else int(least), _MOST_TIMES)
