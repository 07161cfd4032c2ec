"""Special methods that syntax calls: ``history + message``, ``history < message``, ``history[message]``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    ComparisonExpr,
    DelStmt,
    Expression,
    ForStmt,
    IndexExpr,
    ListExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    StarExpr,
    TupleExpr,
    WithStmt,
)

from typed_openai_mypy.syntax.tree import Site
from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class SpecialCall:
    """A call of a special method that a piece of syntax may make, with its first argument."""

    owner: Expression
    method: str
    operand: Expression


def special_calls(site: Site) -> Iterator[SpecialCall]:
    """The calls that an operator, a comparison or an index may make, in mypy's order."""
    read = _READERS.get(type(site.node))
    return iter(()) if read is None else read(site)


def _of_operator(site: Site) -> Iterator[SpecialCall]:
    node = site.node
    assert isinstance(node, OpExpr)
    if (name := _OPERATORS.get(node.op)) is not None:
        yield SpecialCall(node.left, f"__{name}__", node.right)
        yield SpecialCall(node.right, f"__r{name}__", node.left)


def _of_augmented(site: Site) -> Iterator[SpecialCall]:
    node = site.node
    assert isinstance(node, OperatorAssignmentStmt)
    if (name := _OPERATORS.get(node.op)) is not None:
        yield SpecialCall(node.lvalue, f"__i{name}__", node.rvalue)
        yield SpecialCall(node.lvalue, f"__{name}__", node.rvalue)
        yield SpecialCall(node.rvalue, f"__r{name}__", node.lvalue)


def _of_comparison(site: Site) -> Iterator[SpecialCall]:
    node = site.node
    assert isinstance(node, ComparisonExpr)
    for operator, left, right in zip(node.operators, node.operands, node.operands[1:], strict=False):
        if operator in {"in", "not in"}:
            yield SpecialCall(right, "__contains__", left)
        elif operator in _COMPARISONS:
            method, reflected = _COMPARISONS[operator]
            yield SpecialCall(left, method, right)
            yield SpecialCall(right, reflected, left)


def _of_index(site: Site) -> Iterator[SpecialCall]:
    node = site.node
    assert isinstance(node, IndexExpr)
    yield SpecialCall(node.base, _index_method(site), node.index)


def _index_method(site: Site) -> str:
    """The method that an index calls in its context: as a target, in ``del``, or as a value."""
    for parent, child in zip(site.trail[-2::-1], site.trail[:0:-1], strict=True):
        if isinstance(parent, DelStmt):
            return "__delitem__"
        if not isinstance(parent, _TARGET_LISTS):
            targets = getattr(parent, _TARGETS.get(type(parent), ""), None)
            is_target = child is targets or (isinstance(targets, list) and child in targets)
            return "__setitem__" if is_target else "__getitem__"
    return "__getitem__"


_TARGET_LISTS: Final = (ListExpr, StarExpr, TupleExpr)
"""The syntax between a statement and one of several targets."""

_TARGETS: Final[Mapping[type[Node], str]] = {
    AssignmentStmt: "lvalues",
    ForStmt: "index",
    WithStmt: "target",
}
"""The parts of statements that are assigned to."""

_OPERATORS: Final[Mapping[str, str]] = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "@": "matmul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "^": "xor",
    "|": "or",
}
"""The name inside the special method of each operator."""

_COMPARISONS: Final[Mapping[str, tuple[str, str]]] = {
    "<": ("__lt__", "__gt__"),
    ">": ("__gt__", "__lt__"),
    "<=": ("__le__", "__ge__"),
    ">=": ("__ge__", "__le__"),
    "==": ("__eq__", "__eq__"),
    "!=": ("__ne__", "__ne__"),
}
"""For each comparison, the methods of the left and of the right operand."""

_READERS: Final[Mapping[type[Node], Callable[[Site], Iterator[SpecialCall]]]] = {
    OpExpr: _of_operator,
    OperatorAssignmentStmt: _of_augmented,
    ComparisonExpr: _of_comparison,
    IndexExpr: _of_index,
}
