"""``typed-openai spec``: maintain a description and the files that are generated from it.

One module per command, each with ``add_parser(commands)`` and ``run(args)``, which returns the exit status;
:mod:`.statuses` defines the rule. ``build`` and ``update`` work on a checkout of the project:
``spec/openai`` and ``spec/overrides`` are their sources, and they write the packaged index and the stub
package. :mod:`.locations` reads a description from a file, a folder or a URL.
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
"""The module of each command of ``spec``."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``spec`` and its commands."""
    parser = subparsers.add_parser("spec", help="compare, update and build from descriptions")
    commands = parser.add_subparsers(dest="spec_command", required=True, metavar="COMMAND")
    for place in COMMANDS.values():
        importlib.import_module(place).add_parser(commands)


def run(args: argparse.Namespace) -> int:
    """Run the chosen command."""
    command = importlib.import_module(COMMANDS[args.spec_command])
    return with_errors_as_two(lambda: command.run(args))
