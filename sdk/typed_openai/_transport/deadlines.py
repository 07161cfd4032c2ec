"""How long a call may go on: its time limits while it runs, and whether it is still wanted.

``Limits`` belongs to a call, and spans its tries; ``Exchange`` to one request and its reply on the wire.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Literal, TypeAlias

from typed_openai.timeouts import Timeout

_MOMENT = 0.01
_AT_HAND = 1.0

PhaseName: TypeAlias = Literal["connect", "sending", "source", "first_byte", "idle"]

# The limit of each phase, by its name in ``Timeout``.
_LIMITS: Mapping[PhaseName, str] = {
    "connect": "connect",
    "sending": "idle",
    # Between two pieces, while the next one is made: only ``total`` runs.
    "source": "idle",
    "first_byte": "first_byte",
    "idle": "idle",
}


class LimitPassed(TimeoutError):
    """A limit of the call's ``Timeout`` is over: that of ``phase``, or ``total`` while it ran."""

    def __init__(self, phase: PhaseName, limit: str, seconds: float) -> None:
        super().__init__(f"{limit}={seconds:g} seconds")
        self.phase = phase


class Aborted(ConnectionError):
    """The exchange was given up by another thread."""


class Cancellation:
    """Whether a call is still wanted. Setting it ends at once what the call waits for."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._end: Callable[[], None] | None = None

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, at most ``seconds``; whether the call was cancelled."""
        return self._event.wait(seconds)

    def set(self) -> None:
        """The call is no longer wanted."""
        with self._lock:
            self._event.set()
            end = self._end
        if end is not None:
            end()

    def watch(self, end: Callable[[], None]) -> None:
        """Call ``end`` when the call is cancelled, which it may be already; it takes the last one's place."""
        with self._lock:
            self._end = end
            cancelled = self._event.is_set()
        if cancelled:
            end()


class Limits:
    """The limits of one call, counted from now on."""

    __slots__ = ("cancellation", "ends", "timeout")

    def __init__(self, timeout: Timeout, cancellation: Cancellation | None = None) -> None:
        self.timeout = timeout
        self.cancellation = cancellation
        self.ends = None if timeout.total is None else monotonic() + timeout.total

    @property
    def remaining(self) -> float | None:
        """What is left of ``total``, in seconds and never negative; None where there is no such limit."""
        return None if self.ends is None else max(0.0, self.ends - monotonic())

    def of(self, phase: PhaseName) -> float | None:
        """The limit of a phase, in seconds."""
        seconds: float | None = getattr(self.timeout, _LIMITS[phase])
        return seconds

    def least(self, phase: PhaseName) -> float | None:
        """Seconds that an operation of that phase may take: its limit, or what is left of ``total``."""
        seconds, left = self.of(phase), self.remaining
        if left is None or (seconds is not None and seconds < left):
            return seconds
        # Zero would mean not to block at all.
        return max(left, 0.001)

    def passed(self, phase: PhaseName) -> LimitPassed | None:
        """The limit that an operation of that phase must have met; None where there was none."""
        if self.remaining == 0:
            return LimitPassed(phase, "total", self.timeout.total or 0.0)
        seconds = self.of(phase)
        return None if seconds is None else LimitPassed(phase, _LIMITS[phase], seconds)

    def check(self, phase: PhaseName) -> None:
        """Raise :class:`LimitPassed` where ``total`` is over."""
        if self.ends is not None and monotonic() >= self.ends:
            raise LimitPassed(phase, "total", self.timeout.total or 0.0)


class Exchange:
    """One request and its reply on the wire: which limit holds now, and the socket that it uses.

    The connection tells it of its phases and asks :meth:`wait` before each operation that may block;
    :meth:`abort` may be called from any thread.
    """

    __slots__ = (
        "_ends",
        "_per_piece",
        "_phase",
        "_process",
        "aborted",
        "connected",
        "limits",
        "missed",
        "proxy",
        "received",
        "sent",
        "sock",
        "unfinished",
    )

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.aborted = False
        self.connected = False
        """Whether it opened a connection, rather than use one of an earlier exchange."""
        self.received = False
        """Whether anything of the reply came."""
        self.sent = False
        """Whether anything of the request may have gone out."""
        self.proxy: str | None = None
        """The proxy's address as long as the connection is not past it."""
        self.unfinished = False
        """Whether the sending of the request was left off."""
        self.missed: LimitPassed | None = None
        """The limit that ended the sending, in case that the server has not answered."""
        self.sock: socket.socket | None = None
        self._process = os.getpid()
        self._phase: PhaseName = "connect"
        self._ends: float | None = None
        self._per_piece: float | None = None

    def begin(self, phase: PhaseName) -> None:
        """From now on ``phase`` runs, and its limit with it; of a body, for each of its pieces."""
        self._phase = phase
        seconds = self.limits.of(phase)
        if self.missed is not None and phase == "first_byte":
            # The answer is there already, or there is none.
            seconds = _AT_HAND
        if phase in ("connect", "first_byte"):
            self._per_piece = None
            self._ends = None if seconds is None else monotonic() + seconds
        else:
            self._per_piece = seconds
            self._ends = None

    def wait(self) -> float | None:
        """Seconds that the next operation may block, None for ever; raises where there are none left."""
        if self.aborted:
            raise Aborted("given up")
        total = self.limits.ends
        if self._ends is None and total is None:
            return self._per_piece
        now = monotonic()
        left = self._per_piece if self._ends is None else self._ends - now
        if total is not None and (left is None or total - now < left):
            left = total - now
        if left is not None and left <= 0:
            raise self.passed()
        return left

    def passed(self) -> LimitPassed:
        """The error for an operation that took as long as it might."""
        total, phase = self.limits.ends, self._phase
        # The operating system may wake up a moment too early.
        if total is not None and monotonic() >= total - _MOMENT:
            return LimitPassed(phase, "total", self.limits.timeout.total or 0.0)
        return LimitPassed(phase, _LIMITS[phase], self.limits.of(phase) or 0.0)

    def abort(self) -> None:
        """End a read or write that blocks in another thread, and the connection with it."""
        self.aborted = True
        self.hang_up()

    @property
    def is_inherited(self) -> bool:
        """Whether this is a forked child's copy: the connection is still its parent's."""
        return os.getpid() != self._process

    def hang_up(self) -> None:
        """Tell the server that the connection is over, whoever else may hold its socket open."""
        if self.sock is not None and not self.is_inherited:
            # Not the method of an SSL socket, which lets a reader go on with undeciphered bytes. TLS inside
            # TLS is no socket, and is only closed.
            with suppress(OSError, TypeError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
