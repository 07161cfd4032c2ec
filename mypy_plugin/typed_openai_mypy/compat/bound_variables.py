"""Variables that an expression binds and whose types an evaluation of it may change.

Private parts used: ``LambdaExpr.expanded``, which grows with each check of a lambda, the frames of the
binder, and the attributes that the checker writes to a ``Var``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mypy.binder import ConditionalTypeBinder
from mypy.nodes import (
    AssignmentExpr,
    DictionaryComprehension,
    Expression,
    GeneratorExpr,
    LambdaExpr,
    NameExpr,
    Node,
    TupleExpr,
    Var,
)

from typed_openai_mypy.syntax.tree import children

_WRITTEN: Final = ("type", "is_inferred", "is_ready", "is_staticmethod", "is_classmethod", "is_property")
"""Attributes that the checker writes to a variable when it infers the type."""


class Variables:
    """The variables that evaluated expressions bind, with their former attributes."""

    def __init__(self, binder: ConditionalTypeBinder, declared: dict[Var, set[int]]) -> None:
        self._binder = binder
        self._declared = declared
        self._seen: set[int] = set()
        self._undo: list[Callable[[], None]] = []
        self._kept: list[Expression] = []

    def add(self, expression: Expression) -> None:
        """Save the variables that an expression binds."""
        if id(expression) in self._seen:
            return
        self._kept.append(expression)  # an identity is unique only while its object lives
        waiting: list[Node] = [expression]
        while waiting:
            node = waiting.pop()
            if id(node) in self._seen:
                continue
            self._seen.add(id(node))
            self._save(node)
            waiting += children(node)

    def restore(self) -> None:
        """Restore the former attributes."""
        for one in reversed(self._undo):
            one()

    def _save(self, node: Node) -> None:
        if isinstance(node, LambdaExpr):
            self._save_lambda(node)
        elif isinstance(node, (GeneratorExpr, DictionaryComprehension)):
            for index in node.indices:
                self._save_target(index)
        elif isinstance(node, AssignmentExpr):
            self._save_target(node.target)
            self._save_frames()

    def _save_lambda(self, node: LambdaExpr) -> None:
        for argument in node.arguments:
            self._save_variable(argument.variable)
        length = len(node.expanded)
        self._undo.append(lambda: node.expanded.__delitem__(slice(length, None)))

    def _save_target(self, target: Expression) -> None:
        if isinstance(target, TupleExpr):
            for one in target.items:
                self._save_target(one)
        elif isinstance(target, NameExpr) and isinstance(target.node, Var):
            self._save_variable(target.node)

    def _save_variable(self, variable: Var) -> None:
        before = {name: getattr(variable, name) for name in _WRITTEN}
        frames = self._declared.get(variable)

        def undo() -> None:
            for name, value in before.items():
                setattr(variable, name, value)
            if frames is None:
                self._declared.pop(variable, None)

        self._undo.append(undo)

    def _save_frames(self) -> None:
        """Save the narrowed types: assigning to a name drops those of its attributes."""
        saved = [(frame.types, dict(frame.types)) for frame in self._binder.frames]

        def undo() -> None:
            for found, before in saved:
                found.clear()
                found.update(before)

        self._undo.append(undo)
