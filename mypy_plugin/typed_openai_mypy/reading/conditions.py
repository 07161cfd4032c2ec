"""Knowledge about references if a condition is true, and if it is false."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from mypy.nodes import (
    AssignmentExpr,
    ComparisonExpr,
    Expression,
    IndexExpr,
    ListExpr,
    NameExpr,
    Node,
    OpExpr,
    SetExpr,
    StrExpr,
    SymbolNode,
    TupleExpr,
    UnaryExpr,
    Var,
)
from mypy.types import LiteralType, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.checked_modules import Types
from typed_openai_mypy.reading.assigned_targets import assign_to
from typed_openai_mypy.reading.assignments import variables_of
from typed_openai_mypy.reading.contents import OUTDATED, Content
from typed_openai_mypy.reading.flow import Branches, Flow
from typed_openai_mypy.reading.references import Reference, meaning_of, reference_of
from typed_openai_mypy.reading.ways import Way, composed

_CONSTANTS: Final[Mapping[str, bool]] = {"builtins.True": True, "builtins.False": False}

_NEGATIONS: Final[Mapping[str, str]] = {"not in": "in", "!=": "==", "is not": "is"}


def _combined(flow: Flow, condition: Expression) -> Branches:
    """The branches of ``and`` and ``or``."""
    assert isinstance(condition, OpExpr)
    if condition.op not in {"and", "or"}:
        return _plain(flow, condition)
    left = flow.branch(condition.left)
    is_and = condition.op == "and"
    goes_on = left[0 if is_and else 1]
    right: Branches = (None, None)
    if goes_on is not None:
        mark = flow.state.mark()
        flow.state.go(goes_on)
        right = flow.branch(condition.right)
        flow.state.go_back(mark)
    true, false = (composed(goes_on, one) for one in right)
    if is_and:
        return true, flow.state.met([left[1], false])
    return flow.state.met([left[0], true]), false


def _plain(flow: Flow, condition: Expression) -> Branches:
    mark = flow.state.mark()
    flow.value(condition)
    way = flow.state.since(mark)
    flow.state.go_back(mark)
    return way, way


def _negated(flow: Flow, condition: Expression) -> Branches:
    assert isinstance(condition, UnaryExpr)
    if condition.op != "not":
        return _plain(flow, condition)
    true, false = flow.branch(condition.expr)
    return false, true


def _named(flow: Flow, condition: Expression) -> Branches:
    """A constant, or a variable that stands for a condition."""
    assert isinstance(condition, NameExpr)
    constant = _CONSTANTS.get(condition.fullname)
    if constant is not None:
        return ({}, None) if constant else (None, {})
    return _meant(flow, condition)


def _meant(flow: Flow, condition: Expression) -> Branches:
    """The branches of a condition that was evaluated before and has a name."""
    if isinstance(condition, UnaryExpr) and condition.op == "not":
        true, false = _meant(flow, condition.expr)
        return false, true
    if not isinstance(condition, NameExpr):
        return _narrowed(flow, condition)
    variable = condition.node
    meant = flow.conditions.get(variable) if isinstance(variable, Var) else None
    if variable is None or meant is None or not _stands(flow, variable, meant):
        return {}, {}
    return _meant(flow, meant)


def _stands(flow: Flow, variable: SymbolNode, meant: Expression) -> bool:
    """Return whether a variable still stands for a condition: what that is about has the same value."""
    return not any(_is_outdated(flow, one, variable) for one in variables_of(meant))


def _is_outdated(flow: Flow, about: SymbolNode, variable: SymbolNode) -> bool:
    """Return whether a variable may have had another value when a condition about it got a name."""
    if flow.assignments.is_shared(about):
        return True
    return flow.state.known(meaning_of(about, variable)) == OUTDATED and flow.values_of(about) > 1


def _assigned(flow: Flow, condition: Expression) -> Branches:
    """``(name := condition)``."""
    assert isinstance(condition, AssignmentExpr)
    content = flow.content_of(condition.value)
    ways = flow.branch(condition.value)
    true, false = (
        flow.way(way, lambda: assign_to(flow, condition.target, content, condition.value)) for way in ways
    )
    return composed(ways[0], true), composed(ways[1], false)


def _compared(flow: Flow, condition: Expression) -> Branches:
    assert isinstance(condition, ComparisonExpr)
    mark = flow.state.mark()
    for one in condition.operands:
        flow.value(one)
    evaluated = flow.state.since(mark)
    true, false = _narrowed(flow, condition)
    flow.state.go_back(mark)
    return composed(evaluated, true), composed(evaluated, false)


def _narrowed(flow: Flow, condition: Expression) -> Branches:
    """The branches of a comparison, without the effects of its evaluation."""
    if not isinstance(condition, ComparisonExpr) or len(condition.operators) != 1:
        return {}, {}
    operator = condition.operators[0]
    compare = _COMPARISONS.get(_NEGATIONS.get(operator, operator))
    if compare is None:
        return {}, {}
    true, false = compare(flow, *condition.operands)
    return (false, true) if operator in _NEGATIONS else (true, false)


def _contained(flow: Flow, item: Expression, container: Expression) -> Branches:
    """``"key" in typed_dict``, or ``typed_dict["type"] in ("a", "b")``."""
    key = literal_text(item, flow.types)
    reference = reference_of(container)
    if key is not None and reference is not None and (owners := flow.typed_dicts(container)):
        return _has_key(flow, reference, container, key, owners)
    if isinstance(container, (ListExpr, SetExpr, TupleExpr)):
        return discriminated(flow, item, container.items)
    return {}, {}


def _has_key(
    flow: Flow, reference: Reference, owner: Expression, key: str, owners: Sequence[TypedDictType]
) -> Branches:
    known = flow.content_of(owner)
    lacking = [one for one in owners if key not in one.items]
    having = known.with_key(key, [one for one in owners if key in one.items]).without(lacking)
    without = known.without_key(key, owners)
    return _way(flow, reference, owner, having), _way(flow, reference, owner, without)


def _way(flow: Flow, reference: Reference, expression: Expression, content: Content) -> Way:
    """The way on which a reference has a content.

    It is None if a variable then is none of the types that it may be. As in pyright, only declared variables
    decide this.
    """
    if not isinstance(expression, NameExpr) or not _is_declared(expression):
        return {reference: content}
    found = flow.types.get(expression)
    members = () if found is None else shapes.members(found)
    if members and all(isinstance(one, TypedDictType) and content.excludes(one) for one in members):
        return None
    return {reference: content}


def _is_declared(name: NameExpr) -> bool:
    return isinstance(name.node, Var) and not name.node.is_inferred


def _equal(flow: Flow, left: Expression, right: Expression) -> Branches:
    if isinstance(left, StrExpr):
        return discriminated(flow, right, [left])
    return discriminated(flow, left, [right])


def discriminated(flow: Flow, item: Expression, values: Sequence[Expression]) -> Branches:
    """The branches of a comparison of ``owner["key"]`` with literals."""
    if not isinstance(item, IndexExpr) or not isinstance(item.index, StrExpr):
        return {}, {}
    reference, key = reference_of(item.base), item.index.value
    given = [literal_text(one, flow.types) for one in values]
    if reference is None or None in given:
        return {}, {}
    known, owners = flow.content_of(item.base), flow.typed_dicts(item.base)
    possible = [(one, shapes.literals(one.items[key])) for one in owners if key in one.items]
    never = [one for one, literals in possible if literals is not None and not set(literals) & set(given)]
    always = [one for one, literals in possible if literals is not None and set(literals) <= set(given)]
    true, false = (_way(flow, reference, item.base, known.without(one)) for one in (never, always))
    return true, false


def literal_text(expression: Expression, types: Types) -> str | None:
    """The string that an expression is known to be."""
    if isinstance(expression, StrExpr):
        return expression.value
    found = types.get(expression)
    exact = None if found is None else shapes.exact(found)
    return exact.value if isinstance(exact, LiteralType) and isinstance(exact.value, str) else None


_COMPARISONS: Final[Mapping[str, Callable[[Flow, Expression, Expression], Branches]]] = {
    "in": _contained,
    "==": _equal,
    "is": _equal,
}

CONDITIONS: Final[Mapping[type[Node], Callable[[Flow, Expression], Branches]]] = {
    OpExpr: _combined,
    UnaryExpr: _negated,
    NameExpr: _named,
    AssignmentExpr: _assigned,
    ComparisonExpr: _compared,
}
