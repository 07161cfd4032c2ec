"""How mypy types a function that is handed on; like :mod:`.compat`, by parts that are not made for plugins.

What is used: ``partial_new_callback`` and what it keeps in the type of a ``functools.partial``, the
checker's ``msg``, and ``expand_type``. Where the first is missing, partials are as mypy alone has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mypy import types
from mypy.checker import TypeChecker
from mypy.expandtype import expand_type
from mypy.nodes import ArgKind
from mypy.plugin import FunctionContext
from mypy.subtypes import is_subtype

partial_new_callback: Callable[[FunctionContext], types.Type] | None
try:
    from mypy.plugins.functools import partial_new_callback
except ImportError:
    partial_new_callback = None

_BOUND: Final = "__mypy_partial"
"""Where mypy keeps the signature of what ``functools.partial`` made."""


def handed_over(declared: types.CallableType, function: types.CallableType) -> types.CallableType | None:
    """A signature that takes a function and any arguments for it, as it is for that function."""
    first = types.get_proper_type(declared.arg_types[0])
    found = _found(first.ret_type, function.ret_type) if isinstance(first, types.CallableType) else None
    if found is None:
        return None
    return declared.copy_modified(
        arg_types=[function.fallback, *function.arg_types],  # any function: it is known already
        arg_kinds=[ArgKind.ARG_POS, *function.arg_kinds],
        arg_names=[None, *function.arg_names],
        ret_type=expand_type(declared.ret_type, {found[0].id: found[1]}),
        variables=function.variables,
    )


def _found(wanted: types.Type, given: types.Type) -> tuple[types.TypeVarType, types.Type] | None:
    """The variable in what a function is to give, and what it stands for; None where that is not given.

    It is all that is wanted, or a page's items: ``{"data": list[Item]}``.
    """
    wanted, given = types.get_proper_type(wanted), types.get_proper_type(given)
    if isinstance(wanted, types.TypeVarType):
        return wanted, given
    if not isinstance(wanted, types.TypedDictType) or not isinstance(given, types.TypedDictType):
        return None
    for key, field in wanted.items.items():
        pair = _items(field), _items(given.items.get(key))
        if isinstance(pair[0], types.TypeVarType) and pair[1] is not None:
            whole = expand_type(wanted, {pair[0].id: pair[1]})
            return (pair[0], pair[1]) if is_subtype(given, whole) else None
    return None


def _items(field: types.Type | None) -> types.Type | None:
    proper = types.get_proper_type(field)
    one = proper.args[0] if isinstance(proper, types.Instance) and len(proper.args) == 1 else None
    return one if one is None or isinstance(one, types.TypeAliasType) else types.get_proper_type(one)


def made_partial(context: FunctionContext, function: types.CallableType | None = None) -> types.Type:
    """What mypy makes of a call of ``functools.partial``, with ``function`` in place of what is given."""
    if function is not None:
        context = context._replace(arg_types=[[function], *context.arg_types[1:]])
    return context.default_return_type if partial_new_callback is None else partial_new_callback(context)


def tried_partial(context: FunctionContext, function: types.CallableType) -> types.Instance | None:
    """The same; None where mypy has something to say against it."""
    if not isinstance(context.api, TypeChecker):
        return None
    with context.api.msg.filter_errors() as watcher:
        made = types.get_proper_type(made_partial(context, function))
    if not isinstance(made, types.Instance) or watcher.has_new_errors():
        return None
    return made if partial_signature(made) is not None else None


def joined_partials(made: Sequence[types.Instance]) -> types.Instance:
    """One that takes what any of them takes, and that gives what the first one does where that is open."""
    signatures = [one for one in map(partial_signature, made) if one is not None]
    items = [item for one in signatures for item in one.items]
    return made[0].copy_with_extra_attr(_BOUND, types.Overloaded(items)) if len(items) > 1 else made[0]


def partial_signature(found: types.Type) -> types.FunctionLike | None:
    """The signature of what ``functools.partial`` made; None of anything else."""
    proper = types.get_proper_type(found)
    if not isinstance(proper, types.Instance) or proper.extra_attrs is None:
        return None
    signature = types.get_proper_type(proper.extra_attrs.attrs.get(_BOUND))
    return signature if isinstance(signature, types.FunctionLike) else None
