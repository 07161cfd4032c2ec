"""``event["type"] == "response.output_text.dleta"``: a comparison with a value that never occurs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.nodes import (
    AssignmentExpr,
    CallExpr,
    ComparisonExpr,
    Expression,
    IndexExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    SetExpr,
    StrExpr,
    TupleExpr,
)
from mypy.types import LiteralType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.displays import operators
from typed_openai_mypy.displays.indexing import is_part_of_ours, taken_from
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Problem
from typed_openai_mypy.messages import value_messages
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.syntax.origins import origin_of
from typed_openai_mypy.syntax.tree import Site


def explain_comparison(explainer: Explainer, site: Site) -> list[Problem] | None:
    """The first comparison of an API value that is never true, or else an operand that may be None."""
    expression = site.node
    assert isinstance(expression, ComparisonExpr)
    for operand, value in _pairs(expression):
        values = shapes.literals(explainer.checker.known_type(operand))
        found = shapes.exact(explainer.checker.type_of(value))
        if values is None or not isinstance(found, LiteralType) or found.value in values:
            continue
        if _is_of_ours(explainer, site, operand):
            return [Problem(value, value_messages.not_one_of(_path(operand), values, found))]
    return operators.explain_operation(explainer, site)


def _is_of_ours(explainer: Explainer, site: Site, operand: Expression) -> bool:
    """Return whether an operand, or the origin of its value, is a part of a value of an API type."""
    operand = operand.value if isinstance(operand, AssignmentExpr) else operand
    origin = origin_of(explainer.checker.tree, site, operand)
    return is_part_of_ours(explainer, operand if origin is None else origin.expression)


def _pairs(expression: ComparisonExpr) -> Iterator[tuple[Expression, Expression]]:
    """The operands of each comparison, in both orders; with ``in``, the left one with each item."""
    operands = zip(expression.operators, expression.operands, expression.operands[1:], strict=False)
    for operator, left, right in operands:
        if operator in {"in", "not in"} and isinstance(right, (TupleExpr, ListExpr, SetExpr)):
            yield from ((left, one) for one in right.items)
        elif operator in {"==", "!="}:
            yield from ((left, right), (right, left))


def _path(operand: Expression) -> str:
    """The path of an operand in messages: ``event.type``."""
    if isinstance(operand, AssignmentExpr):
        return _path(operand.value)
    if isinstance(operand, IndexExpr):
        base, index = _path(operand.base), operand.index
        if isinstance(index, StrExpr):
            return key_path(base, index.value)
        return f"{base}[{index.value if isinstance(index, IntExpr) else '...'}]"
    owner = taken_from(operand)
    if isinstance(operand, CallExpr) and owner is not None and isinstance(operand.args[0], StrExpr):
        return key_path(_path(owner), operand.args[0].value)
    return operand.name if isinstance(operand, (NameExpr, MemberExpr)) else ""


ANCHORS: Final[Mapping[type[Node], Anchor]] = {ComparisonExpr: explain_comparison}
