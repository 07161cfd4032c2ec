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
Prints what has changed from OLD to NEW, judged from the side of whoever calls the API:

  breaking     calls (by name, by operationId, by method and path) are refused or mean something else, or a
               type checker refuses the code, as where it waits for an event that never comes
  risky        calls and types hold, but code may meet what is new to it: a value that a reply did not
               have, one more event of a stream, another default, another server
  deprecating  the code works, and is told to use something else
  compatible   nothing that callers have to heed

What callers give and what they get are judged in opposite directions. A component is told once, with the
operations that it reaches. To see which lines of your own code an update breaks: typed-openai spec gate.
"""

_NONE: Final = "none"

_FORM: Final = """\
--format json prints an object: for each severity how many changes there are, and "changes", a list of
objects with "severity", "kind" (added, removed, renamed, changed), "subject" (operation, argument, component,
field, value, bound, ...), "place", "text", "why" and "operations".

Exit status: 0; with --exit-code 1 where something breaks; 2 where the command line is wrong or a description
cannot be read.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``diff``."""
    parser = commands.add_parser(
        "diff",
        help="what has changed between two descriptions, breaking first",
        description=_ABOUT,
        epilog=_FORM,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", help=f"the description that is in use: {PLACE_HELP}")
    parser.add_argument("new", help="the description that may take its place, likewise")
    add_overrides(parser)
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="default: text")
    parser.add_argument("--breaking-only", action="store_true", help="leave out what does not break")
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 where something breaks")


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
            f"{bare[0]}: no overrides are applied to it, as they are to {applied[0]}: what they say of names,"
            " streams and pages is told as changed; --overrides DIR applies some",
            file=sys.stderr,
        )
