"""Replies that are read after the call has returned, and end its span: streams and files."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from typed_openai._telemetry.call_spans import CallSpan
from typed_openai.binary import BinaryReply, ByteSource
from typed_openai.streaming import Stream, StreamSource


def follow(value: Any, span: CallSpan) -> None:
    """End the span when the reply ``value`` has been read."""
    if isinstance(value, Stream):
        value._events = _observed(value._events, span)
        value._source = _ObservedClosing(value._source, span)
    elif isinstance(value, BinaryReply):
        value._source = _ObservedBody(value._source, span)
    else:
        span.read(value)
        span.ended()


def _observed(events: Generator[Any, None, None], span: CallSpan) -> Generator[Any, None, None]:
    # No variable holds an event: a traceback may show it.
    try:
        yield from map(span.arrived, events)
    except GeneratorExit:
        span.closed()
        raise
    except BaseException as error:
        span.failed(error)
        raise
    else:
        span.ended()
    finally:
        events.close()


class _ObservedClosing:
    """The source of a stream. The events hold the source itself, so that only the caller closes this one."""

    def __init__(self, source: StreamSource, span: CallSpan) -> None:
        self._source = source
        self._span = span
        self.chunks = source.chunks

    @property
    def aborted(self) -> bool:
        return self._source.aborted

    def close(self) -> None:
        self._source.close()
        self._span.closed()

    def abort(self) -> None:
        self._source.abort()
        self._span.closed()


class _ObservedBody:
    """The body of a file."""

    def __init__(self, source: ByteSource, span: CallSpan) -> None:
        self._source = source
        self._span = span

    def chunks(self) -> Iterator[bytes]:
        try:
            yield from self._source.chunks()
        except GeneratorExit:
            self._span.closed()
            raise
        except BaseException as error:
            self._span.failed(error)
            raise
        else:
            self._span.ended()

    def read(self) -> bytes:
        try:
            content = self._source.read()
        except BaseException as error:
            self._span.failed(error)
            raise
        self._span.ended()
        return content

    def close(self) -> None:
        self._source.close()
        self._span.closed()

    def abort(self) -> None:
        self._source.abort()
        self._span.closed()
