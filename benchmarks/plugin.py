"""CPU time of mypy with the plugin and without it, each row with its bound.

Needs mypy in the environment of this Python::

    pip install -e ".[mypy]"
    python benchmarks/plugin.py [--rounds 5] [--only 'errors*' edit] [--sizes 10000]

Rows::

    start                    a program that does not use the API
    clean, library           larger code without the API, right and wrong (-beside: another module uses it)
    errors, statements, ...  n unrelated errors of all kinds or of one (-importing: the module uses the API)
    items, list, values      n items in a call, in an annotated list, in a dictionary of a call
    calls, functions         n calls, as statements and in functions
    simple                   n mistakes of five kinds that mypy finds quickly
    nested                   a filter nested n levels deep
    cold, warm, edit, ...    300 right calls

A row prints the medians of several rounds, in which runs without and with the plugin alternate. Except for
``cold`` and ``warm``, the measured modules have changed and all others come from the cache. "growth" is the
ratio of the times for four times as many items and for as many, both without the time of an empty program:
4 is linear, 16 is quadratic. A row that mypy alone does not finish has no verdict. The exit status is 1 if a
bound is exceeded.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from measuring import Failed, load
from plugin_cost.comparing import Result, compare, growth, projects
from plugin_cost.rows import ROWS, Row
from plugin_cost.runs import Unavailable

HEADER: Final = (
    f"{'row':<22}{'n':>7}{'without':>10}{'with':>10}{'difference':>12}{'ratio':>9}"
    f"  {'bound':<28}{'verdict':<10}growth (without)"
)


def main() -> int:
    """Measure the chosen rows and print them."""
    arguments = parse()
    names = [name for name in ROWS if any(fnmatch(name, one) for one in arguments.only)]
    print(f"{load()}, {arguments.rounds} rounds\n{HEADER}", flush=True)
    kept = [report(name, arguments) for name in names]
    return int(not all(kept))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=["*"], metavar="ROW", help=f"of: {', '.join(ROWS)}")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="of the rows that have an n")
    parser.add_argument("--limit", type=int, default=60, help="seconds after which a run is stopped")
    arguments = parser.parse_args()
    unknown = [one for one in arguments.only if not any(fnmatch(name, one) for name in ROWS)]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; expected some of: {', '.join(ROWS)}")
    return arguments


def report(name: str, arguments: argparse.Namespace) -> bool:
    """Print a row in each of its sizes and return whether its bound is kept."""
    previous: list[Result] = []
    try:
        for result in measured(ROWS[name], arguments):
            if result.size or not ROWS[name].sizes:
                print(line(name, result, previous), flush=True)
            previous.append(result)
    except Unavailable as reason:
        print(f"{name:<22}{reason}", flush=True)
    except Failed as failure:
        print(f"{name:<22}FAILED {failure}", flush=True)
        return False
    return all(one.kept for one in previous if one.size or not ROWS[name].sizes)


def measured(row: Row, arguments: argparse.Namespace) -> Iterator[Result]:
    """Measure a row in each of its sizes, the empty program first, until a run is stopped."""
    sizes = sorted(arguments.sizes or row.sizes) if row.sizes else ()
    with tempfile.TemporaryDirectory() as folder:
        pair = projects(Path(folder), arguments.limit)
        for size in (0, *sizes):
            result = compare(row, size, pair, arguments.rounds)
            yield result
            if result.stopped:
                return


def line(name: str, result: Result, previous: Sequence[Result]) -> str:
    """Return the line of the table for one result. ``previous`` are those of smaller sizes."""
    size = f"{result.size:,}" if result.size else ""
    times = f"{seconds(result.without)}{seconds(result.plugged)}"
    more = f"{1000 * (result.plugged - result.without):+9.0f} ms{result.plugged / result.without:9.3f}"
    compared = f"{'-':>12}{'-':>9}" if result.stopped else more
    judged = f"{result.bound!s:<28}{result.verdict:<10}{grown(result, previous)}"
    return f"{name:<22}{size:>7}{times}{compared}  {judged}"


def seconds(time: float) -> str:
    """Return a time in a column of the table."""
    return f"{'stopped':>10}" if math.isinf(time) else f"{time:8.3f} s"


def grown(result: Result, previous: Sequence[Result]) -> str:
    """Return the growth with and without the plugin; empty without a smaller size to compare with."""
    if len(previous) < 2:
        return ""
    empty, smaller = previous[0], previous[-1]
    plugged = growth(empty.plugged, (smaller.size, smaller.plugged), (result.size, result.plugged))
    without = growth(empty.without, (smaller.size, smaller.without), (result.size, result.without))
    return f"{plugged or '-'} ({without or '-'})"


if __name__ == "__main__":
    sys.exit(main())
