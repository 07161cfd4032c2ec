"""Bounds, lengths, patterns, formats and counts, and rules across several values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mypy.errorcodes import ErrorCode

from typed_openai_mypy import codes
from typed_openai_mypy.values.given_arguments import Given
from typed_openai_spec.model import Object
from typed_openai_spec.validation.dependents import check_rules
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import Violation

_CODES: Final[Mapping[str, ErrorCode]] = {
    "limit": codes.LIMIT,
    "dependent": codes.DEPENDENT,
    "schema": codes.SCHEMA,
    "model": codes.MODEL,
    "tools": codes.TOOLS,
    "json": codes.JSON,
}


def find(given: Given) -> Iterator[tuple[ErrorCode, Place, str]]:
    """Yield the rules that the given values break, of single arguments and of arguments together."""
    yield from beyond_types(_violations(given))


def beyond_types(violations: Iterable[Violation]) -> Iterator[tuple[ErrorCode, Place, str]]:
    """Violations that no type can express, one of a kind at a place: an empty text need not match as well."""
    told: set[tuple[ErrorCode, Place]] = set()
    for one in violations:
        code = _CODES.get(one.beyond)
        if code is not None and (code, one.place) not in told:
            told.add((code, one.place))
            yield code, one.place, one.text


def _violations(given: Given) -> Iterator[Violation]:
    validator = given.description.validator
    misfits = set()
    for argument in given.operation.arguments:
        if argument.name in given.values:
            value = given.values[argument.name]
            violations = validator.violations(value, argument.schema, (argument.name,))
            if not all(one.beyond for one in violations):
                misfits.add(argument.name)
            yield from violations
    for body in given.operation.bodies:
        schema = validator.resolve(body.schema)
        if isinstance(schema, Object):
            yield from check_rules(given.body(body.fields, misfits), schema, ())
