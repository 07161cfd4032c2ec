"""Streams of events, for iteration, or for a callback or a ``StreamingClient`` in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from inspect import GEN_CLOSED, GEN_CREATED, getgeneratorstate
from types import TracebackType
from typing import Any, Generic, NoReturn, Protocol, TypeAlias, TypeVar

from typed_openai._security.tracebacks import without_locals
from typed_openai._streams.reading import events_of
from typed_openai._transport.deadlines import Cancellation
from typed_openai.errors import OpenAIError

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
    """Decodes the bytes to events, and distinguishes the stream's end from a broken connection."""

    finished: bool
    ended: bool
    request_id: str | None

    def feed(self, chunk: bytes) -> Iterator[Any]: ...

    def close(self, broken: bool = False) -> Iterator[Any]: ...

    def arrived(self) -> tuple[list[Any], int]: ...


class Stream(Generic[Event_co]):
    """The events of a reply, each as soon as it arrives.

    Iterate over it, preferably in a ``with`` block. Leaving the loop, ``close()``, the end of ``with`` and
    losing the last reference each close the connection, so that the server stops. A stream can be iterated
    over once, by one thread. ``ValueError`` is raised if it is over or closed, and ``RuntimeError`` if
    another thread reads it. It cannot be pickled.

    Iterating raises ``StreamTruncatedError`` if the connection ends before the stream's terminal event,
    ``APITimeoutError`` if nothing arrives within the time-out, ``APIError`` if the stream reports an error,
    and ``InvalidReplyError`` if an event is not JSON.

    >>> with Client().responses.create_response("Hi", "gpt-4o", stream=True) as events:
    ...     for event in events:
    ...         if event["type"] == "response.output_text.delta":
    ...             print(event["delta"], end="")
    Hello!...
    """

    def __init__(
        self,
        source: StreamSource,
        reader: StreamReader,
        operation: str = "",
        accumulation: Callable[[], object] = lambda: None,
    ) -> None:
        self._source = source
        self._reader = reader
        self._operation = operation
        self._accumulation = accumulation
        self._closed = False
        self._facts: object = None
        # The generator must not refer to ``self``: a cycle would keep the connection open after the last
        # reference is gone.
        self._events: Generator[Event_co, None, None] = events_of(source, reader, operation)

    def __iter__(self) -> Iterator[Event_co]:
        self._check()
        # A separate generator for each loop: leaving the loop closes it, and the stream with it.
        return self._loop()

    def __next__(self) -> Event_co:
        if self._closed and getgeneratorstate(self._events) != GEN_CLOSED:
            raise ValueError(_OVER)
        try:
            return next(self._events)
        except BaseException as error:
            raise _shown(error) from error.__cause__

    def close(self) -> None:
        """Close the connection. May be called repeatedly, and from any thread.

        An iteration in another thread then ends.

        >>> stream = Client().completions.create_completion("babbage-002", "Hi", stream=True)
        >>> first = next(stream)
        >>> stream.close()
        """
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
        # The constructor may have failed before the source was set.
        if (source := self.__dict__.get("_source")) is not None:
            source.close()

    def __repr__(self) -> str:
        return f"<Stream of {self._operation}{' (closed)' if self._closed else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a stream cannot be pickled or copied: its events come over a connection")

    def _check(self) -> None:
        """Raise ``ValueError`` if the stream is over."""
        if self._closed or getgeneratorstate(self._events) == GEN_CLOSED:
            raise ValueError(_OVER)

    def _check_unread(self) -> None:
        """Raise ``ValueError`` if an event has been read."""
        self._check()
        if getgeneratorstate(self._events) != GEN_CREATED:
            raise ValueError("the stream has been read already; its first events are gone")

    def _loop(self) -> Generator[Event_co, None, None]:
        try:
            yield from self._events
        except GeneratorExit:
            self._closed = True
            raise
        except BaseException as error:
            raise _shown(error) from error.__cause__


_OVER = "the stream is finished or closed; it can be iterated over only once"


