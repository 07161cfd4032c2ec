"""A server's budget of requests or tokens, followed by the figures in its replies.

Servers count in one of two ways. With windows, the whole budget is there again at a point in time. With a
steady refill, it grows all the time, and the announced time is that until it is full. Until replies show
that it grows, windows are assumed, because waiting for too long does no harm.

The figures of a reply may be old, and requests that are sent at once are counted in any order. Each reply
gives bounds: at most what it says is left, and at least that without the requests that the server may have
counted afterwards. Between them, the own count is exact.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

_ROUNDED_UP: Final = 1.0
"""In seconds: the error of times that servers give in whole seconds."""

_JITTER: Final = 0.02
_SHORTEST: Final = 0.05
"""In seconds: shorter times until a budget is full are too inexact to show how it grows."""

_AGREEING: Final = 0.25


class Figures(NamedTuple):
    """The figures of a reply about one budget; None for those that it does not have."""

    limit: int | None
    remaining: int | None
    reset: float | None


class Mark(NamedTuple):
    """The state when a request was admitted: its time and cost, and the cost of all that were answered."""

    time: float
    cost: float
    answered: float


class Budget:
    """One budget. Times are those of a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self.limit: int | None = None
        self._level: float | None = None
        """The part that is left, as far as known."""
        self._at = 0.0
        self._ends: float | None = None
        """The end of the current window."""
        self._renewed_at = -math.inf
        self._rate: float | None = None
        """The growth per second, if the budget grows steadily."""
        self._used: tuple[float, float] | None = None
        """The used part according to the last reply, and the time until it would be back."""
        self._admitted = 0.0
        self._answered = 0.0

    @property
    def is_known(self) -> bool:
        """True if the server has said what is left."""
        return self._level is not None

    def left(self, now: float) -> float | None:
        """Return what is left; None if that is unknown."""
        self._grow(now)
        return self._level

    def delay(self, cost: float, now: float) -> float:
        """Return the seconds until ``cost`` is available; infinite if that depends on another reply."""
        self._grow(now)
        level = self._level
        if level is None or level >= (cost := self._possible(cost)) - 1e-9:
            return 0.0
        if self._rate:
            return (cost - level) / self._rate
        return math.inf if self._ends is None else self._ends - now

    def take(self, cost: float, now: float) -> Mark:
        """Count a request that is sent now."""
        cost = self._possible(cost)
        if self._level is not None:
            self._level -= cost
        self._admitted += cost
        return Mark(now, cost, self._answered)

    def answer(self, mark: Mark) -> None:
        """Count a request as answered, or as lost."""
        self._answered += mark.cost

    def learn(self, figures: Figures, mark: Mark, now: float) -> None:
        """Take over the figures of an answered request."""
        self._grow(now)
        if figures.limit is not None and figures.limit != self.limit:
            self.limit, self._rate, self._used = figures.limit, None, None
        left = figures.remaining
        if left is None or (self._level is not None and mark.time < self._renewed_at):
            return  # the figures may be those of the window before
        self._learn_course(figures, mark.time, now)
        maybe_after = self._admitted - mark.answered - mark.cost
        most = left + (self._rate or 0.0) * (now - mark.time)
        level = left - maybe_after if self._level is None else self._level
        self._level = min(max(level, left - maybe_after), most)

    def distrust(self) -> None:
        """Expect windows again, after the server refused a request that seemed to fit."""
        self._rate = self._used = None

    def _possible(self, cost: float) -> float:
        """Return the cost of a request; more than everything cannot be waited for."""
        return cost if self.limit is None else min(cost, self.limit)

    def _learn_course(self, figures: Figures, sent: float, now: float) -> None:
        """Learn when the budget is renewed, or how fast it grows."""
        reset, limit = figures.reset, self.limit
        if reset is None:
            return
        used = None if limit is None or figures.remaining is None else float(limit - figures.remaining)
        known, self._used = self._used, None if used is None else (used, reset)
        if self._rate is not None:
            if used and reset >= _SHORTEST:
                # What is left is rounded down, so that a rate is never too low.
                self._rate = min(self._rate, used / reset)
            return
        error = _ROUNDED_UP if reset >= 1 and reset == int(reset) else _JITTER
        if self._ends is None:
            self._ends = now + reset
        elif sent + reset <= self._ends + error:
            self._ends = min(self._ends, now + reset)
        elif known and used and reset >= _SHORTEST and _is_steady(known, (used, reset)):
            # A window would end when it ended before, however much was used since.
            self._rate, self._ends = min(used / reset, known[0] / known[1]), None
        else:
            self._ends = now + reset

    def _grow(self, now: float) -> None:
        """Add what the server has added until now."""
        if self._rate is not None and self._level is not None:
            grown = self._level + self._rate * (now - self._at)
            self._level = grown if self.limit is None else min(grown, self.limit)
        elif self._ends is not None and now >= self._ends:
            # Without a limit, what is left is unknown until the next reply.
            unanswered = self._admitted - self._answered
            self._level = None if self.limit is None else self.limit - unanswered
            self._renewed_at, self._ends, self._used = self._ends, None, None
        self._at = now


def _is_steady(before: tuple[float, float], after: tuple[float, float]) -> bool:
    """Return True if different parts that were used would be back at the same speed."""
    (used, reset), (more, later) = before, after
    if used == more or not used or not reset:
        return False
    return abs((more / later) / (used / reset) - 1) <= _AGREEING
