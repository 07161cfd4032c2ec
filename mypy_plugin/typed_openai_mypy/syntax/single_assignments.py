"""Variables that a file assigns exactly once, and the functions with decorators that it defines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    Decorator,
    DelStmt,
    DictionaryComprehension,
    Expression,
    ForStmt,
    GeneratorExpr,
    ListExpr,
    MypyFile,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    StarExpr,
    SymbolNode,
    TryStmt,
    TupleExpr,
    WithStmt,
)

from typed_openai_mypy.syntax.tree import children, index_of


@dataclass(slots=True)
class _Bound:
    """The values of each variable (None for one that is not an expression), and the decorated functions."""

    values: dict[SymbolNode | None, list[Expression | None]] = field(default_factory=dict)
    decorated: set[Decorator] = field(default_factory=set)


def only_value(tree: MypyFile, name: NameExpr) -> Expression | None:
    """Return the value of a variable that this file assigns once, by its name alone."""
    values = _bound(tree).values.get(name.node, [])
    return values[0] if len(values) == 1 else None


def decorated(tree: MypyFile, name: NameExpr) -> Decorator | None:
    """Return the function with decorators that a name stands for, if this file defines it.

    mypy's cache does not have the decorators of other files.
    """
    found = name.node
    return found if isinstance(found, Decorator) and found in _bound(tree).decorated else None


def _bound(tree: MypyFile) -> _Bound:
    return index_of(tree).once(("bound",), lambda: _found(tree))


def _found(tree: MypyFile) -> _Bound:
    bound = _Bound()
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Decorator):
            bound.decorated.add(node)
        for target, value in _targets(node):
            for name in _names(target):
                bound.values.setdefault(name.node, []).append(value if name is target else None)
        waiting += children(node)
    return bound


def _targets(node: Node) -> Iterator[tuple[Expression, Expression | None]]:
    """Yield what a node assigns, with the value."""
    if isinstance(node, AssignmentStmt):
        yield from ((one, node.rvalue) for one in node.lvalues)
    elif isinstance(node, AssignmentExpr):
        yield node.target, node.value
    elif isinstance(node, OperatorAssignmentStmt):
        yield node.lvalue, None
    elif isinstance(node, ForStmt):
        yield node.index, None
    elif isinstance(node, (GeneratorExpr, DictionaryComprehension)):
        yield from ((one, None) for one in node.indices)
    elif isinstance(node, WithStmt):
        yield from ((one, None) for one in node.target if one is not None)
    elif isinstance(node, TryStmt):
        yield from ((one, None) for one in node.vars if one is not None)
    elif isinstance(node, DelStmt):
        yield node.expr, None


def _names(target: Expression) -> Iterator[NameExpr]:
    if isinstance(target, NameExpr):
        yield target
    elif isinstance(target, StarExpr):
        yield from _names(target.expr)
    elif isinstance(target, (TupleExpr, ListExpr)):
        for one in target.items:
            yield from _names(one)
