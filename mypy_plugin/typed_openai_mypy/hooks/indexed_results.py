"""Results of calls that are indexed at once with a further key: ``client.things.get()["more"]``.

mypy cannot narrow such an expression, so the result lists the key.
"""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import AwaitExpr, CallExpr, IndexExpr, Node, StrExpr
from mypy.types import CallableType, Instance, Type, TypedDictType, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.further_keys import is_open, with_keys
from typed_openai_mypy.compat.hook_context import trail_of
from typed_openai_mypy.swallowed import note_failure


def indexed_result(api: object, call: CallExpr, signature: CallableType) -> CallableType:
    """The signature of a call, whose result lists the key that it is indexed with. Never raises."""
    try:
        result = shapes.awaited(signature.ret_type)
        owner = get_proper_type(result)
        if not isinstance(owner, TypedDictType) or not is_open(owner):
            return signature
        key = _key(call, trail_of(api, call))
        return signature if key is None else _returning(signature, with_keys(owner, [key], required=True))
    except Exception:  # mypy would crash; without the key, the value is ``Any``
        note_failure()
        return signature


def _key(call: CallExpr, trail: Sequence[Node]) -> str | None:
    """The literal that the result of a call is indexed with."""
    inner: Node = call
    for outer in reversed(trail[: trail.index(call)] if call in trail else ()):
        if isinstance(outer, AwaitExpr):
            inner = outer
            continue
        if isinstance(outer, IndexExpr) and outer.base is inner and isinstance(outer.index, StrExpr):
            return outer.index.value
        return None
    return None


def _returning(signature: CallableType, result: Type) -> CallableType:
    whole = get_proper_type(signature.ret_type)
    if isinstance(whole, Instance):
        result = whole.copy_modified(args=[*whole.args[:-1], result])
    return signature.copy_modified(ret_type=result)
