"""``typed-openai validate``: the lines of files before they are uploaded."""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from typing import Final, get_args

from typed_openai.cli.printing import counted, one_line
from typed_openai.line_files import LineKind, check_lines, guess_line_kind

_SHOWN: Final = 20


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``validate``."""
    parser = subparsers.add_parser(
        "validate",
        help="check files of JSON lines for fine-tuning and batches before they are uploaded",
        description="Compare each line of a file with the API's description, and print what is wrong with its"
        " file, line and place.",
        epilog="Exit status: 0; 1 if lines are wrong; 2 for a wrong command line.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file of JSON lines")
    parser.add_argument(
        "--kind",
        choices=get_args(LineKind),
        help="the method of fine-tuning, or batch (default: by the first line)",
    )
    parser.add_argument(
        "--all", action="store_true", help=f"print all mistakes (default: the first {_SHOWN} of each file)"
    )


def run(args: argparse.Namespace) -> int:
    """Print the mistakes in each file."""
    return max([_validate(path, args) for path in args.files])


def _validate(path: Path, args: argparse.Namespace) -> int:
    kind = args.kind or guess_line_kind(path)
    problems = check_lines(path, kind)
    shown = list(islice(problems, None if args.all else _SHOWN))
    for one in shown:
        print(one_line(str(one)))
    if more := sum(1 for _ in problems):
        print(f"{path}: {counted(more, 'more mistake', 'more mistakes')}; --all prints them", file=sys.stderr)
    if shown:
        return 1
    print(f"{path}: {kind}, no mistakes")
    return 0
