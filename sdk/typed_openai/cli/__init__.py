"""The command ``typed-openai``: one module per command, imported on demand.

The module of a command has ``add_parser(subparsers)`` and ``run(args)``, which returns the exit status: 0
for success, 1 for failure. A wrong command line exits with 2, Ctrl-C with 130, and a closed pipe with 141,
as after SIGPIPE. A command whose arguments depend on the API has ``run_words(words)`` in place of ``run``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from typed_openai.cli.standard_streams import replace_closed
from typed_openai.errors import OpenAIError
from typed_openai_spec.problems import DescriptionError

COMMANDS: Final = {
    "batch": "typed_openai.cli.batch",
    "call": "typed_openai.cli.call",
    "check": "typed_openai.cli.check",
    "completion": "typed_openai.cli.completion",
    "demo": "typed_openai.cli.demo",
    "explain": "typed_openai.cli.explain.command",
    "generate": "typed_openai.cli.generate",
    "serve": "typed_openai.cli.serve",
    "spec": "typed_openai.cli.spec",
    "validate": "typed_openai.cli.validate",
}
"""The module of each command."""

_HIDDEN: Final = {"_complete": "typed_openai.cli.completing"}

_PROGRAM: Final = "typed-openai"
_BROKEN_PIPE: Final = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (by default the process's own) and return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    replace_closed()
    try:
        status = _ended(arguments)
        sys.stdout.flush()  # now, not when the interpreter exits: the reader may have closed the pipe
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except (OpenAIError, DescriptionError, OSError) as error:
        return _fail(str(error), getattr(error, "exit_status", 1))
    except (MemoryError, RecursionError):
        return _fail("the input is too large or too deeply nested")


def _ended(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except SystemExit as ended:  # argparse has printed an error or the help
        return ended.code if isinstance(ended.code, int) else 1


def _run(arguments: list[str]) -> int:
    asked = arguments[0] if arguments else ""
    if asked in _HIDDEN:
        return int(importlib.import_module(_HIDDEN[asked]).run_words(arguments[1:]))
    parser = argparse.ArgumentParser(prog=_PROGRAM, description="A strictly typed SDK for the OpenAI API.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version(_PROGRAM)}")
    subparsers = parser.add_subparsers(dest="command", metavar="command", title="commands")
    if asked in COMMANDS:
        try:
            command = importlib.import_module(COMMANDS[asked])
        except ModuleNotFoundError as error:
            return _fail(_unavailable(asked, error))
        if hasattr(command, "run_words"):
            return int(command.run_words(arguments[1:]))
        command.add_parser(subparsers)
        status: int = command.run(parser.parse_args(arguments))
        return status
    _add_all(subparsers)
    parser.parse_args(arguments)  # --help, --version or an unknown command: argparse exits
    parser.print_help(sys.stderr)
    return 2


def _add_all(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add every command for the overview; a missing dependency is shown in place of the help."""
    for name, place in COMMANDS.items():
        try:
            command = importlib.import_module(place)
        except ModuleNotFoundError as error:
            subparsers.add_parser(name, help=_unavailable(name, error))
        else:
            command.add_parser(subparsers)


def _unavailable(command: str, error: ModuleNotFoundError) -> str:
    return f'"{command}" needs the module "{error.name}", which is not installed'


def _fail(message: str, status: int = 1) -> int:
    # Imported here because successful commands do not need it.
    from typed_openai.cli.printing import one_line  # noqa: PLC0415

    print(f"{_PROGRAM}: error: {one_line(message) or 'failed'}", file=sys.stderr)
    return status
