"""Interception of requests on their way to the transport: here, cassettes of tests record and replay them.

An interceptor applies to all clients of the process while it is active, whatever thread they run in. If
several are active, the last one applies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol, TypeAlias

from typed_openai._transport.deadlines import Limits
from typed_openai._transport.seam import HttpReply, HttpRequest

SendOnward: TypeAlias = Callable[[HttpRequest, Limits], HttpReply]
"""Sends a request over the client's own transport."""


class Interceptor(Protocol):
    """Answers requests, or sends them onward."""

    def send(
        self, request: HttpRequest, limits: Limits, onward: SendOnward, options: Mapping[str, Any]
    ) -> HttpReply:
        """Return the reply to a request; ``options`` are the ``http_options`` of its client."""

    def pause(self, seconds: float) -> float:
        """Return the seconds to wait before a request, where the client would wait ``seconds``."""


_active: Final[list[Interceptor]] = []
_lock: Final = threading.Lock()


def active() -> Interceptor | None:
    """Return the interceptor of all requests, or None."""
    # A copy, as another thread may remove the last one in between.
    return next(reversed(tuple(_active)), None) if _active else None


def pace(seconds: float) -> float:
    """Return the seconds to wait before a request is repeated: the interceptor may shorten the pause."""
    interceptor = active()
    return seconds if interceptor is None else interceptor.pause(seconds)


@contextmanager
def intercepted_by(interceptor: Interceptor) -> Generator[None, None, None]:
    """Let ``interceptor`` answer the requests of all clients for the duration of the context."""
    with _lock:
        _active.append(interceptor)
    try:
        yield
    finally:
        with _lock:
            # By identity: contexts of several threads may end in any order.
            del _active[next(at for at, one in enumerate(_active) if one is interceptor)]
