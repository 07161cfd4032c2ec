"""Removes the impossible members of a big union before mypy tries every member of it.

mypy simplifies unions in quadratic time, once per overload. The literal keys and values of a display rule
out most members of an argument's type; these are removed for that one call. Only displays are read and
nothing is evaluated. The result of a check stays the same: a member is removed only if it lacks a key of
the display or has other literals there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mypy.nodes import DictExpr, Expression, IntExpr, ListExpr, StrExpr
from mypy.plugin import MethodSigContext
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    ProperType,
    Type,
    TypedDictType,
    UnionType,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import COMPONENTS, TYPES
from typed_openai_mypy.packages import canonical
from typed_openai_mypy.swallowed import note_failure

_LISTS: Final = {
    "builtins.list",
    "typing.Sequence",
    "typing.MutableSequence",
    "typing.Collection",
    "typing.Iterable",
    f"{COMPONENTS}._SequenceNotStr",
    f"{TYPES}._SequenceNotStr",
}
_NEVER_DISPLAYS: Final = {"builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes"}


def narrow_signature(context: MethodSigContext, threshold: int) -> CallableType:
    """The signature for one call, with the types of arguments that are displays narrowed. Never raises.

    Unions of at most ``threshold`` TypedDicts are left as they are.
    """
    try:
        return narrow_arguments(context.default_signature, context.args, threshold)
    except Exception:  # mypy would crash; without narrowing it is only slower
        note_failure()
        return context.default_signature


def narrow_arguments(
    signature: CallableType, args: Sequence[Sequence[Expression]], threshold: int
) -> CallableType:
    """A signature with the types of arguments that are displays narrowed; ``args``: those of each formal."""
    given = [(number, actuals[0]) for number, actuals in enumerate(args) if len(actuals) == 1]
    types = signature.arg_types
    narrowed = {number: _narrow(one, types[number], threshold) for number, one in given}
    if all(one is None for one in narrowed.values()):
        return signature
    return signature.copy_modified(
        arg_types=[narrowed.get(number) or wanted for number, wanted in enumerate(types)]
    )


def _narrow(display: Expression, wanted: Type, threshold: int) -> Type | None:
    """The members of ``wanted`` that a dict or list display can be; None if that excludes none."""
    if isinstance(display, DictExpr):
        return _union(_possible(display, shapes.members(wanted), threshold), wanted)
    if not isinstance(display, ListExpr) or not display.items:
        return None
    lists, others = _split(shapes.members(wanted))
    if len(lists) != 1 or not all(map(_never_a_list, others)):
        return None
    items = shapes.members(lists[0].args[0])
    left: list[TypedDictType] = []
    for item in display.items:
        possible = _possible(item, items, threshold) if isinstance(item, DictExpr) else None
        if possible is None:
            return None
        left += [one for one in possible if not any(one is known for known in left)]
    union = _union(left, lists[0].args[0])
    return None if union is None else lists[0].copy_modified(args=[union])


def _possible(display: DictExpr, members: Sequence[ProperType], threshold: int) -> list[TypedDictType] | None:
    """The members that a dict display can be; None if that is unknown, or if it can be none of them."""
    candidates = [one for one in members if isinstance(one, TypedDictType)]
    if len(candidates) <= threshold or not all(
        isinstance(one, TypedDictType) or _never_a_dict(one) for one in members
    ):
        return None
    given = literals_of(display)
    return [one for one in candidates if _fits(given, one)] or None


def literals_of(display: DictExpr) -> dict[str, str | int | None]:
    """The keys of a display, with the values that are literals."""
    return {
        key.value: value.value if isinstance(value, (StrExpr, IntExpr)) else None
        for key, value in display.items
        if isinstance(key, StrExpr)
    }


def has_literals(given: Mapping[str, str | int | None], member: TypedDictType) -> bool:
    """Return whether the given literals are valid for a member, as far as it has their keys."""
    for key, value in given.items():
        known = shapes.literals(member.items[key]) if value is not None and key in member.items else None
        if known is not None and value not in known:
            return False
    return True


def _fits(given: Mapping[str, str | int | None], member: TypedDictType) -> bool:
    return given.keys() <= member.items.keys() and has_literals(given, member)


def _union(left: Sequence[TypedDictType] | None, wanted: Type) -> Type | None:
    if left is None or len(left) == len(shapes.members(wanted)):
        return None
    return UnionType.make_union(list(left))


def _split(members: Sequence[ProperType]) -> tuple[list[Instance], list[ProperType]]:
    lists: list[Instance] = []
    others: list[ProperType] = []
    for one in members:
        if isinstance(one, Instance) and canonical(one.type.fullname) in _LISTS and len(one.args) == 1:
            lists.append(one)
        else:
            others.append(one)
    return lists, others


def _never_a_list(member: ProperType) -> bool:
    return isinstance(member, TypedDictType) or _never_a_display(member)


def _never_a_dict(member: ProperType) -> bool:
    return _never_a_display(member) or (
        isinstance(member, Instance) and member.type.fullname == "builtins.list"
    )


def _never_a_display(member: ProperType) -> bool:
    return isinstance(member, (LiteralType, NoneType)) or (
        isinstance(member, Instance) and member.type.fullname in _NEVER_DISPLAYS
    )
