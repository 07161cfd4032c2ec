"""The API name that a wrong name most likely means: a known replacement, or the most similar name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mypy.types import CallableType, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.description import described, operation_called
from typed_openai_mypy.api.validators import validator
from typed_openai_mypy.packages import judging
from typed_openai_spec import spelling
from typed_openai_spec.model import Field, Object, Schema


def argument_meant(name: str, signature: CallableType, free: Collection[str]) -> str | None:
    """The argument, among those that are ``free``, that a keyword of a call most likely means."""
    called = signature.definition.fullname if signature.definition is not None else ""
    operation = operation_called(called)
    bodies = operation.bodies if operation is not None else ()
    with judging(called):
        fields = [field for one in bodies for field in _fields(one.schema)]
    return _meant(name, fields, free)


def key_meant(key: str, owners: Sequence[TypedDictType], free: Collection[str]) -> str | None:
    """The key, among those that are ``free``, that a key of one of the TypedDicts most likely means."""
    return _meant(key, [field for one in owners for field in _fields_of(one)], free)


def _fields_of(owner: TypedDictType) -> tuple[Field, ...]:
    with judging(owner.fallback.type.fullname):
        component = described().components.get(shapes.name_of(owner))
        return () if component is None else _fields(component.schema)


def _fields(schema: Schema) -> tuple[Field, ...]:
    node = validator().resolve(schema)
    return node.fields if isinstance(node, Object) else ()


def _meant(name: str, fields: Sequence[Field], free: Collection[str]) -> str | None:
    """A deprecated name is not suggested if its replacement can be."""
    for one in fields:
        if name in one.mistaken and one.name in free:
            return one.name
    near = spelling.nearest(name, free)
    instead = next((one.replacement for one in fields if one.name == near and one.deprecated), None)
    return instead if instead in free else near
