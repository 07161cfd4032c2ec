"""From a position in a file to the syntax around it.

mypy's visitors cannot be subclassed outside its compiled code, so the walk follows a table of the
attributes that hold a node's children. Long lists of children are searched by bisection and cached, so that
a look-up takes as long in a file of ten thousand lines as in one of ten.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from operator import gt
from typing import Final, NamedTuple

from mypy.nodes import (
    Argument,
    Block,
    BytesExpr,
    CallExpr,
    ClassDef,
    Decorator,
    DictExpr,
    Expression,
    FloatExpr,
    FuncDef,
    FuncItem,
    IntExpr,
    LambdaExpr,
    MemberExpr,
    MypyFile,
    Node,
    OverloadedFuncDef,
    StrExpr,
    TupleExpr,
)

from typed_openai_mypy.memo import Once
from typed_openai_spec.records import dataclass

_CHILDREN: Final[dict[str, tuple[str, ...]]] = {
    "MypyFile": ("defs",),
    "Block": ("body",),
    "ClassDef": ("decorators", "base_type_exprs", "keywords", "defs"),
    "Decorator": ("decorators", "func"),
    "OverloadedFuncDef": ("items", "impl"),
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
    "TemplateStrExpr": ("items",),
}

_WITHOUT_PLACE: Final = (MypyFile, Block, ClassDef, Decorator, OverloadedFuncDef, FuncDef, Argument)
"""Nodes whose children have more exact positions (a decorator is before its function)."""

PLAIN: Final = (BytesExpr, FloatExpr, IntExpr, StrExpr)
"""Expressions that have no errors of their own."""

_LONG: Final = 16
"""Lists of more children than this are searched by bisection."""

Position = tuple[int, int]
"""A line and a column."""


@dataclass(frozen=True, slots=True)
class Site:
    """A piece of syntax with everything around it, outermost first."""

    trail: tuple[Node, ...]

    @property
    def node(self) -> Node:
        """The piece itself."""
        return self.trail[-1]

    @property
    def parent(self) -> Node | None:
        """The node directly around the piece; None for the file itself."""
        return self.trail[-2] if len(self.trail) > 1 else None

    @property
    def function(self) -> FuncItem | None:
        """The function that the piece is in."""
        return next(
            (one for one in reversed(self.trail[:-1]) if isinstance(one, (FuncDef, LambdaExpr))), None
        )

    def ending_at(self, end: Position) -> Site:
        """The innermost piece around this one that ends at a position; this one if there is none."""
        return next((one for one in self.around() if end_of(one.node) == end), self)

    def around(self) -> Iterator[Site]:
        """The piece, then each node around it, innermost first."""
        for length in range(len(self.trail), 0, -1):
            yield Site(self.trail[:length])


def contains(outer: Node, inner: Node) -> bool:
    """Return whether the text of one node lies inside that of another."""
    return start_of(outer) <= start_of(inner) and end_of(inner) <= end_of(outer)


def start_of(node: Node) -> Position:
    """The position of a node's first character."""
    return node.line, node.column


def end_of(node: Node) -> Position:
    """The position after a node's last character."""
    if node.end_line is None and isinstance(node, LambdaExpr):  # Python's parser sets no end
        return end_of(node.expr())
    return node.end_line or node.line, node.end_column or node.column


