"""Methods of open objects that are called with further keys: ``reply.get("more")``, ``value.update(...)``.

mypy's own hooks decide. In place of the TypedDict they get one that lists the keys of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from mypy.nodes import DictExpr, Expression, StrExpr
from mypy.plugin import MethodContext, MethodSigContext
from mypy.types import FunctionLike, LiteralType, ProperType, Type, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.further_keys import KeyedContext, NativeHooks, with_keys
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.syntax.tree import display_of


class KeyedMethods:
    """The hooks of these methods by their full names."""

    def __init__(self) -> None:
        self._native = NativeHooks(_widened)

    def result(self, fullname: str) -> Callable[[MethodContext], Type]:
        """The hook for the type of a result."""
        return partial(self._native.result, fullname)

    def signature(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike]:
        """The hook for a signature."""
        return partial(self._native.signature, fullname)


def _widened(context: KeyedContext) -> ProperType:
    owner = context.type
    if not isinstance(owner, TypedDictType):
        return owner
    try:
        return with_keys(owner, _keys(context))
    except Exception:  # mypy would crash; without the keys it reports them
        note_failure()
        return owner


def _keys(context: KeyedContext) -> Iterator[str]:
    """The keys in the first argument of a call: a literal, or the keys of a display."""
    first = context.args[0][0] if context.args and context.args[0] else None
    if first is None:
        return
    yield from _literals(first, context)
    display = display_of(first)
    for key, _ in display.items if isinstance(display, DictExpr) else ():
        if isinstance(key, StrExpr):
            yield key.value


def _literals(argument: Expression, context: KeyedContext) -> Iterator[str]:
    if isinstance(argument, StrExpr):
        yield argument.value
    elif isinstance(context, MethodContext):
        for one in map(shapes.exact, shapes.members(context.arg_types[0][0])):
            if isinstance(one, LiteralType) and isinstance(one.value, str):
                yield one.value
