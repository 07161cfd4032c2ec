"""Errors about the literals of a long display, answered by the explanation of the first one.

A display may have thousands of wrong literals, and mypy reports each of them. If two of its errors have the
same text, the literals have the same owner and are wrong for the same reason. The explanation of the first
error therefore has the mistakes of all of them, and those of the next error are found by its place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, TypeAlias

from mypy.errorcodes import DICT_ITEM, LIST_ITEM
from mypy.errors import ErrorInfo

from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Problem
from typed_openai_mypy.explain.repeated import Explanation
from typed_openai_mypy.syntax.tree import PLAIN, Position, end_of, index_of, start_of
from typed_openai_mypy.watching.blamed_reads import may_blame

_REASON: Final = " has incompatible type "
"""Text between the number of an item and the reason of an error."""

_Key: TypeAlias = tuple[int, int, str]
"""A display, the frame of narrowed types, and the reason of an error."""


class _Table:
    """The mistakes of a display's literals in the order of their places.

    mypy checks the items in this order, too: the next error is mostly about the next mistake.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self._problems = sorted(problems, key=lambda one: start_of(one.node))
        self._starts = [start_of(one.node) for one in self._problems]
        self._next = 0

    def inside(self, info: ErrorInfo) -> Sequence[Problem]:
        """Return the mistakes inside the place of an error."""
        start, end = (info.line, info.column), (info.end_line, info.end_column)
        first = last = self._first_from(start)
        while last < len(self._starts) and self._starts[last] < end:
            last += 1
        self._next = last
        return [one for one in self._problems[first:last] if end_of(one.node) <= end]

    def _first_from(self, start: Position) -> int:
        """The number of the first mistake that does not begin before a position."""
        starts, guess = self._starts, self._next
        is_right = (
            guess < len(starts) and start <= starts[guess] and not (guess and start <= starts[guess - 1])
        )
        return guess if is_right else bisect_left(starts, start)


class LiteralItems:
    """The mistakes of the literals in the displays of one function."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._tables: dict[_Key, _Table] = {}
        self._index = index_of(checker.tree)

    def problems(self, info: ErrorInfo) -> Sequence[Problem]:
        """Return the mistakes that an error is about; empty if they are not known yet."""
        if not self._tables or not self._checker.allows_evaluation:
            return ()
        key = self._key(info)
        table = self._tables.get(key) if key is not None else None
        return () if table is None else table.inside(info)

    def note(self, explanation: Explanation, found: Sequence[Problem], info: ErrorInfo) -> None:
        """Remember an explanation that has found these mistakes for an error.

        Comments that ignore errors are about lines, and errors about parts of replies about the syntax
        around them: then each error is explained by itself.
        """
        key = self._key(info)
        if key is None or key in self._tables or self._checker.has_ignore_comments or may_blame(info):
            return
        self._tables[key] = _Table(_of_literals(explanation, found))

    def _key(self, info: ErrorInfo) -> _Key | None:
        """The key for errors that are alike; None if an error is not about a literal in a long display."""
        if info.code is not DICT_ITEM and info.code is not LIST_ITEM:
            return None
        display = self._index.display_with((info.line, info.column))
        if display is None:
            return None
        reason = info.message.partition(_REASON)[2]
        return (id(display), self._checker.frame, reason) if reason else None


def _of_literals(explanation: Explanation, found: Sequence[Problem]) -> Sequence[Problem]:
    """The mistakes of literals that an explanation has or implies; empty if it has others as well."""
    if not all(map(_is_of_literal, explanation.problems)):
        return ()
    others = [other for one in explanation.alike if one.problem in found for other in one.others()]
    return [*explanation.problems, *others]


def _is_of_literal(problem: Problem) -> bool:
    is_alone = problem.scope is None and problem.carried is None and not problem.is_arity
    return is_alone and isinstance(problem.node, PLAIN)
