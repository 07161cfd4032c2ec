"""Streams of events: iterated over, or received by a callback or a ``StreamingClient`` in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from inspect import GEN_CLOSED, getgeneratorstate
from types import TracebackType
from typing import Any, Generic, NoReturn, Protocol, TypeAlias, TypeVar

from typed_openai._transport.deadlines import Cancellation
from typed_openai.errors import APIConnectionError, APITimeoutError, OpenAIError, StreamTruncatedError

__all__ = [
    "Stream",
    "StreamData",
    "StreamError",
    "StreamFinish",
    "StreamHandle",
    "StreamMessage",
    "StreamingClient",
]

_log = logging.getLogger("typed_openai")

Event = TypeVar("Event")
Event_co = TypeVar("Event_co", covariant=True)
Event_contra = TypeVar("Event_contra", contravariant=True)
State = TypeVar("State")


class StreamSource(Protocol):
    """A stream's bytes as they arrive. ``abort`` may be called from any thread, and ends a blocked read."""

    @property
    def aborted(self) -> bool: ...

    def chunks(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


class StreamReader(Protocol):
    """What turns the bytes into events, and knows whether the end that came was the stream's own."""

    finished: bool
    ended: bool
    request_id: str | None

    def feed(self, chunk: bytes) -> Iterator[Any]: ...

    def close(self, broken: bool = False) -> Iterator[Any]: ...

    def arrived(self) -> tuple[list[Any], int]: ...


class Stream(Generic[Event_co]):
    """The events of a reply, each as soon as it arrives.

    Iterate over it, best in ``with``. Leaving the loop, ``close()``, the end of ``with`` and losing the
    last reference each close the connection, so that the server stops. A stream can be iterated once, by
    one thread: ``ValueError`` says that it is over or closed, ``RuntimeError`` that another thread reads it.
    It cannot be pickled.

    Iterating raises ``StreamTruncatedError`` where the connection ends before the stream's terminal
    event, ``APITimeoutError`` where nothing comes within the time-out, ``APIError`` where the stream
    reports an error, ``InvalidReplyError`` where an event is not JSON.
    """

    def __init__(self, source: StreamSource, reader: StreamReader, operation: str = "") -> None:
        self._source = source
        self._reader = reader
        self._operation = operation
        self._closed = False
        self._facts: object = None
        self._events = self._run()

    def __iter__(self) -> Iterator[Event_co]:
        self._check()
        # A generator of its own for each loop: when the loop is left it is closed, and the stream with it.
        return self._loop()

    def __next__(self) -> Event_co:
        if self._closed and getgeneratorstate(self._events) != GEN_CLOSED:
            raise ValueError(_OVER)
        try:
            return next(self._events)
        except ValueError as error:
            raise _misread(error) from None

    def close(self) -> None:
        """Close the connection. May be called again, and from another thread, where iterating then ends."""
        self._closed = True
        self._source.abort()

    def __enter__(self) -> Stream[Event_co]:
        self._check()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # The constructor may have failed before there was a source.
        if (source := self.__dict__.get("_source")) is not None:
            source.close()

    def __repr__(self) -> str:
        return f"<Stream of {self._operation}{' (closed)' if self._closed else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a stream cannot be pickled or copied: its events come over a connection")

    def _check(self) -> None:
        """Refuse to begin again what is over."""
        if self._closed or getgeneratorstate(self._events) == GEN_CLOSED:
            raise ValueError(_OVER)

    def _loop(self) -> Generator[Event_co, None, None]:
        try:
            yield from self._events
        except GeneratorExit:
            self._closed = True
            raise
        except ValueError as error:
            raise _misread(error) from None

    def _run(self) -> Generator[Event_co, None, None]:
        # What the generator uses is bound here rather than through ``self``: a reference to the stream
        # would make a cycle, and losing the last reference would no longer close it at once.
        return _events(self._source, self._reader, self._operation)


_OVER = "the stream was read to its end, left or closed already; it can be iterated over once"


