"""Decides quickly whether a module may read values of the API.

Most modules that can see a client package do not, and need none of the modules that judge reads.
"""

from __future__ import annotations

from typing import Final

from mypy.nodes import CallExpr, ComparisonExpr, Expression, IndexExpr, MemberExpr

from typed_openai_mypy.api.shapes import typed_dicts
from typed_openai_mypy.compat.checked_modules import CheckedModule
from typed_openai_mypy.reading.match_cases import matches_in
from typed_openai_mypy.swallowed import note_failure

METHODS: Final = frozenset({"get", "pop"})
"""The methods that read or remove a key without an error of mypy's own."""

DELETING: Final = "__delitem__"
"""The method that mypy calls for ``del``."""


def may_read_ours(module: CheckedModule) -> bool:
    """Return whether the reads of a module have to be judged. Never raises."""
    try:
        return not module.is_silent and (_reads_keys(module) or any(matches_in(module.tree)))
    except (Exception, SystemExit):  # mypy would crash
        note_failure()
        return False


def _reads_keys(module: CheckedModule) -> bool:
    """Return whether a module compares values, or reads or removes a key of a TypedDict."""
    types = module.types
    for one in types:
        if type(one) is ComparisonExpr:
            return True
        owner = _owner(one)
        found = None if owner is None else types.get(owner)
        if found is not None and typed_dicts(found):
            return True
    return False


def _owner(expression: Expression) -> Expression | None:
    """The value whose key an expression may read or remove."""
    if type(expression) is IndexExpr:
        return expression.base
    if type(expression) is MemberExpr:
        return expression.expr if expression.name == DELETING else None
    callee = expression.callee if type(expression) is CallExpr else None
    return callee.expr if type(callee) is MemberExpr and callee.name in METHODS else None
