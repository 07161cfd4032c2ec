"""``typed-openai _complete``: completions of a command line, for the scripts of ``completion``.

The arguments are the line up to the cursor, and the shell's own word there, which may be only the end of
the full word (bash splits at ``=`` and ``@``). It prints the possible replacements of that word, one per
line.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from typed_openai.cli import COMMANDS
from typed_openai.cli.call_options import OPTIONS
from typed_openai.cli.explain.finding import names
from typed_openai.cli.spec import COMMANDS as SPEC_COMMANDS
from typed_openai.cli.spec.completion_words import of_spec
from typed_openai.cli.spec.locations import PACKAGED_PLACE
from typed_openai.cli.type_words import leaves
from typed_openai_spec.index.reader import Index, UnknownOperation, packaged
from typed_openai_spec.model import Argument, Literals, Operation, Scalar

_EXPLAIN_OPTIONS: Final = ("--json", "--search", "--spec")
_TRUTHS: Final = frozenset({"true", "false", "null"})


def run_words(words: list[str]) -> int:
    """Print the completions, if there are any."""
    line, current = (*words, "", "")[:2]
    *before, word = _words(line)
    # The shell replaces only its own word.
    cut = len(word) - len(current) if word.endswith(current) else 0
    for one in sorted(set(completions(before[1:], word))):
        if one.startswith(word):
            print(one[cut:])
    for one in sorted({*_files(word), *_places(before[1:], word)}):
        print(_quoted(one[cut:]))
    return 0


def _files(word: str) -> Iterator[str]:
    """Yield the completions of a word that ends with ``@`` and part of a path; folders end with a slash."""
    before, at, begun = word.partition("@")
    if not at or (before and not before.startswith("--")) or begun.startswith("@"):
        return
    yield from (f"{before}@{path}" for path in _paths(begun))


def _paths(begun: str) -> Iterator[str]:
    folder, slash, _ = begun.rpartition("/")
    with suppress(OSError):
        for one in Path(folder + slash).expanduser().iterdir():
            path = f"{folder}{slash}{one.name}"
            if path.startswith(begun) and (not one.name.startswith(".") or begun.endswith(".")):
                yield f"{path}{'/' if one.is_dir() else ''}"


def _places(before: list[str], word: str) -> Iterator[str]:
    """Yield files and folders where the name of the shipped index is also possible."""
    if PACKAGED_PLACE in completions(before, word):
        yield from _paths(word)


def _quoted(path: str) -> str:
    """Quote a path for the shell."""
    return re.sub(r"([^\w@%+=:,./~-])", r"\\\1", path)


def completions(before: list[str], word: str) -> Iterator[str]:
    """Yield the completions after the words before it, without the program's name."""
    if not before:
        yield from COMMANDS
    elif before[0] == "completion":
        yield from ("bash", "zsh")
    elif before == ["batch"]:
        yield from ("again", "results", "run", "status")
    elif before == ["spec"]:
        yield from SPEC_COMMANDS
    elif before[0] == "spec" and before[1] in SPEC_COMMANDS:
        yield from of_spec(before[1], before[2:], word)
    elif before[0] == "explain":
        yield from _EXPLAIN_OPTIONS if word.startswith("-") else names(packaged(), word)
    elif before[0] == "call" and not word.startswith("@"):
        yield from _of_call(before[1:], word, packaged())


def _words(line: str) -> list[str]:
    """Split the line into words; the last one is empty after a space. A quote may be unclosed."""
    for end in ("", "'", '"'):
        try:
            # The mark keeps an empty last word, and is removed again.
            *before, last = shlex.split(f"{line}\0{end}")
        except ValueError:
            continue
        return [*before, last.removesuffix("\0")]
    return [""]


def _place(before: list[str], index: Index) -> tuple[str, Operation | None, int] | None:
    """Return the argument whose value is next, the operation, and the number of positional values.

    The result is None if the operation is unknown.
    """
    name, operation, positional = "", None, 0
    for one in before:
        if one.startswith("--"):
            name = _awaiting(one)
        elif name:
            # A flag takes only these words.
            positional += _is_flag(operation, name, index) and one not in _TRUTHS
            name = ""
        elif operation is None:
            operation = _operation(one, index)
            if operation is None:
                return None
        else:
            positional += 1
    return name, operation, positional


def _of_call(before: list[str], word: str, index: Index) -> Iterator[str]:
    if (place := _place(before, index)) is None:
        return
    name, operation, positional = place
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
        yield from (one for names in index.groups.values() for one in names.values())
    else:
        yield from _values(operation, name, index)
        if not name or _is_flag(operation, name, index):
            yield from _values(operation, _by_position(operation, positional), index)


def _awaiting(word: str) -> str:
    """Return the name in a word such as ``--name`` if its value is still to follow."""
    name = "" if "=" in word else word[2:].replace("_", "-")
    option = OPTIONS.get(name)
    return "" if option is not None and not option.metavar else name


def _by_position(operation: Operation, position: int) -> str:
    names = [one.name for one in operation.arguments if one.positional or one.required]
    return names[position] if position < len(names) else ""


def _is_flag(operation: Operation | None, name: str, index: Index) -> bool:
    return operation is not None and {*_values(operation, name, index)} == {"true", "false"}


def _operation(name: str, index: Index) -> Operation | None:
    group, dot, operation = name.partition(".")
    try:
        return index.operation(group, operation) if dot else index.by_id(name)
    except UnknownOperation:
        return None


def _names(operation: Operation | None, word: str) -> Iterator[str]:
    """Yield the names of arguments and options, with dashes or underscores as in the word."""
    arguments: Iterable[Argument] = operation.arguments if operation is not None else ()
    joint = "_" if "_" in word else "-"
    yield from (f"--{one.name.replace('_', joint)}" for one in arguments)
    yield from (f"--{one.replace('-', joint)}" for one in OPTIONS)


def _values(operation: Operation, name: str, index: Index) -> Iterator[str]:
    argument = operation.argument(name.replace("-", "_"))
    if argument is None:
        return
    for one, _ in leaves(argument.schema, index.components):
        match one:
            case Literals(values=values):
                yield from (str(value) for value in values if not isinstance(value, bool))
            case Scalar(kind="boolean"):
                yield from ("true", "false")
            case _:
                pass
