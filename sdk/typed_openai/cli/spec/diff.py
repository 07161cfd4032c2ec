"""``typed-openai spec diff``: the changes between two descriptions from the callers' point of view."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from typed_openai.cli.printing import one_line
from typed_openai.cli.spec.change_reports import FORMATS, breaks
from typed_openai.cli.spec.locations import PLACE_HELP, is_compiled, read_place
from typed_openai_spec.comparison import compare
from typed_openai_spec.compile import Built

_ABOUT: Final = """\
Print what has changed from old to new, from the point of view of its callers:

  breaking     calls (by name, by operationId, by method and path) fail or mean something else, or a type
               checker rejects the code, for example because it waits for an event that no longer exists
  risky        calls and types still work, but code may meet something new: another value in a reply,
               one more event of a stream, another default, another server
  deprecating  the code works, but should use something else
  compatible   nothing to do for callers

Requests and replies are judged in opposite directions. Each component is listed once, with the operations
that use it. To see which lines of your own code an update breaks: typed-openai spec gate.
"""

_NONE: Final = "none"

_FORM: Final = """\
--format json prints an object: the number of changes of each severity, and "changes", a list of
objects with "severity", "kind" (added, removed, renamed, changed), "subject" (operation, argument, component,
field, value, bound, ...), "place", "text", "why" and "operations".

Exit status: 0; with --exit-code 1 if there are breaking changes; 2 if the command line is wrong or a
description cannot be read.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``diff``."""
    parser = commands.add_parser(
        "diff",
        help="the changes between two descriptions, breaking ones first",
        description=_ABOUT,
        epilog=_FORM,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", help=f"the description that is in use: {PLACE_HELP}")
    parser.add_argument("new", help="the description that may take its place, likewise")
    add_overrides(parser)
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="default: text")
    parser.add_argument("--breaking-only", action="store_true", help="show only breaking changes")
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if there are breaking changes")


def run(args: argparse.Namespace) -> int:
    """Print the changes; return 1 with ``--exit-code`` if one is breaking."""
    old, new = (read(place, args.overrides) for place in (args.old, args.new))
    tell_uneven({args.old: old, args.new: new})
    changes = compare(old.api, new.api)
    if args.breaking_only:
        changes = tuple(one for one in changes if one.severity == "breaking")
    sys.stdout.write(FORMATS[args.format](changes))
    return int(args.exit_code and breaks(changes))


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """Add ``--overrides``, which :func:`read` uses."""
    parser.add_argument(
        "--overrides",
        metavar="DIR",
        help=f'overrides for what is not compiled; "{_NONE}" for none'
        " (default: for another version of the API that ships with the project, those that ship, too)",
    )


def read(place: str, overrides: str | None) -> Built:
    """Return the description at a place; parts that were not understood are printed to stderr."""
    folder = None if overrides in {None, _NONE} else Path(str(overrides))
    built = read_place(place, folder, plain=overrides == _NONE)
    for problem in built.problems:
        print(f"{place}: not understood: {one_line(str(problem))}", file=sys.stderr)
    return built


def tell_uneven(read: Mapping[str, Built]) -> None:
    """Print a note to stderr if only one of two descriptions has overrides.

    A compiled index does not record its overrides.
    """
    applied = [place for place, built in read.items() if built.overrides is not None]
    bare = [place for place, built in read.items() if built.overrides is None and not is_compiled(place)]
    if applied and bare:
        print(
            f"{bare[0]}: no overrides are applied, unlike to {applied[0]}; names, streams and pagination"
            " from overrides are reported as changed; use --overrides DIR",
            file=sys.stderr,
        )
