"""Types of functions that are passed to other functions, such as ``functools.partial``.

Private parts used: ``partial_new_callback`` and the signature that it stores in the type of a partial, the
checker's ``msg``, ``expand_type``, ``infer_constraints`` and ``solve_constraints``. Without the first,
partials have the types that mypy gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from mypy import types
from mypy.checker import TypeChecker
from mypy.constraints import SUPERTYPE_OF, infer_constraints
from mypy.expandtype import expand_type
from mypy.nodes import ArgKind
from mypy.plugin import FunctionContext
from mypy.solve import solve_constraints
from mypy.subtypes import is_subtype

from typed_openai_mypy.compat.callable_types import Slot, slot_of

partial_new_callback: Callable[[FunctionContext], types.Type] | None
try:
    from mypy.plugins.functools import partial_new_callback
except ImportError:
    partial_new_callback = None

_BOUND: Final = "__mypy_partial"
"""The attribute in which mypy stores the signature of a ``functools.partial``."""


def handed_over(declared: types.CallableType, function: types.CallableType) -> types.CallableType | None:
    """Specialize a signature that takes a function and any arguments for it, to one function."""
    slot = slot_of(declared)
    taken = types.get_proper_type(declared.arg_types[slot.function]) if slot is not None else None
    if slot is None or not isinstance(taken, types.CallableType):
        return None
    known = [declared.arg_names[index] for index in slot.own]
    given = _passed_on(function, slot, [one for one in known if one is not None])
    found = _found(taken.ret_type, function.ret_type, declared.variables)
    others = [declared.arg_types[index] for index in slot.own]
    if given is None or found is None or any(expand_type(one, found) != one for one in others):
        return None
    if slot.spec is not None:
        found[slot.spec.id] = given
    formals: list[tuple[types.Type, ArgKind, str | None]] = []
    every = zip(declared.arg_types, declared.arg_kinds, declared.arg_names, strict=True)
    for index, (wanted, kind, name) in enumerate(every):
        if index == slot.arguments[0]:
            formals += zip(given.arg_types, given.arg_kinds, given.arg_names, strict=True)
        elif index not in slot.arguments:  # any function is accepted: the checks for this one are done
            formals.append((function.fallback if index == slot.function else wanted, kind, name))
    return declared.copy_modified(
        arg_types=[one for one, _, _ in formals],
        arg_kinds=[kind for _, kind, _ in formals],
        arg_names=[name for _, _, name in formals],
        ret_type=expand_type(declared.ret_type, found),
        variables=[*(one for one in declared.variables if one.id not in found), *function.variables],
    )


def _passed_on(function: types.CallableType, slot: Slot, taken: Sequence[str]) -> types.Parameters | None:
    """The arguments of a function that can be passed on, except those whose names are ``taken``.

    Returns None if the function requires one that cannot be passed on.
    """
    formals: list[tuple[types.Type, ArgKind, str | None]] = []
    for wanted, kind, name in zip(function.arg_types, function.arg_kinds, function.arg_names, strict=True):
        if (kind.is_named() and name in taken) or (slot.spec is None and (kind.is_named() or kind.is_star())):
            if kind.is_required():
                return None
            continue
        formals.append((wanted, kind, None if slot.spec is None or name in taken else name))
    return types.Parameters(
        [one for one, _, _ in formals],
        [kind for _, kind, _ in formals],
        [name for _, _, name in formals],
    )


def _found(
    wanted: types.Type, given: types.Type, variables: Sequence[types.TypeVarLikeType]
) -> dict[types.TypeVarId, types.Type] | None:
    """The values of the type variables in the expected result of a function; None if the result is different.

    A variable for the whole result, or for a page's items (``{"data": list[Item]}``), keeps the API's type
    names.
    """
    wanted, given = types.get_proper_type(wanted), types.get_proper_type(given)
    found: dict[types.TypeVarId, types.Type] = {}
    if isinstance(wanted, types.TypeVarType):
        found[wanted.id] = given
    elif isinstance(wanted, types.TypedDictType) and isinstance(given, types.TypedDictType):
        pairs = ((_items(field), _items(given.items.get(key))) for key, field in wanted.items.items())
        found |= {
            one.id: other for one, other in pairs if isinstance(one, types.TypeVarType) and other is not None
        }
    else:
        constraints = infer_constraints(wanted, given, SUPERTYPE_OF)
        solved, _ = solve_constraints(variables, constraints)
        pairs_solved = zip(variables, solved, strict=True)
        inferred = {one.type_var for one in constraints}
        found |= {one.id: value for one, value in pairs_solved if one.id in inferred and value is not None}
    bounds = [one for one in variables if isinstance(one, types.TypeVarType) and one.id in found]
    if not all(is_subtype(found[one.id], one.upper_bound) and not one.values for one in bounds):
        return None
    return found if is_subtype(given, expand_type(wanted, found)) else None


def _items(field: types.Type | None) -> types.Type | None:
    proper = types.get_proper_type(field)
    one = proper.args[0] if isinstance(proper, types.Instance) and len(proper.args) == 1 else None
    return one if one is None or isinstance(one, types.TypeAliasType) else types.get_proper_type(one)


def made_partial(context: FunctionContext, function: types.CallableType | None = None) -> types.Type:
    """Return mypy's type for a call of ``functools.partial``, optionally for another ``function``."""
    if function is not None:
        context = context._replace(arg_types=[[function], *context.arg_types[1:]])
    return context.default_return_type if partial_new_callback is None else partial_new_callback(context)


