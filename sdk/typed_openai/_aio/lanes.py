"""The two groups of threads of an async client: one for calls, one for streams, which may last for hours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import copy_context
from typing import Any, NamedTuple, TypeVar

from typed_openai._aio.handover import Handover
from typed_openai._aio.jobs import Job
from typed_openai._aio.worker_threads import Workers
from typed_openai._transport.deadlines import Cancellation
from typed_openai.errors import CallError
from typed_openai.streaming import Stream

Value = TypeVar("Value")
Item = TypeVar("Item")


class OpenedStream(NamedTuple):
    """A stream, and the handover of its events."""

    stream: Stream[Any]
    events: Handover[Any]

    def close(self) -> None:
        """Close the connection, and end the thread that reads it."""
        self.events.close()


class Lanes:
    """The threads of one client: at most ``calls`` calls and ``streams`` streams at a time.

    ``at_end`` is called after the last call and the last stream of a closed client.
    """

    def __init__(self, calls: int, streams: int, at_end: Callable[[], object] = bool) -> None:
        self._calls = Workers(calls, "typed-openai-call", at_end, take_turns=True)
        self._streams = Workers(streams, "typed-openai-stream", at_end)
        self._is_closed = False

    async def call(self, perform: Callable[[Cancellation], Value], note: str = "") -> Value:
        """Return the result of ``perform``, which runs in a thread for calls."""
        job = Job(perform, note)
        self._calls.submit(job.run)
        return await job.result()

    async def stream(self, perform: Callable[[Cancellation], Any], note: str = "") -> Any:
        """Return the result of ``perform``, as :class:`OpenedStream` if it is a stream.

        The thread that opens the stream reads it, too.
        """
        job = Job(lambda cancelled: self._opened(perform(cancelled)), note)
        context = copy_context()

        def open_and_read() -> None:
            if isinstance(opened := job.run(), OpenedStream):
                context.run(opened.events.pump, opened.stream._events)

        self._streams.submit(open_and_read)
        return await job.result()

    def follow(self, stream: Stream[Any]) -> OpenedStream:
        """Read a stream that was opened by a call."""
        opened = OpenedStream(stream, Handover(stream.close))
        self.background(lambda: opened.events.pump(stream._events))
        return opened

    def read(self, items: Iterable[Item], end: Callable[[], None]) -> Handover[Item]:
        """Read ``items`` in a thread for streams. ``end`` ends a blocked read."""
        reading = Handover[Item](end)
        self.background(lambda: reading.pump(items))
        return reading

    def background(self, work: Callable[[], None]) -> None:
        """Run ``work``, which raises nothing, in a thread for streams, with the task's context variables."""
        context = copy_context()
        self._streams.submit(lambda: context.run(work))

    def check_open(self, name: str) -> None:
        """Raise ``CallError`` if the client is closed."""
        if self._is_closed:
            raise CallError(f"{name}: the client is closed; create another one")

    def close(self) -> None:
        """Refuse further calls. Those that run are not interrupted."""
        self._is_closed = True
        self._calls.close()
        self._streams.close()

    def _opened(self, value: Any) -> Any:
        return OpenedStream(value, Handover(value.close)) if isinstance(value, Stream) else value
