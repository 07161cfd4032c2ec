"""Where a variable's value comes from: the call or the loop that the code before it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    DictionaryComprehension,
    Expression,
    ForStmt,
    GeneratorExpr,
    NameExpr,
    Node,
)

from typed_openai_mypy.tree import Site, children


@dataclass(frozen=True, slots=True)
class Origin:
    """An expression that gave a value; ``is_iterated``: the value is one of its items."""

    expression: Expression
    is_iterated: bool = False


def origin_of(site: Site, value: Expression) -> Origin | None:
    """Where the value at a place comes from, the last such place before it; None where no code says so."""
    if not isinstance(value, NameExpr):
        return Origin(value)
    scope = site.function or site.trail[0]
    before = [one for one in _givers(scope, value) if one.expression.line <= value.line]
    around = [one for node in site.trail for one in _given_by(node, value)]
    return next(reversed(before), None) or next(reversed(around), None)


def _givers(node: Node, name: NameExpr) -> Iterator[Origin]:
    yield from _given_by(node, name)
    for child in children(node):
        yield from _givers(child, name)


def _given_by(node: Node, name: NameExpr) -> Iterator[Origin]:
    """What a statement or expression gives to a name."""
    if isinstance(node, ForStmt) and _is(node.index, name):
        yield Origin(node.expr, is_iterated=True)
    elif isinstance(node, (GeneratorExpr, DictionaryComprehension)):
        pairs = zip(node.indices, node.sequences, strict=True)
        yield from (Origin(one, is_iterated=True) for index, one in pairs if _is(index, name))
    elif isinstance(node, AssignmentStmt) and any(_is(one, name) for one in node.lvalues):
        yield Origin(node.rvalue)
    elif isinstance(node, AssignmentExpr) and _is(node.target, name):
        yield Origin(node.value)


def _is(target: Expression, name: NameExpr) -> bool:
    return isinstance(target, NameExpr) and target.node is name.node
