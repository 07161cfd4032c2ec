"""The types of the functions for answers that depend on the description: formats, and items by their type."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Final

from typed_openai_spec.model import Api, Array, Literals, Object, Operation, Ref, Schema, Union
from typed_openai_spec.model.answer_formats import AnswerFormat, answer_format
from typed_openai_stubgen.layers import NEEDED

MODULE: Final = "typed_openai.outputs"
EVENTS: Final = "typed_openai.event_outputs"
TOOLS: Final = "typed_openai.tool_kits"

_TOOL_LISTS: Final = {False: "_ResponseTools", True: "_ChatTools"}
"""The aliases of lists of tools, by whether the function is a field of the tool."""

_FLAT, _NESTED, _ITEMS = "text_format", "response_format", "output_items"
_FINISHED: Final = "finished_items"
_OUTPUT: Final = "output"

# Whenever a function is read, mypy walks through all types that its parameters refer to. These functions have
# an overload for each type of item. What they take is therefore declared without the many types in it, or
# once, in a class of its own.
_HOLDER: Final = "_Response"
_REPLY: Final = f"""\
from collections.abc import Mapping, Sequence
from typing_extensions import ReadOnly, TypedDict

class {_HOLDER}(TypedDict):
    {_OUTPUT}: ReadOnly[Sequence[Mapping[str, object]]]
"""
_STREAMS: Final = """\
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

class _ResponseEvents(Protocol):
    def __iter__(self) -> Iterator[{events}]: ...

class _AsyncResponseEvents(Protocol):
    def __aiter__(self) -> AsyncIterator[{events}]: ...
"""
_ITERATORS: Final = {"_ResponseEvents": "Iterator", "_AsyncResponseEvents": "AsyncIterator"}
"""The result for each kind of stream."""


def output_types(api: Api, source: str, package: str) -> str:
    """Return Python text that defines these functions, with the imports that it needs.

    ``source`` is the text of the module, which has their parameters and docstrings; ``package`` has the
    components.
    """
    functions = _functions(source)
    found = _answering(api)
    formats = _formats([form for _, form in found])
    _, kinds = _reply(api)
    made = [
        *(_returning(functions[name], component) for name, component in formats.items()),
        *_overloads(functions[_ITEMS], {_HOLDER: "list"}, kinds),
    ]
    return _text([_REPLY] if kinds else [], made, {*formats.values(), *kinds.values()}, package)


def event_types(api: Api, source: str, package: str) -> str:
    """Return Python text that defines the functions for the events of a stream."""
    reply, kinds = _reply(api)
    events = next((name for name, one in sorted(api.accumulations.items()) if reply in one.makes), "")
    if not events:
        return ""
    made = _overloads(_functions(source)[_FINISHED], _ITERATORS, kinds)
    return _text([_STREAMS.format(events=events)], made, {events, *kinds.values()}, package)


def _functions(source: str) -> dict[str, ast.FunctionDef]:
    return {one.name: one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)}


def _answering(api: Api) -> list[tuple[Operation, AnswerFormat]]:
    """Return the operations that take a format for their answer, beta versions last."""
    return [
        (one, form)
        for one in sorted(api.operations, key=lambda one: one.beta)
        if (form := answer_format(one, api.components)) is not None
    ]


def _reply(api: Api) -> tuple[str, Mapping[str, str]]:
    """Return the reply that has output items, and the components of these by their type.

    One reply only: another version of it would overlap, and a checker could choose between the two at will.
    """
    return next((pair for one, _ in _answering(api) for pair in _items_of(api, one)), ("", {}))


def _text(classes: list[str], made: Iterable[ast.FunctionDef], used: set[str], package: str) -> str:
    imports = [f"from {package}.{NEEDED} import {', '.join(sorted(used))}"] if used else []
    return "\n".join(
        ["from typing import Literal, overload", *imports, *classes, *map(ast.unparse, made), ""]
    )


def tool_types(api: Api, package: str) -> str:
    """Return Python text that defines the lists of functions that operations take as tools."""
    found: dict[str, str] = {}
    for one in sorted(api.operations, key=lambda one: one.beta):
        if answer_format(one, api.components) is not None:
            for name, component in _tools_of(api, one):
                found.setdefault(name, component)
    if not found:
        return ""
    imports = f"from {package}.{NEEDED} import {', '.join(sorted(set(found.values())))}"
    lines = [f"{name}: TypeAlias = list[{component}]" for name, component in found.items()]
    return "\n".join(["from typing import TypeAlias", imports, *lines, ""])


def _tools_of(api: Api, operation: Operation) -> Iterator[tuple[str, str]]:
    """Yield the alias and the component of the functions among the tools that an operation takes."""
    schemas = [one.schema for one in operation.arguments if one.name == "tools"]
    for array in (inner for one in schemas for inner in _members(api, one)):
        for one in _members(api, array.items) if isinstance(array, Array) else ():
            tool = api.resolve(one)
            kind = tool.field("type") if isinstance(tool, Object) else None
            is_function = kind is not None and api.resolve(kind.schema) == Literals(("function",))
            if isinstance(one, Ref) and isinstance(tool, Object) and is_function:
                yield _TOOL_LISTS[tool.field("function") is not None], one.name


def _members(api: Api, schema: Schema) -> Iterator[Schema]:
    """Yield the members of a union, as references if they are; any other schema itself."""
    node = api.resolve(schema)
    if isinstance(node, Union):
        for one in node.members:
            yield from _members(api, one)
    else:
        yield schema if isinstance(node, Object) else node


def _formats(found: list[AnswerFormat]) -> dict[str, str]:
    """Return the component that each function returns: the first one of its form."""
    formats: dict[str, str] = {}
    for one in found:
        formats.setdefault(_NESTED if one.is_nested else _FLAT, one.component)
    return formats


def _items_of(api: Api, operation: Operation) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the component of an operation's reply, and the components of its output items by their type."""
    schema = operation.result.schema
    reply = None if schema is None else api.resolve(schema)
    field = reply.field(_OUTPUT) if isinstance(reply, Object) else None
    output = None if field is None else api.resolve(field.schema)
    item = api.resolve(output.items) if isinstance(output, Array) else None
    if isinstance(schema, Ref) and isinstance(item, Union) and item.discriminator is not None:
        yield schema.name, dict(item.discriminator.mapping)


def _returning(function: ast.FunctionDef, annotation: str) -> ast.FunctionDef:
    made = deepcopy(function)
    made.returns = ast.parse(annotation, mode="eval").body
    return made


def _overloads(
    function: ast.FunctionDef, takes: Mapping[str, str], kinds: Mapping[str, str]
) -> Iterator[ast.FunctionDef]:
    """Yield one overload for each type of item. Only the first one has the docstring.

    ``takes`` has the type of the result, whose argument is the item, by that of the first parameter.
    """
    pairs = [(taken, result, *one) for taken, result in takes.items() for one in kinds.items()]
    for number, (taken, result, kind, component) in enumerate(pairs):
        made = _returning(function, f"{result}[{component}]")
        made.decorator_list = [ast.Name("overload", ast.Load())]
        given, wanted = made.args.posonlyargs
        given.annotation = ast.parse(taken, mode="eval").body
        wanted.annotation = ast.parse(f"Literal[{kind!r}]", mode="eval").body
        if number:
            made.body = [ast.Expr(ast.Constant(...))]
        yield made
