"""Statements that set an expected type: assignments, returns, yields, default arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from mypy.nodes import (
    Argument,
    AssignmentExpr,
    AssignmentStmt,
    Expression,
    FuncDef,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    RefExpr,
    ReturnStmt,
    SliceExpr,
    Var,
    YieldExpr,
    YieldFromExpr,
)
from mypy.types import CallableType, Instance, Type, TypedDictType, UnionType, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.declared import inherited_type
from typed_openai_mypy.calls.dict_methods import partial
from typed_openai_mypy.compat.further_keys import type_of_key
from typed_openai_mypy.displays.indexing import further_reads, is_part_of_ours
from typed_openai_mypy.displays.literals import explain_appended
from typed_openai_mypy.displays.operator_methods import explain_operand
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Problem
from typed_openai_mypy.messages import replies, value_messages
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.syntax.tree import Site
from typed_openai_mypy.values.entries import literal_key


def explain_assignment(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``name: Type = value``, ``self.name = value``, ``name[0] = value``."""
    statement = site.node
    assert isinstance(statement, AssignmentStmt)
    for target in statement.lvalues:
        if problems := _explain_target(explainer, target, statement):
            return problems
    return None


def _explain_target(
    explainer: Explainer, target: Expression, statement: AssignmentStmt
) -> list[Problem] | None:
    if isinstance(target, IndexExpr):
        problems = _explain_item(explainer, target, statement.rvalue) or []
        return [replace(one, scope=statement) for one in problems]
    wanted = _target_type(explainer, target, statement.type)
    return _explain_value(explainer, wanted, statement.rvalue, target_name(target))


def explain_augmented(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``name += value`` with a list of an API type, and ``name |= value`` with an API TypedDict."""
    statement = site.node
    assert isinstance(statement, OperatorAssignmentStmt)
    target = statement.lvalue
    wanted = explainer.checker.known_type(target)
    if not shapes.mentions_ours(wanted):
        return None
    proper = get_proper_type(wanted)
    if statement.op == "|" and isinstance(proper, TypedDictType):
        return explainer.check(statement.rvalue, partial(proper), target_name(target))
    if statement.op == "|" and isinstance(proper, Instance) and proper.type.has_base("typing.Mapping"):
        return explainer.check(statement.rvalue, proper, target_name(target))
    if statement.op != "+":
        return None
    return explain_appended(explainer, statement.rvalue, wanted, target_name(target))


def explain_named(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``(name := value)``."""
    expression = site.node
    assert isinstance(expression, AssignmentExpr)
    target = expression.target
    return _explain_value(explainer, _target_type(explainer, target, None), expression.value, target.name)


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


def explain_yield_from(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``yield from values``: mypy evaluates the values without the expected type."""
    expression = site.node
    assert isinstance(expression, YieldFromExpr)
    declared = _declared_result(site)
    if not isinstance(declared, Instance) or not declared.args or not shapes.mentions_ours(declared.args[0]):
        return None
    explainer.skip(expression.expr)
    wanted = explainer.checker.instance("typing.Iterable", [declared.args[0]])
    found = explainer.checker.type_of(expression.expr)
    if explainer.checker.fits(found, wanted):
        return None
    hint = "; yield its items one by one" if isinstance(expression.expr, ListExpr) else ""
    return [Problem(expression.expr, value_messages.mismatch("yielded values", wanted, found, hint))]


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
        wanted = type_of_key(owner, key) if key is not None else None
        inner = path if key is None else key_path(path, key)
        explainer.further += further_reads(target.index, [owner], key or "")
        is_ours = shapes.mentions_ours(owner)
        return explainer.check(value, wanted, inner) if wanted is not None and is_ours else None
    if isinstance(owner, UnionType):
        return _explain_member_item(explainer, target, value, owner)
    if isinstance(target.index, SliceExpr):
        return _explain_value(explainer, owner, value, f"{path}[...]")
    if isinstance(owner, Instance) and owner.type.fullname in {"builtins.list", "builtins.dict"}:
        return _explain_value(explainer, owner.args[-1], value, f"{path}[...]")
    if isinstance(owner, Instance) and owner.type.get("__setitem__") is not None:
        return explain_operand(explainer, target.base, "__setitem__", value, 1)
    if not isinstance(owner, Instance) or not owner.args:
        return None
    if not shapes.mentions_ours(owner) and not is_part_of_ours(explainer, target.base):
        return None
    maker = "dict" if owner.type.has_base("typing.Mapping") else "list"
    return [Problem(target.base, replies.not_assignable(type_text(owner), maker))]


def _explain_member_item(
    explainer: Explainer, target: IndexExpr, value: Expression, owner: UnionType
) -> list[Problem] | None:
    """``message["content"] = value`` for a union of TypedDicts: all members must accept the value."""
    key = literal_key(explainer, target.index)
    members = shapes.members(owner)
    dicts = [one for one in members if isinstance(one, TypedDictType)]
    fields = [found for one in dicts if (found := type_of_key(one, key or "")) is not None]
    if key is None or len(fields) < len(members):
        return None
    explainer.further += further_reads(target.index, dicts, key)
    if not shapes.mentions_ours(owner):
        return None
    inner = key_path(target_name(target.base), key)
    if problems := explainer.check(value, UnionType.make_union(fields), inner):
        return problems
    taking = sum(explainer.checker.attempt(value, one).good for one in fields)
    if taking == len(fields):
        return None
    return [Problem(value, replies.taken_by_some(inner, taking, len(fields)))]


def _target_type(explainer: Explainer, target: Expression, annotation: Type | None) -> Type:
    if annotation is not None:
        return annotation
    if (inherited := inherited_type(target)) is not None:
        return inherited
    if isinstance(target, RefExpr) and isinstance(target.node, Var) and target.node.type is not None:
        return target.node.type
    known = explainer.checker.known_type(target)
    declared = _declared_type(explainer, target) if isinstance(target, MemberExpr) else None
    fits = explainer.checker.fits
    return declared if declared is not None and fits(declared, known) and fits(known, declared) else known


def _declared_type(explainer: Explainer, target: MemberExpr) -> Type | None:
    """The type of an attribute as its class declares it, with the names of aliases."""
    owner = get_proper_type(explainer.checker.known_type(target.expr))
    found = owner.type.get(target.name) if isinstance(owner, Instance) else None
    return found.node.type if found is not None and isinstance(found.node, Var) else None


def target_name(target: Expression) -> str:
    """The name of the target of an assignment."""
    if isinstance(target, IndexExpr):
        return f"{target_name(target.base)}[...]"
    return target.name if isinstance(target, (NameExpr, MemberExpr)) else "value"


def _declared_result(site: Site) -> Type | None:
    function = site.function
    if not isinstance(function, FuncDef) or not isinstance(function.type, CallableType):
        return None
    return get_proper_type(function.type.ret_type)


def _returned(site: Site) -> Type | None:
    """The expected type of ``return``: in a coroutine or generator, the last argument of its type."""
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
    AssignmentExpr: explain_named,
    Argument: explain_default,
    ReturnStmt: explain_return,
    YieldExpr: explain_yield,
    YieldFromExpr: explain_yield_from,
}
