"""Explanations, and their reuse for calls that are written alike.

If all arguments of a call are literals or displays of literals, its mistakes follow from the method and the
source text alone, not from the call's place. Such a call is explained once; for an equal one, each problem
moves to the same part of that call. Everything that depends on the place (ignore comments, positions, the
errors that a problem accounts for) is decided anew for each call.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import field, replace
from typing import Final

from mypy.nodes import (
    BytesExpr,
    CallExpr,
    DictExpr,
    Expression,
    FloatExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    StrExpr,
    TupleExpr,
    UnaryExpr,
)
from mypy.types import FunctionLike, Instance, get_proper_type

from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.compat.checker import Checker, ErrorKey
from typed_openai_mypy.explain.explainer import Alike, Further, Problem
from typed_openai_mypy.syntax.owners import Owner
from typed_openai_mypy.syntax.tree import end_of
from typed_openai_spec.records import dataclass

_MOST_PARTS: Final = 100
"""Calls with more parts are rarely repeated, and would take long to compare."""

_FEW: Final = 8
"""As many problems are compared with each error; more are found by their lines."""

_CONSTANTS: Final = frozenset({"builtins.True", "builtins.False", "builtins.None"})


@dataclass(slots=True)
class Explanation:
    """The result of explaining a piece of syntax; the fields are those of :class:`.explainer.Explainer`."""

    problems: Sequence[Problem]
    own_errors: frozenset[ErrorKey]
    broken: Sequence[tuple[Expression, frozenset[ErrorKey]]]
    further: Sequence[Further] = ()
    alike: Sequence[Alike] = ()
    _numbers: dict[int, list[int]] = field(default_factory=dict)
    """The problems by the lines that they begin on; 0 stands for all that take several lines."""

    def near(self, first: int, last: int) -> Sequence[Problem]:
        """Return the problems that may overlap these lines: a call may have thousands on other lines."""
        if len(self.problems) <= max(_FEW, last - first):
            return self.problems
        if not self._numbers:
            for number, one in enumerate(self.problems):
                for line in {_line(node) for node in (one.node, one.scope, one.carried) if node is not None}:
                    self._numbers.setdefault(line, []).append(number)
        if first == last and 0 not in self._numbers:
            return [self.problems[number] for number in self._numbers.get(first, ())]
        found = {number for line in (0, *range(first, last + 1)) for number in self._numbers.get(line, ())}
        return [self.problems[number] for number in sorted(found)]

    @property
    def has_only_problems(self) -> bool:
        """True if nothing in the explanation but the nodes of the problems has a place."""
        return not (self.own_errors or self.broken or self.further)


def _line(node: Node) -> int:
    return node.line if end_of(node)[0] == node.line else 0


@dataclass(frozen=True, slots=True)
class Written:
    """A call of literals. ``form`` is the same for calls that are written alike, part by part."""

    form: int
    parts: Sequence[Node]


class Explanations:
    """The explanations in one file that can be reused for equal calls."""

    def __init__(self) -> None:
        self._forms: dict[Hashable, int] = {}
        self._written: dict[int, tuple[CallExpr, Written | None]] = {}
        self._known: dict[Hashable, tuple[Sequence[Node], Explanation]] = {}

    def of(
        self, checker: Checker, owner: Owner, part: Node, explain: Callable[[], Explanation]
    ) -> Explanation:
        """Return the explanation of a part of an owner, taken from an equal call if there is one."""
        call = owner.site.node
        written = self._read(call) if isinstance(call, CallExpr) else None
        callee = _callee(checker, call) if written is not None and isinstance(call, CallExpr) else None
        if written is None or callee is None:
            return explain()
        inner = owner.focus[-1] if owner.focus else call
        if part not in written.parts or inner not in written.parts:
            return explain()
        key = written.form, callee, written.parts.index(part), written.parts.index(inner)
        if key in self._known:
            return _moved(*self._known[key], written.parts)
        explanation = explain()
        if explanation.has_only_problems and _is_inside(explanation.problems, written.parts):
            self._known[key] = written.parts, explanation
        return explanation

    def _read(self, call: CallExpr) -> Written | None:
        """The literals of a call; None unless all of its arguments consist of literals."""
        if id(call) not in self._written:
            self._written[id(call)] = call, self._made(call)
        return self._written[id(call)][1]

    def _made(self, call: CallExpr) -> Written | None:
        parts: list[Node] = [call, call.callee]
        form: list[Hashable] = [*call.arg_kinds, *call.arg_names]
        waiting: list[Expression] = [*call.args]
        while waiting:
            node = waiting.pop()
            read = _FORMS.get(type(node))
            own = read(node) if read is not None and len(parts) < _MOST_PARTS else None
            if own is None:
                return None
            value, inner = own
            form += [type(node).__name__, value, len(inner)]
            parts.append(node)
            waiting += inner
        return Written(self._forms.setdefault(tuple(form), len(self._forms)), parts)


def _callee(checker: Checker, call: CallExpr) -> Hashable | None:
    """The identity of an operation's method as mypy sees it now; None for any other callee.

    While mypy checks a call, it replaces the type of the callee by that of the chosen overload, which the
    plugin may have loosened. The signatures then differ in the number of their arguments.
    """
    if not isinstance(call.callee, MemberExpr):
        return None
    receiver = get_proper_type(checker.stored_type(call.callee.expr))
    called = get_proper_type(checker.stored_type(call.callee))
    if not isinstance(receiver, Instance) or not is_ours(receiver.type.fullname):
        return None
    if not isinstance(called, FunctionLike):
        return None
    signatures = tuple((one.definition, len(one.arg_types)) for one in called.items)
    return str(receiver), call.callee.name, signatures


def _is_inside(problems: Sequence[Problem], parts: Sequence[Node]) -> bool:
    nodes = (node for one in problems for node in (one.node, one.scope, one.carried))
    return all(node is None or node in parts for node in nodes)


def _moved(parts: Sequence[Node], explanation: Explanation, others: Sequence[Node]) -> Explanation:
    """The explanation of an equal call, whose parts are ``others``."""

    def there(node: Node) -> Node:
        return others[parts.index(node)]

    def moved(one: Problem) -> Problem:
        scope = None if one.scope is None else there(one.scope)
        carried = None if one.carried is None else there(one.carried)
        return replace(one, node=there(one.node), scope=scope, carried=carried)

    return replace(explanation, problems=[moved(one) for one in explanation.problems], alike=(), _numbers={})


_Form = tuple[Hashable, Sequence[Expression]]
"""The value of a literal, and the expressions inside a display."""


def _literal(node: Expression) -> _Form:
    assert isinstance(node, (BytesExpr, FloatExpr, IntExpr, StrExpr))
    return node.value, ()


def _constant(node: Expression) -> _Form | None:
    assert isinstance(node, NameExpr)
    return (node.fullname, ()) if node.fullname in _CONSTANTS else None


def _signed(node: Expression) -> _Form:
    assert isinstance(node, UnaryExpr)
    return node.op, (node.expr,)


def _items(node: Expression) -> _Form:
    assert isinstance(node, (ListExpr, TupleExpr))
    return None, node.items


def _pairs(node: Expression) -> _Form | None:
    """The keys and values of a dict display; None if it unpacks others."""
    assert isinstance(node, DictExpr)
    inner: list[Expression] = []
    for key, value in node.items:
        if key is None:
            return None
        inner += (key, value)
    return None, inner


_FORMS: Final[Mapping[type[Node], Callable[[Expression], _Form | None]]] = {
    BytesExpr: _literal,
    FloatExpr: _literal,
    IntExpr: _literal,
    StrExpr: _literal,
    NameExpr: _constant,
    UnaryExpr: _signed,
    ListExpr: _items,
    TupleExpr: _items,
    DictExpr: _pairs,
}
