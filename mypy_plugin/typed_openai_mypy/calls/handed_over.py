"""Methods of the API that are passed to a function that calls them: ``submit``, ``to_thread``, ``partial``.

The call that is checked is that of the method, with the arguments that are passed along with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from mypy.nodes import ArgKind, CallExpr, ConditionalExpr, Expression, IndexExpr, RefExpr
from mypy.plugin import FunctionContext, MethodSigContext
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Overloaded,
    Type,
    TypeOfAny,
    UnionType,
    get_proper_type,
    has_type_vars,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.declared import declared_type
from typed_openai_mypy.api.description import Description
from typed_openai_mypy.api.fullnames import PAGINATE, PARTIAL, SYNCHRONOUS, is_ours
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.beyond.findings import Reader
from typed_openai_mypy.calls.overload_choice import allowed_overloads, meant_overload
from typed_openai_mypy.calls.run_settings import is_run, kit_of, settings_of, with_kit, with_settings
from typed_openai_mypy.compat import hook_context, partial_types
from typed_openai_mypy.compat.callable_types import SigContext, slot_of
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.packages import canonical
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.given_arguments import given_by
from typed_openai_mypy.values.meaning import argument_meant
from typed_openai_spec.model import Operation

Waits: TypeAlias = Callable[[SigContext, CallExpr, str], None]
Look: TypeAlias = Callable[[MethodSigContext, Reader], None]
"""Reports the mistakes that no type can express in the call of a hook's context."""


def is_partial(call: CallExpr) -> bool:
    """Return whether a call creates a ``functools.partial``, whose other arguments may follow later."""
    return isinstance(call.callee, RefExpr) and call.callee.fullname == PARTIAL


def called(checker: Checker, call: CallExpr) -> Type:
    """The type of the callee; for a ``functools.partial``, the signature of the function that it wraps."""
    declared = get_proper_type(declared_type(call.callee))
    found = checker.callee_type(call, anew=isinstance(declared, UnionType))
    definition = found.definition if isinstance(found, CallableType) else None
    if definition is not None and definition.fullname == f"{PARTIAL}.__call__":
        found = get_proper_type(checker.type_of(call.callee))
    if isinstance(found, CallableType) and found.param_spec() is not None:
        found = checker.applied(found, call)
    return partial_types.partial_signature(found) or found


def carried(checker: Checker, call: CallExpr, declared: Type | None = None) -> CallExpr | None:
    """The call of an API method that another call passes on; None if it passes none.

    ``declared`` is the signature of the callee, if known. The type that mypy found for the call already has
    the parameters of the passed function. A ``functools.partial`` may wrap any function that takes an API
    type.
    """
    if is_partial(call) and call.arg_kinds[:1] == [ArgKind.ARG_POS]:
        given = checker.type_of(call.args[0])
        return _made(call, 0, range(1, len(call.args))) if _is_ours(given) or _takes_ours(given) else None
    if not any(kind.is_positional() and _is_ours(checker.type_of(one)) for one, kind in _given(call)):
        return None
    callee = get_proper_type(declared or checker.type_of(call.callee))
    slot = slot_of(callee) if isinstance(callee, CallableType) else None
    if slot is None or not isinstance(callee, CallableType):
        return None
    mapping = checker.arguments(call, callee)
    function = mapping[slot.function]
    if len(function) != 1 or call.arg_kinds[function[0]].is_star():
        return None
    if not _is_ours(checker.type_of(call.args[function[0]])):
        return None
    own = settings_of(callee)
    passed = {index for one in slot.arguments for index in mapping[one] if call.arg_names[index] not in own}
    return _made(call, function[0], sorted(passed))


def own_arguments(checker: Checker, call: CallExpr) -> Iterator[tuple[Expression, Type, str]]:
    """The arguments that a call does not pass on, with their expected types and their names."""
    callee = get_proper_type(checker.type_of(call.callee))
    slot = slot_of(callee) if isinstance(callee, CallableType) else None
    if slot is None or not isinstance(callee, CallableType):
        return
    settings = settings_of(callee)
    for one, name in zip(call.args, call.arg_names, strict=True):
        if name is not None and name in settings:
            yield one, settings[name], name
    mapping = checker.arguments(call, callee)
    for number in sorted(slot.own):
        for index in mapping[number]:
            if not call.arg_kinds[index].is_star() and not has_type_vars(callee.arg_types[number]):
                name = callee.arg_names[number] or f"argument {number + 1}"
                yield call.args[index], callee.arg_types[number], name


