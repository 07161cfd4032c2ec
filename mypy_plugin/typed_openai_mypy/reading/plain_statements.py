"""Effects of statements without a body on the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mypy.nodes import (
    AssertStmt,
    AssignmentStmt,
    BreakStmt,
    CallExpr,
    ComparisonExpr,
    ContinueStmt,
    DelStmt,
    DictExpr,
    DictionaryComprehension,
    Expression,
    ExpressionStmt,
    IndexExpr,
    ListComprehension,
    ListExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    RaiseStmt,
    ReturnStmt,
    SetComprehension,
    SetExpr,
    Statement,
    TupleExpr,
    UnaryExpr,
    Var,
)
from mypy.types import UninhabitedType, get_proper_type

from typed_openai_mypy.reading.assigned_targets import assign_to
from typed_openai_mypy.reading.assignments import variables_of
from typed_openai_mypy.reading.contents import STANDS, UNKNOWN
from typed_openai_mypy.reading.flow import Flow
from typed_openai_mypy.reading.references import literal_index, meaning_of

_CONTAINERS: Final = (
    DictionaryComprehension,
    ListComprehension,
    ListExpr,
    SetComprehension,
    SetExpr,
    TupleExpr,
)
"""Displays whose items have the declared type."""


def _assignment(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, AssignmentStmt)
    content = flow.value(statement.rvalue)
    if isinstance(statement.rvalue, _CONTAINERS) and any(map(_is_declared, statement.lvalues)):
        content = UNKNOWN
    elif isinstance(statement.rvalue, DictExpr) and content.inner is not None:
        content = UNKNOWN if any(map(_is_declared, statement.lvalues)) else content
    for target in statement.lvalues:
        assign_to(flow, target, content, statement.rvalue)
        _note_condition(flow, target, statement.rvalue)


def _is_declared(target: Expression) -> bool:
    """Return whether a target has a declared type."""
    variable = target.node if isinstance(target, NameExpr) else None
    return not isinstance(target, (TupleExpr, ListExpr)) and not getattr(variable, "is_inferred", False)


def _note_condition(flow: Flow, target: Expression, condition: Expression) -> None:
    """Note a variable that stands for a condition about another one, as ``has_key = "key" in value``."""
    variable = target.node if isinstance(target, NameExpr) else None
    if not isinstance(variable, Var) or not flow.assignments.is_single(variable):
        return
    if isinstance(condition, (ComparisonExpr, NameExpr, UnaryExpr)):
        flow.conditions[variable] = condition
        for about in variables_of(condition):
            mark = meaning_of(about, variable)
            flow.state.narrow(mark, flow.state.known(mark) or STANDS)


def _changed(flow: Flow, statement: Statement) -> None:
    """``target += value``."""
    assert isinstance(statement, OperatorAssignmentStmt)
    flow.value(statement.lvalue)
    flow.value(statement.rvalue)
    flow.assign(statement.lvalue, UNKNOWN)


def _deleted(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, DelStmt)
    targets = statement.expr.items if isinstance(statement.expr, TupleExpr) else [statement.expr]
    for target in targets:
        if isinstance(target, IndexExpr):
            owner = flow.value(target.base)
            flow.value(target.index)
            flow.look(target, owner)
            flow.remove(target.base, owner, literal_index(target.index))
        flow.assign(target, UNKNOWN)


def _expression(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, ExpressionStmt)
    flow.value(statement.expr)
    if isinstance(statement.expr, CallExpr) and _never_returns(flow, statement.expr):
        flow.state.is_reached = False


def _never_returns(flow: Flow, call: Expression) -> bool:
    return isinstance(get_proper_type(flow.types.get(call)), UninhabitedType)


def _return(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, ReturnStmt)
    if statement.expr is not None:
        flow.value(statement.expr)
    flow.state.note_raising()
    flow.state.is_reached = False


def _raise(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, RaiseStmt)
    for one in (statement.expr, statement.from_expr):
        if one is not None:
            flow.value(one)
    flow.state.note_raising()
    flow.state.is_reached = False


def _break(flow: Flow, _statement: Statement) -> None:
    flow.loops[-1].breaks.append(flow.state.since(flow.loops[-1].mark))
    flow.state.is_reached = False


def _continue(flow: Flow, _statement: Statement) -> None:
    flow.loops[-1].continues.append(flow.state.since(flow.loops[-1].mark))
    flow.state.is_reached = False


def _assert(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, AssertStmt)
    true, false = flow.branch(statement.expr)
    if statement.msg is not None:
        message = statement.msg
        flow.way(false, lambda: _evaluate(flow, message))
    flow.state.go(true)


def _evaluate(flow: Flow, expression: Expression) -> None:
    flow.value(expression)


STATEMENTS: Final[Mapping[type[Node], Callable[[Flow, Statement], None]]] = {
    AssignmentStmt: _assignment,
    OperatorAssignmentStmt: _changed,
    DelStmt: _deleted,
    ExpressionStmt: _expression,
    ReturnStmt: _return,
    RaiseStmt: _raise,
    BreakStmt: _break,
    ContinueStmt: _continue,
    AssertStmt: _assert,
}
