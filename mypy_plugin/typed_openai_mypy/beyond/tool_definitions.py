"""Functions that cannot become tools: parameters without types or names, and results that are no JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import FuncDef, Node
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    Type,
    TypeOfAny,
    UnboundType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy import codes
from typed_openai_mypy.beyond.schema_sizes import excesses
from typed_openai_mypy.beyond.unsupported_types import refused
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.reporting import Reporter
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.swallowed import note_failure
from typed_openai_spec.validation.strict_types import RECEIVER, UNTYPED_PARAMETER

_INJECTED: Final = "Injected"
_AWAITED: Final = frozenset({"typing.Coroutine", "typing.Awaitable"})
_HOLDING: Final = frozenset({"builtins.list", "builtins.dict", "builtins.tuple", "builtins.set"})
_NO_JSON: Final = frozenset(
    {
        *("builtins.bytes", "builtins.bytearray", "builtins.memoryview", "builtins.complex", "builtins.type"),
        *("typing.Iterator", "typing.Generator", "typing.AsyncIterator", "typing.AsyncGenerator"),
        *("typing.IO", "io.BytesIO", "io.StringIO"),
    }
)
"""Types of results that have no JSON text."""


def tell_tool(reporter: Reporter, context: FunctionContext | MethodContext) -> None:
    """Report what keeps a function from being a tool. Never raises."""
    try:
        given = context.arg_types[0][0] if context.arg_types and context.arg_types[0] else None
        function = get_proper_type(given) if given is not None else None
        node = context.context
        if isinstance(function, CallableType) and isinstance(node, Node):
            module = hook_context.current_module(context.api)
            for text in dict.fromkeys(_of_tool(function, module)):
                hook_context.report_apart(reporter, context.api, text, node, codes.TOOLS, around=node)
    except Exception:  # mypy would crash; it has no opinion
        note_failure()


def _of_tool(function: CallableType, module: str) -> Iterator[str]:
    """Yield the messages about the parameters of a function, and about its result."""
    definition = function.definition if isinstance(function.definition, FuncDef) else None
    owner = definition.name if definition is not None else "tool"
    injected = _injected(function)
    fields: list[tuple[str, Type]] = []
    for name, argument in _parameters(function, definition):
        place = f"{owner}.{name}" if name else owner
        if name in injected:
            continue
        if argument is None:
            yield f"{place}: the model passes arguments by name; expected a parameter with one"
        elif definition is not None and _is_receiver(definition, name):
            yield f"{place}: {RECEIVER}"
        elif _is_untyped(argument):
            yield f"{place}: {UNTYPED_PARAMETER}"
        else:
            fields.append((name, argument))
            yield from refused(argument, place, module)
    yield from excesses(fields, owner)
    for result in _unwritable(function.ret_type):
        yield f"{owner}: the result cannot be written as JSON: got {result}"


def _parameters(function: CallableType, definition: FuncDef | None) -> Iterator[tuple[str, Type | None]]:
    """Yield the parameters with their types; None for one that no argument can have by its name."""
    names = function.arg_names
    if definition is not None:  # which has the names of parameters that are positional only
        names = [one.variable.name for one in definition.arguments]
    formals = zip(names, function.arg_names, function.arg_kinds, function.arg_types, strict=True)
    for own, name, kind, wanted in formals:
        yield own or "", None if kind.is_star() or name is None else wanted


def _is_untyped(wanted: Type) -> bool:
    found = get_proper_type(wanted)
    return isinstance(found, AnyType) and found.type_of_any == TypeOfAny.unannotated


def _is_receiver(definition: FuncDef, name: str) -> bool:
    """Return whether a parameter is the plain ``self`` of a method: mypy itself gives it a type."""
    first = definition.arguments[0]
    is_first = (first.variable.is_self or first.variable.is_cls) and name == first.variable.name
    return is_first and first.type_annotation is None


def _injected(function: CallableType) -> set[str | None]:
    """The parameters that the program gives. mypy drops what ``Annotated`` says: only the text has it."""
    definition = function.definition
    stated = definition.unanalyzed_type if isinstance(definition, FuncDef) else None
    if not isinstance(stated, CallableType):
        return set()
    pairs = zip(stated.arg_names, stated.arg_types, strict=True)
    return {name for name, one in pairs if _is_injected(one)}


def _is_injected(stated: Type) -> bool:
    if isinstance(stated, UnionType):
        return any(map(_is_injected, stated.items))
    return isinstance(stated, UnboundType) and stated.name.rpartition(".")[2] == _INJECTED


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
