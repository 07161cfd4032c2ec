"""Completions for the ``spec`` commands, from the commands' own parsers."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator

from typed_openai.cli.spec import COMMANDS
from typed_openai.cli.spec.locations import PACKAGED_PLACE

_COMPARE = frozenset({"diff", "gate"})
"""The commands that accept the shipped index as a place."""


def of_spec(command: str, before: list[str], word: str) -> Iterator[str]:
    """Yield the command's options, their values, and the name of the shipped index; the shell adds files."""
    if "--" in before:
        return
    options = {name: action for action in _parser(command)._actions for name in action.option_strings}
    name, equals, _ = word.partition("=")
    awaiting = options.get(before[-1]) if before else None
    if awaiting is not None and awaiting.nargs != 0:
        yield from map(str, awaiting.choices or ())
        if awaiting.dest == "old":
            yield PACKAGED_PLACE
    elif equals and name in options:
        yield from (f"{name}={one}" for one in options[name].choices or ())
    elif word.startswith("-"):
        yield from (one for one in options if one.startswith("--"))
    elif command in _COMPARE:
        yield PACKAGED_PLACE


def _parser(command: str) -> argparse.ArgumentParser:
    module = importlib.import_module(COMMANDS[command])
    if hasattr(module, "own_parser"):
        own: argparse.ArgumentParser = module.own_parser()
        return own
    commands = argparse.ArgumentParser().add_subparsers()
    module.add_parser(commands)
    chosen: argparse.ArgumentParser = commands.choices[command]
    return chosen
