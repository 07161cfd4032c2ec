"""The requests to one family of models: those that wait for their turn, in order, and those in flight."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from threading import Event, Lock
from types import TracebackType
from typing import Final, NamedTuple, Self

from typed_openai._pacing.budgets import Budget, Figures, Mark
from typed_openai._transport.clock import now
from typed_openai._transport.interception import pace

REFUSALS: Final = frozenset({429, 503})
"""The statuses of servers that have too much to do."""


class Answered(NamedTuple):
    """The facts of a reply that matter for further requests. ``pause`` is ``Retry-After`` in seconds."""

    status: int
    requests: Figures
    tokens: Figures
    pause: float | None


class Patience(NamedTuple):
    """The limits of one wait: the seconds that are left, and the end by a cancellation."""

    left: Callable[[], float]
    is_cancelled: Callable[[], bool]
    watch: Callable[[Callable[[], None]], None]
    report: Callable[[float, int], None]
    """Called with the seconds of a wait that begins, and the number of requests before this one."""


class NoTurnError(Exception):
    """Raised if a request cannot be sent in time; ``seconds`` are those to wait if that is known."""

    def __init__(self, seconds: float | None, *, is_cancelled: bool = False) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.is_cancelled = is_cancelled


class FamilyState(NamedTuple):
    """The state of a family now."""

    requests: float | None
    tokens: float | None
    in_flight: int
    waiting: int
    paused: float


class Turn:
    """The turn of one request, until its reply has begun.

    A request is lost if the context is left without a reply.
    """

    def __init__(self, queue: FamilyQueue, requests: Mark, tokens: Mark) -> None:
        self.requests = requests
        self.tokens = tokens
        self._queue: FamilyQueue | None = queue

    def answered(self, reply: Answered) -> None:
        """Take over what the reply says."""
        self._end(reply)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(None)

    def _end(self, reply: Answered | None) -> None:
        queue, self._queue = self._queue, None
        if queue is not None:
            queue.end(self, reply)


class FamilyQueue:
    """The queue of one family. ``first`` is the number of requests in flight while nothing is known."""

    def __init__(self, first: int | None) -> None:
        self._first = first or 1
        self._cap = first
        """The most requests in flight; None if the server's figures decide."""
        self._requests = Budget()
        self._tokens = Budget()
        self._in_flight = 0
        self._paused_until = -math.inf
        self.forget_threads()

    def forget_threads(self) -> None:
        """Begin without other threads, in a forked child."""
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._in_flight = 0

    def turn(self, tokens: int, patience: Patience) -> Turn:
        """Wait until a request may be sent. Raises :class:`NoTurnError` if that is not in time."""
        with self._lock:
            if not self._waiting and self._delay(tokens) <= 0:
                return self._admitted(tokens)
            place, changed = len(self._waiting), Event()
            self._waiting.append(changed)
        patience.watch(changed.set)
        try:
            return self._waited(tokens, changed, place, patience)
        finally:
            with self._lock:
                self._waiting.remove(changed)
                self._wake()

    def _waited(self, tokens: int, changed: Event, place: int, patience: Patience) -> Turn:
        is_reported = False
        while True:
            changed.clear()
            if patience.is_cancelled():
                raise NoTurnError(None, is_cancelled=True)
            with self._lock:
                seconds = self._delay(tokens) if self._waiting[0] is changed else math.inf
                if seconds <= 0:
                    return self._admitted(tokens)
            left = patience.left()
            if left <= 0 or left < seconds < math.inf:
                raise NoTurnError(None if seconds == math.inf else seconds)
            if not is_reported:
                is_reported = True
                patience.report(seconds, place)
            wait = min(seconds, left)
            changed.wait(None if wait == math.inf else wait)

    def end(self, turn: Turn, reply: Answered | None) -> None:
        """Take over the reply to a request, or None if there is none."""
        with self._lock:
            time = now()
            self._in_flight = max(0, self._in_flight - 1)
            for budget, mark in ((self._requests, turn.requests), (self._tokens, turn.tokens)):
                budget.answer(mark)
            if reply is not None:
                self._requests.learn(reply.requests, turn.requests, time)
                self._tokens.learn(reply.tokens, turn.tokens, time)
                self._regulate(reply, time)
            self._wake()

    def state(self) -> FamilyState:
        """Return the state now."""
        with self._lock:
            time = now()
            left = self._requests.left(time), self._tokens.left(time)
            paused = max(0.0, self._paused_until - time)
            return FamilyState(*left, self._in_flight, len(self._waiting), paused)

    def _delay(self, tokens: int) -> float:
        """Return the seconds until the next request may be sent; infinite if that depends on a reply."""
        time = now()
        if time < self._paused_until:
            return pace(self._paused_until - time)
        if self._cap is not None and self._in_flight >= self._cap:
            return math.inf
        delay = max(self._requests.delay(1, time), self._tokens.delay(tokens, time))
        if delay == math.inf:
            return math.inf if self._in_flight else 0.0
        return pace(delay) if delay > 0 else 0.0

    def _admitted(self, tokens: int) -> Turn:
        time = now()
        self._in_flight += 1
        return Turn(self, self._requests.take(1, time), self._tokens.take(tokens, time))

    def _regulate(self, reply: Answered, time: float) -> None:
        """Slow down after a refusal, and speed up after a success."""
        if reply.status in REFUSALS:
            self._cap = self._first
            for budget in (self._requests, self._tokens):
                budget.distrust()
            if reply.pause is not None:
                self._paused_until = max(self._paused_until, time + reply.pause)
        elif self._cap is not None:
            is_new = self._paused_until == -math.inf
            self._cap = None if self._requests.is_known or is_new else self._cap + 1

    def _wake(self) -> None:
        """Let the first one that waits look again."""
        if self._waiting:
            self._waiting[0].set()