def _misread(error: ValueError) -> Exception:
    """The error for a generator of ours that two threads run at once; any other as it is."""
    if "already executing" not in str(error):
        return error
    return RuntimeError("another thread is reading this stream; give each event to the one that needs it")


def _events(source: StreamSource, reader: StreamReader, operation: str) -> Generator[Any, None, None]:
    broken: APIConnectionError | None = None
    try:
        try:
            for chunk in source.chunks():
                yield from reader.feed(chunk)
                if reader.ended:
                    return
        except APIConnectionError as error:
            broken = error
        if source.aborted:
            return
        yield from reader.close(broken is not None)
    finally:
        source.close()
    if reader.finished:
        return
    if isinstance(broken, APITimeoutError):
        raise broken
    events, dropped = reader.arrived()
    raise StreamTruncatedError(
        f"{operation}: the stream ended after {dropped + len(events)} events, before its terminal event",
        operation=operation,
        events=events,
        dropped=dropped,
        request_id=reader.request_id,
    ) from broken


@dataclass(frozen=True, slots=True)
class StreamData(Generic[Event_co]):
    """An event of the stream."""

    data: Event_co


@dataclass(frozen=True, slots=True)
class StreamError:
    """The call or its stream failed; nothing follows."""

    error: OpenAIError


@dataclass(frozen=True, slots=True)
class StreamFinish:
    """The stream is complete; nothing follows."""


StreamMessage: TypeAlias = StreamData[Event] | StreamError | StreamFinish
"""What a callback given as ``stream_to=`` is called with."""


class StreamingClient(Generic[Event_contra, State]):
    """A receiver of a stream that carries a state from message to message.

    Subclass it, override the methods, and pass an instance as ``stream_to=``. ``state`` is the state that
    each stream begins with; one instance may receive several streams, each with a state of its own.
    """

    def __init__(self, state: State) -> None:
        self.state = state

    def handle_data(self, data: Event_contra, state: State) -> State:
        """An event came. Gives the next state."""
        return state

    def handle_error(self, error: OpenAIError, state: State) -> State:
        """The call or its stream failed; nothing follows. Gives the final state.

        By default ``error`` is raised, and with it by :meth:`StreamHandle.wait`.
        """
        raise error

    def handle_finish(self, state: State) -> State:
        """The stream is complete; nothing follows. Gives the final state."""
        return state


