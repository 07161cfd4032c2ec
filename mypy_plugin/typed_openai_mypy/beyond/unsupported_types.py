"""Types that have no strict JSON Schema, or too large a one, each with its field.

Only types that the client certainly refuses are reported: it may know a class that is not understood here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from mypy.nodes import Expression, RefExpr, TypeAlias, TypeInfo
from mypy.plugin import FunctionContext
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    Overloaded,
    ProperType,
    TupleType,
    Type,
    TypeOfAny,
    TypeType,
    get_proper_type,
)

from typed_openai_mypy import codes
from typed_openai_mypy.beyond.enumerations import constants_of
from typed_openai_mypy.beyond.schema_sizes import excesses
from typed_openai_mypy.beyond.schema_types import Part, TypeWalk
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.reporting import Reporter
from typed_openai_mypy.messages.fragments import clipped
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.swallowed import note_failure
from typed_openai_spec.validation.strict_types import CONSTANTS, HINTS, hint_for, no_strict_schema

_FLAGS: Final = ("enum.Flag", "enum.IntFlag")
_ANY: Final = "typing.Any"
_STATED: Final = (TypeOfAny.explicit, TypeOfAny.from_omitted_generics)
_NO_FIELDS: Final = frozenset({"builtins.object", "typing.Generic", "typing.Protocol", "abc.ABC"})
"""The bases of a class that has no fields of its own."""


def tell(reporter: Reporter, context: FunctionContext, position: int) -> None:
    """Report the types inside a type that have no strict schema. Never raises."""
    try:
        given = [*zip(context.arg_types, context.args, strict=True)][position]
        for found, node in zip(*given, strict=True):
            _report(reporter, context, get_proper_type(found), node)
    except Exception:  # mypy would crash; it has no opinion
        note_failure()


def _report(reporter: Reporter, context: FunctionContext, given: Type, node: Expression) -> None:
    item = _described(given, node)
    call = context.context
    if item is None or not isinstance(call, Expression):
        return
    module = hook_context.current_module(context.api)
    for text in dict.fromkeys(
        chain(refused(item, "", module), excesses([("", item)], clipped(type_text(item))))
    ):
        hook_context.report_apart(reporter, context.api, text, node, codes.SCHEMA, around=call)


def _described(given: Type, node: Expression) -> Type | None:
    """Return the type that an argument is: a class, a special form such as a union, or an alias of one."""
    if isinstance(node, RefExpr) and isinstance(node.node, TypeAlias):
        return node.node.target
    found = get_proper_type(given)
    if isinstance(found, TypeType):
        return found.item
    if isinstance(found, CallableType) and found.is_type_obj():
        return found.ret_type
    return None


def refused(wanted: Type, place: str, module: str) -> Iterator[str]:
    """Yield the messages about a type and the types inside it.

    ``place`` is the field that has it, and ``module`` the module that is being checked.
    """
    for part in TypeWalk().parts(wanted, place):
        hint = _hint(part, module)
        if hint is not None:
            yield no_strict_schema(part.place, _shown(part.type), hint)


def _shown(found: ProperType) -> str:
    if isinstance(found, AnyType):
        return "Any"
    return found.type.name if isinstance(found, Instance) and found.type.is_enum else type_text(found)


def _hint(part: Part, module: str) -> str | None:
    """Return what to use in place of a type that has no strict schema; None if it may have one."""
    found = part.type
    if part.fields is not None:
        return None
    if isinstance(found, AnyType):
        return hint_for(_ANY) if found.type_of_any in _STATED else None
    if isinstance(found, TupleType):
        return hint_for("builtins.tuple")
    if isinstance(found, (CallableType, Overloaded, TypeType)):
        return hint_for("")
    if isinstance(found, LiteralType):
        return CONSTANTS if found.fallback.type.fullname == "builtins.bytes" else None
    return _hint_for_class(found.type, module) if isinstance(found, Instance) else None


def _hint_for_class(info: TypeInfo, module: str) -> str | None:
    if any(base.fullname in _FLAGS for base in info.mro):
        return hint_for(_FLAGS[0])
    if info.is_enum:
        return CONSTANTS if constants_of(info).unwritable else None
    if info.fullname != "builtins.tuple" and info.fullname in HINTS:
        return HINTS[info.fullname]
    return hint_for("") if _is_plain(info, module) else None


def _is_plain(info: TypeInfo, module: str) -> bool:
    """Return whether a class certainly has no fields: one of this module, as written there.

    mypy's cache does not have the decorators of other modules' classes, which may add fields.
    """
    bases = {base.fullname for base in info.mro[1:]}
    return (
        info.module_name == module
        and not info.defn.decorators
        and (info.metaclass_type is None or info.metaclass_type.type.fullname == "abc.ABCMeta")
        and not info.is_newtype
        and bases <= _NO_FIELDS
    )
