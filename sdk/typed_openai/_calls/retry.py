"""The decision to retry a failed request, and the delay before it. Nothing here waits.

Delays grow exponentially with full jitter, so that clients that failed together do not return together. The
server's headers about retrying take precedence.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from typed_openai._transport.seam import SAFE_METHODS
from typed_openai.errors import APIConnectionError, APIError, APIStatusError, APITimeoutError, CallError

FIRST_DELAY = 0.5
MAX_DELAY = 8.0
_MOST_DOUBLINGS = 10
MAX_RETRY_AFTER = 120.0
"""In seconds. If the server asks for a longer pause, the request is not retried: the caller decides."""

_STATUSES = frozenset({408, 409, 429})

# Idempotent methods (RFC 9110, section 9.2.2).
_REPEATABLE = SAFE_METHODS | {"PUT", "DELETE"}


@dataclass(frozen=True, slots=True)
class Policy:
    """The number of retries; with ``timeouts``, also after a time-out of a create operation."""

    retries: int
    timeouts: bool = False


class Clock(NamedTuple):
    """The time that is left for a call and its limit, in seconds or None; the date; the jitter."""

    left: float | None = None
    total: float | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    jitter: Callable[[], float] = random.random


class GiveUp(NamedTuple):
    """No further try is made. ``note`` is the reason unless the error explains it."""

    note: str = ""


class TryAgain(NamedTuple):
    """Another try is made after a pause of ``seconds``."""

    seconds: float


class Tries:
    """The tries of one call; decides after each failure whether another one follows."""

    def __init__(self, method: str, policy: Policy, *, replayable: bool = True) -> None:
        self.count = 0
        self._uncounted = 0
        self._was_replaced = False
        self.error: APIError | None = None
        self._method = method
        self._policy = policy
        self._replayable = replayable

    def begin(self) -> int:
        """Begin a try and return its number, starting at 1."""
        self.count += 1
        return self.count

    def failed(
        self, error: APIError, clock: Clock, *, cancelled: bool = False, refreshed: bool = False
    ) -> TryAgain | GiveUp:
        """Return the decision after a try that failed with ``error``.

        ``refreshed`` means that the server refused a key and there is another one: the try does not count.
        """
        self.error = error
        if cancelled:
            return GiveUp()
        if refreshed or self._is_certainly_unprocessed(error):
            self._uncounted += 1
            return TryAgain(0.0)
        if not is_worth_retrying(error, self._method, self._policy.timeouts):
            reason = _why_not(error, self._method) if self._failures <= self._policy.retries else ""
            return GiveUp(f"{reason}." if reason else "")
        if not self._replayable:
            return GiveUp("the body was read from a source that cannot be read twice.")
        if self._failures > self._policy.retries:
            return GiveUp()
        return _after_pause(error, self._failures, clock)

    def _is_certainly_unprocessed(self, error: APIError) -> bool:
        """Return True, once, if a kept connection turned out to be closed and that cannot have done anything.

        The request was not sent, or changes nothing (RFC 9110, section 9.2.2).
        """
        if not isinstance(error, APIConnectionError) or not error.reused or self._was_replaced:
            return False
        self._was_replaced = self._replayable and (not error.was_sent or self._method in SAFE_METHODS)
        return self._was_replaced

    @property
    def _failures(self) -> int:
        """The number of tries that the policy counts."""
        return self.count - self._uncounted

    def unsendable(self, mistake: CallError | APITimeoutError) -> APIError | None:
        """Return the error to raise if a try cannot be sent: that of the try before it, None for the first.

        A file that no longer exists must not hide the server's error.
        """
        if self.error is not None:
            annotate(self.error, str(mistake))
        return self.error


def annotate(error: APIError, reason: str) -> None:
    """Add the reason why there is no further try to the error, unless it is empty."""
    if reason:
        error.add_note(f"Not retried: {reason}")


def _after_pause(error: APIError, tries: int, clock: Clock) -> TryAgain | GiveUp:
    """Return the decision for another try after a pause, which may be too long."""
    headers = error.headers if isinstance(error, APIStatusError) else {}
    seconds = delay(tries, headers, clock.now(), clock.jitter)
    if seconds > MAX_RETRY_AFTER:
        return GiveUp(f"the server asks for a pause of {seconds:g} seconds.")
    if clock.left is not None and seconds >= clock.left:
        return GiveUp(f"a pause of {seconds:.3g} seconds would outlast total={clock.total:g} seconds.")
    return TryAgain(seconds)


def is_worth_retrying(error: APIError, method: str, timeouts: bool = False) -> bool:
    """Return True if the same request may be sent again after ``error``.

    A POST that was sent and not answered in time is not repeated unless ``timeouts`` is set: it may be
    running, and billed, already.
    """
    if isinstance(error, APITimeoutError):
        return timeouts or method in _REPEATABLE or not error.was_sent
    if isinstance(error, APIConnectionError):
        return error.retryable
    if not isinstance(error, APIStatusError):
        return False
    said = error.headers.get("x-should-retry", "").lower()
    if said in ("true", "false"):
        return said == "true"
    return _may_help(error.status)


def _why_not(error: APIError, method: str) -> str:
    """Return the reason why a retryable error is not retried; empty if the error explains it."""
    if isinstance(error, APITimeoutError):
        return "the request may already be running and billed; Client(retry_timeouts=True) allows retries"
    if isinstance(error, APIConnectionError) and error.was_sent and method not in SAFE_METHODS:
        return "the server had started to answer, so the request may have been processed"
    if isinstance(error, APIStatusError) and _may_help(error.status):
        return "the server asks for that (x-should-retry: false)"
    return ""


def _may_help(status: int) -> bool:
    return status in _STATUSES or status >= 500


def delay(tries: int, headers: Mapping[str, str], now: datetime, jitter: Callable[[], float]) -> float:
    """Return the seconds to wait after ``tries`` failed tries: as the server asks, else a growing time.

    ``headers`` are the failed reply's; ``jitter`` returns a number in [0, 1).
    """
    asked = asked_pause(headers, now)
    if asked is not None:
        return asked
    return min(MAX_DELAY, FIRST_DELAY * 2.0 ** min(tries - 1, _MOST_DOUBLINGS)) * jitter()


def asked_pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the pause that the server asks for, in seconds; None if it does not."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    # By the server's own clock, if it shows it: this machine's may be wrong, or stopped by a test tool.
    when, since = _date(text), _date(headers.get("date")) or now
    return None if when is None else max(0.0, (when - since).total_seconds())


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if number >= 0 else None
