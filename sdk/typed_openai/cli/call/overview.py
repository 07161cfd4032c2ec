"""The help of ``typed-openai call``: how it is used, a group's operations, an operation's arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Final

from typed_openai.cli.options import OPTIONS, Option
from typed_openai_spec.index import Index
from typed_openai_spec.model import (
    MISSING,
    Argument,
    Array,
    Component,
    Literals,
    Null,
    Object,
    Operation,
    Ref,
    Scalar,
    Schema,
    Union,
)

_WIDTH: Final = 100
_MOST_SHOWN: Final = 8

_USAGE: Final = """\
usage: typed-openai call OPERATION [VALUE ...] [--ARGUMENT VALUE ...] [OPTION ...]

Call an operation of the API and print what it gives: JSON, indented on a terminal and on one line
elsewhere; the events of a stream as lines of JSON.

An operation is named as in Python (chat.create_chat_completion) or by its operationId. Its required
arguments may be given by position, all by name. A value is what its type says: text as it is, numbers,
true and false, arrays and objects as JSON; a list also by repeating its name. @PATH is a file, or
the content of one where the argument takes none; @- is standard input; @@ begins a text with @;
--NAME:=JSON takes any value as JSON. The key comes from OPENAI_API_KEY.

    typed-openai call chat.create_chat_completion --model gpt-4o-mini --only-text \\
        --messages '[{"role": "user", "content": "Say hello."}]'
    typed-openai call files.create_file @data.jsonl --purpose batch

Exit status: 0, 1 where the call fails, 2 where the command line is wrong.
"""


def general(index: Index) -> str:
    """The help of the command."""
    groups = fill(", ".join(index.groups), width=_WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join((_USAGE, *_options(), "", "groups (--help after one lists its operations):", groups))


def of_group(index: Index, group: str) -> str:
    """A group's operations, each with what it does."""
    lines = [f"The operations of {group}:", ""]
    for name in index.groups[group]:
        operation = index.documented(index.operation(group, name))
        lines.append(_entry(operation.qualified_name, operation.doc))
    return "\n".join(lines)


def of_operation(index: Index, operation: Operation) -> str:
    """An operation's arguments with their types."""
    operation = index.documented(operation)
    required = [one.name for one in operation.arguments if one.required]
    usage = " ".join(f"--{one.replace('_', '-')} ..." for one in required)
    lines = [f"usage: typed-openai call {operation.qualified_name} {usage} [...]".replace("  ", " "), ""]
    lines += [operation.doc or f"{operation.method} {operation.path}"]
    if operation.deprecated:
        lines += ["", f"Deprecated{f': {operation.replacement}' if operation.replacement else ''}."]
    if operation.arguments:
        lines += ["", "arguments:"]
    lines += [_argument(one, index.components) for one in operation.arguments]
    lines += ["", *_options()]
    return "\n".join((*lines, *(["", operation.doc_url] if operation.doc_url else [])))


def _argument(argument: Argument, components: Mapping[str, Component]) -> str:
    notes = ["required"] if argument.required else []
    if argument.default is not MISSING and argument.default is not None:
        notes.append(f"default {argument.default!r}")
    notes += ["deprecated"] if argument.deprecated else []
    tail = f" ({', '.join(notes)})" if notes else ""
    return _entry(
        f"--{argument.name.replace('_', '-')} {type_text(argument.schema, components)}",
        f"{argument.doc}{tail}",
    )


def _options() -> Iterator[str]:
    yield "options:"
    yield from (_entry(_named(one), one.doc) for one in OPTIONS.values())


def _named(option: Option) -> str:
    return f"--{option.name} {option.metavar}".rstrip()


def _entry(name: str, doc: str) -> str:
    head = fill(name, width=_WIDTH, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)
    body = fill(doc.strip(), width=_WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 10)
    return f"{head}\n{body}" if body else head


def type_text(schema: Schema, components: Mapping[str, Component]) -> str:
    """A type in a few words: ``string|integer``, ``[Message, ...]``, ``auto|low|high``."""
    members = list(dict.fromkeys(_members(schema, components, frozenset())))
    if len(members) > _MOST_SHOWN:
        members = [*members[: _MOST_SHOWN - 1], f"({len(members) - _MOST_SHOWN + 1} more)"]
    return "|".join(members)


def _members(schema: Schema, components: Mapping[str, Component], above: frozenset[str]) -> Iterator[str]:
    match schema:
        case Ref(name=name):
            inner = components[name].schema
            if isinstance(inner, Object) or name in above:
                yield name
            else:
                yield from _members(inner, components, above | {name})
        case Union(members=members):
            for one in members:
                yield from _members(one, components, above)
        case Array(items=items):
            # Of a list's many kinds of item the name says more.
            short = items.name if isinstance(items, Ref) else type_text(items, components)
            yield f"[{short}, ...]"
        case Literals(values=values):
            yield from (str(one) for one in values)
        case Scalar():
            yield "@file" if schema.is_binary else schema.kind
        case Object():
            yield "object"
        case Null():
            yield "null"
        case _:
            yield "any"
