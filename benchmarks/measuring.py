"""How the benchmarks measure: costs of child processes, medians, and tables of ratios."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

# Runs a command as a child and reports how long it took and how much memory it had at most.
MEASURE = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
took = time.perf_counter() - start
print(json.dumps([took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""

# Imports a module and reports the CPU time that took and the memory that the process has then. The most
# that it had would be its parent's as well, from before it became a program of its own.
IMPORT = """
import resource, sys, time
start = time.process_time()
__import__(sys.argv[1])
took = time.process_time() - start
try:
    pages = int(open("/proc/self/statm").read().split()[1])
    memory = pages * resource.getpagesize()
except OSError:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print("[%f, %f]" % (took, memory / (1 << 20)))
"""


class Cost(NamedTuple):
    """Seconds and MiB at most."""

    seconds: float
    mebibytes: float


def command_cost(command: list[str], cwd: str) -> Cost:
    """The cost of one run of a command, as wall-clock time."""
    return _reported([sys.executable, "-c", MEASURE, *command], cwd)


def import_cost(module: str, cwd: str) -> Cost:
    """The cost of importing a module in a fresh interpreter, as CPU time without the interpreter's start."""
    return _reported([sys.executable, "-c", IMPORT, module], cwd)


def _reported(child: list[str], cwd: str) -> Cost:
    done = subprocess.run(child, cwd=cwd, capture_output=True, text=True, check=True)
    return Cost(*json.loads(done.stdout))


def median(costs: Iterable[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def table(title: str, costs: Mapping[str, Cost]) -> str:
    """The costs beside each other, and ours as a ratio to openai's."""
    rows = [f"{name:>14}  {cost.seconds:7.3f} s  {cost.mebibytes:6.0f} MiB" for name, cost in costs.items()]
    ours, theirs = costs["typed-openai"], costs["openai"]
    time, memory = ours.seconds / theirs.seconds, ours.mebibytes / theirs.mebibytes
    return "\n".join((title, *rows, f"{'ours/openai':>14}  {time:7.2f}    {memory:6.2f}"))
