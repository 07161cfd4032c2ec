"""The hooks for a program that uses a client package, by the full name of the called function.

A module that cannot see a client package gets mypy's own result. :mod:`.calls` needs the description of the
API, which takes long to load: it is loaded at the first call that is about the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, TypeAlias

from mypy.nodes import SymbolTableNode, TypeInfo, Var
from mypy.plugin import FunctionContext, MethodContext, MethodSigContext
from mypy.types import CallableType, FunctionLike, Type, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import (
    ADDING,
    ANONYMOUS,
    ASKING,
    CARRIERS,
    DEFAULT_CLIENT,
    DICT_GET,
    DYNAMIC,
    KEYED,
    METHODS,
    PARTIAL,
    RUNNING,
    SCRIPTING,
    TOOL,
    TYPED_DICTS,
    TYPED_OUTPUT,
    is_ours,
)
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat.callable_types import SigContext, is_visible, signatures_of, slot_of
from typed_openai_mypy.memo import Lookup
from typed_openai_mypy.packages import PACKAGE, canonical

if TYPE_CHECKING:
    from typed_openai_mypy.hooks.calls import Calling
    from typed_openai_mypy.hooks.keyed_methods import KeyedMethods

MakingContext: TypeAlias = FunctionContext | MethodContext
SignatureHook: TypeAlias = Callable[[SigContext], FunctionLike]

_NEVER_SPECIAL: Final = ("builtins.", "typing.", f"{PACKAGE}.")
"""Prefixes of most called names; no such function takes an operation's arguments in ``**kwargs``."""


