"""The validators of descriptions, created on first use."""

from __future__ import annotations

from functools import cache

from typed_openai_mypy.api.description import described
from typed_openai_spec.index.reader import Index
from typed_openai_spec.validation.validator import Validator


def validator() -> Validator:
    """Return the validator of values against the API's schemas."""
    return _validator(described())


@cache
def _validator(index: Index) -> Validator:
    return Validator(index.components)
