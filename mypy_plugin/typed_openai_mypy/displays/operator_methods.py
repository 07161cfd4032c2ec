"""Operators, indexes and class keywords that call a method: ``history + message``, ``history[message]``.

An operand is checked against the parameter of the special method that the user's class defines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mypy.nodes import (
    ClassDef,
    Expression,
    FuncDef,
    Node,
)
from mypy.types import CallableType, FunctionLike, Instance, Type, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Problem
from typed_openai_mypy.syntax.special_methods import special_calls
from typed_openai_mypy.syntax.tree import Site


def explain_operands(explainer: Explainer, site: Site) -> list[Problem]:
    """The mistakes in operands that are passed to special methods of the user's classes."""
    for call in special_calls(site):
        if problems := explain_operand(explainer, call.owner, call.method, call.operand):
            return problems
    return []


def explain_operand(
    explainer: Explainer, owner: Expression, name: str, operand: Expression, number: int = 0
) -> list[Problem]:
    """The mistakes of an operand that is passed to a method as its argument with this number."""
    methods = _methods(explainer, owner, name)
    wanted = [taken for one in methods if (taken := _formal(one, name, number)) is not None]
    if not any(shapes.mentions_ours(one) for _, one in wanted):
        return []
    return explainer.check(operand, UnionType.make_union([one for _, one in wanted]), wanted[0][0])


def _methods(explainer: Explainer, owner: Expression, name: str) -> list[CallableType]:
    """The signatures of a special method of the user's classes that an object may have."""
    signatures: list[CallableType] = []
    for one in shapes.members(explainer.checker.known_type(owner)):
        if isinstance(one, Instance) and one.type.module_name != "builtins":
            method = explainer.checker.member(one, name, owner)
            signatures += method.items if isinstance(method, FunctionLike) else ()
    return signatures


def explain_class(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``class Sub(Base, keyword=value)``: the keywords go to ``__init_subclass__`` of a base."""
    definition = site.node
    assert isinstance(definition, ClassDef)
    methods = (one.names.get("__init_subclass__") for one in definition.info.mro[1:])
    method = next((one.node for one in methods if one is not None), None)
    signature = method.type if isinstance(method, FuncDef) else None
    if not isinstance(signature, CallableType):
        return None
    formals = dict(zip(signature.arg_names, signature.arg_types, strict=True))
    return [
        problem
        for name, value in definition.keywords.items()
        if name in formals and shapes.mentions_ours(formals[name])
        for problem in explainer.check(value, formals[name], name)
    ]


def _formal(signature: CallableType, method: str, number: int) -> tuple[str, Type] | None:
    """The name and type of a positional formal; None if there is none with this number."""
    if number >= len(signature.arg_types) or not signature.arg_kinds[number].is_positional():
        return None
    return _NAMES.get((method, number), "operand"), signature.arg_types[number]


_NAMES: Final[Mapping[tuple[str, int], str]] = {
    ("__contains__", 0): "item",
    ("__delitem__", 0): "key",
    ("__getitem__", 0): "key",
    ("__setitem__", 0): "key",
    ("__setitem__", 1): "value",
}
"""Names for the arguments of special methods: mypy's cache does not keep those of their definitions."""


ANCHORS: Final[Mapping[type[Node], Anchor]] = {ClassDef: explain_class}