def _given(call: CallExpr) -> Iterator[tuple[Expression, ArgKind]]:
    """The arguments that may be functions (displays may not), with their kinds."""
    pairs = zip(call.args, call.arg_kinds, strict=True)
    return (pair for pair in pairs if isinstance(pair[0], (RefExpr, CallExpr, ConditionalExpr, IndexExpr)))


def _made(call: CallExpr, function: int, indexes: Iterable[int]) -> CallExpr:
    kinds, names = call.arg_kinds, call.arg_names
    args = [(call.args[index], kinds[index], names[index]) for index in indexes]
    made = CallExpr(
        call.args[function],
        [one for one, _, _ in args],
        [kind for _, kind, _ in args],
        [name for _, _, name in args],
    )
    made.set_line(call)
    return made


def signature_hook(
    program: Program, context: SigContext, look: Look, waits: Waits | None = None
) -> FunctionLike:
    """The signature of a call that hands over an operation's method: that method's arguments follow it.

    Never raises. mypy itself evaluates the arguments before it knows what takes them, so that no display
    would fit a TypedDict. ``look`` reports the mistakes that no type can express in the arguments that are
    passed on. ``waits`` reports a call of a synchronous method that it waits for.
    """
    declared, call = context.default_signature, context.context
    try:
        checker = hook_context.checker_of(context.api)
        meant = (
            carried(checker, call, declared) if checker is not None and isinstance(call, CallExpr) else None
        )
        if checker is None or meant is None or not isinstance(call, CallExpr):
            return declared
        function = get_proper_type(checker.type_of(meant.callee))
        items = function.items if isinstance(function, FunctionLike) else []
        description, operation = _operation(program, items)
        if operation is not None:
            read: Reader = partial(given_by, description, meant, operation, later=is_partial(call))
            if is_run(declared):
                read = partial(with_kit, read, kit_of(call))
            look(hook_context.call_context(context, call, items[0]), read)
            if waits is not None and _is_synchronous(items[0]):
                waits(context, call, operation.qualified_name)
        if is_partial(call) or hook_context.wants_native_errors(program.options, context.api, call):
            return declared
        number = meant_overload(checker, meant, items) if len(items) > 1 else None
        items = items if number is None else [items[number]]
        made = [partial_types.handed_over(declared, one) for one in items]
        settings = settings_of(declared)
        known = [with_settings(one, settings) if settings else one for one in made if one is not None]
        if len(known) < 2:
            return known[0] if known else _without_pages(declared)
        # mypy asks for one overload at a time if the callee itself is overloaded.
        is_one = isinstance(get_proper_type(checker.type_of(call.callee)), CallableType)
        return Overloaded(known) if is_one else declared
    except Exception:  # mypy would crash otherwise; it has a signature of its own
        note_failure()
        return declared


def _is_synchronous(method: CallableType) -> bool:
    definition = method.definition
    return definition is not None and canonical(definition.fullname).startswith(SYNCHRONOUS)


def _without_pages(declared: CallableType) -> CallableType:
    """The signature of a call that takes none of a method's results; those of ``paginate`` are unknown then.

    mypy would infer ``Never`` for the items, and ask for an annotation of the variable that they are
    assigned to.
    """
    definition = declared.definition
    if definition is None or definition.fullname not in PAGINATE:
        return declared
    return declared.copy_modified(ret_type=AnyType(TypeOfAny.from_error))


