"""Types of answers that have no strict JSON Schema, each with the field that has it.

Only types that the client certainly refuses are reported: it may know a class that is not understood here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import Expression, FuncDef, Node, TypeInfo, Var
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    TupleType,
    Type,
    TypedDictType,
    TypeOfAny,
    TypeType,
    UnboundType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy import codes
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.base_classes import field_type
from typed_openai_mypy.compat.reporting import Reporter
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.swallowed import note_failure
from typed_openai_spec.validation.strict_types import HINTS, hint_for, no_strict_schema

_FLAGS: Final = ("enum.Flag", "enum.IntFlag")
_ANY: Final = "typing.Any"
_INJECTED: Final = "Injected"
_AWAITED: Final = frozenset({"typing.Coroutine", "typing.Awaitable"})
_HOLDING: Final = frozenset({"builtins.list", "builtins.dict", "builtins.tuple", "builtins.set"})
_NO_JSON: Final = frozenset(
    {
        *("builtins.object", "builtins.bytes", "builtins.bytearray", "builtins.memoryview"),
        *("builtins.complex", "builtins.type", "typing.Iterator", "typing.Generator"),
        *("typing.AsyncIterator", "typing.AsyncGenerator", "typing.IO", "io.BytesIO", "io.StringIO"),
    }
)
"""Types of results that have no JSON text."""
_STATED: Final = (TypeOfAny.explicit, TypeOfAny.from_omitted_generics)
_FIELDS_BY: Final = frozenset({"dataclass", "attrs", "dataclass_transform"})
"""The keys of mypy's metadata about classes whose annotations are fields."""


def tell(reporter: Reporter, context: FunctionContext, position: int) -> None:
    """Report the types inside a type that have no strict schema. Never raises."""
    try:
        given = [*zip(context.arg_types, context.args, strict=True)][position]
        for found, node in zip(*given, strict=True):
            _report(reporter, context, get_proper_type(found), node)
    except Exception:  # mypy would crash; it has no opinion
        note_failure()


def tell_tool(reporter: Reporter, context: FunctionContext | MethodContext) -> None:
    """Report what keeps a function from being a tool. Never raises."""
    try:
        given = context.arg_types[0][0] if context.arg_types and context.arg_types[0] else None
        function = get_proper_type(given) if given is not None else None
        node = context.context
        if isinstance(function, CallableType) and isinstance(node, Node):
            for text in dict.fromkeys(_of_tool(function)):
                hook_context.report_apart(reporter, context.api, text, node, codes.TOOLS, around=node)
    except Exception:  # as above
        note_failure()


def _of_tool(function: CallableType) -> Iterator[str]:
    """Yield the messages about the parameters of a function, and about its result."""
    owner = function.definition.name if function.definition is not None else "tool"
    formals = zip(function.arg_names, function.arg_kinds, function.arg_types, strict=True)
    injected = _injected(function)
    for name, kind, wanted in formals:
        if name in injected:
            continue
        place = f"{owner}.{name}"
        found = get_proper_type(wanted)
        if kind.is_star() or name is None:
            yield f"{place}: the model passes arguments by name; expected a parameter with one"
        elif isinstance(found, AnyType) and found.type_of_any == TypeOfAny.unannotated:
            yield f"{place}: the parameter has no type; annotate it"
        else:
            yield from _refused(wanted, place, set())
    for result in _unwritable(function.ret_type):
        yield f"{owner}: the result cannot be written as JSON: got {result}"


def _injected(function: CallableType) -> set[str | None]:
    """The parameters that the program gives. mypy drops what ``Annotated`` says: only the text has it."""
    definition = function.definition
    stated = definition.unanalyzed_type if isinstance(definition, FuncDef) else None
    if not isinstance(stated, CallableType):
        return set()
    pairs = zip(stated.arg_names, stated.arg_types, strict=True)
    return {
        name
        for name, one in pairs
        if isinstance(one, UnboundType) and one.name.rpartition(".")[2] == _INJECTED
    }


