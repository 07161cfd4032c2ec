"""Whether a text matches a description's regular expression, told in bounded time.

Python's own matcher goes through every way to divide a text, and there may be 2^n of them: ``(a+)+$``.
A pattern where there may be many is matched by sets of positions instead: from where each of its parts
may begin to where it may end. That takes a time that grows with the text alone, and counts its steps.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from re import _constants as codes  # type: ignore[attr-defined]  # the standard library's parser has no stub
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

LONGEST: Final = 10_000
"""The most characters of a pattern that is read; a longer one is one that cannot be."""

_MOST_STEPS: Final = 200_000
_WAYS: Final = 10_000
"""So many ways to divide a text are no danger to Python's own matcher."""

_ENDLESS: Final = (codes.MAXREPEAT, codes.MAX_REPEAT, codes.MIN_REPEAT)
_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def matches(pattern: str, value: str) -> bool:
    """Whether the value matches the pattern somewhere.

    A pattern in a dialect that Python cannot read, and one that takes too many steps to judge, is taken to
    match.
    """
    read = _read(pattern)
    if read is None:
        return True
    compiled, parsed = read
    if _ways(parsed, len(value)) * (len(value) + 1) <= _WAYS:
        return compiled.search(value) is not None
    try:
        return bool(_Matcher(value, compiled.flags).ends(parsed, set(range(len(value) + 1))))
    except _Undecided:
        return True


@cache
def _read(pattern: str) -> tuple[re.Pattern[str], Any] | None:
    """The pattern, compiled and as a syntax tree; None where it is none of Python's."""
    if len(pattern) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern), parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


def _ways(parts: Any, length: int) -> int:
    """At most how many ways there are to match from one position: the product of all choices."""
    ways = 1
    for code, argument in parts:
        ways = min(ways * _choices(code, argument, length), _WAYS + 1)
    return ways


def _choices(code: Any, argument: Any, length: int) -> int:
    if code in _REPEATS:
        least, most, body = argument
        most, inside = min(int(most), max(length, int(least))), _ways(body, length)
        if inside > 1:
            return min(inside ** min(most, 64), _WAYS + 1) * (most - least + 1)
        return most - int(least) + 1 if len(body) == 1 else (most - int(least) + 1) * len(body)
    if code is codes.BRANCH:
        return sum(_ways(one, length) for one in argument[1])
    return sum(_ways(one, length) for one in _bodies(code, argument))  or 1


def _bodies(code: Any, argument: Any) -> Iterator[Any]:
    """The parts of a pattern that a group or an assertion holds."""
    if code in (codes.ASSERT, codes.ASSERT_NOT, codes.SUBPATTERN):
        yield argument[-1]
    elif code is codes.ATOMIC_GROUP:
        yield argument
    elif code is codes.GROUPREF_EXISTS:
        yield from (one for one in argument[1:] if one is not None)


class _Undecided(Exception):
    """It takes too many steps, or remembers what it has matched."""
