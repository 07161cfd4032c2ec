"""The turn of a request at the client's rate limiter, and the limits in its reply."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from typed_openai._calls.retry import asked_pause
from typed_openai._pacing.budgets import Figures
from typed_openai._pacing.family_queues import REFUSALS, Answered, NoTurnError, Patience, Turn
from typed_openai._transport.baton import others_run
from typed_openai._transport.clock import now
from typed_openai._transport.deadlines import Cancellation, Limits
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.errors import APIConnectionError, APITimeoutError
from typed_openai.observing import rate_limit
from typed_openai.rate_limiting import RateLimiter

NO_TURN: Final[AbstractContextManager[None]] = nullcontext()
"""The turn of a request without a limiter."""


def turn_of(limiter: RateLimiter, request: HttpRequest, limits: Limits) -> Turn:
    """Wait for the turn of a request, within the limits of its call.

    Raises ``APITimeoutError`` if that is not in time, and ``APIConnectionError`` if the call was cancelled.
    """
    cancellation = limits.cancellation or Cancellation()
    ends = math.inf if limiter._max_wait is None else now() + limiter._max_wait
    if limits.ends is not None:
        ends = min(ends, limits.ends)
    patience = Patience(lambda: ends - now(), cancellation.is_set, cancellation.watch, _ignore)
    headers = {name.lower(): value for name, value in request.headers.items()}
    owner = (
        urlsplit(request.url).netloc.rpartition("@")[2],
        headers.get("openai-organization"),
        headers.get("openai-project"),
    )
    try:
        with others_run():
            return limiter._turn(request.operation, owner, request.fields or {}, patience)
    except NoTurnError as error:
        failure = _failure(error, request.operation, limiter, limits)
    raise failure


def note_reply(turn: Turn, reply: HttpReply) -> None:
    """Pass the headers of a reply to the limiter."""
    limit = rate_limit(reply.headers)
    turn.answered(
        Answered(
            reply.status,
            Figures(limit.limit_requests, limit.remaining_requests, limit.reset_requests),
            Figures(limit.limit_tokens, limit.remaining_tokens, limit.reset_tokens),
            asked_pause(reply.headers, datetime.now(UTC)) if reply.status in REFUSALS else None,
        )
    )


def _ignore(seconds: float, ahead: int) -> None:
    """Report nothing."""


def _failure(error: NoTurnError, operation: str, limiter: RateLimiter, limits: Limits) -> APIConnectionError:
    if error.is_cancelled:
        message = f"{operation}: cancelled while it waited for the rate limit"
        return APIConnectionError(message, operation=operation, was_sent=False, retryable=False)
    is_total = limits.ends is not None and (
        limiter._max_wait is None or limits.remaining is None or limits.remaining <= limiter._max_wait
    )
    bound = f"total={limits.timeout.total:g}" if is_total else f"max_wait={limiter._max_wait:g}"
    needed = "calls before it need more" if error.seconds is None else f"needs {error.seconds:.3g} s more"
    message = f"{operation}: not sent within {bound} seconds: the rate limit {needed}"
    return APITimeoutError(message, operation=operation, was_sent=False)
