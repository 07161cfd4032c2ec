"""Declared types, read from the code without mypy's checker.

mypy stores the types of a statement's parts after it has checked the statement. For an error that it
reports earlier, the declarations of the names involved decide whether the error may be about the API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mypy.nodes import (
    CallExpr,
    Decorator,
    Expression,
    FuncDef,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    Node,
    OverloadedFuncDef,
    RefExpr,
    StrExpr,
    SuperExpr,
    SymbolNode,
    TypeInfo,
    Var,
)
from mypy.types import (
    FunctionLike,
    Instance,
    ProperType,
    Type,
    TypedDictType,
    TypeType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.api import shapes


def declared_type(expression: Expression) -> Type | None:
    """The type of an expression by the declarations of its names; None if they do not determine it."""
    read = _READERS.get(type(expression))
    return read(expression) if read is not None else None


def type_of_node(node: SymbolNode | None) -> Type | None:
    """The declared type of a variable or function; for a class, ``type[...]`` of it."""
    if isinstance(node, Decorator):
        return node.var.type or node.func.type
    if isinstance(node, (FuncDef, OverloadedFuncDef, Var)):
        return node.type
    if isinstance(node, TypeInfo):
        return TypeType(Instance(node, []))
    return None


def member_type(owner: TypeInfo, name: str) -> Type | None:
    """The declared type of a class's member; for a property, the type of its value."""
    found = owner.get(name)
    node = found.node if found is not None else None
    declared = type_of_node(node)
    proper = get_proper_type(declared)
    if isinstance(node, Decorator) and node.var.is_property and isinstance(proper, FunctionLike):
        return proper.items[0].ret_type
    return declared


def inherited_type(target: Expression) -> Type | None:
    """The type that a base class declares for a variable that a class's body assigns to."""
    variable = target.node if isinstance(target, NameExpr) else None
    if not isinstance(variable, Var) or not variable.info:
        return None
    if variable.type is not None and not variable.is_inferred:
        return None
    bases = variable.info.mro[1:]
    return next((member_type(one, variable.name) for one in bases if variable.name in one.names), None)


def _name(expression: Expression) -> Type | None:
    assert isinstance(expression, NameExpr)
    return type_of_node(expression.node)


def _member(expression: Expression) -> Type | None:
    assert isinstance(expression, MemberExpr)
    if expression.node is not None:
        return type_of_node(expression.node)
    owner = declared_type(expression.expr)
    owners = [] if owner is None else shapes.members(owner)
    found = [_of_instance_or_class(one, expression.name) for one in owners]
    known = [one for one in found if one is not None]
    return UnionType.make_union(known) if known else None


def _of_instance_or_class(owner: ProperType, name: str) -> Type | None:
    owner = owner.item if isinstance(owner, TypeType) else owner
    return member_type(owner.type, name) if isinstance(owner, Instance) else None


def _inherited(expression: Expression) -> Type | None:
    """``super().name``: the member of the first class after the current one that has the name."""
    assert isinstance(expression, SuperExpr)
    bases = expression.info.mro[1:] if expression.info else ()
    return next((member_type(one, expression.name) for one in bases if expression.name in one.names), None)


def _call(expression: Expression) -> Type | None:
    assert isinstance(expression, CallExpr)
    if isinstance(expression.callee, RefExpr) and isinstance(expression.callee.node, TypeInfo):
        return Instance(expression.callee.node, [])
    called = get_proper_type(declared_type(expression.callee))
    if isinstance(called, FunctionLike):
        return called.items[0].ret_type
    return called.item if isinstance(called, TypeType) else None


def _index(expression: Expression) -> Type | None:
    assert isinstance(expression, IndexExpr)
    owner = get_proper_type(declared_type(expression.base))
    if isinstance(owner, TypedDictType) and isinstance(expression.index, StrExpr):
        return owner.items.get(expression.index.value)
    if isinstance(owner, Instance) and owner.args and isinstance(expression.index, (IntExpr, StrExpr)):
        return owner.args[-1]
    return None


_READERS: Final[Mapping[type[Node], Callable[[Expression], Type | None]]] = {
    NameExpr: _name,
    MemberExpr: _member,
    CallExpr: _call,
    IndexExpr: _index,
    SuperExpr: _inherited,
}
