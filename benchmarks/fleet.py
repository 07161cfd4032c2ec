"""Play the life of a fleet that works on batch jobs, and compare the books of the server at the end.

Several machines share the folders of some jobs. Each run of a program is a process of its own, which may be
killed at any step, and may find the folder in use or the disk full. Meanwhile the embedded server refuses
requests, loses replies, lists batches late, limits them, lets them expire, and cancels some. At the end, each
request must have its own reply, and must have been executed with success exactly once::

    python -m benchmarks.fleet [--hours 168] [--jobs 4] [--rows 60] [--machines 4] [--seed 1]

An hour takes 0.15 seconds. Prints what has happened, and exits with status 1 for a mistake. The decisions
follow from the seed; the order in which processes run does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.sdk.fleet.simulation import Fleet

_STATUSES = {
    -9: "killed",
    0: "complete",
    10: "folder in use",
    11: "refused by the API",
    12: "disk full",
    13: "not yet complete",
    99: "broken",
}


def main() -> int:
    """Play, and print the report."""
    parser = argparse.ArgumentParser(description="Play the life of a fleet that works on batch jobs.")
    for name, default in (("hours", 168), ("jobs", 4), ("rows", 60), ("machines", 4), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=f"(default: {default})")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(
            Path(folder), args.seed, jobs=args.jobs, rows=args.rows, machines=args.machines, hour=0.15
        )
        report = fleet.play(args.hours)
    runs = ", ".join(f"{count} {_STATUSES[status]}" for status, count in report.statuses.most_common())
    met = ", ".join(f"{count} {name}" for name, count in report.met.most_common() if name and count)
    print(f"{report.statuses.total()} runs in {report.seconds:.0f} s: {runs}")
    print(f"hours and requests with bad weather: {met}")
    print(f"{report.requests} requests in {report.batches} batches, {report.paid} executed with success")
    for mistake in report.mistakes:
        print(f"mistake: {mistake}", file=sys.stderr)
    return 1 if report.mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
