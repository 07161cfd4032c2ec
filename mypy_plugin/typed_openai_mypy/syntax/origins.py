"""Finds the origin of a variable's value: its assignment, loop or comprehension."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    DictionaryComprehension,
    Expression,
    ExpressionStmt,
    ForStmt,
    GeneratorExpr,
    MypyFile,
    NameExpr,
    Node,
    ReturnStmt,
    SymbolNode,
)

from typed_openai_mypy.syntax.file_text import may_contain
from typed_openai_mypy.syntax.tree import PLAIN, Site, children, index_of
from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The expression that a value comes from. If ``is_iterated``, the value is one of its items."""

    expression: Expression
    is_iterated: bool = False


def origin_of(tree: MypyFile, site: Site, value: Expression) -> Origin | None:
    """The last origin of a value before its place; None if there is none."""
    return next(iter(origins_of(tree, site, value)), None)


def origins_of(tree: MypyFile, site: Site, value: Expression) -> Sequence[Origin]:
    """The origins of a value before its place, the last one first."""
    if not isinstance(value, NameExpr):
        return [Origin(value)]
    scope = site.function or site.trail[0]
    every = origins_in(tree, scope).get(value.node, ())
    before = every[: bisect_right(every, value.line, key=lambda one: one.expression.line)]
    around = [
        one for node in site.trail for target, one in _given_by(node) if _variable(target) is value.node
    ]
    return [*reversed(before or around)]


def origins_in(tree: MypyFile, scope: Node) -> Mapping[SymbolNode | None, Sequence[Origin]]:
    """The origins of all variables in a function of a file, or in the file itself, read once."""
    return index_of(tree).once(("origins", id(scope)), lambda: _by_variable(tree, scope))


def _by_variable(tree: MypyFile, scope: Node) -> Mapping[SymbolNode | None, Sequence[Origin]]:
    """The origins of all variables in a function or file, in the order of the code.

    Those in comprehensions are only used inside them.
    """
    found: dict[SymbolNode | None, list[Origin]] = {}
    has_named = index_of(tree).once("named expressions", lambda: may_contain(tree, b":="))
    skipped = _LEAVES if has_named else _EXPRESSIONS
    waiting = [scope]
    while waiting:
        node = waiting.pop()
        for target, origin in _given_by(node):
            found.setdefault(_variable(target), []).append(origin)
        if has_named or not isinstance(node, AssignmentStmt):
            waiting += [one for one in reversed(children(node)) if not isinstance(one, skipped)]
    for origins in found.values():
        origins.sort(key=lambda one: one.expression.line)
    return found


_LEAVES: Final = (*PLAIN, NameExpr)
_EXPRESSIONS: Final = (Expression, ExpressionStmt, ReturnStmt)
"""Syntax that assigns nothing unless it contains a named expression: ``(name := value)``."""


def _given_by(node: Node) -> Iterator[tuple[Expression, Origin]]:
    """The targets of a statement or expression, with the origin of each one's value."""
    if isinstance(node, ForStmt):
        yield node.index, Origin(node.expr, is_iterated=True)
    elif isinstance(node, (GeneratorExpr, DictionaryComprehension)):
        for index, sequence in zip(node.indices, node.sequences, strict=True):
            yield index, Origin(sequence, is_iterated=True)
    elif isinstance(node, AssignmentStmt):
        yield from ((one, Origin(node.rvalue)) for one in node.lvalues)
    elif isinstance(node, AssignmentExpr):
        yield node.target, Origin(node.value)


def _variable(target: Expression) -> SymbolNode | None:
    return target.node if isinstance(target, NameExpr) else None
