"""Operators and class keywords that stand for calls: ``history + message``, ``history[0] = message``.

What a special method of the user's takes is expected of the operand that goes there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.nodes import (
    ClassDef,
    ComparisonExpr,
    Decorator,
    Expression,
    FuncDef,
    IndexExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
)
from mypy.types import CallableType, FunctionLike, Instance, Type, UnionType, get_proper_type

from typed_openai_mypy import shapes
from typed_openai_mypy.concern import OPERATORS
from typed_openai_mypy.explain import Anchor, Explainer, Problem
from typed_openai_mypy.tree import Site


def explain_operands(explainer: Explainer, site: Site) -> list[Problem]:
    """The mistakes in the operands that go to special methods of the user's classes."""
    for owner, name, operand in _calls(site.node):
        if problems := explain_operand(explainer, owner, name, operand):
            return problems
    return []


def explain_operand(
    explainer: Explainer, owner: Expression, name: str, operand: Expression, number: int = 0
) -> list[Problem]:
    """The mistakes of an operand that goes to the argument of that number of a method."""
    found = get_proper_type(explainer.checker.known_type(owner))
    if not isinstance(found, Instance) or found.type.module_name == "builtins":
        return []
    method = explainer.checker.member(found, name, owner)
    if not isinstance(method, FunctionLike):
        return []
    wanted = [taken for one in method.items if (taken := _formal(one, number)) is not None]
    if not any(shapes.mentions_ours(one) for _, one in wanted):
        return []
    return explainer.check(operand, UnionType.make_union([one for _, one in wanted]), wanted[0][0])


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


def _formal(signature: CallableType, number: int) -> tuple[str, Type] | None:
    """The name and type of a positional formal."""
    if number >= len(signature.arg_types) or not signature.arg_kinds[number].is_positional():
        return None
    return _written_name(signature, number), signature.arg_types[number]


def _written_name(signature: CallableType, number: int) -> str:
    """The name of a formal in the code: the signatures of special methods have none."""
    method = signature.definition
    method = method.func if isinstance(method, Decorator) else method
    if isinstance(method, FuncDef) and number + 1 < len(method.arguments):
        return method.arguments[number + 1].variable.name
    return signature.arg_names[number] or "operand"


def _calls(node: Node) -> Iterator[tuple[Expression, str, Expression]]:
    """The calls that an operation may mean: whose method, which one, and what it takes."""
    if isinstance(node, OpExpr) and node.op in OPERATORS:
        yield node.left, f"__{OPERATORS[node.op]}__", node.right
        yield node.right, f"__r{OPERATORS[node.op]}__", node.left
    elif isinstance(node, OperatorAssignmentStmt) and node.op in OPERATORS:
        yield node.lvalue, f"__i{OPERATORS[node.op]}__", node.rvalue
        yield node.lvalue, f"__{OPERATORS[node.op]}__", node.rvalue
    elif isinstance(node, ComparisonExpr):
        for operator, left, right in zip(node.operators, node.operands, node.operands[1:], strict=False):
            if operator in {"in", "not in"}:
                yield right, "__contains__", left
    elif isinstance(node, IndexExpr):
        yield node.base, "__getitem__", node.index


ANCHORS: Final[Mapping[type[Node], Anchor]] = {ClassDef: explain_class}
