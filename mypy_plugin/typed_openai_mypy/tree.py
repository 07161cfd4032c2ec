"""From a position in a file to the syntax around it.

mypy's visitors cannot be subclassed from outside its compiled code, so the walk goes by a table of
the attributes that hold a node's children.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mypy.nodes import (
    Argument,
    Block,
    ClassDef,
    Decorator,
    FuncDef,
    FuncItem,
    LambdaExpr,
    MypyFile,
    Node,
    OverloadedFuncDef,
)

_CHILDREN: Final[dict[str, tuple[str, ...]]] = {
    "MypyFile": ("defs",),
    "Block": ("body",),
    "ClassDef": ("decorators", "base_type_exprs", "defs"),
    "Decorator": ("decorators", "func"),
    "OverloadedFuncDef": ("items",),
    "FuncDef": ("arguments", "body"),
    "LambdaExpr": ("arguments", "body"),
    "Argument": ("initializer",),
    "ExpressionStmt": ("expr",),
    "AssignmentStmt": ("lvalues", "rvalue"),
    "OperatorAssignmentStmt": ("lvalue", "rvalue"),
    "WhileStmt": ("expr", "body", "else_body"),
    "ForStmt": ("index", "expr", "body", "else_body"),
    "ReturnStmt": ("expr",),
    "AssertStmt": ("expr", "msg"),
    "DelStmt": ("expr",),
    "IfStmt": ("expr", "body", "else_body"),
    "RaiseStmt": ("expr", "from_expr"),
    "TryStmt": ("body", "types", "handlers", "else_body", "finally_body"),
    "WithStmt": ("expr", "target", "body"),
    "MatchStmt": ("subject", "guards", "bodies"),
    "StarExpr": ("expr",),
    "MemberExpr": ("expr",),
    "CallExpr": ("callee", "args"),
    "YieldExpr": ("expr",),
    "YieldFromExpr": ("expr",),
    "AwaitExpr": ("expr",),
    "IndexExpr": ("base", "index"),
    "SliceExpr": ("begin_index", "end_index", "stride"),
    "UnaryExpr": ("expr",),
    "AssignmentExpr": ("target", "value"),
    "OpExpr": ("left", "right"),
    "ComparisonExpr": ("operands",),
    "CastExpr": ("expr",),
    "AssertTypeExpr": ("expr",),
    "RevealExpr": ("expr",),
    "ListExpr": ("items",),
    "TupleExpr": ("items",),
    "SetExpr": ("items",),
    "DictExpr": ("items",),
    "GeneratorExpr": ("left_expr", "sequences", "condlists"),
    "ListComprehension": ("generator",),
    "SetComprehension": ("generator",),
    "DictionaryComprehension": ("key", "value", "sequences", "condlists"),
    "ConditionalExpr": ("cond", "if_expr", "else_expr"),
    "SuperExpr": ("call",),
}

_WITHOUT_PLACE: Final = (MypyFile, Block, ClassDef, Decorator, OverloadedFuncDef, FuncDef, Argument)
"""Nodes whose own position says less than their children's (a decorator stands before its function)."""


@dataclass(frozen=True, slots=True)
class Site:
    """A piece of syntax and everything around it, outermost first, itself last."""

    trail: tuple[Node, ...]

    @property
    def node(self) -> Node:
        """The piece itself."""
        return self.trail[-1]

    def covers(self, line: int) -> bool:
        """Whether the piece stands on that line, among others."""
        return self.node.line <= line <= (self.node.end_line or self.node.line)

    @property
    def function(self) -> FuncItem | None:
        """The function that the piece is in."""
        return next(
            (one for one in reversed(self.trail[:-1]) if isinstance(one, (FuncDef, LambdaExpr))), None
        )


def sites(tree: MypyFile, start: tuple[int, int], end: tuple[int, int]) -> Iterator[Site]:
    """The pieces of syntax around what starts and ends there, innermost first.

    In an f-string several calls may start at the same position: then the end tells which is meant.
    """
    trails = _descend((tree,), start)
    exact = [one for one in trails if any((node.end_line, node.end_column) == end for node in one)]
    trail = max(exact or trails, key=len)
    for length in range(len(trail), 0, -1):
        yield Site(tuple(trail[:length]))


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside ``node``, in the table's order."""
    for name in _CHILDREN.get(type(node).__name__, ()):
        yield from _nodes(getattr(node, name, None))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _nodes(one)


def _descend(trail: Sequence[Node], position: tuple[int, int]) -> list[list[Node]]:
    """The chains of nodes from the trail's end down to the position."""
    deeper = [
        [*trail, *rest]
        for child in children(trail[-1])
        if _may_contain(child, position)
        for rest in _descend((child,), position)
    ]
    last = trail[-1]
    if not deeper and (_has_place(last) or isinstance(last, MypyFile) or _is_in_head(last, position)):
        return [[*trail]]
    return deeper


def _is_in_head(node: Node, position: tuple[int, int]) -> bool:
    """Whether a position is between a function's name and its body."""
    if not isinstance(node, FuncDef) or not node.body.body:
        return False
    first = node.body.body[0]
    return (node.line, node.column) <= position < (first.line, first.column)


def _may_contain(node: Node, position: tuple[int, int]) -> bool:
    if not _has_place(node):
        ends = not isinstance(node, (Block, Argument, Decorator)) and node.end_line
        return not ends or position[0] <= ends
    end = (node.end_line or node.line, node.end_column or 0)
    return (node.line, node.column) <= position < end


def _has_place(node: Node) -> bool:
    """Whether a node's own position tells what is inside it: a lambda's ``return`` has no end."""
    return not isinstance(node, _WITHOUT_PLACE) and node.line > 0 and node.end_column is not None
