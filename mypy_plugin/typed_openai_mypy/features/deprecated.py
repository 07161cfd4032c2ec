"""Operations, arguments and fields that the API is about to drop."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.errorcodes import ErrorCode

from typed_openai_mypy import codes
from typed_openai_mypy.features.givens import Given
from typed_openai_mypy.features.limits import validator
from typed_openai_spec.violations import join


def find(given: Given) -> Iterator[tuple[ErrorCode, str, str]]:
    """What is deprecated in a call, the operation itself first."""
    operation = given.operation
    if operation.deprecated:
        instead = f"; {operation.replacement}" if operation.replacement else ""
        yield codes.DEPRECATED, "", f"{operation.qualified_name} is deprecated{instead}"
    for argument in operation.arguments:
        if argument.name not in given.values:
            continue
        if argument.deprecated:
            yield codes.DEPRECATED, argument.name, "deprecated"
        for one in validator().occurrences(given.values[argument.name], argument.schema, argument.name):
            for field in one.schema.fields:
                if field.deprecated and field.name in one.value:
                    yield codes.DEPRECATED, join(one.place, field.name), "deprecated"
