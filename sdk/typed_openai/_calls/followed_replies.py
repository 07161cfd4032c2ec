"""Followers of replies that are read after the call has returned: streams and files."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from types import TracebackType
from typing import Any, Protocol

from typed_openai.binary import BinaryReply, ByteSource
from typed_openai.streaming import Stream, StreamSource


class Follower(Protocol):
    """Sees a reply, and its end."""

    def read(self, value: object) -> None:
        """See a whole reply."""

    def arrived(self, event: Any) -> Any:
        """See an event of a stream, and return it."""

    def ended(self) -> None:
        """See the end of a reply."""

    def closed(self) -> None:
        """See that the caller does not read the reply to its end."""

    def failed(self, error: BaseException) -> None:
        """See that the reply breaks off."""


def follow(value: Any, follower: Follower) -> None:
    """Let ``follower`` see the reply ``value`` while it is read."""
    if isinstance(value, Stream):
        value._events = _observed(value._events, _Reading(value._source, follower))
        value._source = _ObservedClosing(value._source, follower)
    elif isinstance(value, BinaryReply):
        value._source = _ObservedBody(value._source, follower)
    else:
        follower.read(value)
        follower.ended()


class _Source(Protocol):
    """The bytes of a reply. ``aborted`` is True if another thread has closed the connection."""

    @property
    def aborted(self) -> bool: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


class _Reading:
    """One reading of a reply, as a context manager: the follower sees its end.

    A reader whose connection is closed by another thread may find the end of the reply, or an error.
    """

    def __init__(self, source: _Source, follower: Follower) -> None:
        self.follower = follower
        self._source = source

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._source.aborted or isinstance(error, GeneratorExit):
            self.follower.closed()
        elif error is None:
            self.follower.ended()
        else:
            self.follower.failed(error)


def _observed(events: Generator[Any, None, None], reading: _Reading) -> Generator[Any, None, None]:
    try:
        # No variable holds an event: a traceback may show it.
        with reading:
            yield from map(reading.follower.arrived, events)
    finally:
        events.close()


class _ObservedSource:
    """The bytes of a reply whose follower sees that the caller closes the connection."""

    def __init__(self, source: _Source, follower: Follower) -> None:
        self._closing = source
        self._follower = follower

    @property
    def aborted(self) -> bool:
        return self._closing.aborted

    def close(self) -> None:
        self._closing.close()
        self._follower.closed()

    def abort(self) -> None:
        self._closing.abort()
        self._follower.closed()


class _ObservedClosing(_ObservedSource):
    """The source of a stream. The events hold the source itself, so that only the caller closes this one."""

    def __init__(self, source: StreamSource, follower: Follower) -> None:
        super().__init__(source, follower)
        self.chunks = source.chunks


class _ObservedBody(_ObservedSource):
    """The body of a file."""

    def __init__(self, source: ByteSource, follower: Follower) -> None:
        super().__init__(source, follower)
        self._source = source
        self._reading = _Reading(source, follower)

    def chunks(self) -> Iterator[bytes]:
        with self._reading:
            yield from self._source.chunks()

    def read(self) -> bytes:
        with self._reading:
            return self._source.read()
