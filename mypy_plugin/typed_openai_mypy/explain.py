"""Re-checks an expression against the type it should have, piece by piece.

The judge is mypy: a piece is wrong only where mypy, asked about it alone, says so. Rules for the
pieces (displays, branches, ...) live in ``features``; this is what they share.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from mypy.errorcodes import ErrorCode
from mypy.nodes import (
    BytesExpr,
    CallExpr,
    DictExpr,
    Expression,
    FloatExpr,
    IntExpr,
    Node,
    StrExpr,
    TupleExpr,
)
from mypy.types import Type

from typed_openai_mypy import codes, hints, messages, shapes
from typed_openai_mypy.compat import Checker, ErrorKey
from typed_openai_mypy.features import extras
from typed_openai_mypy.tree import Site

T = TypeVar("T")


PLAIN: Final = (BytesExpr, FloatExpr, IntExpr, StrExpr)
"""Expressions that are never wrong in themselves."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: what to say, and where.

    ``scope`` is the syntax whose errors the problem accounts for, where that is more than ``node``: a wrong
    discriminator accounts for all that mypy says about its object. ``is_arity``: it is about the arguments
    of a call taken together, not about the value of one.
    """

    node: Node
    text: str
    scope: Node | None = None
    is_arity: bool = False
    code: ErrorCode = codes.ARGUMENT


Rule: TypeAlias = "Callable[[Explainer, Expression, Type, str], list[Problem] | None]"
"""Explains one kind of expression: the expression, the expected type, the path to it. None: cannot."""

Anchor: TypeAlias = "Callable[[Explainer, Site], list[Problem] | None]"
"""Explains one kind of statement or expression that sets what is expected. None: nothing of ours."""


class Explainer:
    """The explanation of one call or statement.

    ``own_errors`` collects the errors that pieces have in themselves, whatever is expected of them:
    mypy reports those. ``excused`` are errors about keys that the options allow, and ``cleared`` the places
    of displays that have nothing else wrong. ``broken`` are expressions whose type means nothing because of
    errors in themselves; a call has its type in spite of a wrong argument.

    ``focus`` is the syntax on the way down to the error that is being explained; empty where the error is
    about the whole. What lies beside it is left alone, so that each item of a long list is read once.
    """

    def __init__(self, checker: Checker, rules: Mapping[type[Node], Rule]) -> None:
        self.checker = checker
        self.own_errors: set[ErrorKey] = set()
        self.excused: set[ErrorKey] = set()
        self.cleared: set[tuple[int, int]] = set()
        self.broken: list[tuple[Expression, frozenset[ErrorKey]]] = []
        self._rules = rules
        self._focus: dict[int, Node] = {}
        self._known: dict[Hashable, object] = {}

    def look_at(self, focus: Sequence[Node]) -> None:
        """Explain what is on the way down to an error; the whole where ``focus`` is empty."""
        self._focus = {id(one): one for one in focus}
        self.own_errors, self.excused, self.cleared, self.broken = set(), set(), set(), []

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, which is called only the first time for a key."""
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]  # type: ignore[return-value]  # each key is used with one function

    def focused(self, whole: Node, parts: Sequence[Node]) -> int | None:
        """The index of the part of ``whole`` that the error lies in; None where it is about the whole."""
        if not self._focus:
            return None
        _, places = self.once(
            ("places", id(whole)), lambda: (whole, {id(one): number for number, one in enumerate(parts)})
        )
        return next((places[one] for one in self._focus if one in places), None)

    def check(self, expression: Expression, expected: Type, path: str) -> list[Problem]:
        """What is wrong with giving the expression where a type is expected."""
        if shapes.is_unknown(expected):
            return []
        lighter = extras.lightened(expression, expected)
        if lighter is expression and id(expression) in self._focus:
            return self._explain(expression, expected, path)  # the error says that it does not fit
        if (attempt := self.checker.attempt(expression, expected)).good:
            return []
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
        if isinstance(expression, PLAIN):
            return
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
        if own_errors & attempt.errors and not isinstance(expression, CallExpr):
            self.broken.append((expression, own_errors))  # it has no type to speak of
            return []
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
