"""Random values that fit the model's schemas, and their forms as expressions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, Final

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

_SAMPLES: Final[dict[str, object]] = {"string": "text", "integer": 3, "number": 0.5, "boolean": True}
_DEEP: Final = 5
"""From this depth on, unions are drawn from the members that need no inner values."""

_WIDE: Final = 3
"""The number of levels of objects that have optional fields."""

_PLAIN: Final = (Scalar, Literals)


@dataclass(frozen=True)
class Values:
    """Draws values that fit the schemas of one API."""

    api: Api
    chance: random.Random

    def arguments(self, operation: Operation, *, first: bool = False) -> dict[str, Any]:
        """Return the arguments of a call: the required ones, and some of the others.

        Of several bodies one is chosen, or the ``first`` one is taken.
        """
        every = operation.arguments
        if operation.choices:
            choice = operation.choices[0] if first else self.chance.choice(operation.choices)
            every = arguments_of(choice, operation, self.api.components)
        wanted = [one for one in every if one.required or self.chance.random() < 0.25]
        return {one.name: self.of(one.schema) for one in wanted}

    def of(self, schema: Schema, depth: int = 0) -> Any:
        """Return a value that fits."""
        match self.api.resolve(schema):
            case Anything():
                return self.chance.choice(["text", 1, {"key": 1}])
            case Null():
                return None
            case Scalar() as scalar:
                return b"content" if scalar.is_binary else _SAMPLES[scalar.kind]
            case Literals(values=values):
                return self.chance.choice(values)
            case Array(items=items):
                return [self.of(items, depth + 1) for _ in range(self.chance.choice([1, 1, 2]))]
            case Union(members=members):
                return self.of(self._member(members, depth), depth + 1)
            case Object() as record:
                return self._object(record, depth)
            case other:
                raise TypeError(other)

    def component(self, operation: Operation) -> str | None:
        """Return the name of a component in the operation's arguments; None if there is none."""
        found = [
            name
            for argument in operation.arguments
            for name in self._named(argument.schema)
            if not self._is_plain(self.api.components[name].schema)
        ]
        return self.chance.choice(found) if found else None

    def _is_plain(self, schema: Schema) -> bool:
        """Return True if a type is one of Python's own to mypy, as "any text, or one of these" is."""
        node = self.api.resolve(schema)
        if isinstance(node, Union):
            members = [self.api.resolve(one) for one in node.members]
            return any(map(self._is_plain, members)) and all(isinstance(one, _PLAIN) for one in members)
        return isinstance(node, (Anything, Scalar))

    def _named(self, schema: Schema, depth: int = 0) -> list[str]:
        if isinstance(schema, Ref):
            inner = self.api.components[schema.name].schema
            return [schema.name, *(self._named(inner, depth + 1) if depth < _WIDE else ())]
        inside: tuple[Schema, ...] = ()
        if isinstance(schema, Array):
            inside = (schema.items,)
        elif isinstance(schema, Union):
            inside = schema.members
        elif isinstance(schema, Object):
            inside = tuple(one.schema for one in schema.fields)
        return [name for one in inside for name in self._named(one, depth)]

    def _member(self, members: tuple[Schema, ...], depth: int) -> Schema:
        flat = [one for one in members if isinstance(self.api.resolve(one), (Null, Scalar, Literals))]
        return self.chance.choice(flat if flat and depth > _DEEP else list(members))

    def _object(self, record: Object, depth: int) -> dict[str, Any]:
        wanted = [
            one for one in record.fields if one.required or (depth < _WIDE and self.chance.random() < 0.3)
        ]
        made = {one.name: self.of(one.schema, depth + 1) for one in wanted}
        if record.extra is not None and record.is_mapping:
            made["key"] = self.of(record.extra, depth + 1)
        return made


def is_name(text: object) -> bool:
    """Return whether a key can be written as a keyword."""
    return isinstance(text, str) and text.isidentifier() and not iskeyword(text)


def keywords(values: dict[str, Any]) -> str:
    """``name=value, ...``."""
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


def _spelled(
    value: Any,
    of_items: Callable[[list[str]], str] | None = None,
    of_fields: Callable[[dict[str, str]], str] | None = None,
) -> str:
    """Return the value as an expression, with custom forms for lists of items and for objects of fields."""
    if isinstance(value, list):
        items = [_spelled(one, of_items, of_fields) for one in value]
        return of_items(items) if of_items else f"[{', '.join(items)}]"
    if isinstance(value, dict):
        fields = {key: _spelled(one, of_items, of_fields) for key, one in value.items()}
        return of_fields(fields) if of_fields else _display(fields)
    return repr(value)


def _display(fields: dict[str, str]) -> str:
    return f"{{{', '.join(f'{key!r}: {one}' for key, one in fields.items())}}}"


def called_dicts(value: Any) -> str:
    """Return the value with ``dict(key=value)`` for every object whose keys are names."""

    def called(fields: dict[str, str]) -> str:
        if not fields or not all(map(is_name, fields)):
            return _display(fields)
        return f"dict({', '.join(f'{key}={one}' for key, one in fields.items())})"

    return _spelled(value, of_fields=called)


def unpacked(value: Any) -> str:
    """Return the value with every object unpacked into another one."""
    return _spelled(value, of_fields=lambda fields: f"{{**{_display(fields)}}}")


def tupled(value: Any) -> str:
    """Return the value with a tuple for every list."""
    return _spelled(value, of_items=lambda items: f"({''.join(f'{one}, ' for one in items)})")


def chosen(value: Any) -> str:
    """Return the value with a conditional expression for every object in it."""
    return _spelled(value, of_fields=lambda fields: f"({_display(fields)} if flag else anything)")


def looped(value: Any) -> str:
    """Return the value with a comprehension for every list of one item."""

    def loop(items: list[str]) -> str:
        return f"[{items[0]} for _ in range(2)]" if len(items) == 1 else f"[{', '.join(items)}]"

    return _spelled(value, of_items=loop)
