"""The help of ``typed-openai call``: usage, a group's operations, an operation's arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from textwrap import fill
from typing import Final

from typed_openai.cli.call_options import OPTIONS
from typed_openai.cli.explain.describing import property_entry
from typed_openai.cli.explain.pages import Entry, entry_lines
from typed_openai.cli.printing import Paper
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Operation

_WIDTH: Final = 100
_PAPER: Final = Paper(_WIDTH)

_USAGE: Final = """\
usage: typed-openai call OPERATION [VALUE ...] [--ARGUMENT VALUE ...] [OPTION ...]

Call an operation of the API and print its result: JSON, indented on a terminal and on one line
elsewhere; the events of a stream as lines of JSON.

An operation is named as in Python (chat.create_chat_completion) or by its operationId. Its required
arguments may be given by position, all by name. Values are read by their types: text as it is, numbers,
true and false, arrays and objects as JSON; a list also by repeating its name. @PATH is a file, or
its content if the argument takes no file; @- is standard input; @@ begins a text with @;
--NAME:=JSON takes any value as JSON. The key comes from OPENAI_API_KEY; that of another API (--spec)
from the variable that --key-from names.

    typed-openai call chat.create_chat_completion --model gpt-4o-mini --only-text \\
        --messages '[{"role": "user", "content": "Say hello."}]'
    typed-openai call files.create_file @data.jsonl --purpose batch

Exit status: 0, 1 if the call fails, 2 if the command line is wrong.
"""


def general(index: Index) -> str:
    """Return the help of the command."""
    groups = fill(", ".join(index.groups), width=_WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join((_USAGE, *_options(), "", "groups (--help after one lists its operations):", groups))


def of_group(index: Index, group: str) -> str:
    """Return a group's operations with their descriptions."""
    lines = [f"The operations of {group}:", ""]
    for name in index.groups[group]:
        operation = index.documented(index.operation(group, name))
        lines += entry_lines(Entry(operation.qualified_name, doc=operation.doc), _PAPER)
    return "\n".join(lines)


def of_operation(index: Index, operation: Operation) -> str:
    """Return an operation's arguments with their types."""
    operation = index.documented(operation)
    required = [one.name for one in operation.arguments if one.required]
    usage = " ".join(f"{_dashed(one)} ..." for one in required)
    lines = [f"usage: typed-openai call {operation.qualified_name} {usage} [...]".replace("  ", " "), ""]
    lines += _PAPER.prose(operation.doc or f"{operation.method} {operation.path}")
    if operation.deprecated:
        lines += ["", f"Deprecated{f': {operation.replacement}' if operation.replacement else ''}."]
    if operation.arguments:
        lines += ["", "arguments:"]
    for one in operation.arguments:
        entry = property_entry(one, operation.qualified_name, index.components)
        lines += entry_lines(replace(entry, name=_dashed(one.name)), _PAPER)
    lines += ["", *_options()]
    return "\n".join((*lines, *(["", operation.doc_url] if operation.doc_url else [])))


def _dashed(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _options() -> Iterator[str]:
    yield "options:"
    for one in OPTIONS.values():
        yield from entry_lines(Entry(f"--{one.name}", one.metavar, one.doc), _PAPER)
