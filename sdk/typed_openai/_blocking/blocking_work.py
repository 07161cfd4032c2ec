"""Work of several calls that is written once: done at once with a client, in a thread with an async one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from inspect import iscoroutinefunction
from typing import Any, TypeAlias

from typed_openai._transport.deadlines import Aborted, Cancellation
from typed_openai.client import Client
from typed_openai.errors import CallError

Pause: TypeAlias = Callable[[float], None]
"""Waits for some seconds; a cancelled task ends the wait with an exception."""

Work: TypeAlias = Callable[[Client, Pause], Any]


def performed(client: Any, work: Work, place: str) -> Any:
    """Return the result of ``work``; for an async client, the coroutine that does it in a thread.

    The work makes its calls with the client that it receives. If the task is cancelled, they end at once.
    Raises ``CallError`` for anything but a client; ``place`` is the name of the function that was called.
    """
    if isinstance(client, Client):
        return work(client, time.sleep)
    # There is no such client unless the module was imported.
    aio = sys.modules.get("typed_openai.aio.async_client")
    if aio is not None and isinstance(client, aio.AsyncClient):
        return _performed_in_thread(client, work, place)
    raise CallError(f'client: expected a Client or an AsyncClient, got "{type(client).__name__}"')


def check_callback(callback: object, name: str) -> None:
    """Raise ``CallError`` for a callback that would have to be awaited: it is called in a thread."""
    if callback is not None and not callable(callback):
        raise CallError(f'{name}: expected a callable or None, got "{type(callback).__name__}"')
    if iscoroutinefunction(callback):
        raise CallError(f"{name}: expected a plain function, got a coroutine function")


async def _performed_in_thread(client: Any, work: Work, place: str) -> Any:
    client._calls.lanes.check_open(place)

    def perform(cancelled: Cancellation) -> Any:
        own = client._client.__copy__()
        own._sending = client._calls.sending_until(cancelled)
        return work(own, partial(_pause, cancelled))

    # It may last for hours, as a stream may.
    return await client._calls.lanes.stream(perform)


def _pause(cancelled: Cancellation, seconds: float) -> None:
    if cancelled.wait(seconds):
        raise Aborted("given up")
