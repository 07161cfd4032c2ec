"""Follows the ways through a function, and what is known of references on each.

The rules for each kind of syntax are in tables, which :mod:`.presence` puts together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TypeAlias

from mypy.nodes import Expression, FuncItem, IndexExpr, NameExpr, Node, Statement, SymbolNode, Var
from mypy.types import TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.checked_modules import Types
from typed_openai_mypy.reading.assignments import Assignments
from typed_openai_mypy.reading.contents import STANDS, UNKNOWN, Content, assigned
from typed_openai_mypy.reading.references import Reference, literal_index, meaning_of, reference_of
from typed_openai_mypy.reading.ways import State, Way
from typed_openai_mypy.syntax.tree import children
from typed_openai_spec.records import dataclass

Branches: TypeAlias = tuple[Way, Way]
"""The changes if a condition is true, and if it is false."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The effects of each kind of syntax on the state."""

    values: Mapping[type[Node], Callable[[Flow, Expression], Content]]
    conditions: Mapping[type[Node], Callable[[Flow, Expression], Branches]]
    statements: Mapping[type[Node], Callable[[Flow, Statement], None]]


@dataclass(frozen=True, slots=True)
class Watch:
    """Observers of the way: ``look`` sees each item that is read or removed, with what is known of
    its owner.

    Functions of which ``skips`` is true need not be followed.
    """

    look: Callable[[Expression, Content], None]
    skips: Callable[[Node], bool]


@dataclass(slots=True)
class Loop:
    """A loop: the state at its beginning, and the ways that leave its body early."""

    mark: int
    breaks: list[Way] = field(default_factory=list)
    continues: list[Way] = field(default_factory=list)


class Flow:
    """The ways through one function, or through the top level of a module.

    Functions inside are followed after it.
    """

    def __init__(
        self,
        types: Types,
        rules: Rules,
        watch: Watch,
        assignments: Assignments,
        contents: Mapping[Reference, Content] | None = None,
    ) -> None:
        self.types = types
        self.rules = rules
        self.watch = watch
        self.assignments = assignments
        self.state = State(contents)
        self._captured = contents or {}
        self.loops: list[Loop] = []
        self.catching = 0
        self.conditions: dict[Var, Expression] = {}
        self._deferred: list[tuple[FuncItem, Mapping[Reference, Content]]] = []

    def follow(self, statements: Sequence[Statement]) -> None:
        """Follow statements, and then the functions that are made in them."""
        self.block(statements)
        for function, known in self._deferred:
            contents = {one: content for one, content in known.items() if self._is_kept(one, function)}
            inner = Flow(self.types, self.rules, self.watch, Assignments(function), contents)
            inner.follow(function.body.body)

    def defer(self, function: FuncItem, known: Mapping[Reference, Content]) -> None:
        """Follow a function later, with what is known now of variables that keep their values."""
        captured = dict(self._captured)
        for one, content in [*self.state.contents.items()] if self.assignments.is_function else ():
            if len(one) == 1 and isinstance(one[0], Var) and self.assignments.is_own(one[0]):
                captured[one] = content
                self.state.narrow(meaning_of(one[0], function), STANDS)
        self._deferred.append((function, {**captured, **known}))

    def _is_kept(self, reference: Reference, function: FuncItem) -> bool:
        return (*reference, function) not in self.state.lost

    def value(self, expression: Expression) -> Content:
        """Evaluate an expression, and return what is known of its value."""
        rule = self.rules.values.get(type(expression))
        if rule is not None:
            return rule(self, expression)
        for child in children(expression):
            if isinstance(child, Expression):
                self.value(child)
        return UNKNOWN

    def branch(self, condition: Expression) -> Branches:
        """Evaluate a condition, and return the changes for each of its results."""
        rule = self.rules.conditions.get(type(condition))
        if rule is not None:
            return rule(self, condition)
        mark = self.state.mark()
        self.value(condition)
        way = self.state.since(mark)
        self.state.go_back(mark)
        return way, way

    def block(self, statements: Sequence[Statement]) -> None:
        """Follow statements as far as they are reached."""
        for one in statements:
            if not self.state.is_reached:
                return
            self.run(one)

    def run(self, statement: Statement) -> None:
        """Follow one statement."""
        rule = self.rules.statements.get(type(statement))
        if rule is not None:
            rule(self, statement)
            return
        for child in children(statement):
            if isinstance(child, Expression):
                self.value(child)

    def way(self, start: Way, follow: Callable[[], None]) -> Way:
        """The changes if one goes a way and then does something; the state stays as it is."""
        if start is None:
            return None
        mark = self.state.mark()
        self.state.go(start)
        follow()
        end = self.state.since(mark)
        self.state.go_back(mark)
        return end

    def content_of(self, expression: Expression) -> Content:
        """Return what is known of a value that has been evaluated."""
        reference = reference_of(expression)
        known = None if reference is None else self.state.known(reference)
        if known is not None:
            return known
        if isinstance(expression, IndexExpr):
            return self.content_of(expression.base).item(literal_index(expression.index))
        return UNKNOWN

    def typed_dicts(self, expression: Expression) -> list[TypedDictType]:
        """The TypedDicts that an expression may be."""
        found = self.types.get(expression)
        return [] if found is None else shapes.typed_dicts(found)

    def typed_content(self, content: Content, expression: Expression | None) -> Content:
        """The content of a value, closed to other TypedDicts than those that its type has."""
        return assigned(content, None if expression is None else self.types.get(expression))

    def assign(self, target: Expression, content: Content, value: Expression | None = None) -> None:
        """Give a target a value; ``value`` is the expression that was evaluated, if there is one."""
        reference = reference_of(target)
        if reference is not None:
            self.state.assign(reference, self.typed_content(content, value))
        variable = target.node if isinstance(target, NameExpr) else None
        if variable is not None and self.assignments.is_tested(variable):
            self.state.narrow(meaning_of(variable, target), STANDS)

    def values_of(self, variable: SymbolNode) -> int:
        """The number of values that a variable may have had on the way."""
        assigned = sum(isinstance(one, NameExpr) for one in self.state.dependents_of(variable))
        return assigned + self.assignments.is_argument(variable)

    def look(self, expression: Expression, owner: Content) -> None:
        """Look at an item that is read or removed, unless its absence is handled."""
        if not self.catching:
            self.watch.look(expression, owner)

    def remove(self, owner: Expression, content: Content, key: object) -> None:
        """Remove a key from a value."""
        reference = reference_of(owner)
        if reference is not None and isinstance(key, str):
            self.state.narrow(reference, content.removed(key))

    @contextmanager
    def caught(self) -> Iterator[None]:
        """A block in which a missing key is caught."""
        self.catching += 1
        try:
            yield
        finally:
            self.catching -= 1
