"""Values drawn from the model's schemas, which together cover everything in a schema once.

For an operation these are: the smallest call; the complete call; and, for each member of each union and
each object in its arguments, the smallest call that contains this one with all its fields. Shared
components are drawn once for the whole API.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

from typed_openai_spec.model import (
    Anything,
    Api,
    Array,
    Literals,
    Null,
    Object,
    Operation,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.model.body_choices import arguments_of

Value: TypeAlias = Any
Arguments: TypeAlias = dict[str, Value]
Wrap: TypeAlias = Callable[[Value], Value]
"""Inserts a value in its place in the smallest value around it."""

ALL: Final = 3
"""The number of levels of a complete call with all their fields; deeper ones have the required fields."""

_SCALARS: Final[dict[str, Value]] = {"string": "text", "integer": 3, "number": 0.5, "boolean": True}


@dataclass(frozen=True)
class Values:
    """Draws values that fit the schemas of one API; of several constants, another one each time."""

    api: Api
    _turns: Counter[Literals] = field(default_factory=Counter)

    def least(self, schema: Schema) -> Value:
        """The smallest value that fits."""
        return self.filled(schema, 0)

    def filled(self, schema: Schema, depth: int) -> Value:
        """Return a value with all fields down to ``depth`` levels of objects, and the smallest below."""
        match schema:
            case Ref(name=name):
                return self.filled(self.api.components[name].schema, depth)
            case Union(members=members):
                return self.filled(self._member(members, depth), depth)
            case Array(items=items, min_items=minimum):
                return [self.filled(items, depth) for _ in range(max(minimum or 0, int(depth > 0)))]
            case Object():
                return self._object(schema, depth)
            case Literals(values=values):
                self._turns[schema] += 1
                return values[self._turns[schema] % len(values)]
            case Scalar(kind=kind):
                return _SCALARS[kind]
            case Null():
                return None
            case Anything():
                return "anything"

    def begin_constants(self) -> None:
        """Draw the constants of all schemas anew, from the first one."""
        self._turns.clear()

    def undrawn(self, schema: Literals) -> int:
        """Return the number of constants that have not been drawn yet."""
        return max(0, len(schema.values) - self._turns[schema])

    def _member(self, members: tuple[Schema, ...], depth: int) -> Schema:
        """Return the smallest member, or the first object if there are levels left."""
        if depth > 0:
            several = [one for one in members if isinstance(self.api.resolve(one), (Object, Array))]
            if several:
                return several[0]
        return min(members, key=self._height)

    def _object(self, schema: Object, depth: int) -> Value:
        names = {one.name for one in schema.fields if one.required or depth > 0}
        if schema.required_sets:
            chosen = set(schema.required_sets[0])
            others = {name for several in schema.required_sets for name in several} - chosen
            names = (names - others if schema.exclusive or depth == 0 else names) | chosen
            names |= {one.name for one in schema.fields if one.required}
        made = {one.name: self.filled(one.schema, depth - 1) for one in schema.fields if one.name in names}
        if schema.is_mapping and schema.extra is not None and (depth > 0 or schema.min_properties):
            made["key"] = self.filled(schema.extra, depth - 1)
        return made

    # The heights end recursion: the smallest value is one of the smallest height.

    def _height(self, schema: Schema) -> float:
        return _height(schema, self._heights)

    @cached_property
    def _heights(self) -> dict[str, float]:
        heights = dict.fromkeys(self.api.components, float("inf"))
        while True:
            found = {name: _height(one.schema, heights) for name, one in self.api.components.items()}
            if found == heights:
                return heights
            heights = found


def _height(schema: Schema, heights: dict[str, float]) -> float:
    match schema:
        case Ref(name=name):
            return heights[name]
        case Array(items=items, min_items=minimum):
            return 1 + _height(items, heights) if minimum else 0.5
        case Object(fields=fields):
            needed = (_height(one.schema, heights) for one in fields if one.required)
            return 1 + max(needed, default=0)
        case Union(members=members):
            return min((_height(one, heights) for one in members), default=0)
        case _:
            return 0


@dataclass
class Coverage:
    """Walks schemas and draws a value for each union member and each object that is new."""

    values: Values
    seen: set[str] = field(default_factory=set)
    """The components that have been drawn from."""

    def of(self, schema: Schema, wrap: Wrap) -> Iterator[Value]:
        """Yield values of the whole, one for each part of ``schema`` that has not been drawn before."""
        for node, around in self.walk(schema, wrap):
            if isinstance(node, Object):
                yield around(self.values.filled(node, 1))
            elif isinstance(node, Union):
                yield from (around(self.values.least(one)) for one in node.members)

    def constants(self, schema: Schema) -> Iterator[Value]:
        """Yield a value of the whole for each constant that has not been drawn before."""
        for node, around in self.walk(schema, _same):
            if isinstance(node, Literals):
                yield from (around(self.values.least(node)) for _ in range(self.values.undrawn(node)))

    def walk(self, schema: Schema, wrap: Wrap) -> Iterator[tuple[Schema, Wrap]]:
        """Yield every schema inside ``schema``, including itself, with a function that wraps it in the whole.

        Components are entered once.
        """
        pending: list[tuple[Schema, Wrap]] = [(schema, wrap)]
        while pending:  # breadth first: parts near the top are drawn there
            node, around = pending.pop(0)
            yield node, around
            if not isinstance(node, Ref):
                pending += ((inner, _inside(around, step)) for inner, step in self._inner(node))
            elif node.name not in self.seen:
                self.seen.add(node.name)
                pending.append((self.values.api.components[node.name].schema, around))

    def _inner(self, node: Schema) -> Iterator[tuple[Schema, Wrap]]:
        match node:
            case Union(members=members):
                yield from ((one, _same) for one in members)
            case Array(items=items):
                yield items, _in_list
            case Object(fields=fields, extra=extra):
                least = self.values.least(node)
                yield from ((one.schema, _as_key(least, one.name)) for one in fields)
                if extra is not None and node.is_mapping:
                    yield extra, _as_key({}, "key")


def _same(value: Value) -> Value:
    return value


def _in_list(value: Value) -> Value:
    return [value]


def _as_key(around: dict[str, Value], name: str) -> Wrap:
    return lambda value: {**around, name: value}


def _inside(outer: Wrap, inner: Wrap) -> Wrap:
    return lambda value: outer(inner(value))


@dataclass
class Calls:
    """Draws the calls of an API's operations: their arguments, by the arguments' names."""

    api: Api

    def __post_init__(self) -> None:
        self.values = Values(self.api)
        self._coverage = Coverage(self.values)

    def drawn(self, operation: Operation, depth: int) -> Iterator[Arguments]:
        """Yield the arguments of one call for each form of the body; at depth 0, only the required ones."""
        outside = {
            one.name: self.values.filled(one.schema, depth - 1)
            for one in operation.arguments
            if one.location != "body" and (one.required or depth > 0)
        }
        names = {one.wire: one.name for one in operation.arguments if one.location == "body"}
        for body in operation.bodies:
            value = self.values.filled(body.schema, depth)
            fields = {body.fields[0]: value} if body.raw else {names[key]: one for key, one in value.items()}
            yield outside if depth == 0 and not (body.required or fields) else {**outside, **fields}
        if not operation.bodies:
            yield outside

    def members(self, operation: Operation) -> Iterator[Arguments]:
        """Yield a call for each part of the arguments that no earlier call contains."""
        for schema, wrap in self.arguments(operation):
            yield from self._coverage.of(schema, wrap)

    def arguments(self, operation: Operation) -> Iterator[tuple[Schema, Wrap]]:
        """Yield the schema of each argument, with a function that wraps it in the smallest call."""
        for choice in operation.choices:
            chosen = arguments_of(choice, operation, self.api.components)
            needed = {one.name: self.values.least(one.schema) for one in chosen if one.required}
            yield from ((one.schema, _as_key(needed, one.name)) for one in chosen)
        if operation.choices:
            return
        ways = list(self.drawn(operation, 0))
        carried = [one.fields for one in operation.bodies] or [()]
        for argument in operation.arguments:
            pairs = zip(ways, carried, strict=True)
            least = next((way for way, names in pairs if argument.name in names), ways[0])
            yield argument.schema, _as_key(least, argument.name)

    def of(self, operation: Operation) -> list[Arguments]:
        """Return the calls of one operation, each once."""
        least, most = self.drawn(operation, 0), self.drawn(operation, ALL)
        drawn = [*least, *most, *self.members(operation)]
        return list({repr(one): one for one in drawn}.values())
