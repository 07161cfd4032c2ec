"""The places at which a function assigns to its variables.

A function inside sees what is known of a variable of the function around it only if the variable has no
other value later; and a variable stands for a condition only if it is assigned once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from mypy.nodes import (
    AssignmentStmt,
    ClassDef,
    ComparisonExpr,
    Expression,
    FuncDef,
    FuncItem,
    GlobalDecl,
    LambdaExpr,
    MypyFile,
    NameExpr,
    Node,
    NonlocalDecl,
    SymbolNode,
    UnaryExpr,
    Var,
)

from typed_openai_mypy.syntax.bound_names import names_in, targets_of
from typed_openai_mypy.syntax.tree import children
from typed_openai_spec.records import dataclass


@dataclass(slots=True)
class Assignments:
    """The assignments of a function, or of the top level of a module."""

    scope: FuncItem | MypyFile
    _found: dict[SymbolNode, list[bool]] | None = field(default=None)
    _tested: set[SymbolNode] = field(default_factory=set)

    @property
    def is_function(self) -> bool:
        """True for the assignments of a function."""
        return isinstance(self.scope, FuncItem)

    def is_single(self, variable: SymbolNode) -> bool:
        """Return whether a variable has one value only, that of a parameter included."""
        return len(self._places.get(variable, ())) == 1

    def is_own(self, variable: SymbolNode) -> bool:
        """Return whether a variable of this function or module is assigned in no function inside."""
        places = self._places.get(variable, ())
        return bool(places) and not any(places)

    def is_shared(self, variable: SymbolNode) -> bool:
        """Return whether a function inside assigns to a variable."""
        return any(self._places.get(variable, ()))

    def is_tested(self, variable: SymbolNode) -> bool:
        """Return whether a variable with several values is part of a condition that has a name."""
        return variable in self._tested if self._places and not self.is_single(variable) else False

    def is_argument(self, variable: SymbolNode) -> bool:
        """Return whether a variable is a parameter of this function."""
        arguments = self.scope.arguments if isinstance(self.scope, FuncItem) else ()
        return any(one.variable is variable for one in arguments)

    @property
    def _places(self) -> dict[SymbolNode, list[bool]]:
        """For each assignment to a variable, whether it is in a function inside."""
        if self._found is None:
            self._found = self._collected()
        return self._found

    def _collected(self) -> dict[SymbolNode, list[bool]]:
        found: dict[SymbolNode, list[bool]] = {}
        for argument in self.scope.arguments if isinstance(self.scope, FuncItem) else ():
            found.setdefault(argument.variable, []).append(False)
        for node, is_inside in _nodes_in(self.scope):
            for name in (name for target in targets_of(node) for name in names_in(target)):
                if isinstance(name.node, Var):
                    found.setdefault(name.node, []).append(is_inside)
            if isinstance(node, AssignmentStmt):
                self._tested.update(variables_of(node.rvalue))
        return found


def _nodes_in(scope: FuncItem | MypyFile) -> Iterator[tuple[Node, bool]]:
    """The syntax that may assign to the variables of a function or module.

    It is marked whether it is in a function inside; these are included if they assign to variables outside.
    """
    body: list[Node] = [scope.body] if isinstance(scope, FuncItem) else [*scope.defs]
    waiting = [(one, False) for one in body]
    while waiting:
        current, is_inside = waiting.pop()
        yield current, is_inside
        if isinstance(current, FuncDef):
            is_open = any(isinstance(one, (GlobalDecl, NonlocalDecl)) for one in current.body.body)
            waiting += [(current.body, True)] if is_open else []
        elif not isinstance(current, (LambdaExpr, ClassDef)):
            waiting += [(one, is_inside) for one in children(current)]


def variables_of(condition: Expression) -> Iterator[SymbolNode]:
    """The variables that a condition compares."""
    while isinstance(condition, UnaryExpr):
        condition = condition.expr
    for one in condition.operands if isinstance(condition, ComparisonExpr) else ():
        if isinstance(one, NameExpr) and one.node is not None:
            yield one.node
