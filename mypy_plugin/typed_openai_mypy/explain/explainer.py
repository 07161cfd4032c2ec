"""Checks an expression again, piece by piece, against its expected type.

mypy decides: a piece is wrong only if mypy finds an error when it evaluates that piece alone. The rules for
the kinds of pieces (displays, branches, ...) are in ``displays`` and ``calls``; this module has the parts
that they share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from mypy.errorcodes import ErrorCode
from mypy.nodes import CallExpr, Expression, Node
from mypy.types import Type, TypedDictType

from typed_openai_mypy import codes
from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat.checker import Checker, ErrorKey
from typed_openai_mypy.memo import Once
from typed_openai_mypy.messages import hints, value_messages
from typed_openai_mypy.syntax.tree import PLAIN, Site, display_of
from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: its text and its place.

    ``scope`` is the syntax whose errors the problem explains, if that is more than ``node``: a wrong
    discriminator explains every error in its object. ``carried`` is the method that is passed on with its
    arguments: an error at the method may be about any of them. ``is_arity`` marks a problem of all
    arguments of a call together, such as a missing one, not of the value of one.
    """

    node: Node
    text: str
    scope: Node | None = field(default=None, compare=False)
    carried: Node | None = None
    is_arity: bool = False
    code: ErrorCode = codes.ARGUMENT


@dataclass(frozen=True, slots=True)
class Further:
    """A further key of an open object, at ``place``: the display that has the key, or the index.

    ``value`` is the value that a display gives it.
    """

    place: Node
    owner: TypedDictType
    key: str
    value: Expression | None
    type: Type


@dataclass(frozen=True, slots=True)
class Alike:
    """A mistake of a literal in a list, and a function that finds those of other literals of its class."""

    problem: Problem
    others: Callable[[], Iterable[Problem]]


Rule: TypeAlias = "Callable[[Explainer, Expression, Type, str], list[Problem] | None]"
"""Explains one kind of expression, with its expected type and its path; None if it cannot."""

Anchor: TypeAlias = "Callable[[Explainer, Site], list[Problem] | None]"
"""Explains one kind of syntax that sets an expected type; None if it is not about the API."""


class Explainer:
    """The explanation of one call or statement.

    ``own_errors`` collects the errors that pieces have under any expected type: mypy reports those.
    ``broken`` are expressions whose type is meaningless because of errors inside them. A
    call is not one: it has a result type even if an argument is wrong. ``further`` are the keys that mypy
    does not know and that the API allows. ``alike`` are mistakes of literals that others have as well.

    The focus, set by :meth:`look_at`, is the syntax on the way down to the error; it is empty if the error is
    about the whole. Syntax beside it is skipped, so that each item of a long list is checked once.

    ``once`` keeps what does not depend on the focus. ``program`` has the descriptions and the user's options.
    """

    def __init__(self, checker: Checker, rules: Mapping[type[Node], Rule], program: Program) -> None:
        self.checker = checker
        self.program = program
        self.own_errors: set[ErrorKey] = set()
        self.broken: list[tuple[Expression, frozenset[ErrorKey]]] = []
        self.further: list[Further] = []
        self.alike: list[Alike] = []
        self._rules = rules
        self._focus: dict[int, Node] = {}
        self.once = Once()

    def look_at(self, focus: Sequence[Node]) -> None:
        """Set the focus and drop the results of the last one. An empty focus means the whole."""
        self._focus = {id(one): one for one in focus}
        self.own_errors, self.broken, self.further, self.alike = set(), [], [], []

    def focused(self, whole: Node, parts: Sequence[Node]) -> int | None:
        """The index of the part of ``whole`` that has the error; None if the error is about the whole."""
        if not self._focus:
            return None
        _, places = self.once(
            ("places", id(whole)), lambda: (whole, {id(one): number for number, one in enumerate(parts)})
        )
        return next((places[one] for one in self._focus if one in places), None)

    def check(self, expression: Expression, expected: Type, path: str) -> list[Problem]:
        """Return the mistakes of an expression where a type is expected."""
        if shapes.is_unknown(expected):
            return []
        if isinstance(expression, PLAIN) and (simple := shapes.simple_class(expected)) is not None:
            told = self.once((type(expression), simple), lambda: self._told_of_plain(expression, expected))
            return [] if told is None else [Problem(expression, value_messages.at_place(path, told))]
        # An error at the expression itself shows that it does not fit.
        if id(expression) not in self._focus and self.checker.attempt(expression, expected).good:
            return []
        return self._explain(expression, expected, path)

    def skip(self, expression: Expression) -> None:
        """Collect the errors of an expression without an expected type."""
        if isinstance(expression, PLAIN):
            return
        self.own_errors |= self.checker.own_errors(expression)

    def _explain(self, expression: Expression, expected: Type, path: str) -> list[Problem]:
        piece = display_of(expression)
        before, self.own_errors = self.own_errors, set()
        known = len(self.further)
        problems = rule(self, piece, expected, path) if (rule := self._rules.get(type(piece))) else None
        inside, self.own_errors = frozenset(self.own_errors), before | self.own_errors
        if problems or (problems is not None and inside):
            if not problems:
                self.broken.append((expression, inside))
            return problems
        if problems is not None and len(self.further) > known:
            return []  # mypy's only reason is a key that the API allows
        return self._whole(expression, expected, path)

    def _whole(self, expression: Expression, expected: Type, path: str) -> list[Problem]:
        attempt = self.checker.attempt(expression, expected)
        own_errors = self.checker.own_errors(expression)
        found = attempt.type
        if attempt.fits and isinstance(expression, CallExpr) and not own_errors:
            found = self.checker.type_of(expression)  # the call has errors only with the expected type
        if attempt.fits and self.checker.fits(found, expected):
            self.own_errors |= attempt.errors
            return []
        self.own_errors |= own_errors
        if own_errors & attempt.errors and not isinstance(expression, CallExpr):
            self.broken.append((expression, own_errors))  # its type is meaningless
            return []
        return [self.mismatch(expression, expected, found, path)]

    def _told_of_plain(self, expression: Expression, expected: Type) -> str | None:
        """The mistake of a literal where any value of a builtin class is expected, whatever its value."""
        attempt = self.checker.attempt(expression, expected)
        if attempt.fits:
            return None
        hint = hints.for_mismatch(self.checker, expression, expected, attempt.type)
        return value_messages.different(expected, attempt.type, hint)

    def mismatch(self, expression: Expression, expected: Type, found: Type, path: str) -> Problem:
        """Return the problem of an expression whose type is not the expected one."""
        hint = hints.for_mismatch(self.checker, display_of(expression), expected, found)
        return Problem(expression, value_messages.mismatch(path, expected, found, hint))