def tried_partial(
    context: FunctionContext, function: types.CallableType, *, is_strict: bool = True
) -> types.Instance | None:
    """The same, without reporting errors; with ``is_strict``, None if there are any."""
    if not isinstance(context.api, TypeChecker):
        return None
    with context.api.msg.filter_errors() as watcher:
        made = types.get_proper_type(made_partial(context, function))
    if not isinstance(made, types.Instance) or (is_strict and watcher.has_new_errors()):
        return None
    return made if partial_signature(made) is not None else None


def joined_partials(made: Sequence[types.Instance]) -> types.Instance:
    """A partial that accepts the calls of all of them; if ambiguous, it returns the result of the first."""
    signatures = [one for one in map(partial_signature, made) if one is not None]
    items = [item for one in signatures for item in one.items]
    return made[0].copy_with_extra_attr(_BOUND, types.Overloaded(items)) if len(items) > 1 else made[0]


def with_optional(made: types.Type, names: Collection[str]) -> types.Type:
    """A copy of a partial that does not require the arguments with these names."""
    signature, found = partial_signature(made), types.get_proper_type(made)
    if signature is None or not isinstance(found, types.Instance):
        return made
    items = [_optional(one, names) for one in signature.items]
    return found.copy_with_extra_attr(_BOUND, types.Overloaded(items) if len(items) > 1 else items[0])


def _optional(signature: types.CallableType, names: Collection[str]) -> types.CallableType:
    pairs = zip(signature.arg_kinds, signature.arg_names, strict=True)
    kinds = [_OPTIONAL.get(kind, kind) if name in names else kind for kind, name in pairs]
    return signature.copy_modified(arg_kinds=kinds)


_OPTIONAL: Final[Mapping[ArgKind, ArgKind]] = {
    ArgKind.ARG_POS: ArgKind.ARG_OPT,
    ArgKind.ARG_NAMED: ArgKind.ARG_NAMED_OPT,
}
"""For each kind of required argument, the optional kind."""


def partial_signature(found: types.Type | None) -> types.FunctionLike | None:
    """The signature of a ``functools.partial``; None for any other type."""
    proper = types.get_proper_type(found)
    if not isinstance(proper, types.Instance) or proper.extra_attrs is None:
        return None
    signature = types.get_proper_type(proper.extra_attrs.attrs.get(_BOUND))
    return signature if isinstance(signature, types.FunctionLike) else None
