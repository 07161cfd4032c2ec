"""When a failed try is worth another one, and how long to wait before it.

Waiting times grow exponentially with full jitter, so that clients which failed together do not come
back together; what the server says about the time or the sense of another try goes before.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from typed_openai.errors import APIConnectionError, APIError, APIStatusError, APITimeoutError

FIRST_DELAY = 0.5
MAX_DELAY = 8.0
MAX_RETRY_AFTER = 60.0
"""Seconds. A server that asks for a longer pause gets no further try: the caller decides."""

_STATUSES = frozenset({408, 409, 429})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


def is_worth_retrying(error: APIError, method: str) -> bool:
    """Whether the same request may be sent again after ``error``.

    A POST that was sent and not answered in time is not: it may be running, and billed, already.
    """
    if isinstance(error, APITimeoutError):
        return method in _SAFE_METHODS or not error.was_sent
    if isinstance(error, APIConnectionError):
        return error.retryable
    if not isinstance(error, APIStatusError):
        return False
    said = error.headers.get("x-should-retry", "").lower()
    if said in ("true", "false"):
        return said == "true"
    return error.status in _STATUSES or error.status >= 500


def pause(seconds: float, cancelled: threading.Event | None) -> bool:
    """Wait before another try; whether that was cancelled, which ends the waiting at once."""
    return (cancelled or threading.Event()).wait(seconds)


def delay(tries: int, headers: Mapping[str, str], now: datetime, jitter: Callable[[], float]) -> float | None:
    """Seconds to wait after ``tries`` failed tries; None where the server asks for more than we wait.

    ``headers`` are the failed reply's; ``jitter`` gives a number in [0, 1).
    """
    asked = _asked(headers, now)
    if asked is None:
        return min(MAX_DELAY, FIRST_DELAY * 2.0 ** (tries - 1)) * jitter()
    return asked if asked <= MAX_RETRY_AFTER else None


def _asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """The pause that the server asks for, in seconds."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
