"""``typed-openai check``: mypy with the plugin, as a gate that needs no configuration.

It uses the project's own configuration of mypy, or else the user's, with the plugin added for the run.
Findings are printed like mypy's, as annotations for GitHub workflows, or as SARIF 2.1.0. With a baseline,
only findings that are not in it are printed and fail the run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from typed_openai.cli import baseline
from typed_openai.cli.baseline import Baseline, Difference
from typed_openai.cli.mypy_command import MYPY, CheckError, as_given, invocation
from typed_openai.cli.printing import counted
from typed_openai.cli.reports import FORMATS, REPORTS, Finding, findings
from typed_openai.cli.targets import Scope

_ASK_FOR_JSON: Final = frozenset({"--output=json", "-O=json", "-Ojson"})
"""Options of mypy, joined to their values, that request JSON."""

_RAN: Final = (0, 1)
"""The exit statuses of mypy after a complete run."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``check``."""
    parser = subparsers.add_parser(
        "check",
        help="check code that uses the API: mypy with the plugin, without configuration",
        description="Run mypy with the plugin; no configuration is needed.",
        epilog="Exit status: 0; 1 for findings (with --baseline, new ones); 2 if the check cannot run.",
        usage="%(prog)s [-h] [--output {text,json,github,sarif}] [--baseline FILE] [--update-baseline]"
        " [paths ...] [-- mypy options ...]",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        help="files and folders (default: those of mypy's configuration, else this folder);"
        " after -- options of mypy, as in -- --strict --python-version=3.12",
    )
    parser.add_argument(
        "--output",
        choices=list(FORMATS),
        default="text",
        help="mypy's own text or JSON, annotations for GitHub, or SARIF 2.1.0 (default: text)",
    )
    parser.add_argument(
        "--baseline", metavar="FILE", type=Path, help="report only findings that are not in this file"
    )
    parser.add_argument(
        baseline.WRITE_OPTION,
        action="store_true",
        help="with --baseline: write today's findings to the file and report none",
    )


def run(args: argparse.Namespace) -> int:
    """Run mypy and return the exit status: 0, 1 if there are errors to report, 2 if mypy cannot run.

    A report includes the reason if mypy cannot run.
    """
    output = _output(args)
    try:
        return _checked(args, output)
    except CheckError as error:
        if output in REPORTS:
            sys.stdout.write(REPORTS[output]([], error.exit_status, [str(error)]))
        raise


def _output(args: argparse.Namespace) -> str:
    """Return the format to print: that of ``--output``, or JSON if the options of mypy request it."""
    words: list[str] = args.paths
    asked = {*words, *map("=".join, pairwise(words))}
    wants_json = args.output == "text" and not asked.isdisjoint(_ASK_FOR_JSON)
    return "json" if wants_json else str(args.output)


def _checked(args: argparse.Namespace, output: str) -> int:
    known = _known(args)
    if known is None and output == "text":
        outcome = _run_mypy(args.paths, captured=False)
        sys.stderr.write(outcome.told)
        return outcome.status
    outcome = _run_mypy(args.paths, captured=True)
    found, note = outcome.found, ""
    if known is not None:
        found, note = _compared(known, outcome, is_update=args.update_baseline)
    status = outcome.status_of(found)
    stopped = outcome.told.splitlines() if outcome.is_stopped else []
    sys.stdout.write(FORMATS[output](found, status, stopped))
    sys.stderr.write(outcome.told + note)
    return status


def _known(args: argparse.Namespace) -> Baseline | None:
    """Return the baseline that the command line names, or a new one if it is to be written."""
    path: Path | None = args.baseline
    if path is None:
        if args.update_baseline:
            raise CheckError(f"{baseline.WRITE_OPTION}: expected --baseline FILE beside it")
        return None
    try:
        return baseline.read(path)
    except FileNotFoundError:
        if args.update_baseline:
            return Baseline(path)
        hint = f"create it with {baseline.WRITE_OPTION}"
        raise CheckError(f"{path}: no such file; expected a baseline; {hint}") from None
    except baseline.BaselineError as error:
        raise CheckError(str(error)) from error


def _compared(known: Baseline, outcome: Outcome, *, is_update: bool) -> tuple[Sequence[Finding], str]:
    """Return the findings to report and a line about the baseline.

    An update writes the baseline, and leaves no finding to report.
    """
    difference = known.difference(outcome.found, outcome.scope)
    if outcome.is_stopped:
        return difference.new, f"{known.path}: not updated, as mypy did not finish\n" if is_update else ""
    if is_update:
        return [], _updated(known.updated(outcome.found, outcome.scope), difference)
    note = f"{known.path}: {counted(difference.known, 'known finding', 'known findings')} not reported"
    if difference.gone:
        occur = "occurs" if difference.gone == 1 else "occur"
        note += f"; {difference.gone} no longer {occur}: remove with {baseline.WRITE_OPTION}"
    return difference.new, f"{note}\n"


def _updated(made: Baseline, difference: Difference) -> str:
    """Write a baseline, and return a line about the changes in it."""
    try:
        made.write()
    except OSError as error:
        raise CheckError(f"{made.path}: the baseline cannot be written: {error.strerror}") from error
    written = counted(made.counts.total(), "finding", "findings")
    return f"{made.path}: {written} written ({len(difference.new)} new, {difference.gone} removed)\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run of mypy: its findings if they were captured, its exit status, and the rest of its output."""

    found: Sequence[Finding]
    status: int
    told: str
    scope: Scope

    @property
    def is_stopped(self) -> bool:
        """True if mypy could not check everything: its status is unusual, or it failed without findings."""
        return self.status not in _RAN or (self.status == 1 and not self.found)

    def status_of(self, reported: Iterable[Finding]) -> int:
        """Return the exit status if only these findings are reported."""
        if self.is_stopped:
            return self.status
        return int(any(one.severity == "error" for one in reported))


def _run_mypy(words: list[str], *, captured: bool) -> Outcome:
    """Run mypy, which prints its text itself unless its findings are captured."""
    with tempfile.TemporaryDirectory(prefix="typed-openai-check-") as folder:
        command, environment, config = invocation(words, Path(folder))
        done = subprocess.run(  # noqa: S603  a command of this package
            [*command, "--output=json"] if captured else command,
            env=environment,
            check=False,
            stdout=subprocess.PIPE if captured else None,
            stderr=subprocess.PIPE,
            text=True,
        )
    found, rest = findings(done.stdout or "")
    told = "".join(f"{line}\n" for line in rest) + as_given(done.stderr, config, Path(folder))
    return Outcome(found, done.returncode, told, Scope.of(command[len(MYPY) :]))
