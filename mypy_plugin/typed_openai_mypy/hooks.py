"""The hooks for a program that uses our package; :mod:`.plugin` loads them only then.

Each is looked up by the full name of what is called. A module that cannot see our packages gets mypy's own answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, TypeAlias, TypeVar

from mypy.nodes import CallExpr, SymbolTableNode, TypeInfo, Var
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import CallableType, FunctionLike, Type, TypedDictType

from typed_openai_mypy import codes, compat_hooks, compat_partial, shapes
from typed_openai_mypy.config import Config
from typed_openai_mypy.description import operation_called
from typed_openai_mypy.failures import note_failure
from typed_openai_mypy.features import carried, components, dynamic, findings
from typed_openai_mypy.features.givens import given_by
from typed_openai_mypy.features.narrowing import narrow_signature
from typed_openai_mypy.features.overloads import Plans
from typed_openai_mypy.fullnames import (
    ANONYMOUS,
    CARRIERS,
    COMPONENTS,
    DEFAULT_CLIENT,
    DYNAMIC,
    PARAMS,
    PARTIAL,
    RECURSIVE,
    RESOURCES,
    TYPES,
)
from typed_openai_mypy.packages import PACKAGE, canonical, explained, judging
from typed_openai_mypy.words import words

T = TypeVar("T")

SigContext: TypeAlias = MethodSigContext | FunctionSigContext
SignatureHook: TypeAlias = Callable[[SigContext], FunctionLike]

_NEVER_SPECIAL: Final = ("builtins.", "typing.", f"{PACKAGE}.")
"""Where most of what a program calls is from; nothing there takes arguments of ours in one."""

_TYPED_DICTS: Final = frozenset({COMPONENTS, PARAMS, RECURSIVE, TYPES})
"""The modules of our TypedDicts."""


class Lookup(dict[str, T]):
    """Answers by name, each worked out once."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> T:
        made = self[name] = self._make(name)
        return made


