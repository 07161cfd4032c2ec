"""Random values that fit a schema of the model: bounds, alternatives, optional fields."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)

_TEXTS = (
    *("a", "x1", "2024-01-01", "2024-01-01T10:00:00+00:00", "a@b.test", "https://a.test/"),
    *("file-abc", "fc_abc", "cntr_abc", "0" * 64, "12345678-1234-1234-1234-123456789012"),
)
_SIMPLE: tuple[object, ...] = (None, True, 3, "x", [], {})


class Values:
    """Creates values. They may break a limit or a rule; the validator finds the valid ones."""

    def __init__(self, components: Mapping[str, Component], random: Random) -> None:
        self._components = components
        self._random = random

    def value(self, schema: Schema, depth: int = 5) -> object:
        """Return a value; below ``depth`` levels it has only required fields."""
        match schema:
            case Ref(name=name):
                return self.value(self._components[name].schema, depth)
            case Union(members=members):
                return self.value(self._member(members, depth), depth - 1)
            case Literals(values=values):
                return self._random.choice(values)
            case Array(items=items, min_items=least, max_items=most):
                wanted = self._random.randint(0, 2) if depth > 0 else 0
                count = min(max(wanted, least or 0), wanted if most is None else most)
                return [self.value(items, depth - 1) for _ in range(count)]
            case Object():
                return self._object(schema, depth)
            case Scalar():
                return self._scalar(schema)
            case Null():
                return None
            case Anything():
                return self._random.choice(_SIMPLE)

    def _member(self, members: tuple[Schema, ...], depth: int) -> Schema:
        flat = [one for one in members if not isinstance(one, (Ref, Array))]
        return self._random.choice(flat if depth < 0 and flat else members)

    def _object(self, node: Object, depth: int) -> dict[str, object]:
        made = {
            one.name: self.value(one.schema, depth - 1)
            for one in node.fields
            if one.required or (depth > 0 and self._random.random() < 0.6)
        }
        if node.extra is not None and depth > 0:
            made.update(
                {key: self.value(node.extra, depth - 1) for key in self._random.sample(["k", "m"], 1)}
            )
        return made

    def _scalar(self, schema: Scalar) -> object:
        if schema.kind == "boolean":
            return self._random.random() < 0.5
        if schema.kind == "string":
            text = self._random.choice(_TEXTS)
            return text[: schema.max_length].ljust(schema.min_length or 0, "a")
        bounds = (schema.minimum, schema.maximum, schema.exclusive_minimum, schema.exclusive_maximum)
        near = [one + step for one in bounds if one is not None for step in (-1, 0, 1)]
        number = self._random.choice([0, 1, 2.5, 7, *near])
        return int(number) if schema.kind == "integer" else number
