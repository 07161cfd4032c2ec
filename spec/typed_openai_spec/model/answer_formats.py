"""The argument of an operation that sets the format of its answer: an object of the type ``json_schema``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from typed_openai_spec.model.api_model import Component, Operation
from typed_openai_spec.model.nodes import Literals, Object, Ref, Schema, Union
from typed_openai_spec.records import dataclass

FORMAT: Final = "json_schema"
"""The type of a format that has a schema."""

_SCHEMA: Final = "schema"


@dataclass(frozen=True, slots=True)
class AnswerFormat:
    """The place of a format: an argument, or the field ``key`` of it; and the component of the format.

    ``is_nested`` if the schema and its name are in a field of the format, which is called like its type.
    """

    argument: str
    key: str
    component: str
    is_nested: bool


def answer_format(operation: Operation, components: Mapping[str, Component]) -> AnswerFormat | None:
    """Return the place of the format in the arguments of an operation; None if it has none."""
    for argument in operation.arguments:
        for key, schema in (("", argument.schema), *_fields(argument.schema, components)):
            for name, member in _objects(schema, components):
                if name and _is_format(member, components):
                    return AnswerFormat(argument.name, key, name, member.field(_SCHEMA) is None)
    return None


def _fields(schema: Schema, components: Mapping[str, Component]) -> Iterator[tuple[str, Schema]]:
    for _, one in _objects(schema, components):
        yield from ((field.name, field.schema) for field in one.fields)


def _objects(
    schema: Schema, components: Mapping[str, Component], name: str = ""
) -> Iterator[tuple[str, Object]]:
    """Yield the objects that a schema may be, with the names of their components."""
    match schema:
        case Ref(name=inner):
            yield from _objects(components[inner].schema, components, inner)
        case Union(members=members):
            for one in members:
                yield from _objects(one, components)
        case Object():
            yield name, schema
        case _:
            pass


def _is_format(schema: Object, components: Mapping[str, Component]) -> bool:
    kind = schema.field("type")
    found = None if kind is None else kind.schema
    while isinstance(found, Ref):
        found = components[found.name].schema
    return isinstance(found, Literals) and found.values == (FORMAT,)
