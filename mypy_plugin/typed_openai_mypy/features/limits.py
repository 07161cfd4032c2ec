"""Bounds, lengths, patterns, formats and counts, and parameters that depend on others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from mypy.errorcodes import ErrorCode

from typed_openai_mypy import codes
from typed_openai_mypy.features.givens import Given
from typed_openai_spec.dependents import check_rules
from typed_openai_spec.index import packaged
from typed_openai_spec.model import Object
from typed_openai_spec.validation import Validator
from typed_openai_spec.violations import Violation

_CODES: Final[Mapping[str, ErrorCode]] = {
    "limit": codes.LIMIT,
    "dependent": codes.DEPENDENT,
    "schema": codes.SCHEMA,
}


@cache
def validator() -> Validator:
    """The judge of values against the API's schemas."""
    return Validator(packaged().components)


def find(given: Given) -> Iterator[tuple[ErrorCode, str, str]]:
    """What the given values break: of one argument each, and of arguments together."""
    for one in _violations(given):
        if one.beyond:
            yield _CODES[one.beyond], one.place, one.text


def _violations(given: Given) -> Iterator[Violation]:
    for argument in given.operation.arguments:
        if argument.name in given.values:
            yield from validator().violations(given.values[argument.name], argument.schema, argument.name)
    for body in given.operation.bodies:
        schema = validator().resolve(body.schema)
        if isinstance(schema, Object):
            yield from check_rules(given.body(body.fields), schema, "")
