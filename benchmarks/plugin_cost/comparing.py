"""Measurements of one row without and with the plugin, and the growth of the time with the size."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from measuring import Stopped

from plugin_cost.bounds import Bound
from plugin_cost.projects import Project
from plugin_cost.rows import Row
from plugin_cost.runs import Seconds

_LEAST: Final = 0.02
"""The seconds, in addition to those of an empty program, that a meaningful growth needs."""


@dataclass(frozen=True)
class Result:
    """Median seconds of CPU time without and with the plugin; infinite if a run was stopped."""

    size: int
    without: float
    plugged: float
    bound: Bound

    @property
    def kept(self) -> bool:
        """True if the bound is kept, or if mypy alone is stopped."""
        return self.plugged <= self.bound.allowed(self.without, self.size)

    @property
    def verdict(self) -> str:
        """The verdict in the table: a dash if mypy alone is stopped, as the bound then says nothing."""
        if math.isinf(self.without):
            return "-"
        return "kept" if self.kept else "NOT KEPT"

    @property
    def stopped(self) -> bool:
        """True if a run took longer than its limit."""
        return math.inf in (self.without, self.plugged)


def projects(folder: Path, limit: int) -> tuple[Project, Project]:
    """Return two empty projects, without and with the plugin."""
    return (
        Project(folder / "without", plugin=False, limit=limit),
        Project(folder / "plugged", plugin=True, limit=limit),
    )


def compare(row: Row, size: int, pair: tuple[Project, Project], rounds: int) -> Result:
    """Measure a row of one size. The two variants alternate, so that a drift hits both alike."""
    for project in pair:
        project.configure(row.program(size))
    sessions = [row.run(project) for project in pair]
    times: list[list[float]] = [[], []]
    try:
        for number in range(rounds):
            for variant in (0, 1) if number % 2 else (1, 0):
                times[variant].append(_next(sessions[variant]))
            if any(math.inf in one for one in times):
                break
    finally:
        for session in sessions:
            session.close()
    return Result(size, statistics.median(times[0]), statistics.median(times[1]), row.bound)


def growth(empty: float, smaller: tuple[int, float], larger: tuple[int, float]) -> float | None:
    """Return the factor on the time when the size is multiplied by four: 4 is linear, 16 quadratic.

    Each pair is a size and its seconds; ``empty`` are the seconds of size 0. Return None if the times
    are too short to compare.

    >>> growth(1.0, (100, 2.0), (400, 5.0))
    4.0
    """
    before, after = smaller[1] - empty, larger[1] - empty
    if before < _LEAST or after < before or math.isinf(after):
        return None
    return round(4 ** (math.log(after / before) / math.log(larger[0] / smaller[0])), 1)


def _next(session: Seconds) -> float:
    try:
        return next(session)
    except Stopped:
        return math.inf
