"""Pacing of calls within the rate limits that the server announces, in place of meeting status 429."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import iscoroutinefunction
from threading import Lock
from typing import Final, NamedTuple

from typed_openai._pacing.family_queues import FamilyQueue, Patience, Turn
from typed_openai._pacing.model_families import family_of
from typed_openai._pacing.token_estimates import estimated_tokens
from typed_openai.errors import CallError

__all__ = ["PacedFamily", "RateLimiter", "WaitInfo"]

_log = logging.getLogger("typed_openai")

_LONGEST_WAIT: Final = 600.0


@dataclass(frozen=True, slots=True)
class WaitInfo:
    """A call that begins to wait for the rate limit of its model family.

    ``seconds`` is the time until its request can be sent, or None if that depends on calls before it, of
    which ``ahead`` wait as well.

    >>> def show(wait: WaitInfo) -> None:
    ...     print(f"{wait.operation} waits for {wait.family}, {wait.ahead} calls are ahead")
    >>> limiter = RateLimiter(on_wait=show)
    """

    operation: str
    family: str
    seconds: float | None
    ahead: int


@dataclass(frozen=True, slots=True)
class PacedFamily:
    """The state of one model family: what is left, and what waits.

    ``requests`` and ``tokens`` can still be sent now; they are None until a reply states the limits.
    ``in_flight`` is the number of requests that await a reply, and ``waiting`` the number of calls that wait
    to be sent. ``paused`` is the number of seconds for which the server wants no requests. For requests
    without a model, ``family`` is the name of the operation.

    >>> limiter = RateLimiter()
    >>> models = Client(rate_limiter=limiter).models.list_models()
    >>> [(one.family, one.waiting) for one in limiter.families()]
    [('models.list_models', 0)]
    """

    family: str
    requests: float | None
    tokens: float | None
    in_flight: int
    waiting: int
    paused: float


class _Key(NamedTuple):
    """The owner of a limit: a server, an organization and a project there, and a family of models."""

    server: str
    organization: str | None
    project: str | None
    family: str


class RateLimiter:
    """Holds calls back until the rate limits allow them, so that they do not fail with status 429.

    Pass it to one or several clients as ``rate_limiter``, also to async ones. It follows the headers
    ``x-ratelimit-*`` of all their replies, for requests and for tokens, and pauses for the ``Retry-After`` of
    a refusal. Calls wait in their order, for each family of models and each organization, project and server.
    Share it only between clients whose keys have the same limits.

    ``first_calls`` is the number of calls to a family that are sent at once before a reply has shown its
    limits. ``max_wait`` is the longest wait of a call in seconds, or None. The ``total`` of a call's timeout
    includes the wait as well. ``family`` returns the family of a model, if models share limits in another
    way than ``gpt-4o-2024-08-06`` with ``gpt-4o``. ``count_tokens`` returns the tokens that the fields of a
    request are counted with; by default a quarter of the characters and the largest possible output.
    ``on_wait`` is called with a :class:`WaitInfo` before a call waits, in its thread.

    A call that cannot be sent in time raises ``APITimeoutError``, at once if that is known. Waits end when
    the call is cancelled. Raises ``CallError`` for a wrong setting.

    >>> limiter = RateLimiter(max_wait=60)
    >>> client = Client(rate_limiter=limiter)
    >>> embedding = client.embeddings.create_embedding("Hello", "text-embedding-3-small")
    >>> [family] = limiter.families()
    >>> print(f"{family.family}: {family.in_flight} in flight, {family.waiting} wait")
    text-embedding-3-small: 0 in flight, 0 wait
    """

    def __init__(
        self,
        *,
        first_calls: int = 1,
        max_wait: float | None = _LONGEST_WAIT,
        family: Callable[[str], str] = family_of,
        count_tokens: Callable[[Mapping[str, object]], int] = estimated_tokens,
        on_wait: Callable[[WaitInfo], object] | None = None,
    ) -> None:
        if isinstance(first_calls, bool) or not isinstance(first_calls, int) or first_calls < 1:
            raise CallError(f"first_calls: expected 1 or more, got {first_calls!r}")
        if max_wait is not None and (
            isinstance(max_wait, bool) or not isinstance(max_wait, (int, float)) or not max_wait >= 0
        ):
            raise CallError(f"max_wait: expected a number of seconds, at least 0, or None, got {max_wait!r}")
        for name, given in (("family", family), ("count_tokens", count_tokens), ("on_wait", on_wait)):
            if not callable(given) and (name != "on_wait" or given is not None):
                raise CallError(f'{name}: expected a callable, got "{type(given).__name__}"')
            if iscoroutinefunction(given):
                raise CallError(f"{name}: expected a plain function, got a coroutine function")
        self._first_calls = first_calls
        self._max_wait = max_wait
        self._family = family
        self._count_tokens = count_tokens
        self._on_wait = on_wait
        self._queues: dict[_Key, FamilyQueue] = {}
        self._lock = Lock()
        _all_limiters.add(self)

    def families(self) -> tuple[PacedFamily, ...]:
        """Return the state of each family of models so far.

        >>> RateLimiter().families()
        ()
        """
        with self._lock:
            queues = list(self._queues.items())
        return tuple(PacedFamily(key.family, *queue.state()) for key, queue in queues)

    def __repr__(self) -> str:
        return f"<RateLimiter of {len(self._queues)} families>"

    def _turn(
        self,
        operation: str,
        owner: tuple[str, str | None, str | None],
        fields: Mapping[str, object],
        patience: Patience,
    ) -> Turn:
        """Wait for the turn of a request. Raises ``NoTurnError`` if that is not in time."""
        model = fields.get("model")
        family = self._family(model) if isinstance(model, str) else operation
        queue = self._queue(_Key(*owner, family), self._first_calls if isinstance(model, str) else None)
        tokens = self._count_tokens(fields) if isinstance(model, str) else 0

        def report(seconds: float, ahead: int) -> None:
            known = None if seconds == float("inf") else seconds
            _log.debug("%s: waits for the rate limit of %s, %d ahead", operation, family, ahead)
            if self._on_wait is not None:
                self._on_wait(WaitInfo(operation, family, known, ahead))

        return queue.turn(tokens, patience._replace(report=report))

    def _queue(self, key: _Key, first: int | None) -> FamilyQueue:
        with self._lock:
            if (found := self._queues.get(key)) is None:
                found = self._queues[key] = FamilyQueue(first)
            return found

    def _forget_threads(self) -> None:
        """Begin without other threads, in a forked child."""
        self._lock = Lock()
        for queue in self._queues.values():
            queue.forget_threads()


_all_limiters: weakref.WeakSet[RateLimiter] = weakref.WeakSet()


def _leave_to_the_parent() -> None:
    for limiter in list(_all_limiters):
        limiter._forget_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
