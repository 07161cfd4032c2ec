"""The wait for work on the server: its end, its deadline and the pauses. Nothing here calls or waits."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from typed_openai._calls.bind import bind
from typed_openai._calls.endpoints import Endpoint
from typed_openai._dynamic.methods import ENDPOINT
from typed_openai._transport.clock import now
from typed_openai.errors import CallError, InvalidReplyError, PollTimeoutError
from typed_openai.observing import response_info
from typed_openai.omission import OMIT
from typed_openai.timeouts import Timeout, checked_timeout
from typed_openai_spec.model import Waiting

_GROWTH: Final = 1.5
_LEAST_JITTER: Final = 0.75
_HEADER: Final = "openai-poll-after-ms"

LONGEST_PAUSE: Final = 3600.0
"""In seconds; the most that a server may ask for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The deadline of a wait and its pauses, in seconds; None is no deadline."""

    deadline: float | None = None
    first_interval: float = 1.0
    longest_interval: float = 30.0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not (is_number and 0 < value < math.inf) and not (value is None and one.default is None):
                expected = "a positive number of seconds" + (" or None" if one.default is None else "")
                raise CallError(f"poller: {one.name}: expected {expected}, got {value!r}")


def watched(method: Any, *, has_end: bool) -> tuple[Endpoint, Waiting | None]:
    """Return the endpoint of a client's method and the states of its work.

    Raises ``CallError`` for another function, if calling it repeatedly would start work each time, and if
    nothing says when the work is over (``has_end``: something else does).
    """
    endpoint = getattr(method, ENDPOINT, None)
    if not isinstance(endpoint, Endpoint):
        name = getattr(method, "__qualname__", type(method).__name__)
        raise CallError(f"poll: expected a method of a client, as client.batches.retrieve_batch; got {name}")
    if endpoint.operation.method != "GET":
        raise CallError(
            f"poll: {endpoint.name} starts or changes something; pass the method that retrieves it"
        )
    if endpoint.operation.waiting is None and not has_end:
        raise CallError(
            f"poll: {endpoint.name} has no status that says when it is over; pass until=... to poller"
        )
    return endpoint, endpoint.operation.waiting


def path_values(endpoint: Endpoint, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the path arguments of a call, and its options, for the call that cancels the same work."""
    values = bind(endpoint, args, kwargs).values
    path = {one.name for one in endpoint.path_arguments}
    options = {name: value for name, value in kwargs.items() if name not in endpoint.arguments}
    return options | {name: value for name, value in values.items() if name in path}


class Watch:
    """One wait, from its first call to the end of the work."""

    def __init__(
        self,
        name: str,
        waiting: Waiting | None,
        pace: Pace,
        until: Callable[[Any], bool] | None,
        *,
        clock: Callable[[], float] = now,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._name = name
        self._waiting = waiting
        self._pace = pace
        self._until = until
        self._clock = clock
        self._jitter = jitter
        self._end = None if pace.deadline is None else clock() + pace.deadline
        self._interval = min(pace.first_interval, pace.longest_interval)
        self._reply: Any = None

    @property
    def is_late(self) -> bool:
        """True after the deadline."""
        return self._end is not None and self._clock() >= self._end

    def limited(self, arguments: Mapping[str, Any], usual: Timeout) -> dict[str, Any]:
        """Return the arguments of the next call, which ends before the deadline. Raises if it has passed."""
        if self._end is None:
            return {**arguments}
        left = self._end - self._clock()
        if left <= 0:
            raise self.too_late()
        given = arguments.get("timeout", OMIT)
        timeout = usual if given is OMIT else checked_timeout(given)
        total = left if timeout.total is None else min(left, timeout.total)
        return {**arguments, "timeout": replace(timeout, total=total)}

    def too_late(self) -> PollTimeoutError:
        """Return the error for a deadline that has passed."""
        state = ""
        if self._waiting is not None and isinstance(self._reply, Mapping):
            state = f"; the last {self._waiting.field} is {self._reply.get(self._waiting.field)!r:.60}"
        return PollTimeoutError(
            f"{self._name}: not done after {self._pace.deadline:g} seconds{state}",
            operation=self._name,
            reply=self._reply,
        )

    def pause(self, reply: Any) -> float | None:
        """Return the seconds until the next call, or None if the work is over.

        Raises ``InvalidReplyError`` for a reply that cannot have a state.
        """
        self._reply = reply
        if self._is_over(reply):
            return None
        asked = _asked(reply)
        if asked is None:
            asked = self._interval * (_LEAST_JITTER + (1 - _LEAST_JITTER) * 2 * self._jitter())
            self._interval = min(self._interval * _GROWTH, self._pace.longest_interval)
        return asked if self._end is None else max(0.0, min(asked, self._end - self._clock()))

    def _is_over(self, reply: Any) -> bool:
        if self._until is not None:
            return bool(self._until(reply))
        if not isinstance(reply, dict):
            found = type(reply).__name__
            raise InvalidReplyError(
                f'{self._name}: expected an object with a status, got "{found}"', operation=self._name
            )
        return self._waiting is None or reply.get(self._waiting.field) not in self._waiting.pending


def _asked(reply: Any) -> float | None:
    """Return the seconds that the server asks to wait, or None."""
    try:
        text = response_info(reply).headers.get(_HEADER, "")
        seconds = float(text) / 1000
    except (TypeError, ValueError):
        return None
    return min(seconds, LONGEST_PAUSE) if 0 <= seconds < math.inf else None