def bound_hook(program: Program, context: MethodSigContext, look: Look) -> FunctionLike:
    """The signature of what ``functools.partial`` made, as it is: only ``look`` is new. Never raises."""
    call, signature = context.context, partial_types.partial_signature(context.type)
    try:
        if signature is None or not isinstance(call, CallExpr):
            return context.default_signature
        description, operation = _operation(program, signature.items)
        if operation is not None:
            formals = zip(signature.items[0].arg_names, signature.items[0].arg_kinds, strict=True)
            free = [name for name, kind in formals if name is not None and kind.is_positional()]
            known_of = replace(operation, deprecated=False)  # reported where the partial was made
            look(context, partial(given_by, description, call, known_of, free=free))
    except Exception:  # as above
        note_failure()
    return context.default_signature


def partial_hook(program: Program, context: FunctionContext) -> Type:
    """Type the result of ``functools.partial`` and keep an operation's overloads. Never raises.

    mypy itself keeps only the first overload: ``stream=True`` would be taken for a plain call.
    """
    try:
        found = get_proper_type(context.arg_types[0][0])
        if isinstance(found, FunctionLike) and (_is_ours(found) or _takes_ours(found)):
            return _bound(program, context, found)
    except Exception:  # mypy would crash; it has an answer of its own
        note_failure()
    return partial_types.made_partial(context)


def _bound(program: Program, context: FunctionContext, function: FunctionLike) -> Type:
    """A partial of an operation, or of a function that takes types of the API."""
    definition = function.items[0].definition
    if definition is not None:
        program.words.add_carrying(definition.name)
    if not isinstance(function, Overloaded):
        return _without_misspelt(program, context, function.items, partial_types.made_partial(context))
    if not _is_ours(function):
        return partial_types.made_partial(context)
    bound = [partial_types.tried_partial(context, one) for one in function.items]
    fitting = [one for one in bound if one is not None]
    return partial_types.joined_partials(fitting) if fitting else _mistaken(program, context, function.items)


def _mistaken(program: Program, context: FunctionContext, overloads: Sequence[CallableType]) -> Type:
    """A partial of an operation of which no overload takes what is given.

    mypy reports the mistakes for one overload. The result keeps the overloads that the literal arguments
    allow.
    """
    checker, call = hook_context.checker_of(context.api), context.context
    meant = carried(checker, call) if checker is not None and isinstance(call, CallExpr) else None
    allowed = allowed_overloads(checker, meant, overloads) if checker and meant else overloads
    made = partial_types.made_partial(context, allowed[0])
    bound = [partial_types.tried_partial(context, one, is_strict=False) for one in allowed]
    known = [one for one in bound if one is not None]
    return _without_misspelt(
        program, context, overloads, partial_types.joined_partials(known) if known else made
    )


def _without_misspelt(
    program: Program, context: FunctionContext, overloads: Sequence[CallableType], made: Type
) -> Type:
    """A partial that no longer requires the arguments that misspelt keywords mean.

    Otherwise each call of it would lack an argument, although the mistake has already been reported.
    """
    call = context.context
    if not isinstance(call, CallExpr) or hook_context.wants_native_errors(program.options, context.api, call):
        return made
    given = {name for names in context.arg_names for name in names if name is not None}
    known = {name for one in overloads for name in one.arg_names if name is not None}
    if any(one.is_kw_arg for one in overloads) or given <= known:
        return made
    free, descriptions = known - given, program.descriptions
    meant = {argument_meant(descriptions, name, overloads[0], free) for name in given - known}
    return partial_types.with_optional(made, {name for name in meant if name is not None})


def _operation(program: Program, overloads: Sequence[CallableType]) -> tuple[Description, Operation | None]:
    """The operation of a method with these overloads, if it is one's, and the description that has it."""
    definition = overloads[0].definition if overloads else None
    name = definition.fullname if definition is not None else ""
    description = program.descriptions.of(name)
    return description, description.operation_called(name)


def _is_ours(found: Type) -> bool:
    proper = get_proper_type(found)
    definition = proper.items[0].definition if isinstance(proper, FunctionLike) else None
    return definition is not None and is_ours(definition.fullname)


def _takes_ours(found: Type) -> bool:
    proper = get_proper_type(found)
    items = proper.items if isinstance(proper, FunctionLike) else []
    return any(shapes.mentions_ours(wanted) for one in items for wanted in one.arg_types)
