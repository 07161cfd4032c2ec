"""Mistakes that no type can express, in a call of one of our operations.

Each finder looks at what the call gives and names what is wrong; here they are gathered, and told
wherever the call stands: inside another call too, whose overloads mypy tries with errors held back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mypy.errorcodes import ErrorCode
from mypy.nodes import CallExpr, Node
from mypy.plugin import MethodSigContext

from typed_openai_mypy import compat
from typed_openai_mypy.failures import note_failure
from typed_openai_mypy.features import deprecated, limits
from typed_openai_mypy.features.givens import Given, given_by
from typed_openai_spec.model import Operation

FINDERS: Final[Mapping[str, Callable[[Given], Iterator[tuple[ErrorCode, str, str]]]]] = {
    "limits": limits.find,
    "deprecated": deprecated.find,
}
"""Each gives the code, the place in the call (empty: the call itself) and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: what to say, and where."""

    code: ErrorCode
    text: str
    node: Node


def findings(call: CallExpr, operation: Operation) -> list[Finding]:
    """The mistakes of a call that mypy cannot see."""
    given = given_by(call, operation)
    found: dict[Finding, None] = {}
    for find in FINDERS.values():
        for code, place, text in find(given):
            node = given.known.node_at(place) if place else None
            found[Finding(code, f"{place}: {text}" if place else text, node or call)] = None
    return list(found)


def tell(context: MethodSigContext, operation: Operation, wanted: frozenset[ErrorCode]) -> None:
    """Print the mistakes of the call at hand whose codes are wanted. Never raises."""
    call = context.context
    if not isinstance(call, CallExpr):
        return
    try:
        for one in findings(call, operation):
            if one.code in wanted:
                compat.report_apart(context.api, one.text, one.node, one.code, call)
    except Exception:  # mypy would crash; what it says itself stands
        note_failure()
