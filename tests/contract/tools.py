"""The promises of the plugin and the command line: codes, options, and commands with their options."""

from __future__ import annotations

import argparse
import importlib
import tomllib
from collections.abc import Iterator

from tests.contract.promises import Promises

from typed_openai import cli
from typed_openai.cli import call_options, spec
from typed_openai_mypy import codes, config


def promised_by_tools() -> Promises:
    """Return the promises of the plugin and of the command line, in the form of :func:`promised`."""
    return {
        "plugin/codes": {one.code: [] for one in codes.ALL},
        "plugin/options": {name: [f"is {_kind(one.toml)}"] for name, one in config.OPTIONS.items()},
        "commands": dict(_commands()),
    }


def _kind(toml: str) -> str:
    """The type of an option's value."""
    return type(tomllib.loads(f"value = {toml}")["value"]).__name__


def _commands() -> Iterator[tuple[str, list[str]]]:
    places = {**cli.COMMANDS, **{f"spec {name}": place for name, place in spec.COMMANDS.items()}}
    for name, place in places.items():
        if name == "call":  # its parser depends on the operation
            yield name, [f"--{one}" for one in call_options.OPTIONS]
        else:
            yield name, [*_options(_parser(place, name.rpartition(" ")[2]))]


def _parser(place: str, name: str) -> argparse.ArgumentParser:
    module = importlib.import_module(place)
    if hasattr(module, "own_parser"):
        own: argparse.ArgumentParser = module.own_parser()
        return own
    subparsers = argparse.ArgumentParser().add_subparsers()
    module.add_parser(subparsers)
    parser: argparse.ArgumentParser = subparsers.choices[name]
    return parser


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield each option, and each of its values if they are a choice."""
    for action in parser._actions:
        for name in action.option_strings:
            yield name
            yield from (f"{name} {one}" for one in action.choices or ())
