"""Generate a text that matches a regular expression, in bounded time.

The parts of the pattern are written one after another. Of alternatives, the one whose text has the wanted
length is written; assertions are ignored, so the caller has to test the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from typed_openai_spec.validation.bounded_regex import codes, fits, matches, parts_of

_ALPHABET: Final = "a1A_-0 .bcdefghijklmnopqrstuvwxyz"
"""The preferred characters."""

_LONGEST: Final = 1_000
"""Parts are not repeated beyond this length."""

_TRIES: Final = 4
"""The number of ways to choose alternatives that are tried."""

_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def example_of(pattern: str, length: int = 8) -> str | None:
    """Return a text that the pattern matches, with about ``length`` characters if it allows that, or None."""
    parts = parts_of(pattern)
    if parts is None:
        return None
    made = (_Writer(length, number).text(parts) for number in range(_TRIES))
    return next((one for one in made if matches(pattern, one)), None)


class _Writer:
    """Writes the parts of a pattern; ``number`` says which of the alternatives is preferred."""

    def __init__(self, length: int, number: int) -> None:
        self._length = length
        self._number = number
        self._groups: dict[int, str] = {}
        self._written = 0

    def text(self, parts: Any) -> str:
        """Return the text of a sequence of parts."""
        made = ""
        for code, argument in parts:
            if self._written > _LONGEST:
                break
            piece = self._piece(code, argument)
            self._written += len(piece)
            made += piece
        return made

    def _piece(self, code: Any, argument: Any) -> str:
        match code:
            case codes.LITERAL:
                return chr(argument)
            case codes.NOT_LITERAL | codes.ANY | codes.IN:
                return next((one for one in _characters(code, argument) if fits(code, argument, one)), "")
            case codes.BRANCH:
                return self._chosen([self.text(one) for one in argument[1]])
            case codes.SUBPATTERN:
                text = self.text(argument[-1])
                if argument[0] is not None:
                    self._groups[argument[0]] = text
                return text
            case codes.ATOMIC_GROUP:
                return self.text(argument)
            case codes.GROUPREF:
                return self._groups.get(argument, "")
        return self._repeated(*argument) if code in _REPEATS else ""

    def _chosen(self, texts: list[str]) -> str:
        ranked = sorted(texts, key=lambda one: abs(len(one) - self._length))
        return ranked[self._number % len(ranked)]

    def _repeated(self, least: int, most: int, body: Any) -> str:
        if least == 0 and body[0][0] is codes.SUBPATTERN:
            return ""  # an optional group
        is_limited = most < codes.MAXREPEAT or least > 1
        times, text = max(int(least), 1) if is_limited else self._length, self.text(body)
        return text * min(times, _LONGEST // max(len(text), 1) + 1)


def _characters(code: Any, argument: Any) -> Iterator[str]:
    """Yield the preferred characters, then the first of each range of a class."""
    yield from _ALPHABET
    for kind, inner in argument if code is codes.IN else ():
        if kind is codes.LITERAL:
            yield chr(inner)
        elif kind is codes.RANGE:
            yield chr(inner[0])
