"""The time limits of a running call, and its cancellation.

``Limits`` belong to a call and span its tries. An ``Exchange`` belongs to one request and its reply.
"""

from __future__ import annotations

import math
import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Literal, TypeAlias

from typed_openai._transport.baton import others_run
from typed_openai._transport.clock import now
from typed_openai._transport.early_replies import EarlyReply
from typed_openai.timeouts import Timeout

_MOMENT = 0.01
_AT_HAND = 1.0

PhaseName: TypeAlias = Literal["connect", "sending", "source", "first_byte", "idle"]

# The limit of each phase, by its name in ``Timeout``.
_LIMITS: Mapping[PhaseName, str] = {
    "connect": "connect",
    "sending": "idle",
    # Between two pieces, while the next one is produced: only ``total`` applies.
    "source": "idle",
    "first_byte": "first_byte",
    "idle": "idle",
}


class LimitPassed(TimeoutError):
    """Raised when a limit of the call's ``Timeout`` has passed: that of ``phase``, or ``total`` during it."""

    def __init__(self, phase: PhaseName, limit: str, seconds: float) -> None:
        super().__init__(f"{limit}={seconds:g} seconds")
        self.phase = phase


class Aborted(ConnectionError):
    """Raised when another thread aborted the exchange."""


class Cancellation:
    """The cancellation of a call. Setting it ends at once whatever the call waits for."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._end: Callable[[], None] | None = None
        self._exchange: Exchange | None = None
        self._may_run = False
        """True if a request may have been received by the server, and was not answered."""

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait at most ``seconds``; return True if the call was cancelled."""
        with others_run():
            return self._event.wait(seconds)

    def set(self) -> None:
        """Cancel the call."""
        with self._lock:
            self._event.set()
            end = self._end
        if end is not None:
            end()

    def follow(self, exchange: Exchange) -> None:
        """Abort ``exchange`` when the call is cancelled, or now if it is already."""
        self._exchange = exchange
        self.watch(exchange.abort)

    def send_unseen(self) -> None:
        """Note that a request is sent over a connection that cannot be watched."""
        self._may_run = True

    def settle(self, *, is_lost: bool) -> None:
        """Note the end of a try: ``is_lost`` if its request may have been received but was not answered."""
        self._may_run |= is_lost
        self._exchange = None

    @property
    def was_sent(self) -> bool:
        """True if the server may be working on a request of the call: it was sent, and not refused."""
        return self._may_run or (self._exchange is not None and self._exchange.sent is not False)

    def watch(self, end: Callable[[], None]) -> None:
        """Call ``end`` when the call is cancelled, or now if it is already; replaces an earlier ``end``."""
        with self._lock:
            self._end = end
            cancelled = self._event.is_set()
        if cancelled:
            end()


class Limits:
    """The limits of one call, counted from when it began, or from now on."""

    __slots__ = ("cancellation", "ends", "timeout")

    def __init__(
        self, timeout: Timeout, cancellation: Cancellation | None = None, begun: float | None = None
    ) -> None:
        self.timeout = timeout
        self.cancellation = cancellation
        begun = now() if begun is None else begun
        self.ends = None if timeout.total is None else begun + timeout.total

    @property
    def remaining(self) -> float | None:
        """The rest of ``total`` in seconds, never negative; None without such a limit."""
        return None if self.ends is None else max(0.0, self.ends - now())

    def of(self, phase: PhaseName) -> float | None:
        """Return the limit of a phase in seconds."""
        seconds: float | None = getattr(self.timeout, _LIMITS[phase])
        return seconds

    def least(self, phase: PhaseName) -> float | None:
        """Return the seconds that an operation of a phase may take: its limit, or the rest of ``total``."""
        seconds, left = self.of(phase), self.remaining
        if left is None or (seconds is not None and seconds < left):
            return seconds
        # Zero would mean not to block at all.
        return max(left, 0.001)

    def passed(self, phase: PhaseName) -> LimitPassed | None:
        """Return the limit that an operation of a phase exceeded; None if there was none."""
        if self.remaining == 0:
            return LimitPassed(phase, "total", self.timeout.total or 0.0)
        seconds = self.of(phase)
        return None if seconds is None else LimitPassed(phase, _LIMITS[phase], seconds)

    def check(self, phase: PhaseName) -> None:
        """Raise :class:`LimitPassed` if ``total`` has passed."""
        if self.ends is not None and now() >= self.ends:
            raise LimitPassed(phase, "total", self.timeout.total or 0.0)


