"""Replies that are read after the call has returned, and end its span: streams and files."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from types import TracebackType
from typing import Any, Protocol

from typed_openai._telemetry.call_spans import CallSpan
from typed_openai.binary import BinaryReply, ByteSource
from typed_openai.streaming import Stream, StreamSource


def follow(value: Any, span: CallSpan) -> None:
    """End the span when the reply ``value`` has been read."""
    if isinstance(value, Stream):
        value._events = _observed(value._events, _Reading(value._source, span))
        value._source = _ObservedClosing(value._source, span)
    elif isinstance(value, BinaryReply):
        value._source = _ObservedBody(value._source, span)
    else:
        span.read(value)
        span.ended()


class _Source(Protocol):
    """The bytes of a reply. ``aborted`` is True if another thread has closed the connection."""

    @property
    def aborted(self) -> bool: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


class _Reading:
    """One reading of a reply, as a context manager that ends the span by the way in which the reading ends.

    A reader whose connection is closed by another thread may find the end of the reply, or an error.
    """

    def __init__(self, source: _Source, span: CallSpan) -> None:
        self.span = span
        self._source = source

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._source.aborted or isinstance(error, GeneratorExit):
            self.span.closed()
        elif error is None:
            self.span.ended()
        else:
            self.span.failed(error)


def _observed(events: Generator[Any, None, None], reading: _Reading) -> Generator[Any, None, None]:
    try:
        # No variable holds an event: a traceback may show it.
        with reading:
            yield from map(reading.span.arrived, events)
    finally:
        events.close()


class _ObservedSource:
    """The bytes of a reply whose span ends when the caller closes the connection."""

    def __init__(self, source: _Source, span: CallSpan) -> None:
        self._closing = source
        self._span = span

    @property
    def aborted(self) -> bool:
        return self._closing.aborted

    def close(self) -> None:
        self._closing.close()
        self._span.closed()

    def abort(self) -> None:
        self._closing.abort()
        self._span.closed()


class _ObservedClosing(_ObservedSource):
    """The source of a stream. The events hold the source itself, so that only the caller closes this one."""

    def __init__(self, source: StreamSource, span: CallSpan) -> None:
        super().__init__(source, span)
        self.chunks = source.chunks


class _ObservedBody(_ObservedSource):
    """The body of a file."""

    def __init__(self, source: ByteSource, span: CallSpan) -> None:
        super().__init__(source, span)
        self._source = source
        self._reading = _Reading(source, span)

    def chunks(self) -> Iterator[bytes]:
        with self._reading:
            yield from self._source.chunks()

    def read(self) -> bytes:
        with self._reading:
            return self._source.read()
