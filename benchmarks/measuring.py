"""The cost of a command: its processor time, the elapsed time, and its peak memory.

Processor time hardly depends on the load of the machine, so it is the figure that is compared. The compared
commands alternate, round by round: a drift of the machine affects all of them equally.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

# Commands are measured with their compiled modules, as users have them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Starts a command and waits for it, so that the memory of the measuring process itself never counts. The
# first argument is the limit on its processor time, 0 for none.
_CHILD = """
import json, os, resource, subprocess, sys, time
if limit := int(sys.argv[1]):
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
start = time.perf_counter()
child = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE)
output = child.stdout.read()[-2000:].decode(errors="replace")
_, status, used = os.wait4(child.pid, 0)
took = time.perf_counter() - start
processor = used.ru_utime + used.ru_stime
print(json.dumps([processor, took, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), output]))
"""

# Imports a module and reports its own cost, and the memory of the process afterwards. The peak would
# include that of the parent, because the process starts as its copy.
_IMPORT = """
import json, resource, sys, time
start, passed = time.process_time(), time.perf_counter()
__import__(sys.argv[1])
took = [time.process_time() - start, time.perf_counter() - passed]
try:
    memory = int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
except OSError:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([*took, memory / (1 << 20)]))
"""


class Cost(NamedTuple):
    """Seconds of processor time, elapsed seconds, and the peak memory in MiB."""

    processor: float
    passed: float
    mebibytes: float


class Failed(Exception):
    """A measured command failed, so that its cost is meaningless."""


class Stopped(Failed):
    """A command exceeded its limit of processor time."""


def measure(
    command: Sequence[str], folder: Path, *, statuses: Collection[int] = (0,), limit: int = 0
) -> Cost:
    """Run a command and return its cost, children included.

    Raise :class:`Failed` for an exit status that is not expected, and :class:`Stopped` after ``limit``
    seconds of processor time.
    """
    run = [sys.executable, "-c", _CHILD, str(limit), *command]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True)
    *figures, status, output = json.loads(done.stdout)
    if status == -signal.SIGXCPU:
        raise Stopped(f"{' '.join(command)}: more than {limit} s")
    if status not in statuses:
        raise Failed(f"{' '.join(command)}: exit status {status}\n{output}{done.stderr}")
    return Cost(*figures)


def measure_import(module: str, folder: Path) -> Cost:
    """The cost of importing a module in a fresh interpreter, without the interpreter's start."""
    run = [sys.executable, "-c", _IMPORT, module]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True)
    return Cost(*json.loads(done.stdout))


def in_turn(subjects: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, Cost]:
    """The median cost of each subject, measured in turn."""
    runs: dict[str, list[Cost]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            runs[name].append(subject())
    return {name: median(costs) for name, costs in runs.items()}


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def processor_time(process: int) -> float:
    """The seconds of processor time that a running process has taken so far. Linux only."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def load() -> str:
    """Return the load of the machine for the reader: elapsed seconds are only reliable without other load."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