def _shown(error: BaseException) -> BaseException:
    """Return the error for a generator that two threads run at once; others without the server's data."""
    if isinstance(error, ValueError) and "already executing" in str(error):
        error = RuntimeError(
            "another thread is reading this stream; pass each event to the one that needs it"
        )
        error.__suppress_context__ = True
    return without_locals(error)


@dataclass(frozen=True, slots=True)
class StreamData(Generic[Event_co]):
    """An event of the stream, as ``data``.

    >>> def show(message: StreamMessage[types.ResponseStreamEvent]) -> None:
    ...     if isinstance(message, StreamData):
    ...         print(message.data["type"])
    >>> Client().responses.create_response("Hi", "gpt-4o", stream_to=show).wait()
    response.created
    ...
    """

    data: Event_co


@dataclass(frozen=True, slots=True)
class StreamError:
    """The call or its stream failed with ``error``; nothing follows.

    >>> def show(message: StreamMessage[object]) -> None:
    ...     if isinstance(message, StreamError):
    ...         print(message.error.code)
    >>> Client().request("POST", "/no/such/path", stream_to=show).wait()
    unknown_url
    """

    error: OpenAIError


@dataclass(frozen=True, slots=True)
class StreamFinish:
    """The stream is complete; nothing follows.

    >>> def show(message: StreamMessage[object]) -> None:
    ...     if isinstance(message, StreamFinish):
    ...         print("complete")
    >>> Client().responses.create_response("Hi", "gpt-4o", stream_to=show).wait()
    complete
    """


StreamMessage: TypeAlias = StreamData[Event] | StreamError | StreamFinish
"""The argument of a callback that is passed as ``stream_to=``."""


class StreamingClient(Generic[Event_contra, State]):
    """A receiver of a stream that passes a state from message to message.

    Subclass it, override the methods, and pass an instance as ``stream_to=``. ``state`` is the initial
    state of each stream; one instance may receive several streams, each with its own state.

    >>> class Text(StreamingClient[types.ResponseStreamEvent, str]):
    ...     def handle_data(self, data, state):
    ...         return state + (data.get("delta") or "")
    >>> Client().responses.create_response("Hi", "gpt-4o", stream_to=Text("")).wait()
    'Hello!...'
    """

    def __init__(self, state: State) -> None:
        self.state = state

    def handle_data(self, data: Event_contra, state: State) -> State:
        """Handle an event. Returns the next state; by default the same one.

        >>> class Count(StreamingClient[types.ResponseStreamEvent, int]):
        ...     def handle_data(self, data, state):
        ...         return state + 1
        >>> Client().responses.create_response("Hi", "gpt-4o", stream_to=Count(0)).wait()
        16
        """
        return state

    def handle_error(self, error: OpenAIError, state: State) -> State:
        """Handle a failure of the call or its stream; nothing follows. Returns the final state.

        By default ``error`` is raised, and :meth:`StreamHandle.wait` raises it again.

        >>> class Code(StreamingClient[types.ResponseStreamEvent, str | None]):
        ...     def handle_error(self, error, state):
        ...         return getattr(error, "code", None)
        >>> Client().request("POST", "/no/such/path", stream_to=Code(None)).wait()
        'unknown_url'
        """
        raise error

    def handle_finish(self, state: State) -> State:
        """Handle the end of a complete stream; nothing follows. Returns the final state.

        >>> class Outcome(StreamingClient[types.ResponseStreamEvent, str]):
        ...     def handle_finish(self, state):
        ...         return "complete"
        >>> Client().responses.create_response("Hi", "gpt-4o", stream_to=Outcome("")).wait()
        'complete'
        """
        return state


