"""The calls of an async client: built, sent and read by the functions of the synchronous one, in threads."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from typed_openai._aio.cancelled_sending import CancelledSending
from typed_openai._aio.lanes import Lanes
from typed_openai._calls import raw
from typed_openai._calls.bind import Call
from typed_openai._calls.build import build
from typed_openai._calls.endpoints import Endpoints
from typed_openai._calls.send import Sending
from typed_openai._settings.async_limits import AsyncLimits
from typed_openai._settings.settings import Settings
from typed_openai._transport.clock import now
from typed_openai._transport.deadlines import Cancellation
from typed_openai.streaming import Stream

_MAY_BE_BILLED = (
    "The request had been sent when the call was cancelled: it may be running, and billed, already."
)


class AsyncCall(NamedTuple):
    """A call that is ready to be sent by a thread. ``receiver`` is that of a stream in the background."""

    name: str
    method: str
    send: Callable[[Cancellation], Any]
    streams: bool
    receiver: Any = None


class _Connections:
    """The connections of a client. There is no reference to the client, which would be a cycle."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending

    def close(self) -> None:
        self.sending.close()

    def drop(self) -> None:
        self.sending.drop()


class AsyncCalls:
    """Makes the calls of one client."""

    def __init__(
        self, endpoints: Endpoints, settings: Settings, sending: Sending, limits: AsyncLimits
    ) -> None:
        self._endpoints = endpoints
        self._settings = settings
        self._connections = _Connections(sending)
        self.lanes = Lanes(limits.max_concurrency, limits.max_streams, self._connections.drop)
        for end in (self.lanes.close, sending.drop):
            self._when_dropped(end)

    def send_with(self, sending: Sending) -> None:
        """Use ``sending`` for further calls."""
        self._connections.close()
        self._connections.sending = sending
        self._when_dropped(sending.drop)

    def sending_until(self, cancelled: Cancellation) -> Sending:
        """Return the sending of work that makes several calls, and ends when it is cancelled."""
        return CancelledSending(self._settings, self._connections.sending, cancelled)

    def share(self, other: AsyncCalls) -> None:
        """Use the connections of another client."""
        self._connections.sending.share(other._connections.sending)

    def bound_call(self, call: Call) -> AsyncCall:
        """Return the call of an operation. Raises ``CallError`` if the client is closed."""
        endpoint = call.endpoint
        self.lanes.check_open(endpoint.name)
        streams = call.result.kind == "stream"
        send = partial(self._send, call, now())
        return AsyncCall(endpoint.name, endpoint.operation.method, send, streams, call.options.stream_to)

    def raw_call(self, sent: raw.Raw, options: Mapping[str, object]) -> AsyncCall:
        """Return a call by method and path. Raises ``CallError`` for a wrong one, or a closed client."""
        self.lanes.check_open("request")
        prepared = raw.prepare(sent, options, self._endpoints, self._settings)
        request, streams = prepared.request, prepared.result.kind == "stream"
        send = partial(self._connections.sending.send, *prepared.sending, begun=now())
        return AsyncCall(request.operation, request.method, send, streams, prepared.options.stream_to)

    async def run(self, call: AsyncCall) -> Any:
        """Return the value of the reply to a call; a stream as ``OpenedStream``."""
        note = _MAY_BE_BILLED if call.method.upper() == "POST" else ""
        value = await (self.lanes.stream if call.streams else self.lanes.call)(call.send, note)
        # A reply may be a stream although the arguments did not ask for one.
        return self.lanes.follow(value) if isinstance(value, Stream) else value

    def close(self) -> None:
        """Refuse further calls, and close the idle connections."""
        self.lanes.close()
        self._connections.close()

    def _when_dropped(self, end: Callable[[], None]) -> None:
        """Call ``end`` when the client is gone: one that with_options returned may make one call only."""
        weakref.finalize(self, end).atexit = False

    def _send(self, call: Call, begun: float, cancelled: Cancellation) -> Any:
        request = build(call, self._settings, self._endpoints.index.base_url)
        return self._connections.sending.send(
            request, call.result, call.options, call.endpoint, cancelled, begun=begun
        )
