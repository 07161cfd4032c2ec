"""``typed-openai spec``: keep a description and all that is made from it.

One module per command, each with ``add_parser(commands)`` and ``run(args)``, which gives the exit status:
:mod:`.statuses` has the rule. ``build`` and ``update`` work on a checkout of the project: ``spec/openai`` and
``spec/overrides`` are their sources, the packaged index and the stub package what they write. :mod:`.places`
reads a description from wherever it is.
"""

from __future__ import annotations

import argparse
import importlib
from typing import Final

from typed_openai.cli.spec.statuses import with_errors_as_two

COMMANDS: Final = {
    "build": "typed_openai.cli.spec.building",
    "coverage": "typed_openai.cli.spec.coverage",
    "diff": "typed_openai.cli.spec.diff",
    "gate": "typed_openai.cli.spec.gate",
    "update": "typed_openai.cli.spec.update",
}
"""Each command of ``spec`` and the module that it lives in."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``spec`` and its commands."""
    parser = subparsers.add_parser("spec", help="a description: take it, build from it, compare it")
    commands = parser.add_subparsers(dest="spec_command", required=True, metavar="COMMAND")
    for place in COMMANDS.values():
        importlib.import_module(place).add_parser(commands)


def run(args: argparse.Namespace) -> int:
    """Run the chosen command."""
    command = importlib.import_module(COMMANDS[args.spec_command])
    return with_errors_as_two(lambda: command.run(args))
