"""The places at which a function assigns to its variables.

A function inside sees what is known of a variable of the function around it only if the variable has no
other value later; and a variable stands for a condition only if both are assigned once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    Block,
    ClassDef,
    DelStmt,
    Expression,
    ForStmt,
    FuncDef,
    FuncItem,
    LambdaExpr,
    ListExpr,
    NameExpr,
    Node,
    NonlocalDecl,
    OperatorAssignmentStmt,
    StarExpr,
    SymbolNode,
    TryStmt,
    TupleExpr,
    Var,
    WhileStmt,
    WithStmt,
)

from typed_openai_mypy.syntax.tree import children, contains, start_of


@dataclass(slots=True)
class Assignments:
    """The assignments of a function; of the top level of a module if ``function`` is None.

    ``places`` has the outermost loop around each assignment to a variable; None if there is no loop.
    """

    function: FuncItem | None
    _found: dict[SymbolNode, list[Node | None]] | None = field(default=None)

    def is_single(self, variable: SymbolNode) -> bool:
        """Return whether a variable has one value only, that of a parameter included."""
        return len(self.places.get(variable, ())) == 1

    def _repeats(self, loop: Node | None, node: Node) -> bool:
        """Return whether a loop, or a function inside, repeats a node: its ``else`` comes after it."""
        if loop is None or not contains(loop, node):
            return False
        after = loop.else_body if isinstance(loop, (ForStmt, WhileStmt)) else None
        return after is None or not after.body or start_of(node) < start_of(after.body[0])

    def is_own(self, variable: SymbolNode) -> bool:
        """Return whether a variable of this function is assigned in no function inside."""
        places = self.places.get(variable, ())
        return bool(places) and not any(isinstance(one, Block) for one in places)

    def comes_back(self, variable: SymbolNode, node: Node) -> bool:
        """Return whether a loop around a node gives a variable one of several values."""
        places = self.places.get(variable, ())
        return len(places) > 1 and any(self._repeats(one, node) for one in places)

    @property
    def places(self) -> dict[SymbolNode, list[Node | None]]:
        """The loops by variable, collected when they are first needed."""
        if self._found is None:
            self._found = self._collected()
        return self._found

    def _collected(self) -> dict[SymbolNode, list[Node | None]]:
        found: dict[SymbolNode, list[Node | None]] = {}
        if self.function is None:
            return found
        for argument in self.function.arguments:
            found.setdefault(argument.variable, []).append(None)
        for target, loop in _assigned_in(self.function.body):
            if isinstance(target.node, Var):
                found.setdefault(target.node, []).append(loop)
        return found


def _assigned_in(body: Node, whole: Node | None = None) -> Iterator[tuple[NameExpr, Node | None]]:
    """The names that the code of a function assigns to, each with the outermost loop around it.

    The body of a function inside may run again and again: ``whole`` stands for its loop.
    """
    waiting: list[tuple[Node, Node | None]] = [(body, whole)]
    while waiting:
        current, around = waiting.pop()
        of_loop = current if isinstance(current, ForStmt) else None
        for target in targets_of(current):
            yield from ((name, around or of_loop) for name in names_in(target))
        if isinstance(current, FuncDef) and any(isinstance(one, NonlocalDecl) for one in current.body.body):
            yield from _assigned_in(current.body, whole or body)
        elif isinstance(current, (ForStmt, WhileStmt)):
            waiting += [(one, around or current) for one in children(current) if one is not current.else_body]
            waiting += [] if current.else_body is None else [(current.else_body, around)]
        elif not isinstance(current, (FuncDef, LambdaExpr, ClassDef)):
            waiting += [(one, around) for one in children(current)]


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
