"""References: the expressions whose values are followed from statement to statement.

As in pyright, these are names, attributes, and items with a literal index:
``reply["choices"][0]["message"]``.
"""

from __future__ import annotations

from typing import TypeAlias

from mypy.nodes import (
    AssignmentExpr,
    Expression,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    Node,
    StrExpr,
    SymbolNode,
    UnaryExpr,
)

Reference: TypeAlias = tuple[object, ...]
"""The variable, and the attributes and items that lead from it to the value."""


def reference_of(expression: Expression) -> Reference | None:
    """The reference of an expression; None if its value is not followed."""
    if isinstance(expression, NameExpr):
        return None if expression.node is None else (expression.node,)
    if isinstance(expression, AssignmentExpr):
        return reference_of(expression.target)
    if isinstance(expression, MemberExpr):
        return _part(expression.expr, f".{expression.name}")
    if isinstance(expression, IndexExpr):
        index = literal_index(expression.index)
        return None if index is None else _part(expression.base, f"[{index!r}]")
    return None


def reference_to(variable: SymbolNode) -> Reference:
    """The reference of a variable."""
    return (variable,)


def meaning_of(variable: SymbolNode, dependent: Node) -> Reference:
    """The reference under which is noted that something still depends on the value of a variable."""
    return (variable, dependent)


def is_dependent(reference: Reference) -> bool:
    """Return whether a reference is that of something that depends on the value of a variable."""
    return len(reference) > 1 and isinstance(reference[-1], Node)


def literal_index(index: Expression) -> str | int | None:
    """The value of an index that is a literal."""
    if isinstance(index, (IntExpr, StrExpr)):
        return index.value
    if isinstance(index, UnaryExpr) and index.op == "-" and isinstance(index.expr, IntExpr):
        return -index.expr.value
    return None


def _part(owner: Expression, part: str) -> Reference | None:
    around = reference_of(owner)
    return None if around is None else (*around, part)
