"""Keys that are looked for in a value of the API and that it never has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mypy.nodes import CallExpr, ComparisonExpr, Expression, MemberExpr
from mypy.types import TypedDictType

from typed_openai_mypy import codes
from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.checked_modules import Types
from typed_openai_mypy.compat.further_keys import type_of_key
from typed_openai_mypy.messages import read_messages
from typed_openai_mypy.messages.type_names import MOST_MEMBERS
from typed_openai_mypy.reading.reads import Finding, api_types, texts_of
from typed_openai_spec import spelling


def in_call(call: CallExpr, types: Types) -> Iterator[Finding]:
    """``value.get("key")``: mypy itself reports an unknown key of ``pop`` and ``setdefault``."""
    callee = call.callee
    if not isinstance(callee, MemberExpr) or callee.name != "get" or not call.args:
        return
    yield from _judged(call.args[0], callee.expr, types)


def in_comparison(comparison: ComparisonExpr, types: Types) -> Iterator[Finding]:
    """``"key" in value``."""
    for number, operator in enumerate(comparison.operators):
        if operator in {"in", "not in"}:
            key, owner = comparison.operands[number : number + 2]
            yield from _judged(key, owner, types)


def _judged(key: Expression, owner: Expression, types: Types) -> Iterator[Finding]:
    owners = api_types(owner, types)
    for text in texts_of(key, types) if owners else ():
        if not any(type_of_key(one, text) is not None for one in owners):
            yield finding(key, text, owners)


def finding(key: Expression, text: str, owners: Sequence[TypedDictType]) -> Finding:
    """A key that none of the TypedDicts has."""
    known = {name for one in owners for name in one.items}
    message = read_messages.unknown_key_of(_named(owners), text, spelling.nearest(text, known))
    return Finding(key, codes.KEY, message)


def _named(owners: Sequence[TypedDictType]) -> str:
    """The names of the TypedDicts, as many as fit."""
    names = [f'"{shapes.name_of(one)}"' for one in owners]
    shown = names if len(names) <= MOST_MEMBERS else names[: MOST_MEMBERS - 1]
    more = f" or {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return f"{' or '.join(shown)}{more}"
