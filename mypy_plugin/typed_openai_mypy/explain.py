"""Re-checks an expression against the type it should have, piece by piece.

The judge is mypy: a piece is wrong only where mypy, asked about it alone, says so. Rules for the
pieces (displays, branches, ...) live in ``features``; this is what they share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from mypy.errorcodes import ErrorCode
from mypy.nodes import CallExpr, DictExpr, Expression, Node, TupleExpr
from mypy.types import Type

from typed_openai_mypy import codes, hints, messages, shapes
from typed_openai_mypy.compat import Checker, ErrorKey
from typed_openai_mypy.features import extras
from typed_openai_mypy.tree import Site


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: what to say, and where."""

    node: Node
    text: str
    code: ErrorCode = codes.ARGUMENT


Rule: TypeAlias = "Callable[[Explainer, Expression, Type, str], list[Problem] | None]"
"""Explains one kind of expression: the expression, the expected type, the path to it. None: cannot."""

Anchor: TypeAlias = "Callable[[Explainer, Site], list[Problem] | None]"
"""Explains one kind of statement or expression that sets what is expected. None: nothing of ours."""


class Explainer:
    """One explanation under way.

    ``own_errors`` collects the errors that pieces have in themselves, whatever is expected of them:
    those are told by mypy, not here. ``excused`` are those about keys that the options allow, and
    ``cleared`` the places of displays that have nothing else wrong. ``whole`` is what is explained,
    with what is expected there.
    """

    def __init__(self, checker: Checker, rules: Mapping[type[Node], Rule]) -> None:
        self.checker = checker
        self.own_errors: set[ErrorKey] = set()
        self.excused: set[ErrorKey] = set()
        self.cleared: set[tuple[int, int]] = set()
        self.whole: tuple[Expression, Type] | None = None
        self._rules = rules

    def check(self, expression: Expression, expected: Type, path: str) -> list[Problem]:
        """What is wrong with giving the expression where a type is expected."""
        self.whole = self.whole or (expression, expected)
        if shapes.is_unknown(expected) or (attempt := self.checker.attempt(expression, expected)).good:
            return []
        lighter = extras.lightened(expression, expected)
        if lighter is not expression:
            left = self.checker.attempt(lighter, expected)
            self.excused |= attempt.errors - left.errors
            expression = lighter
            if left.good:
                self.cleared.add((lighter.line, lighter.column))
                return []
        return self._explain(expression, expected, path)

    def skip(self, expression: Expression) -> None:
        """Take note of an expression for which nothing is expected."""
        self.own_errors |= self.checker.own_errors(expression)

    def _explain(self, expression: Expression, expected: Type, path: str) -> list[Problem]:
        piece = display_of(expression)
        before, self.own_errors = self.own_errors, set()
        problems = rule(self, piece, expected, path) if (rule := self._rules.get(type(piece))) else None
        is_broken, self.own_errors = bool(self.own_errors), before | self.own_errors
        if problems or (problems is not None and is_broken):
            return problems
        return self._whole(expression, expected, path)

    def _whole(self, expression: Expression, expected: Type, path: str) -> list[Problem]:
        attempt = self.checker.attempt(expression, expected)
        own_errors = self.checker.own_errors(expression)
        found = attempt.type
        if attempt.fits and isinstance(expression, CallExpr) and not own_errors:
            found = self.checker.type_of(expression)  # it is what is expected that breaks the call
        if attempt.fits and self.checker.fits(found, expected):
            self.own_errors |= attempt.errors
            return []
        self.own_errors |= own_errors
        if own_errors & attempt.errors:
            return []  # a broken expression has no type to speak of; mypy tells what broke it
        return [self.mismatch(expression, expected, found, path)]

    def mismatch(self, expression: Expression, expected: Type, found: Type, path: str) -> Problem:
        """The mistake of an expression of another type than expected."""
        hint = hints.for_mismatch(self.checker, display_of(expression), expected, found)
        return Problem(expression, messages.mismatch(path, expected, found, hint))


def display_of(expression: Expression) -> Expression:
    """The display that a call spells: ``dict(a=1)`` is a dict display to mypy too."""
    if isinstance(expression, CallExpr) and isinstance(expression.analyzed, (DictExpr, TupleExpr)):
        return expression.analyzed
    return expression