class StreamHandle(Generic[State]):
    """A stream that is received in the background: wait for its end, or cancel it. It cannot be pickled.


    Its type names the state that :meth:`wait` gives: ``StreamHandle[str]`` for a
    ``StreamingClient[Event, str]``, ``StreamHandle[None]`` for a callback.
    """

    def __init__(self, state: State) -> None:
        self._finished = threading.Event()
        self._lock = threading.Lock()
        self._cancelled = Cancellation()
        self._thread: int | None = None
        self._stream: Stream[Any] | None = None
        self._state = state
        self._failure: BaseException | None = None
        self._error: OpenAIError | None = None

    @property
    def error(self) -> OpenAIError | None:
        """The error that ended the call or its stream, whatever the receiver made of it; None without one."""
        return self._error

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called before the end."""
        return self._cancelled.is_set()

    @property
    def done(self) -> bool:
        """Whether nothing more will be delivered."""
        return self._finished.is_set()

    def wait(self, timeout: float | None = None) -> State:
        """Wait for the end, at most ``timeout`` seconds; gives the final state, None for a callback.

        Errors of the call went to the receiver, and are in :attr:`error`. What the receiver raised was
        logged, and is raised here: an error of the call, too, where a ``StreamingClient`` does not handle it.
        Raises the built-in ``TimeoutError`` where the stream is not over in time; it goes on then. Raises
        ``RuntimeError`` where the receiver itself would wait: its own end would never come.
        """
        if self._thread == threading.get_ident() and not self._finished.is_set():
            raise RuntimeError("a receiver cannot wait for the end of the stream that it receives")
        if not self._finished.wait(timeout):
            raise TimeoutError(f"the stream is not over after {timeout} seconds")
        if self._failure is not None:
            raise self._failure
        return self._state

    def cancel(self) -> None:
        """Close the connection at once. Nothing more is delivered, not even a finish; :meth:`wait` ends.

        A failed try is not repeated. An ``http_client`` of the user's does not let its connection be
        closed before the server begins to answer: it is closed then.
        """
        with self._lock:
            if self._finished.is_set():
                return
            self._cancelled.set()
            stream = self._stream
            if stream is None:
                # Nobody need wait for the answer to a call that nobody wants any more.
                self._finished.set()
        if stream is not None:
            stream.close()

    def __repr__(self) -> str:
        of = f" of {self._stream._operation}" if self._stream is not None else ""
        failure = self._failure if self._error is None else self._error
        if self.cancelled:
            outcome = "cancelled"
        elif failure is not None:
            outcome = f"failed: {type(failure).__name__}"
        else:
            outcome = "complete" if self.done else "running"
        return f"<StreamHandle{of} ({outcome})>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("the handle of a stream cannot be pickled or copied: a thread receives it")

    def _attach(self, stream: Stream[Any]) -> None:
        """The reply has come: from now on cancelling closes it."""
        with self._lock:
            self._stream = stream
            cancelled = self._cancelled.is_set()
        if cancelled:
            stream.close()

    def _receive(self, open_stream: OpenStream, receiver: StreamingClient[Any, State]) -> None:
        self._thread = threading.get_ident()
        try:
            self._deliver(open_stream, receiver)
        except BaseException as failure:
            self._failure = failure
            what = "a stream failed" if failure is self._error else "the receiver of a stream failed"
            # Perhaps nobody will wait for the end.
            _log.exception("%s, which ends the stream", what)
        finally:
            if self._stream is not None:
                self._stream.close()
            self._thread = None
            self._finished.set()

    def _deliver(self, open_stream: OpenStream, receiver: StreamingClient[Any, State]) -> None:
        events: Iterator[Any] | None = None
        while not self._cancelled.is_set():
            try:
                if events is None:
                    stream = open_stream(self._cancelled)
                    self._attach(stream)
                    # Not by ``iter``, which refuses a stream that was cancelled by now.
                    events = stream._events
                event = next(events)
            except StopIteration:
                if not self._cancelled.is_set():
                    self._state = receiver.handle_finish(self._state)
                return
            except OpenAIError as error:
                if not self._cancelled.is_set():
                    self._error = error
                    self._state = receiver.handle_error(error, self._state)
                return
            if not self._cancelled.is_set():
                self._state = receiver.handle_data(event, self._state)


class _Callback(StreamingClient[Any, None]):
    """A plain callable as a receiver."""

    def __init__(self, callback: Callable[[StreamMessage[Any]], object]) -> None:
        super().__init__(None)
        self._callback = callback

    def handle_data(self, data: Any, state: None) -> None:
        self._callback(StreamData(data))

    def handle_error(self, error: OpenAIError, state: None) -> None:
        self._callback(StreamError(error))

    def handle_finish(self, state: None) -> None:
        self._callback(StreamFinish())


OpenStream: TypeAlias = Callable[[Cancellation], Stream[Any]]
"""Makes the call whose reply is the stream; it gives up once that is cancelled."""


def receive(open_stream: OpenStream, receiver: Any) -> StreamHandle[Any]:
    """Open the stream and deliver its events to ``receiver`` in a thread of its own."""
    if not isinstance(receiver, StreamingClient) and not hasattr(receiver, "handle_data"):
        receiver = _Callback(receiver)
    handle = StreamHandle(receiver.state)
    threading.Thread(
        target=handle._receive,
        args=(open_stream, receiver),
        name="typed-openai-stream",
        daemon=True,
    ).start()
    return handle