class StreamHandle(Generic[State]):
    """A stream that is received in the background: wait for its end, or cancel it. It cannot be pickled.

    Its type parameter is the state that :meth:`wait` returns: ``StreamHandle[str]`` for a
    ``StreamingClient[Event, str]``, ``StreamHandle[None]`` for a callback.

    >>> messages = []
    >>> client = Client()
    >>> handle = client.responses.create_response("Hi", "gpt-4o", stream_to=messages.append)
    >>> handle.wait(timeout=60)
    >>> messages[-1]
    StreamFinish()
    """

    def __init__(self, state: State) -> None:
        self._finished = threading.Event()
        self._lock = threading.Lock()
        self._cancelled = Cancellation()
        self._thread: int | None = None
        self._stream: Stream[Any] | None = None
        self._state = state
        self._settle: Callable[[], State] | None = None
        self._failure: BaseException | None = None
        self._error: OpenAIError | None = None

    @property
    def error(self) -> OpenAIError | None:
        """The error that ended the call or its stream, even if the receiver handled it; None without one.

        >>> handle = Client().request("POST", "/no/such/path", stream_to=[].append)
        >>> handle.wait()
        >>> handle.error.status
        404
        """
        return self._error

    @property
    def cancelled(self) -> bool:
        """True if :meth:`cancel` was called before the end.

        >>> handle = Client().responses.create_response("Hi", "gpt-4o", stream_to=[].append)
        >>> handle.wait()
        >>> handle.cancelled
        False
        """
        return self._cancelled.is_set()

    @property
    def done(self) -> bool:
        """True if nothing more will be delivered.

        >>> handle = Client().responses.create_response("Hi", "gpt-4o", stream_to=[].append)
        >>> handle.wait()
        >>> handle.done
        True
        """
        return self._finished.is_set()

    def wait(self, timeout: float | None = None) -> State:
        """Wait for the end, at most ``timeout`` seconds; return the final state, None for a callback.

        Errors of the call were passed to the receiver, and are in :attr:`error`. Errors that the receiver
        raised were logged, and are raised here. This includes an error of the call that a
        ``StreamingClient`` does not handle.

        Raises the built-in ``TimeoutError`` if the stream is not over in time; it continues then. Raises
        ``RuntimeError`` if the receiver itself calls it, as it would wait for itself.

        >>> handle = Client().responses.create_response("Hi", "gpt-4o", stream_to=[].append)
        >>> handle.wait(timeout=60)
        """
        if self._thread == threading.get_ident() and not self._finished.is_set():
            raise RuntimeError("a receiver cannot wait for the end of the stream that it receives")
        if not self._finished.wait(timeout):
            raise TimeoutError(f"the stream is not over after {timeout} seconds")
        if self._failure is not None:
            raise self._failure
        return self._state

    def cancel(self) -> None:
        """Close the connection at once. Nothing more is delivered, not even a finish; :meth:`wait` returns.

        The call is not retried. With the user's own ``http_client``, the connection is closed only when the
        server begins to answer.

        >>> handle = Client().responses.create_response("Hi", "gpt-4o", stream_to=[].append)
        >>> handle.cancel()
        >>> handle.wait()
        """
        with self._lock:
            if self._finished.is_set():
                return
            self._cancelled.set()
            stream = self._stream
            if stream is None:
                # Do not wait for the answer to a cancelled call.
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
        """Attach the reply's stream: from now on cancelling closes it."""
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
            # The caller may never wait for the end.
            _log.exception("%s, which ends the stream", what)
        finally:
            if self._stream is not None:
                self._stream.close()
            if self._settle is not None:
                self._state = self._settle()
            self._thread = None
            self._finished.set()

    def _deliver(self, open_stream: OpenStream, receiver: StreamingClient[Any, State]) -> None:
        events: Iterator[Any] | None = None
        while not self._cancelled.is_set():
            try:
                if events is None:
                    stream = open_stream(self._cancelled)
                    self._attach(stream)
                    if (begun := getattr(receiver, "_begun", None)) is not None:
                        receiver = begun(stream)
                        self._settle = getattr(receiver, "_settle", None)
                    # Not with ``iter``, which raises for a stream that has been cancelled in the meantime.
                    events = stream._events
                event = next(events)
            except StopIteration:
                if not self._cancelled.is_set():
                    self._state = receiver.handle_finish(self._state)
                return
            except OpenAIError as error:
                if not self._cancelled.is_set():
                    self._error = without_locals(error)
                    self._state = receiver.handle_error(error, self._state)
                return
            if not self._cancelled.is_set():
                self._state = receiver.handle_data(event, self._state)


OpenStream: TypeAlias = Callable[[Cancellation], Stream[Any]]
"""Makes the call whose reply is the stream; stops when the argument is cancelled."""
