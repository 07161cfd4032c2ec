"""Reads: what is taken from a value of the API, under which key, and how the value is called in messages."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.errorcodes import ErrorCode
from mypy.nodes import (
    AssignmentExpr,
    AwaitExpr,
    CallExpr,
    Expression,
    IndexExpr,
    MemberExpr,
    NameExpr,
    StrExpr,
)
from mypy.types import NoneType, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.ownership import is_api_type
from typed_openai_mypy.compat.checked_modules import Types
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.reading.references import literal_index
from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A wrong read.

    ``joined`` has the beginning of a message that may have been reported about the same read, and the text
    that says both.
    """

    node: Expression
    code: ErrorCode
    text: str
    joined: tuple[str, str] | None = None


def api_types(expression: Expression, types: Types) -> list[TypedDictType]:
    """The TypedDicts of a value of the API, which may also be None or ``{}``; empty for any other value."""
    found = types.get(expression)
    members = () if found is None else shapes.members(found)
    owners = [one for one in members if isinstance(one, TypedDictType)]
    others = (one for one in members if not isinstance(one, (NoneType, TypedDictType)))
    if not all(map(shapes.is_empty_dict, others)):
        return []
    return owners if all(map(is_api_type, owners)) else []


def texts_of(expression: Expression, types: Types) -> Sequence[str]:
    """The strings that an expression is known to be one of."""
    if isinstance(expression, StrExpr):
        return (expression.value,)
    found = types.get(expression)
    return () if found is None else shapes.texts(found)


def name_of(expression: Expression, types: Types) -> str:
    """A short name of a value: its variable, or the last key that leads to it, or its type."""
    if isinstance(expression, NameExpr):
        return expression.name
    if isinstance(expression, AssignmentExpr):
        return expression.target.name
    if isinstance(expression, AwaitExpr):
        return name_of(expression.expr, types)
    if isinstance(expression, MemberExpr):
        return f"{name_of(expression.expr, types)}.{expression.name}"
    if isinstance(expression, IndexExpr):
        return _name_of_item(expression, types)
    if isinstance(expression, CallExpr) and (key := key_of_get(expression)) is not None:
        return key_path("", key)
    return _name_of_type(expression, types)


def key_of_get(call: CallExpr) -> str | None:
    """The literal key of a call of ``get``."""
    is_get = isinstance(call.callee, MemberExpr) and call.callee.name == "get"
    first = call.args[0] if is_get and call.args else None
    return first.value if isinstance(first, StrExpr) else None


def popped_from(call: CallExpr) -> Expression | None:
    """The owner of a key that ``pop`` removes without a default; None for any other call."""
    callee = call.callee
    is_pop = isinstance(callee, MemberExpr) and callee.name == "pop" and len(call.args) == 1
    return callee.expr if is_pop and isinstance(callee, MemberExpr) else None


def taken_from(read: Expression) -> tuple[str, Expression | None]:
    """The key and the owner of ``owner["key"]`` and ``owner.get("key")``; no owner for anything else."""
    if isinstance(read, IndexExpr) and isinstance(read.index, StrExpr):
        return read.index.value, read.base
    key = key_of_get(read) if isinstance(read, CallExpr) else None
    if key is not None and isinstance(read, CallExpr) and isinstance(read.callee, MemberExpr):
        return key, read.callee.expr
    return "", None


def _name_of_item(expression: IndexExpr, types: Types) -> str:
    index = literal_index(expression.index)
    if isinstance(index, str):
        return key_path("", index)
    shown = "..." if index is None else str(index)
    return f"{name_of(expression.base, types)}[{shown}]"


def _name_of_type(expression: Expression, types: Types) -> str:
    found = types.get(expression)
    owners = [] if found is None else shapes.typed_dicts(found)
    return shapes.name_of(owners[0]) if owners else "the value"
