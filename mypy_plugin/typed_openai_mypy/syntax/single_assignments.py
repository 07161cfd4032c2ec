"""Variables that a file assigns exactly once, and the functions with decorators that it defines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    Decorator,
    DictionaryComprehension,
    Expression,
    GeneratorExpr,
    MypyFile,
    NameExpr,
    Node,
    SymbolNode,
)

from typed_openai_mypy.syntax.bound_names import names_in, targets_of
from typed_openai_mypy.syntax.tree import children, index_of
from typed_openai_spec.records import dataclass


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
            for name in names_in(target):
                bound.values.setdefault(name.node, []).append(value if name is target else None)
        waiting += children(node)
    return bound


def _targets(node: Node) -> Iterator[tuple[Expression, Expression | None]]:
    """Yield what a node assigns, with the value."""
    value = None
    if isinstance(node, AssignmentStmt):
        value = node.rvalue
    elif isinstance(node, AssignmentExpr):
        value = node.value
    if isinstance(node, (GeneratorExpr, DictionaryComprehension)):
        yield from ((one, None) for one in node.indices)
    else:
        yield from ((one, value) for one in targets_of(node))
