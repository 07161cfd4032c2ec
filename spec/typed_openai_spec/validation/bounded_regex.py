"""Match a description's regular expressions in bounded time.

Python's own matcher backtracks, and there may be 2^n ways to divide a text: ``(a+)+$``. Patterns with many
ways are matched by sets of positions instead: from the possible starts of each part to its possible ends.
This takes time proportional to the text, and the number of steps is limited.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from typed_openai_spec.validation.regex_parts import regex_parts

_parse, codes = regex_parts()

_LONGEST: Final = 10_000
"""Maximum length of a pattern."""

_MOST_WAYS: Final = 1_000_000
"""Number of ways to divide a text up to which Python's own matcher is fast."""

_MOST_STEPS: Final = 200_000

_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_CATEGORIES: Final[Mapping[Any, Callable[[str], bool]]] = {
    codes.CATEGORY_DIGIT: str.isdecimal,
    codes.CATEGORY_SPACE: str.isspace,
    codes.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    codes.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    codes.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    codes.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}


def matches(pattern: str, value: str) -> bool:
    """Return True if the pattern matches anywhere in the value.

    Patterns that Python cannot parse, and patterns that take too many steps, count as matching.
    """
    found = _read(pattern)
    if found is None:
        return True
    compiled, parts = found
    if _ways(parts, len(value)) * (len(value) + 1) <= _MOST_WAYS:
        return compiled.search(value) is not None
    if compiled.flags != re.UNICODE:
        return True
    try:
        return bool(_Positions(value).after(parts, set(range(len(value) + 1))))
    except (_Undecided, RecursionError):
        return True


def is_readable(pattern: str) -> bool:
    """Return True if Python can parse the pattern."""
    return _read(pattern) is not None


def parts_of(pattern: str) -> Any:
    """Return the parts of a pattern as Python's parser does; None if it cannot parse the pattern."""
    found = _read(pattern)
    return None if found is None else found[1]


@cache
def _read(pattern: str) -> tuple[re.Pattern[str], Any] | None:
    """Return the pattern, compiled and as its parts; None if Python cannot parse it."""
    if len(pattern) > _LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern), _parse(pattern)
    except (re.error, RecursionError, OverflowError, ValueError):  # ValueError for a number of 4,300 digits
        return None


def _ways(parts: Any, length: int) -> int:
    """Return an upper bound of the ways in which the parts may divide a text, limited to "too many"."""
    ways = 1
    for code, argument in parts:
        ways = min(ways * _choices(code, argument, length), _MOST_WAYS + 1)
    return ways


def _choices(code: Any, argument: Any, length: int) -> int:
    if code in _REPEATS:
        least, most, body = argument
        inside = _ways(body, length)
        if most > 1 and (inside > 1 or body.getwidth()[0] == 0):
            return _MOST_WAYS + 1
        return inside * max(min(int(most), length) - int(least) + 1, 1)
    if code is codes.BRANCH:
        return sum(_ways(one, length) for one in argument[1])
    if code in (codes.SUBPATTERN, codes.ASSERT, codes.ASSERT_NOT):
        return _ways(argument[-1], length)
    # Not counted: atomic and conditional groups, which no other dialect has.
    return _MOST_WAYS + 1 if code in (codes.ATOMIC_GROUP, codes.GROUPREF_EXISTS) else 1


class _Undecided(Exception):
    """Raised if matching takes too many steps, or is impossible with positions alone."""


class _Positions:
    """The positions of a text at which parts of a pattern may end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._steps = 0

    def after(self, parts: Any, starts: set[int]) -> set[int]:
        """Return the positions at which the sequence of parts may end that begins at any of ``starts``."""
        for code, argument in parts:
            self._steps += len(starts) + 1
            if self._steps > _MOST_STEPS:
                raise _Undecided
            starts = self._part(code, argument, starts)
        return starts

    def _part(self, code: Any, argument: Any, starts: set[int]) -> set[int]:
        match code:
            case codes.MAX_REPEAT | codes.MIN_REPEAT:
                least, most, body = argument
                return self._repeated(least, most, body, starts)
            case codes.BRANCH:
                return set().union(*(self.after(one, starts) for one in argument[1]))
            case codes.SUBPATTERN if not (argument[1] or argument[2]):
                return self.after(argument[3], starts)
            case codes.ASSERT | codes.ASSERT_NOT if argument[0] == 1:
                wanted = code is codes.ASSERT
                return {one for one in starts if bool(self.after(argument[1], {one})) is wanted}
            case codes.AT:
                return {one for one in starts if self._is_at(argument, one)}
            case codes.LITERAL | codes.NOT_LITERAL | codes.ANY | codes.IN:
                text, size = self._text, len(self._text)
                return {one + 1 for one in starts if one < size and fits(code, argument, text[one])}
        raise _Undecided

    def _repeated(self, least: int, most: int, body: Any, starts: set[int]) -> set[int]:
        for _ in range(least):
            before, starts = starts, self.after(body, starts)
            if starts in (before, set()):
                break
        found, new, count = set(starts), starts, int(least)
        while new and count < most:
            self._steps += 1
            new = self.after(body, new) - found
            found |= new
            count += 1
        return found

    def _is_at(self, kind: Any, position: int) -> bool:
        size = len(self._text)
        match kind:
            case codes.AT_BEGINNING | codes.AT_BEGINNING_STRING:
                return position == 0
            case codes.AT_END:
                return position == size or (position == size - 1 and self._text[position] == "\n")
            case codes.AT_END_STRING:
                return position == size
            case codes.AT_BOUNDARY | codes.AT_NON_BOUNDARY:
                is_word = _CATEGORIES[codes.CATEGORY_WORD]
                before = position > 0 and is_word(self._text[position - 1])
                behind = position < size and is_word(self._text[position])
                return (before is not behind) is (kind is codes.AT_BOUNDARY)
        raise _Undecided


def fits(code: Any, argument: Any, char: str) -> bool:
    """Return True if a part of a pattern matches the character."""
    match code:
        case codes.LITERAL:
            return bool(ord(char) == argument)
        case codes.NOT_LITERAL:
            return bool(ord(char) != argument)
        case codes.ANY:
            return char != "\n"
        case codes.RANGE:
            return bool(argument[0] <= ord(char) <= argument[1])
        case codes.CATEGORY:
            return _CATEGORIES[argument](char)
    negated = argument[0][0] is codes.NEGATE
    return any(fits(kind, inner, char) for kind, inner in argument[negated:]) is not negated
