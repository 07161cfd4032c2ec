"""Checks of bounds, by the keywords of JSON Schema."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from typed_openai_spec.validation.bounded_regex import matches

Check = tuple[Callable[[Any], bool], str]
"""Returns True for a value that breaks a bound; the text says what was expected."""


def checks(keywords: Mapping[str, Any]) -> list[Check]:
    """Return the checks of the keywords that are bounds."""
    return [_CHECKS[name](bound) for name, bound in keywords.items() if name in _CHECKS]


def _is_multiple(value: float, step: float) -> bool:
    try:
        quotient = value / step
    except OverflowError:  # of an integer that no float can hold
        return isinstance(step, float) or value % step == 0
    if math.isinf(quotient):
        return True  # the quotient of numbers this far apart is whole
    return math.isclose(quotient, round(quotient), rel_tol=1e-9, abs_tol=1e-9)


_CHECKS: Final[Mapping[str, Callable[[Any], Check]]] = {
    "minimum": lambda bound: (lambda one: one < bound, f"at least {bound}"),
    "exclusiveMinimum": lambda bound: (lambda one: one <= bound, f"more than {bound}"),
    "maximum": lambda bound: (lambda one: one > bound, f"at most {bound}"),
    "exclusiveMaximum": lambda bound: (lambda one: one >= bound, f"less than {bound}"),
    "multipleOf": lambda bound: (lambda one: not _is_multiple(one, bound), f"a multiple of {bound}"),
    "minLength": lambda bound: (lambda one: len(one) < bound, f"at least {bound} characters"),
    "maxLength": lambda bound: (lambda one: len(one) > bound, f"at most {bound} characters"),
    "pattern": lambda bound: (lambda one: not matches(bound, one), f"a match of {bound}"),
    "minItems": lambda bound: (lambda one: len(one) < bound, f"at least {bound} items"),
    "maxItems": lambda bound: (lambda one: len(one) > bound, f"at most {bound} items"),
}
