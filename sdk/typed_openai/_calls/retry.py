"""The decision to retry a failed request, and the delay before it.

Delays grow exponentially with full jitter, so that clients that failed together do not return together. The
server's headers about retrying take precedence.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from typed_openai._transport.deadlines import Cancellation, Limits
from typed_openai._transport.seam import SAFE_METHODS, HttpRequest
from typed_openai.errors import APIConnectionError, APIError, APIStatusError, APITimeoutError

FIRST_DELAY = 0.5
MAX_DELAY = 8.0
_MOST_DOUBLINGS = 10
MAX_RETRY_AFTER = 60.0
"""In seconds. If the server asks for a longer pause, the request is not retried: the caller decides."""

_STATUSES = frozenset({408, 409, 429})

# Idempotent methods (RFC 9110, section 9.2.2).
_REPEATABLE = SAFE_METHODS | {"PUT", "DELETE"}


@dataclass(frozen=True, slots=True)
class Policy:
    """The number of retries; with ``timeouts``, also after a time-out of a create operation."""

    retries: int
    timeouts: bool = False


def pause_after(error: APIError, tries: int, request: HttpRequest, limits: Limits, policy: Policy) -> float:
    """Return the seconds to wait before another try, after ``tries`` of which the last failed with ``error``.

    Raises ``error`` if another try is not worthwhile or not possible, with a note unless the reason is
    obvious.
    """
    if not is_worth_retrying(error, request.method, policy.timeouts):
        if tries <= policy.retries and (reason := _why_not(error, request.method)):
            error.add_note(f"Not tried again: {reason}.")
        raise error
    if not request.replayable:
        error.add_note("Not tried again: the body was read from a source that cannot be read twice.")
        raise error
    if tries > policy.retries:
        raise error
    headers = error.headers if isinstance(error, APIStatusError) else {}
    seconds = delay(tries, headers, datetime.now(UTC), random.random)
    if seconds > MAX_RETRY_AFTER:
        error.add_note(f"Not tried again: the server asks for a pause of {seconds:g} seconds.")
        raise error
    left = limits.remaining
    if left is not None and seconds >= left:
        total = limits.timeout.total
        error.add_note(
            f"Not tried again: a pause of {seconds:.3g} seconds would outlast total={total:g} seconds."
        )
        raise error
    return seconds


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
        return "the request may be running, and billed, already; Client(retry_timeouts=True) allows it"
    if isinstance(error, APIConnectionError) and error.was_sent and method not in SAFE_METHODS:
        return "the server had begun to answer, so that the request may have done its work"
    if isinstance(error, APIStatusError) and _may_help(error.status):
        return "the server asks for that (x-should-retry: false)"
    return ""


def _may_help(status: int) -> bool:
    return status in _STATUSES or status >= 500


def pause(seconds: float, cancelled: Cancellation | None) -> bool:
    """Wait before another try; return True if that was cancelled, which ends the wait at once."""
    return (cancelled or Cancellation()).wait(seconds)


def delay(tries: int, headers: Mapping[str, str], now: datetime, jitter: Callable[[], float]) -> float:
    """Return the seconds to wait after ``tries`` failed tries: as the server asks, else a growing time.

    ``headers`` are the failed reply's; ``jitter`` returns a number in [0, 1).
    """
    asked = _asked(headers, now)
    if asked is not None:
        return asked
    return min(MAX_DELAY, FIRST_DELAY * 2.0 ** min(tries - 1, _MOST_DOUBLINGS)) * jitter()


def _asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the pause that the server asks for, in seconds."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if number >= 0 else None
