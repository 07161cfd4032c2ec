"""Lists that only grow between their assignment and a call that has them as an argument.

Such a list is assigned and appended to by statements of one block that run one after the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    LambdaExpr,
    ListExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    Statement,
    SymbolNode,
    WhileStmt,
)

from typed_openai_mypy.syntax.tree import Site, children, index_of, start_of
from typed_openai_spec.records import dataclass

_REPEATED: Final = (ForStmt, WhileStmt, GeneratorExpr, LambdaExpr, FuncDef)
"""Nodes that may run their parts again, or later."""

_MOST_GROWTH: Final = 64

_DEFERRED: Final = (FuncDef, LambdaExpr)

_READERS: Final = frozenset({"builtins.len", "builtins.print", "builtins.repr", "builtins.str"})
"""Functions that do not change their arguments."""


@dataclass(frozen=True, slots=True)
class History:
    """The lists that a variable is made of. ``is_certain`` returns True if nothing else changes it."""

    parts: Sequence[Expression]
    is_certain: Callable[[Container[Node]], bool]
    """Takes the calls that do not change their arguments. It walks over the file: ask it last."""


def history_of(tree: MypyFile, site: Site, name: NameExpr) -> History | None:
    """Return the history of a variable where a call has it as an argument; ``site`` is the call."""
    trail = site.trail
    for number in range(len(trail) - 2, -1, -1):
        node, own = trail[number], trail[number + 1]
        statements = _statements(node)
        if statements is not None and isinstance(own, Statement):
            made = index_of(tree).once(("grown", id(node)), partial(_assignments, statements))
            at = made.places.get(own, 0)
            lists = made.lists.get(name.node, ())
            if before := bisect_left(lists, at):
                grown = _between(made.grown.get(name.node, ()), lists[before - 1], at)
                return _history(tree, site, name, (statements, lists[before - 1], at), grown)
        if isinstance(node, _REPEATED):
            return None
    return None


@dataclass(frozen=True, slots=True)
class _Assignments:
    """The numbers of the statements of a block, and of those that assign a display to a variable."""

    places: Mapping[Node, int]
    lists: Mapping[SymbolNode | None, Sequence[int]]
    grown: Mapping[SymbolNode | None, Sequence[tuple[int, Expression]]]
    """The statements that add a list to a variable, with the list."""


def _statements(node: Node) -> list[Statement] | None:
    if isinstance(node, Block):
        return node.body
    return node.defs if isinstance(node, MypyFile) else None


def _assignments(statements: Sequence[Statement]) -> _Assignments:
    lists: dict[SymbolNode | None, list[int]] = {}
    grown: dict[SymbolNode | None, list[tuple[int, Expression]]] = {}
    for number, one in enumerate(statements):
        if isinstance(one, AssignmentStmt) and len(one.lvalues) == 1 and isinstance(one.rvalue, ListExpr):
            target = one.lvalues[0]
            if isinstance(target, NameExpr):
                lists.setdefault(target.node, []).append(number)
        elif (growth := _growth(one)) is not None:
            grown.setdefault(growth[0], []).append((number, growth[1]))
    return _Assignments({one: number for number, one in enumerate(statements)}, lists, grown)


def _between(
    grown: Sequence[tuple[int, Expression]], start: int, end: int
) -> Sequence[tuple[int, Expression]] | None:
    """Return what is added between two statements; None if it is too much to read again for each call."""
    first = bisect_left(grown, start, key=lambda one: one[0])
    last = bisect_left(grown, end, key=lambda one: one[0])
    return grown[first:last] if last - first <= _MOST_GROWTH else None


def _history(
    tree: MypyFile,
    site: Site,
    name: NameExpr,
    around: tuple[Sequence[Statement], int, int],
    grown: Sequence[tuple[int, Expression]] | None,
) -> History | None:
    statements, start, end = around
    first = statements[start]
    if grown is None or not isinstance(first, AssignmentStmt):
        return None
    parts = [first.rvalue, *(part for _, part in grown)]

    def is_certain(harmless: Container[Node]) -> bool:
        adding = {number for number, _ in grown}
        others = [statements[number] for number in range(start + 1, end) if number not in adding]
        inside = (trail for one in (*others, *parts) for trail in _uses(one, name.node))
        own = _uses(statements[end], name.node)
        in_own = (trail for trail in own if start_of(trail[-1]) < start_of(site.node))
        if not all(_is_harmless(_user(trail), harmless) for trail in (*inside, *in_own)):
            return False
        scope: Node = site.function or tree
        deferred = (one for one in _all(scope) if isinstance(one, _DEFERRED) and one is not scope)
        return not any(True for one in deferred for _ in _uses(one, name.node))

    return History(parts, is_certain)


def _growth(statement: Statement) -> tuple[SymbolNode | None, Expression] | None:
    """Return the variable that ``append``, ``extend`` or ``+=`` adds a list to, and the list."""
    if isinstance(statement, OperatorAssignmentStmt):
        target = statement.lvalue
        is_growth = isinstance(target, NameExpr) and statement.op == "+"
        return (target.node, statement.rvalue) if is_growth and isinstance(target, NameExpr) else None
    call = statement.expr if isinstance(statement, ExpressionStmt) else None
    if not isinstance(call, CallExpr) or len(call.args) != 1 or not isinstance(call.callee, MemberExpr):
        return None
    owner = call.callee.expr
    if not isinstance(owner, NameExpr):
        return None
    if call.callee.name == "append":
        made = ListExpr([call.args[0]])
        made.set_line(call.args[0])
        return owner.node, made
    return (owner.node, call.args[0]) if call.callee.name == "extend" else None


def _is_harmless(user: CallExpr | None, harmless: Container[Node]) -> bool:
    if user is None:
        return False
    return user in harmless or (isinstance(user.callee, NameExpr) and user.callee.fullname in _READERS)


def _user(trail: Sequence[Node]) -> CallExpr | None:
    """Return the call that has a variable as an argument itself; None for any other use."""
    around = trail[-2] if len(trail) > 1 else None
    return around if isinstance(around, CallExpr) and trail[-1] in around.args else None


def _uses(root: Node, variable: SymbolNode | None) -> Iterator[tuple[Node, ...]]:
    """Yield the uses of a variable, each with the node around it."""
    waiting: list[tuple[Node, ...]] = [(root,)]
    while waiting:
        trail = waiting.pop()
        if isinstance(trail[-1], NameExpr) and trail[-1].node is variable:
            yield trail
        waiting += [(trail[-1], one) for one in children(trail[-1])]


def _all(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += children(node)
