"""Kinds of runs, as generators of CPU times.

Each prepares a project before its first run and cleans up when it is closed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final, TypeAlias

from measuring import measure, processor_time

from plugin_cost.projects import Project

Seconds: TypeAlias = Generator[float, None, None]
Run: TypeAlias = Callable[[Project], Seconds]

_EDITS: Final = 3
"""Edits per measurement of the daemon: the system counts its time in hundredths of a second."""


class Unavailable(Exception):
    """A kind of run that this system cannot measure."""


def cold(project: Project) -> Seconds:
    """Check without a cache."""
    project.write(project.program.files)
    while True:
        yield project.check("--cache-dir", "/dev/null")


def unchanged(project: Project) -> Seconds:
    """Check with a full cache."""
    project.fill_cache()
    while True:
        yield project.check()


def edited(project: Project) -> Seconds:
    """Check after an edit, with all other modules from the cache."""
    project.fill_cache()
    while True:
        project.edit()
        yield project.check()


def daemon(project: Project) -> Seconds:
    """Check after an edit in a running daemon, whose own time counts."""
    if not Path("/proc/self/stat").exists():
        raise Unavailable("skipped: needs /proc to read the CPU time of the daemon")
    status = project.folder / "status.json"
    client = (sys.executable, "-m", "mypy.dmypy", "--status-file", str(status))
    check = (*client, "run", "--", ".")
    statuses = (int(project.program.wrong),)
    project.write(project.program.files)
    try:
        measure(check, project.folder, statuses=statuses)
        process = json.loads(status.read_text())["pid"]
        while True:
            before = processor_time(process)
            for _ in range(_EDITS):
                project.edit()
                measure(check, project.folder, statuses=statuses)
            yield (processor_time(process) - before) / _EDITS
    finally:
        measure((*client, "kill"), project.folder, statuses=(0, 2))
