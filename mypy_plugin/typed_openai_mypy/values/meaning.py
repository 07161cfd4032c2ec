"""The API name that a wrong name most likely means: a known replacement, or the most similar name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mypy.types import CallableType, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.description import Description, Descriptions
from typed_openai_spec import spelling
from typed_openai_spec.model import Field, Object, Schema


def argument_meant(
    descriptions: Descriptions, name: str, signature: CallableType, free: Collection[str]
) -> str | None:
    """The argument, among those that are ``free``, that a keyword of a call most likely means."""
    called = signature.definition.fullname if signature.definition is not None else ""
    description = descriptions.of(called)
    operation = description.operation_called(called)
    bodies = operation.bodies if operation is not None else ()
    fields = [field for one in bodies for field in _fields(description, one.schema)]
    return _meant(name, fields, free)


def key_meant(
    descriptions: Descriptions, key: str, owners: Sequence[TypedDictType], free: Collection[str]
) -> str | None:
    """The key, among those that are ``free``, that a key of one of the TypedDicts most likely means."""
    return _meant(key, [field for one in owners for field in _fields_of(descriptions, one)], free)


def _fields_of(descriptions: Descriptions, owner: TypedDictType) -> tuple[Field, ...]:
    description = descriptions.of(owner.fallback.type.fullname)
    component = description.component(shapes.name_of(owner))
    return () if component is None else _fields(description, component.schema)


def _fields(description: Description, schema: Schema) -> tuple[Field, ...]:
    node = description.validator.resolve(schema)
    return node.fields if isinstance(node, Object) else ()


def _meant(name: str, fields: Sequence[Field], free: Collection[str]) -> str | None:
    """A deprecated name is not suggested if its replacement can be."""
    for one in fields:
        if name in one.mistaken and one.name in free:
            return one.name
    near = spelling.nearest(name, free)
    instead = next((one.replacement for one in fields if one.name == near and one.deprecated), None)
    return instead if instead in free else near