KEY_LIMITS: ContextVar[Limits | None] = ContextVar("typed_openai_key_limits", default=None)
"""The limits of the call whose key the current thread fetches."""


class Exchange:
    """One request and its reply on the wire: the limit of the current phase, and the socket in use.

    The connection reports its phases and calls :meth:`wait` before each operation that may block.
    :meth:`abort` may be called from any thread.
    """

    __slots__ = (
        "_ends",
        "_per_piece",
        "_phase",
        "_process",
        "aborted",
        "carried",
        "connected",
        "early",
        "ended",
        "hides_query",
        "limits",
        "missed",
        "proxy",
        "received",
        "sent",
        "sock",
        "target",
        "unfinished",
    )

    def __init__(self, limits: Limits, *, hides_query: bool = False) -> None:
        self.limits = limits
        self.hides_query = hides_query
        """True if the query of the URL contains a credential."""
        self.target: str | None = None
        """The target of the request as it is sent, if the libraries above do not have it."""
        self.early = EarlyReply()
        self.ended = math.inf
        """The time at which its connection was released; infinite before."""
        self.aborted = False
        self.carried = False
        """True if a timed connection has taken it."""
        self.connected = False
        """True if it opened a connection rather than reusing one."""
        self.received = False
        """True if any part of the reply arrived."""
        self.sent: bool | None = False
        """True if the system has accepted any part of the request: the server may have received it. None if
        that is unknown, because a connection of a test tool carries the request."""
        self.proxy: str | None = None
        """The proxy's URL until the connection has passed it."""
        self.unfinished = False
        """True if sending the request was stopped early."""
        self.missed: LimitPassed | None = None
        """The limit that stopped sending, to be reported if no reply arrives."""
        self.sock: socket.socket | None = None
        self._process = os.getpid()
        self._phase: PhaseName = "connect"
        self._ends: float | None = None
        self._per_piece: float | None = None

    def begin(self, phase: PhaseName) -> None:
        """Start ``phase`` and its limit; for a body, the limit applies to each piece."""
        self._phase = phase
        seconds = self.limits.of(phase)
        if self.missed is not None and phase == "first_byte":
            # Either the answer is already there, or there is none.
            seconds = _AT_HAND
        if phase in ("connect", "first_byte"):
            self._per_piece = None
            self._ends = None if seconds is None else now() + seconds
        else:
            self._per_piece = seconds
            self._ends = None

    def wait(self) -> float | None:
        """Return the seconds that the next operation may block, or None; raise if none are left."""
        if self.aborted:
            raise Aborted("given up")
        total = self.limits.ends
        if self._ends is None and total is None:
            return self._per_piece
        time = now()
        left = self._per_piece if self._ends is None else self._ends - time
        if total is not None and (left is None or total - time < left):
            left = total - time
        if left is not None and left <= 0:
            raise self.passed()
        return left

    def passed(self) -> LimitPassed:
        """Return the error for an operation that exceeded its limit."""
        total, phase = self.limits.ends, self._phase
        # The operating system may wake up slightly too early.
        if total is not None and now() >= total - _MOMENT:
            return LimitPassed(phase, "total", self.limits.timeout.total or 0.0)
        return LimitPassed(phase, _LIMITS[phase], self.limits.of(phase) or 0.0)

    def abort(self) -> None:
        """End a blocked read or write of another thread, and the connection."""
        self.aborted = True
        self.hang_up()

    @property
    def is_inherited(self) -> bool:
        """True in a forked child: the connection still belongs to its parent."""
        return os.getpid() != self._process

    def hang_up(self) -> None:
        """Shut down the connection, even if other objects hold its socket open."""
        if self.sock is not None and not self.is_inherited:
            # Not the method of an SSL socket, which lets a reader continue with encrypted bytes.
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
