"""``typed-openai spec diff``: what has changed between two descriptions, from the side of their callers."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from typed_openai.cli.spec.changes import FORMATS, breaks
from typed_openai.cli.spec.places import PLACE_HELP, read_place
from typed_openai.cli.spec.statuses import with_errors_as_two
from typed_openai_spec.comparison import compare
from typed_openai_spec.compile import Built

_ABOUT: Final = """\
Prints what has changed from OLD to NEW, judged from the side of whoever calls the API:

  breaking     calls are refused or mean something else, or a type checker refuses the code
  risky        calls and types hold, but code may meet what is new to it: a value that a reply did not
               have, one more event of a stream, another default, another address
  deprecating  the code works, and is told to use something else
  compatible   nothing that callers have to heed

What callers give and what they get are judged in opposite directions. A component is told once, with the
operations that it reaches. To see which lines of your own code an update breaks: typed-openai spec gate.
"""

_FORM: Final = """\
--format json prints an object: for each severity how many changes there are, and "changes", a list of
objects with "severity", "kind" (added, removed, renamed, changed), "subject" (operation, argument, component,
field, value, bound, ...), "place", "text", "why" and "operations".

Exit status: 0; with --exit-code 1 where something breaks; 2 on errors.
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
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="default: text")
    parser.add_argument("--breaking-only", action="store_true", help="leave out what does not break")
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 where something breaks")


def run(args: argparse.Namespace) -> int:
    """Print the changes."""
    return with_errors_as_two(lambda: _diff(args))


def _diff(args: argparse.Namespace) -> int:
    old, new = (read(place) for place in (args.old, args.new))
    changes = compare(old.api, new.api)
    if args.breaking_only:
        changes = tuple(one for one in changes if one.severity == "breaking")
    sys.stdout.write(FORMATS[args.format](changes))
    return int(args.exit_code and breaks(changes))


def read(place: str) -> Built:
    """The description at a place; what in it was not understood is told on stderr."""
    built = read_place(place)
    for problem in built.problems:
        print(f"{place}: not understood: {' '.join(str(problem).split())}", file=sys.stderr)
    return built
