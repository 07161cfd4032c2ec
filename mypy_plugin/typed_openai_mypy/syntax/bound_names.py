"""The names that assignments bind, and their targets."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    DelStmt,
    Expression,
    ForStmt,
    ListExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    StarExpr,
    TryStmt,
    TupleExpr,
    WithStmt,
)


def targets_of(node: Node) -> list[Expression]:
    """The targets that a statement or expression assigns to, or deletes."""
    if isinstance(node, AssignmentStmt):
        return list(node.lvalues)
    if isinstance(node, OperatorAssignmentStmt):
        return [node.lvalue]
    if isinstance(node, AssignmentExpr):
        return [node.target]
    if isinstance(node, ForStmt):
        return [node.index]
    if isinstance(node, DelStmt):
        return [node.expr]
    found = node.target if isinstance(node, WithStmt) else node.vars if isinstance(node, TryStmt) else ()
    return [one for one in found if one is not None]


def names_in(target: Expression) -> Iterator[NameExpr]:
    """The variables among the parts of a target."""
    if isinstance(target, NameExpr):
        yield target
    elif isinstance(target, StarExpr):
        yield from names_in(target.expr)
    elif isinstance(target, (TupleExpr, ListExpr)):
        for one in target.items:
            yield from names_in(one)
