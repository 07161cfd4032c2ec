"""Streams of events for tasks: iteration with ``async for``, or delivery in the background."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, Generic, NoReturn, Protocol, TypeVar

from typed_openai._aio.event_loops import Waker, current_loop
from typed_openai.errors import OpenAIError
from typed_openai.streaming import Stream, StreamHandle, StreamingClient

__all__ = ["AsyncStream", "AsyncStreamHandle", "AsyncStreamingClient"]

Event_co = TypeVar("Event_co", covariant=True)
Event_contra = TypeVar("Event_contra", contravariant=True)
State = TypeVar("State")


class EventSource(Protocol):
    """The events of a stream that a thread reads."""

    @property
    def is_closed(self) -> bool: ...

    @property
    def is_over(self) -> bool: ...

    async def get(self) -> Any: ...

    def close(self) -> None: ...


_OVER = "the stream is finished or closed; it can be iterated over only once"


class AsyncStream(Generic[Event_co]):
    """The events of a reply, each as soon as it arrives.

    Iterate over it with ``async for``, preferably in an ``async with`` block. Leaving the loop, an exception,
    a cancelled task, ``aclose()``, the end of ``async with`` and losing the last reference each close the
    connection, so that the server stops. A thread of the stream's own reads a few events ahead, and then
    waits for the loop. A stream can be iterated over once, by one task, in any event loop. It cannot be
    pickled.

    Iterating raises the errors of :class:`typed_openai.Stream`: ``StreamTruncatedError``,
    ``APITimeoutError``, ``APIError`` and ``InvalidReplyError``. It raises ``ValueError`` if the stream is
    over or closed, and ``RuntimeError`` if another task reads it.

    >>> async def main() -> None:
    ...     create = AsyncClient().responses.create_response
    ...     async with await create("Hi", "gpt-4o", stream=True) as events:
    ...         async for event in events:
    ...             if event["type"] == "response.output_text.delta":
    ...                 print(event["delta"], end="")
    >>> asyncio.run(main())
    Hello!...
    """

    def __init__(self, stream: Stream[Event_co], events: EventSource) -> None:
        self._stream = stream
        self._events = events

    @property
    def _facts(self) -> object:
        return self._stream._facts

    def __aiter__(self) -> AsyncIterator[Event_co]:
        self._check()
        # A separate object for each loop: leaving the loop drops it, which closes the stream.
        return _Loop(self)

    async def __anext__(self) -> Event_co:
        if self._events.is_closed:
            raise ValueError(_OVER)
        event: Event_co = await self._events.get()
        return event

    async def aclose(self) -> None:
        """Close the connection. May be called repeatedly, and by any task.

        An iteration in another task then ends.

        >>> async def main() -> None:
        ...     create = AsyncClient().responses.create_response
        ...     stream = await create("Hi", "gpt-4o", stream=True)
        ...     first = await anext(stream)
        ...     await stream.aclose()
        >>> asyncio.run(main())
        """
        self._events.close()

    async def __aenter__(self) -> AsyncStream[Event_co]:
        self._check()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._events.close()

    def __del__(self) -> None:
        # The constructor may have failed before the events were set.
        if (events := self.__dict__.get("_events")) is not None:
            events.close()

    def __repr__(self) -> str:
        return f"<AsyncStream of {self._stream._operation}{' (closed)' if self._events.is_over else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a stream cannot be pickled or copied: its events come over a connection")

    def _check(self) -> None:
        if self._events.is_over:
            raise ValueError(_OVER)


class _Loop(Generic[Event_co]):
    """One loop over a stream."""

    def __init__(self, stream: AsyncStream[Event_co]) -> None:
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[Event_co]:
        return self

    async def __anext__(self) -> Event_co:
        event: Event_co = await self._stream._events.get()
        return event

    def __del__(self) -> None:
        self._stream._events.close()


class AsyncStreamingClient(Generic[Event_contra, State]):
    """A receiver of a stream like :class:`typed_openai.StreamingClient`, with coroutine methods.

    Subclass it, override the methods, and pass an instance as ``stream_to=``. The methods run one after the
    other in the event loop of the call. A slow one slows the server down.

    >>> class Text(AsyncStreamingClient[types.ResponseStreamEvent, str]):
    ...     async def handle_data(self, data, state):
    ...         return state + (data.get("delta") or "")
    >>> async def main() -> None:
    ...     create = AsyncClient().responses.create_response
    ...     handle = await create("Hi", "gpt-4o", stream_to=Text(""))
    ...     print(await handle.wait())
    >>> asyncio.run(main())
    Hello!...
    """

    def __init__(self, state: State) -> None:
        self.state = state

    async def handle_data(self, data: Event_contra, state: State) -> State:
        """Handle an event. Returns the next state; by default the same one.

        >>> class Count(AsyncStreamingClient[types.ResponseStreamEvent, int]):
        ...     async def handle_data(self, data, state):
        ...         return state + 1
        """
        return state

    async def handle_error(self, error: OpenAIError, state: State) -> State:
        """Handle a failure of the call or its stream; nothing follows. Returns the final state.

        By default ``error`` is raised, and :meth:`AsyncStreamHandle.wait` raises it again.

        >>> class Code(AsyncStreamingClient[types.ResponseStreamEvent, str | None]):
        ...     async def handle_error(self, error, state):
        ...         return getattr(error, "code", None)
        """
        raise error

    async def handle_finish(self, state: State) -> State:
        """Handle the end of a complete stream; nothing follows. Returns the final state.

        >>> class Outcome(AsyncStreamingClient[types.ResponseStreamEvent, str]):
        ...     async def handle_finish(self, state):
        ...         return "complete"
        """
        return state


class AsyncStreamHandle(Generic[State]):
    """A stream that is received in the background: await its end, or cancel it. It cannot be pickled.

    The receiver that was passed as ``stream_to=`` may be a coroutine function or an
    :class:`AsyncStreamingClient`, which run in the event loop of the call. A plain function or a
    ``StreamingClient`` runs in the stream's thread, and may block.

    >>> messages = []
    >>> async def main() -> None:
    ...     create = AsyncClient().responses.create_response
    ...     handle = await create("Hi", "gpt-4o", stream_to=messages.append)
    ...     await handle.wait()
    >>> asyncio.run(main())
    >>> messages[-1]
    StreamFinish()
    """

    def __init__(
        self,
        start: Callable[[Callable[[], None]], None],
        open_stream: Callable[[Any], Stream[Any]],
        receiver: StreamingClient[Any, State],
        is_receiving: Callable[[], bool],
    ) -> None:
        self._handle = StreamHandle(receiver.state)
        self._is_receiving = is_receiving
        self._wakers: list[Waker] = []
        start(lambda: self._receive(open_stream, receiver))

    @property
    def error(self) -> OpenAIError | None:
        """The error that ended the call or its stream, even if the receiver handled it; None without one.

        >>> async def main() -> None:
        ...     client = AsyncClient()
        ...     handle = await client.request("POST", "/no/such", stream_to=[].append)
        ...     await handle.wait()
        ...     print(handle.error.status)
        >>> asyncio.run(main())
        404
        """
        return self._handle.error

    @property
    def cancelled(self) -> bool:
        """True if :meth:`cancel` was called before the end.

        >>> async def main() -> None:
        ...     create = AsyncClient().responses.create_response
        ...     handle = await create("Hi", "gpt-4o", stream_to=[].append)
        ...     handle.cancel()
        ...     print(handle.cancelled)
        >>> asyncio.run(main())
        True
        """
        return self._handle.cancelled

    @property
    def done(self) -> bool:
        """True if nothing more will be delivered.

        >>> async def main() -> None:
        ...     create = AsyncClient().responses.create_response
        ...     handle = await create("Hi", "gpt-4o", stream_to=[].append)
        ...     await handle.wait()
        ...     print(handle.done)
        >>> asyncio.run(main())
        True
        """
        return self._handle.done

    async def wait(self) -> State:
        """Wait for the end; return the final state, None for a callback. Cancelling the wait does not
        cancel the stream.

        Errors of the call were passed to the receiver, and are in :attr:`error`. Errors that the receiver
        raised were logged, and are raised here. This includes an error of the call that a
        ``StreamingClient`` does not handle. Raises ``RuntimeError`` if the receiver calls it.

        >>> async def main() -> None:
        ...     create = AsyncClient().responses.create_response
        ...     handle = await create("Hi", "gpt-4o", stream_to=[].append)
        ...     await handle.wait()
        >>> asyncio.run(main())
        """
        if self._is_receiving() and not self._handle.done:
            raise RuntimeError("a receiver cannot wait for the end of its own stream")
        while not self._handle.done:
            waker = current_loop().waker()
            self._wakers.append(waker)
            try:
                # The end may have come before the waker was in the list.
                if not self._handle.done:
                    await waker.wait()
            finally:
                self._wakers.remove(waker)
        return self._handle.wait()

    def cancel(self) -> None:
        """Close the connection at once. Nothing more is delivered, not even a finish; :meth:`wait` returns.

        The call is not retried. A coroutine function of the receiver that runs is not interrupted.

        >>> async def main() -> None:
        ...     create = AsyncClient().responses.create_response
        ...     handle = await create("Hi", "gpt-4o", stream_to=[].append)
        ...     handle.cancel()
        ...     await handle.wait()
        >>> asyncio.run(main())
        """
        self._handle.cancel()
        self._wake()

    def __repr__(self) -> str:
        return f"<Async{repr(self._handle).lstrip('<')}"

    def __reduce__(self) -> NoReturn:
        raise TypeError("the handle of a stream cannot be pickled or copied: a thread receives it")

    def _receive(
        self, open_stream: Callable[[Any], Stream[Any]], receiver: StreamingClient[Any, State]
    ) -> None:
        self._handle._receive(open_stream, receiver)
        self._wake()

    def _wake(self) -> None:
        for waker in list(self._wakers):
            waker.wake()
