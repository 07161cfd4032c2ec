"""Statements that say what type a value must have: assignments, returns, yields, default arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mypy.nodes import (
    Argument,
    AssignmentStmt,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    RefExpr,
    ReturnStmt,
    Var,
    YieldExpr,
)
from mypy.types import CallableType, Instance, Type, TypedDictType, get_proper_type

from typed_openai_mypy import messages, shapes
from typed_openai_mypy.explain import Anchor, Explainer, Problem
from typed_openai_mypy.features.displays import explain_appended
from typed_openai_mypy.features.entries import literal_key
from typed_openai_mypy.tree import Site


def explain_assignment(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``name: Type = value``, ``self.name = value``, ``name[0] = value``."""
    statement = site.node
    assert isinstance(statement, AssignmentStmt)
    target = statement.lvalues[0]
    if isinstance(target, IndexExpr):
        return _explain_item(explainer, target, statement.rvalue)
    return _explain_value(
        explainer, _target_type(explainer, target, statement.type), statement.rvalue, target_name(target)
    )


def explain_augmented(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``name += value``: for our lists, more of the same."""
    statement = site.node
    assert isinstance(statement, OperatorAssignmentStmt)
    target = statement.lvalue
    wanted = explainer.checker.known_type(target)
    if statement.op != "+" or not shapes.mentions_ours(wanted):
        return None
    return explain_appended(explainer, statement.rvalue, wanted, target_name(target))


def explain_default(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``def function(name: Type = value)``."""
    argument = site.node
    assert isinstance(argument, Argument)
    return _explain_value(explainer, argument.variable.type, argument.initializer, argument.variable.name)


def explain_return(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``return value``."""
    statement = site.node
    assert isinstance(statement, ReturnStmt)
    return _explain_value(explainer, _returned(site), statement.expr, "return value")


def explain_yield(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``yield value``."""
    expression = site.node
    assert isinstance(expression, YieldExpr)
    declared = _declared_result(site)
    wanted = declared.args[0] if isinstance(declared, Instance) and declared.args else None
    return _explain_value(explainer, wanted, expression.expr, "yielded value")


def _explain_value(
    explainer: Explainer, wanted: Type | None, value: Expression | None, path: str
) -> list[Problem] | None:
    if wanted is None or value is None or not shapes.mentions_ours(wanted):
        return None
    return explainer.check(value, wanted, path)


def _explain_item(explainer: Explainer, target: IndexExpr, value: Expression) -> list[Problem] | None:
    owner = get_proper_type(explainer.checker.known_type(target.base))
    path = target_name(target.base)
    if isinstance(owner, TypedDictType):
        key = literal_key(explainer, target.index)
        wanted = owner.items.get(key) if key is not None else None
        inner = path if key is None else messages.key_path(path, key)
        is_ours = shapes.mentions_ours(owner)
        return explainer.check(value, wanted, inner) if wanted is not None and is_ours else None
    if isinstance(owner, Instance) and owner.type.fullname in {"builtins.list", "builtins.dict"}:
        return _explain_value(explainer, owner.args[-1], value, f"{path}[...]")
    return None


def _target_type(explainer: Explainer, target: Expression, annotation: Type | None) -> Type:
    if annotation is not None:
        return annotation
    if isinstance(target, RefExpr) and isinstance(target.node, Var) and target.node.type is not None:
        return target.node.type
    return explainer.checker.known_type(target)


def target_name(target: Expression) -> str:
    """What the target of an assignment is called."""
    return target.name if isinstance(target, (NameExpr, MemberExpr)) else "value"


def _declared_result(site: Site) -> Type | None:
    function = site.function
    if not isinstance(function, FuncDef) or not isinstance(function.type, CallableType):
        return None
    return get_proper_type(function.type.ret_type)


def _returned(site: Site) -> Type | None:
    """What ``return`` must give: the last argument of a coroutine's or generator's declared type."""
    function = site.function
    if not isinstance(function, FuncDef) or not isinstance(function.type, CallableType):
        return None
    declared = function.type.ret_type
    if not (function.is_coroutine or function.is_generator):
        return declared
    proper = get_proper_type(declared)
    return proper.args[-1] if isinstance(proper, Instance) and len(proper.args) == 3 else None


ANCHORS: Final[Mapping[type[Node], Anchor]] = {
    AssignmentStmt: explain_assignment,
    OperatorAssignmentStmt: explain_augmented,
    Argument: explain_default,
    ReturnStmt: explain_return,
    YieldExpr: explain_yield,
}
