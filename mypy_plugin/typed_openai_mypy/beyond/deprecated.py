"""Deprecated operations, arguments, fields, components and values."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.errorcodes import ErrorCode

from typed_openai_mypy import codes
from typed_openai_mypy.api.description import described
from typed_openai_mypy.api.validators import validator
from typed_openai_mypy.messages import sentences
from typed_openai_mypy.values.given_arguments import Given
from typed_openai_spec.model import Schema
from typed_openai_spec.validation.validator import Constant, Occurrence
from typed_openai_spec.validation.wording import join


def find(given: Given) -> Iterator[tuple[ErrorCode, str, str]]:
    """Yield the deprecated parts of a call, the operation itself first."""
    operation = given.operation
    if operation.deprecated:
        yield codes.DEPRECATED, "", sentences.outdated(operation.qualified_name, operation.replacement)
    for argument in operation.arguments:
        if argument.name not in given.values:
            continue
        if argument.deprecated:
            yield codes.DEPRECATED, argument.name, sentences.outdated("", argument.replacement)
        else:
            value = given.values[argument.name]
            yield from find_in(value, argument.schema, argument.name)


def find_in(value: object, schema: Schema, place: str) -> Iterator[tuple[ErrorCode, str, str]]:
    """Yield the deprecated parts of a value; nothing inside a deprecated part is reported."""
    told: list[str] = []
    for one in validator().meanings(value, schema, place):
        if any(one.place == above or one.place.startswith((f"{above}.", f"{above}[")) for above in told):
            continue
        for here, text in _constant(one) if isinstance(one, Constant) else _object(one):
            told.append(here)
            yield codes.DEPRECATED, here, text


def _constant(one: Constant) -> Iterator[tuple[str, str]]:
    for value, replacement in one.schema.deprecated:
        if value == one.value:
            yield one.place, sentences.outdated(sentences.literal(value), replacement)


def _object(one: Occurrence) -> Iterator[tuple[str, str]]:
    component = described().components.get(one.component)
    if component is not None and (component.deprecated or one.outdated):
        yield one.place, sentences.outdated(component.name, component.replacement)
        return
    for field in one.schema.fields:
        if field.deprecated and field.name in one.value:
            yield join(one.place, field.name), sentences.outdated("", field.replacement)
