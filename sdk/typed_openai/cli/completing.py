"""``typed-openai _complete``: what may follow a command line, for the scripts of ``typed-openai completion``.

It is given the line up to the cursor and the shell's own word there, which may be only the end of ours
(bash divides at ``=`` and ``@``), and prints what may stand in that word's place, one a line.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from typed_openai.cli.options import OPTIONS
from typed_openai_spec.index import Index, UnknownOperation, packaged
from typed_openai_spec.model import Argument, Literals, Operation, Ref, Scalar, Schema, Union


def run_words(words: list[str]) -> int:
    """Print the completions; nothing where there are none."""
    line, current = (*words, "", "")[:2]
    *before, word = _words(line)
    # The shell replaces its own word alone.
    cut = len(word) - len(current) if word.endswith(current) else 0
    for one in sorted(set(completions(before[1:], word))):
        if one.startswith(word):
            print(one[cut:])
    return 0


def completions(before: list[str], word: str) -> Iterator[str]:
    """What the word may become after the words before it, the program's name left out."""
    if not before:
        yield from ("call", "check", "completion", "demo", "serve", "spec")
    elif before[0] == "completion":
        yield from ("bash", "zsh")
    elif before[0] == "call" and not word.startswith("@"):
        yield from _of_call(before[1:], word, packaged())


def _words(line: str) -> list[str]:
    """The line's words, the last one empty where a new one begins; a quote may still be open."""
    for end in ("", "'", '"'):
        try:
            # The mark keeps an empty last word, and is taken off again.
            *before, last = shlex.split(f"{line}\0{end}")
        except ValueError:
            continue
        return [*before, last.removesuffix("\0")]
    return [""]


def _of_call(before: list[str], word: str, index: Index) -> Iterator[str]:
    name, operation = "", None
    for one in before:
        if name and not one.startswith("--"):
            name = ""
        elif one.startswith("--"):
            name = "" if "=" in one else one[2:].replace("_", "-")
            option = OPTIONS.get(name)
            name = "" if option is not None and not option.metavar else name
        elif operation is None:
            operation = _operation(one, index)
            if operation is None:
                return
    if word.startswith("-"):
        name, equals, _ = word[2:].partition("=")
        if not equals:
            yield from _names(operation, word)
        elif operation is not None:
            yield from (f"--{name}={one}" for one in _values(operation, name, index))
    elif name in OPTIONS:
        return
    elif operation is None:
        yield from (f"{group}.{one}" for group, names in index.groups.items() for one in names)
    elif name:
        yield from _values(operation, name, index)


def _operation(name: str, index: Index) -> Operation | None:
    group, dot, operation = name.partition(".")
    try:
        return index.operation(group, operation) if dot else index.by_id(name)
    except UnknownOperation:
        return None


def _names(operation: Operation | None, word: str) -> Iterator[str]:
    """The names of arguments and options, with the dashes or underscores that the word has."""
    arguments: Iterable[Argument] = operation.arguments if operation is not None else ()
    joint = "_" if "_" in word else "-"
    yield from (f"--{one.name.replace('_', joint)}" for one in arguments)
    yield from (f"--{one.replace('-', joint)}" for one in OPTIONS)


def _values(operation: Operation, name: str, index: Index) -> Iterator[str]:
    argument = operation.argument(name.replace("-", "_"))
    if argument is not None:
        yield from _constants(argument.schema, index, frozenset())


def _constants(schema: Schema, index: Index, above: frozenset[str]) -> Iterator[str]:
    match schema:
        case Literals(values=values):
            yield from (str(one) for one in values if not isinstance(one, bool))
        case Scalar(kind="boolean"):
            yield from ("true", "false")
        case Union(members=members):
            for one in members:
                yield from _constants(one, index, above)
        case Ref(name=name) if name not in above:
            yield from _constants(index.components[name].schema, index, above | {name})
        case _:
            return