@dataclass(slots=True)
class Index:
    """Finds the syntax at positions of one file; lists of children are read once.

    ``once`` caches what other modules compute about the file.
    """

    tree: MypyFile
    _long: dict[int, _Children] = field(default_factory=dict)
    once: Once = field(default_factory=Once)
    _of: object = None
    _last: tuple[tuple[Position, Position], Site] | None = None
    _inside: list[Node] = field(default_factory=list)
    _literals: Mapping[Position, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._of = self.tree.defs

    @property
    def is_current(self) -> bool:
        """True while the file has the indexed statements; the daemon replaces them after an edit."""
        return self.tree.defs is self._of

    def site(self, start: Position, end: Position) -> Site:
        """Return the innermost piece of syntax around these positions.

        In an f-string, several calls may start at the same position: then the end decides. The last answer
        is cached.
        """
        if self._last is None or self._last[0] != (start, end):
            literal = self._literals.get(start)
            found = self._site(start, end) if literal is None else Site((*self._inside, literal))
            self._last = (start, end), found
        return self._last[1]

    def display_with(self, start: Position) -> Node | None:
        """The display of the last search, if it is long and has a literal at a position; else None."""
        return self._inside[-1] if start in self._literals else None

    def _site(self, start: Position, end: Position) -> Site:
        around = self._around(start)
        trails = [[*around, *rest] for rest in self._descend(around.pop(), start)]
        exact = [one for one in trails if any((node.end_line, node.end_column) == end for node in one)]
        longest: list[Node] = max(exact or trails or [[self.tree]], key=len)
        self._note(longest)
        return Site(tuple(longest))

    def _around(self, position: Position) -> list[Node]:
        """The way to the long list of the last search, if it has the position; otherwise only the file."""
        if self._inside and _has_place(self._inside[-1]) and _may_contain(self._inside[-1], position):
            return [*self._inside]
        return [self.tree]

    def _note(self, trail: list[Node]) -> None:
        """Keep the way to the innermost long list, and its literals: the next search is often about one.

        The parts of an f-string may overlap, so a way through one is not kept.
        """
        long = [number for number, node in enumerate(trail) if id(node) in self._long]
        inside = trail[: long[-1] + 1] if long else []
        if any(map(_is_formatted, inside)):
            inside = []
        self._inside, self._literals = inside, self._long[id(inside[-1])].literals if inside else {}

    def _descend(self, node: Node, position: Position) -> list[list[Node]]:
        """The chains of nodes from a node down to the position."""
        if isinstance(node, PLAIN):
            return [[node]] if _has_place(node) else []
        deeper = [
            [node, *rest]
            for child in self._candidates(node, position)
            if _may_contain(child, position)
            for rest in self._descend(child, position)
        ]
        if not deeper and (_has_place(node) or isinstance(node, MypyFile) or _is_in_head(node, position)):
            return [[node]]
        return deeper

    def _candidates(self, node: Node, position: Position) -> Sequence[Node]:
        """The children that may contain a position."""
        known = self._long.get(id(node))
        if known is None:
            found = children(node)
            if len(found) <= _LONG:
                return found
            known = _in_order(found)
            self._long[id(node)] = known
        starts, ordered, _ = known
        last = bisect_right(starts, position)
        first = last - 1
        while first > 0 and starts[first - 1] == starts[last - 1]:
            first -= 1
        return ordered[max(first - 1, 0) : last]


_last: list[Index] = []


def index_of(tree: MypyFile) -> Index:
    """Return the index of a file; the last one is cached."""
    if not _last or _last[0].tree is not tree or not _last[0].is_current:
        _last[:] = [Index(tree)]
    return _last[0]


def _is_formatted(node: Node) -> bool:
    """Return whether a node is a template or an f-string, which mypy reads as a method call on a string."""
    if isinstance(node, CallExpr):
        return isinstance(node.callee, MemberExpr) and isinstance(node.callee.expr, StrExpr)
    return type(node).__name__ == "TemplateStrExpr"


class _Children(NamedTuple):
    """The children of a node in the order of their positions, and by these the literals among them."""

    starts: list[Position]
    nodes: list[Node]
    literals: Mapping[Position, Node]


def _in_order(nodes: list[Node]) -> _Children:
    is_plain = not any(isinstance(one, DECORATED) for one in nodes)
    starts = [(one.line, one.column) for one in nodes] if is_plain else [*map(first_position, nodes)]
    ordered = nodes
    if any(map(gt, starts, starts[1:])):
        pairs = sorted(zip(starts, range(len(nodes)), strict=True))
        starts, ordered = [start for start, _ in pairs], [nodes[number] for _, number in pairs]
    is_distinct = len({*starts}) == len(starts)
    literals = {start: one for start, one in zip(starts, ordered, strict=True) if isinstance(one, PLAIN)}
    return _Children(starts, ordered, literals if is_distinct else {})


def first_position(node: Node) -> Position:
    """The position at which the text of a node begins, including decorators."""
    if not isinstance(node, DECORATED):
        return start_of(node)
    inside = [one for one in _before(node) if one.line > 0]
    return min((start_of(one) for one in (node, *inside)), default=(0, 0))


def _before(node: Node) -> Sequence[Node]:
    """The nodes that may be before a node's own position."""
    if isinstance(node, (Decorator, ClassDef)):
        return node.decorators
    if isinstance(node, OverloadedFuncDef):
        return [first for one in node.items for first in (one, *_before(one))]
    return ()


DECORATED: Final = (ClassDef, Decorator, OverloadedFuncDef)
"""Nodes whose own position may be behind that of another node in them."""


def parts_of(node: Node) -> tuple[str, ...]:
    """The attributes that hold a node's children."""
    return _CHILDREN.get(type(node).__name__, ())


def display_of(expression: Expression) -> Expression:
    """Return mypy's display for a call such as ``dict(a=1)``; any other expression as it is."""
    if isinstance(expression, CallExpr) and isinstance(expression.analyzed, (DictExpr, TupleExpr)):
        return expression.analyzed
    return expression


def children(node: Node) -> list[Node]:
    """The nodes directly inside ``node``, in the table's order."""
    found: list[Node] = []
    for name in parts_of(node):
        value = getattr(node, name, None)
        if isinstance(value, Node):
            found.append(value)
        elif value:
            _add_nodes(found, value)
    return found


def _add_nodes(found: list[Node], value: object) -> None:
    if isinstance(value, Node):
        found.append(value)
    elif isinstance(value, (list, tuple)):
        for one in value:
            if isinstance(one, Node):
                found.append(one)
            elif one is not None:
                _add_nodes(found, one)
    elif isinstance(value, dict):
        _add_nodes(found, [*value.values()])


def _is_in_head(node: Node, position: Position) -> bool:
    """Return whether a position is between the beginning of a function or lambda and its body."""
    if not isinstance(node, (FuncDef, LambdaExpr)) or not node.body.body:
        return False
    first = node.expr() if isinstance(node, LambdaExpr) else node.body.body[0]
    return (node.line, node.column) <= position < (first.line, first.column)


def _may_contain(node: Node, position: Position) -> bool:
    if not _has_place(node):
        ends = not isinstance(node, (Block, Argument, Decorator)) and node.end_line
        return not ends or position[0] <= ends
    end = (node.end_line or node.line, node.end_column or 0)
    return (node.line, node.column) <= position < end


def _has_place(node: Node) -> bool:
    """Return whether a node's own position bounds its children: a lambda's ``return`` has no end."""
    return not isinstance(node, _WITHOUT_PLACE) and node.line > 0 and node.end_column is not None