def _unwritable(result: Type) -> Iterator[str]:
    """Yield the types of a result that have no JSON text; only those that certainly have none."""
    found = get_proper_type(result)
    if isinstance(found, UnionType):
        for one in found.items:
            yield from _unwritable(one)
    elif isinstance(found, Instance) and found.type.fullname in _AWAITED:
        yield from _unwritable(found.args[-1])
    elif isinstance(found, Instance) and (found.type.fullname in _NO_JSON):
        yield type_text(found)
    elif isinstance(found, Instance) and found.type.fullname in _HOLDING:
        for one in found.args:
            yield from _unwritable(one)


def _report(reporter: Reporter, context: FunctionContext, given: Type, node: Expression) -> None:
    item = given.item if isinstance(given, TypeType) else None
    call = context.context
    if item is None or not isinstance(call, Expression):
        return
    for text in dict.fromkeys(_refused(item, "", set())):
        hook_context.report_apart(reporter, context.api, text, node, codes.SCHEMA, around=call)


def _refused(wanted: Type, place: str, seen: set[str]) -> Iterator[str]:
    """Yield the messages about a type and the types inside it. ``place`` is the field that has it."""
    found = get_proper_type(wanted)
    if isinstance(found, UnionType):
        for one in found.items:
            yield from _refused(one, place, seen)
    elif isinstance(found, AnyType):
        if found.type_of_any in _STATED:
            yield no_strict_schema(place, "Any", hint_for(_ANY))
    elif isinstance(found, TypedDictType):
        yield from _fields(found.fallback.type.name, found.items, seen, str(found))
    elif isinstance(found, TupleType):
        yield from _tuple(found, place, seen)
    elif isinstance(found, Instance):
        yield from _instance(found, place, seen)


def _tuple(found: TupleType, place: str, seen: set[str]) -> Iterator[str]:
    info = found.partial_fallback.type
    if info.is_named_tuple:
        names = [name for name in info.names if isinstance(info.names[name].node, Var)]
        public = [name for name in names if not name.startswith("_")]
        yield from _fields(info.name, dict(zip(public, found.items, strict=False)), seen, str(found))
    else:
        yield no_strict_schema(place, type_text(found), hint_for("builtins.tuple"))


def _instance(found: Instance, place: str, seen: set[str]) -> Iterator[str]:
    info = found.type
    if any(base.fullname in _FLAGS for base in info.mro):
        yield no_strict_schema(place, info.name, hint_for(_FLAGS[0]))
    elif info.fullname in HINTS and info.fullname != "builtins.tuple":
        yield no_strict_schema(place, type_text(found), HINTS[info.fullname])
    elif _has_fields(info):
        fields = {name: one for name in _names(info) if (one := field_type(found, name)) is not None}
        yield from _fields(info.name, fields, seen, str(found))
    else:
        for one in found.args:
            yield from _refused(one, place, seen)


def _fields(owner: str, fields: dict[str, Type], seen: set[str], key: str) -> Iterator[str]:
    if key in seen:  # a recursive type
        return
    seen.add(key)
    for name, one in fields.items():
        yield from _refused(one, f"{owner}.{name}", seen)


def _has_fields(info: TypeInfo) -> bool:
    return any(not _FIELDS_BY.isdisjoint(base.metadata) for base in info.mro)


def _names(info: TypeInfo) -> Iterator[str]:
    """Yield the names of the annotated attributes of a class that its constructor takes."""
    declared = [one for base in info.mro for one in base.metadata.get("dataclass", {}).get("attributes", ())]
    left_out = {one["name"] for one in declared if not one["is_in_init"]}
    found: dict[str, None] = {}
    for base in reversed(info.mro):
        for name, symbol in base.names.items():
            node = symbol.node
            is_field = isinstance(node, Var) and not node.is_classvar and not node.is_property
            if is_field and not name.startswith("_") and name not in left_out:
                found[name] = None
    yield from found