class Hooks:
    """The hooks by the full name of the called function. No hook raises."""

    def __init__(self, program: Program, find: Callable[[str], SymbolTableNode | None]) -> None:
        self._program = program
        self._find = find
        self.function = Lookup(self._of_function)
        self.function_signature = Lookup(self._of_function_signature)
        self.method = Lookup(self._of_method)
        self.method_signature = Lookup(self._of_method_signature)

    @cached_property
    def _keyed_methods(self) -> KeyedMethods:
        from typed_openai_mypy.hooks.keyed_methods import KeyedMethods  # noqa: PLC0415  few call such methods

        return KeyedMethods()

    @cached_property
    def _calling(self) -> Calling:
        from typed_openai_mypy.hooks.calls import Calling  # noqa: PLC0415  only calls of the API need it

        return Calling(self._program)

    def forget(self) -> None:
        """Drop the hooks of all names: the program may have changed."""
        for one in (self.function, self.function_signature, self.method, self.method_signature):
            one.clear()
        if "_calling" in self.__dict__:
            self._calling.forget()

    def _of_function(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        if fullname == PARTIAL:
            return self._made_partial
        if fullname in TOOL:
            return self._made_tool
        if fullname in TYPED_OUTPUT:
            return partial(self._typed_output, TYPED_OUTPUT[fullname])
        is_component = canonical(fullname).rpartition(".")[0] in TYPED_DICTS
        return partial(self._displayed, fullname) if is_component or fullname in ANONYMOUS else None

    def _of_function_signature(self, fullname: str) -> SignatureHook | None:
        name = fullname.rpartition(".")[2]
        if name in CARRIERS or fullname == PARTIAL or fullname in ASKING:
            self._program.words.add_carrying(name)
            return self._handed_over
        if self._is_variable(fullname):
            return self._called_variable
        if canonical(fullname).startswith(f"{DEFAULT_CLIENT}."):
            return self._called_by_name
        return self._special(fullname)

    def _of_method(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        if fullname == "__setitem__":
            return self._assigned_item
        if fullname in KEYED:
            return self._keyed_methods.result(fullname)
        return self._made_tool if fullname in TOOL else None

    def _of_method_signature(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        if fullname in KEYED:
            return self._keyed_methods.signature(fullname)
        if canonical(fullname).startswith(METHODS):
            return partial(self._called_operation, fullname)
        if fullname == f"{PARTIAL}.__call__":
            return self._called_partial
        owner, _, name = fullname.rpartition(".")
        if owner in SCRIPTING and name in {"reply", "stream"}:
            return partial(self._scripted, name)
        if fullname == ADDING:
            return self._added_line
        if fullname == DICT_GET:
            return self._got_of_dict
        if fullname == RUNNING:
            self._program.words.add_carrying(name)
            return self._handed_over
        if name in CARRIERS or name in DYNAMIC:
            self._program.words.add_carrying(name)
            return self._handed_over if name in CARRIERS else self._called_by_name
        return self._special(fullname)

    def _is_variable(self, fullname: str) -> bool:
        """Return whether a name is a variable's, which may hold a method. Local names have no module."""
        found = self._find(fullname) if "." in fullname else None
        return "." not in fullname or (found is not None and isinstance(found.node, Var))

    def _special(self, fullname: str) -> SignatureHook | None:
        """The hook for any function or class that takes ``**kwargs: Unpack[...]``, or a function to call."""
        if fullname.startswith(_NEVER_SPECIAL):
            return None
        found = self._find(fullname)
        if found is None and (owner := self._find(fullname.rpartition(".")[0])) is not None:
            found = owner.node.get(fullname.rpartition(".")[2]) if isinstance(owner.node, TypeInfo) else None
        signatures = () if found is None else signatures_of(found.node)
        hands_on = any(one.unpack_kwargs or slot_of(one) is not None for one in signatures)
        if hands_on or _takes_ours(signatures):
            self._program.words.add_carrying(fullname.rpartition(".")[2])
        if any(one.unpack_kwargs for one in signatures):
            return self._called_with_keywords
        return self._handed_over if hands_on else None

    def _is_visible(self, api: object) -> bool:
        """Return whether the file that is being checked can see a client package."""
        return is_visible(self._program.visibility, api)

    def _called_variable(self, context: SigContext) -> FunctionLike:
        """Handle a call of a variable, which may hold an operation's method."""
        signature = context.default_signature
        if not self._is_visible(context.api):
            return signature
        if _takes_ours([signature]):
            self._program.words.add_carrying(signature.name or "")
        if signature.unpack_kwargs:
            return self._calling.called_with_keywords(context)
        definition = signature.definition
        if definition is None or not canonical(definition.fullname).startswith(METHODS):
            return signature
        method = MethodSigContext(signature.fallback, context.args, signature, context.context, context.api)
        return self._calling.called_operation(definition.fullname, method)

    def _called_operation(self, fullname: str, context: MethodSigContext) -> FunctionLike:
        return self._calling.called_operation(fullname, context)

    def _scripted(self, method: str, context: MethodSigContext) -> FunctionLike:
        return self._calling.scripted(method, context)

    def _added_line(self, context: MethodSigContext) -> FunctionLike:
        return self._calling.added_line(context)

    def _called_by_name(self, context: SigContext) -> FunctionLike:
        return (
            self._calling.called_by_name(context)
            if self._is_visible(context.api)
            else context.default_signature
        )

    def _handed_over(self, context: SigContext) -> FunctionLike:
        return (
            self._calling.handed_over(context) if self._is_visible(context.api) else context.default_signature
        )

    def _called_partial(self, context: MethodSigContext) -> FunctionLike:
        return (
            self._calling.called_partial(context)
            if self._is_visible(context.api)
            else context.default_signature
        )

    def _called_with_keywords(self, context: SigContext) -> FunctionLike:
        if not self._is_visible(context.api):
            return context.default_signature
        return self._calling.called_with_keywords(context)

    def _got_of_dict(self, context: SigContext) -> FunctionLike:
        """Handle ``get`` of a dict, which may be an empty one in place of a missing value."""
        owner = context.type if isinstance(context, MethodSigContext) else None
        is_empty = owner is not None and shapes.is_empty_dict(owner)
        if not is_empty or not self._is_visible(context.api):
            return context.default_signature
        from typed_openai_mypy.reading import empty_defaults  # noqa: PLC0415  few dicts are empty

        return empty_defaults.signature(self._program.options, context)

    def _made_partial(self, context: FunctionContext) -> Type:
        return self._calling.made_partial(context)

    def _made_tool(self, context: MakingContext) -> Type:
        """Check a function that becomes a tool."""
        return self._calling.made_tool(context)

    def _assigned_item(self, context: MethodContext) -> Type:
        """Check an assignment to a key of one of the API's TypedDicts."""
        owner = context.type
        if not isinstance(owner, TypedDictType) or not is_ours(owner.fallback.type.fullname):
            return context.default_return_type
        return self._calling.assigned_item(context, owner)

    def _typed_output(self, position: int, context: FunctionContext) -> Type:
        return self._calling.typed_output(position, context)

    def _displayed(self, fullname: str, context: FunctionContext) -> Type:
        if not self._is_visible(context.api):
            return context.default_return_type
        return self._calling.displayed(fullname, context)


def _takes_ours(signatures: Iterable[CallableType]) -> bool:
    return any(shapes.mentions_ours(wanted) for one in signatures for wanted in one.arg_types)
