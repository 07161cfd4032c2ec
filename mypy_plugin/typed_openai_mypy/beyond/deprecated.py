"""Deprecated operations, arguments, fields, components and values."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.errorcodes import ErrorCode

from typed_openai_mypy import codes
from typed_openai_mypy.api.description import Description
from typed_openai_mypy.messages import value_messages
from typed_openai_mypy.messages.fragments import literal
from typed_openai_mypy.values.given_arguments import Given
from typed_openai_spec.model import Schema
from typed_openai_spec.validation.validator import Constant, Occurrence
from typed_openai_spec.validation.value_places import Place, is_within


def find(given: Given) -> Iterator[tuple[ErrorCode, Place, str]]:
    """Yield the deprecated parts of a call, the operation itself first."""
    operation = given.operation
    if operation.deprecated:
        yield codes.DEPRECATED, (), value_messages.outdated(operation.qualified_name, operation.replacement)
    for argument in operation.arguments:
        if argument.name not in given.values:
            continue
        if argument.deprecated:
            yield codes.DEPRECATED, (argument.name,), value_messages.outdated("", argument.replacement)
        else:
            value = given.values[argument.name]
            yield from find_in(given.description, value, argument.schema, (argument.name,))


def find_in(
    description: Description, value: object, schema: Schema, place: Place
) -> Iterator[tuple[ErrorCode, Place, str]]:
    """Yield the deprecated parts of a value, without the parts inside them."""
    told: list[Place] = []
    for one in description.validator.meanings(value, schema, place):
        if any(is_within(one.place, above) for above in told):
            continue
        found = _constant(one) if isinstance(one, Constant) else _object(description, one)
        for here, text in found:
            told.append(here)
            yield codes.DEPRECATED, here, text


def _constant(one: Constant) -> Iterator[tuple[Place, str]]:
    for value, replacement in one.schema.deprecated:
        if value == one.value:
            yield one.place, value_messages.outdated(literal(value), replacement)


def _object(description: Description, one: Occurrence) -> Iterator[tuple[Place, str]]:
    component = description.component(one.component)
    if component is not None and (component.deprecated or one.outdated):
        yield one.place, value_messages.outdated(component.name, component.replacement)
        return
    for field in one.schema.fields:
        if field.deprecated and field.name in one.value:
            yield (*one.place, field.name), value_messages.outdated("", field.replacement)