class Hooks:
    """The hooks, by the full name of what is called, and their work by the user's options. No hook raises."""

    def __init__(self, options: Config, find: Callable[[str], SymbolTableNode | None]) -> None:
        self._options = options
        self._find = find
        self._beyond = frozenset(one for one in codes.BEYOND if one.code not in options.disable)
        self._calls = findings.Calls()
        self._plans = Plans()
        self.function = Lookup(self._of_function)
        self.function_signature = Lookup(self._of_function_signature)
        self.method_signature = Lookup(self._of_method_signature)

    def forget(self) -> None:
        """Drop what is known of names: the program may have changed."""
        for one in (self.function, self.function_signature, self.method_signature):
            one.clear()

    def _of_function(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        if fullname == PARTIAL:
            return self.made_partial
        is_component = canonical(fullname).rpartition(".")[0] in _TYPED_DICTS
        return partial(self.displayed, fullname) if is_component or fullname in ANONYMOUS else None

    def _of_function_signature(self, fullname: str) -> SignatureHook | None:
        if fullname.rpartition(".")[2] in CARRIERS or fullname == PARTIAL:
            return self.handed_over
        if self._is_variable(fullname):
            return self.called_variable
        if canonical(fullname).startswith(f"{DEFAULT_CLIENT}."):
            return self.called_by_name
        return self._special(fullname)

    def _of_method_signature(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        if canonical(fullname).startswith(RESOURCES):
            return partial(self.called_operation, fullname)
        if fullname == f"{PARTIAL}.__call__":
            return self.called_partial
        name = fullname.rpartition(".")[2]
        if name in CARRIERS or name in DYNAMIC:
            return self.handed_over if name in CARRIERS else self.called_by_name
        return self._special(fullname)

    def _is_variable(self, fullname: str) -> bool:
        """Return whether a name is a variable's, which may hold a method; a local one has no module before it."""
        found = self._find(fullname) if "." in fullname else None
        return "." not in fullname or (found is not None and isinstance(found.node, Var))

    def _special(self, fullname: str) -> SignatureHook | None:
        """The hook of anybody's function or class that takes ``**kwargs: Unpack[...]``, or what it calls."""
        if fullname.startswith(_NEVER_SPECIAL):
            return None
        found = self._find(fullname)
        if found is None and (owner := self._find(fullname.rpartition(".")[0])) is not None:
            found = owner.node.get(fullname.rpartition(".")[2]) if isinstance(owner.node, TypeInfo) else None
        signatures = () if found is None else compat_hooks.signatures_of(found.node)
        hands_on = any(one.unpack_kwargs or compat_partial.slot_of(one) is not None for one in signatures)
        if hands_on or _takes_ours(signatures):
            words.add_carrying(fullname.rpartition(".")[2])
        if any(one.unpack_kwargs for one in signatures):
            return self.called_with_keywords
        return self.handed_over if hands_on else None

    def called_variable(self, context: SigContext) -> FunctionLike:
        """A call of what a variable holds: a method of ours, perhaps."""
        signature = context.default_signature
        if not compat_hooks.sees_ours(context.api):
            return signature
        if _takes_ours([signature]):
            words.add_carrying(signature.name or "")
        if signature.unpack_kwargs:
            return self.called_with_keywords(context)
        definition = signature.definition
        if definition is None or not canonical(definition.fullname).startswith(RESOURCES):
            return signature
        method = MethodSigContext(signature.fallback, context.args, signature, context.context, context.api)
        return self.called_operation(definition.fullname, method)

    def called_operation(self, fullname: str, context: MethodSigContext) -> FunctionLike:
        """A call of an operation's method: its mistakes beyond types, and the signature narrowed."""
        operation, call = operation_called(fullname), context.context
        if operation is None or not isinstance(call, CallExpr):
            return context.default_signature
        with judging(fullname):
            self._look(context, partial(given_by, call, operation))
        if compat_hooks.wants_native_errors(context.api, call):
            return context.default_signature
        signature = narrow_signature(self._planned(context, call))
        return signature if not self._options.extra_fields else dynamic.with_extras(context, signature)

    def _planned(self, context: MethodSigContext, call: CallExpr) -> MethodSigContext:
        """The context with what mypy is to see of an overload. Never raises."""
        try:
            plan = self._plans.plan(context.api, call, context.default_signature)
        except Exception:  # mypy would crash; without a plan it tries each overload
            note_failure()
            plan = None
        if plan is None:
            return context
        signature = plan.signature(context.default_signature)
        args = [*context.args, *[[]] * (len(signature.arg_types) - len(context.args))]
        return context._replace(default_signature=signature, args=args[: len(signature.arg_types)])

    def called_by_name(self, context: SigContext) -> FunctionLike:
        """A call that names an operation in text."""
        tells = codes.ARGUMENT.code not in self._options.disable
        definition = context.default_signature.definition
        with judging(definition.fullname if definition is not None else ""):
            return dynamic.hook(context, self._look, tells=tells)

    def handed_over(self, context: SigContext) -> FunctionLike:
        """A call of what may call a method of ours."""
        if not compat_hooks.sees_ours(context.api):
            return context.default_signature
        return carried.signature_hook(context, self._look)

    def called_partial(self, context: MethodSigContext) -> FunctionLike:
        """A call of what ``functools.partial`` made."""
        if not compat_hooks.sees_ours(context.api):
            return context.default_signature
        return carried.bound_hook(context, self._look)

    def called_with_keywords(self, context: SigContext) -> FunctionLike:
        """A call of anybody's function that takes ``**kwargs: Unpack[...]``."""
        if not compat_hooks.sees_ours(context.api):
            return context.default_signature
        for package in explained() if self._beyond else ():
            with judging(package):
                components.tell_keywords(context, self._beyond, self._calls)
        return context.default_signature

    def made_partial(self, context: FunctionContext) -> Type:
        """A call of ``functools.partial``."""
        if not compat_hooks.sees_ours(context.api):
            return compat_partial.made_partial(context)
        return carried.partial_hook(context)

    def displayed(self, fullname: str, context: FunctionContext) -> Type:
        """A display of a TypedDict, or a part of one."""
        # One without a name belongs to the package whose TypedDict it updates.
        for package in explained() if fullname in ANONYMOUS else (fullname,):
            with judging(package):
                schema = components.schema_called(fullname)
                if self._beyond and (schema is not None or fullname in ANONYMOUS):
                    components.tell(context, schema, self._beyond, self._calls)
        return context.default_return_type

    def assigned_item(self, context: MethodContext) -> Type:
        """An assignment to a key of a TypedDict."""
        if self._beyond and isinstance(owner := context.type, TypedDictType):
            with judging(owner.fallback.type.fullname):
                components.tell_item(context, self._beyond)
        return context.default_return_type

    def _look(self, context: MethodSigContext, read: findings.Reader) -> None:
        if self._beyond:
            findings.tell(context, read, self._beyond, self._calls)


def _takes_ours(signatures: Iterable[CallableType]) -> bool:
    return any(shapes.mentions_ours(wanted) for one in signatures for wanted in one.arg_types)
