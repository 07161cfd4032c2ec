"""Decides quickly whether a module may read values of the API.

Most modules that can see a client package read none of its values. For them, the code that judges reads is
not loaded.
"""

from __future__ import annotations

from typing import Final

from mypy.nodes import CallExpr, ComparisonExpr, Expression, IndexExpr, MemberExpr

from typed_openai_mypy.api.shapes import typed_dicts
from typed_openai_mypy.compat.checked_modules import CheckedModule, Types
from typed_openai_mypy.reading.match_cases import matches_in
from typed_openai_mypy.swallowed import note_failure

_READING_METHODS: Final = frozenset({"get", "pop"})
"""The methods that read or remove a key without an error of mypy's own."""

_DELETING_METHOD: Final = "__delitem__"
"""The method that mypy calls for ``del``."""


def may_read_ours(module: CheckedModule) -> bool:
    """Return whether the reads of a module have to be judged. Never raises."""
    try:
        return not module.is_silent and (_has_reads(module.types) or any(matches_in(module.tree)))
    except (Exception, SystemExit):  # mypy would crash
        note_failure()
        return False


def uses_in(types: Types) -> list[Expression]:
    """The expressions that compare values, or that may read or remove a key."""
    return [one for one in types if type(one) is ComparisonExpr or _owner(one) is not None]


def _has_reads(types: Types) -> bool:
    """Return whether values are compared, or a key of a TypedDict is read or removed."""
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
        return expression.expr if expression.name == _DELETING_METHOD else None
    callee = expression.callee if type(expression) is CallExpr else None
    return callee.expr if type(callee) is MemberExpr and callee.name in _READING_METHODS else None
