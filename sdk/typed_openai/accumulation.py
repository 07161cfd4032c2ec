"""Streams that end in a value: the reply that the same call gives without a stream, while it grows."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Any, Generic, TypeVar

from typed_openai._accumulating.growing_replies import GrowingReply, growing_reply
from typed_openai.errors import CallError, OpenAIError
from typed_openai.streaming import Stream, StreamingClient
from typed_openai_spec.model.accumulating_events import Accumulation

__all__ = ["Accumulated", "Accumulator", "AsyncAccumulated", "accumulate", "accumulator"]

Event_co = TypeVar("Event_co", covariant=True)
Event_contra = TypeVar("Event_contra", contravariant=True)
Reply = TypeVar("Reply")
Reply_co = TypeVar("Reply_co", covariant=True)


class Accumulated(Generic[Event_co, Reply_co]):
    """The events of a stream, each as soon as it arrives, and the reply that they make up so far.

    :func:`accumulate` returns it. It is iterated over, used in a ``with`` block and closed like the
    :class:`Stream`, with the same errors. After an error, or after the loop was left, :attr:`value` has
    what arrived until then.

    >>> stream = Client().responses.create_response("Hi", "gpt-4o", stream=True)
    >>> with accumulate(stream) as events:
    ...     for event in events:
    ...         if event["type"] == "response.output_text.delta":
    ...             print(event["delta"], end="")
    Hello!...
    >>> events.value["object"]
    'response'
    """

    def __init__(self, stream: Stream[Event_co], reply: Any) -> None:
        self._stream = stream
        self._reply: GrowingReply = reply
        self._added = reply.add

    @property
    def _facts(self) -> object:
        return self._stream._facts

    @property
    def value(self) -> Reply_co:
        """The reply so far; after the last event, the reply of the same call without a stream.

        It is the same object each time, and grows: copy it to keep a state of it. Until the end it may lack
        keys. The value of a file is the ``bytes`` that arrived so far.

        >>> messages = [{"role": "user", "content": "Say hello."}]
        >>> create = Client().chat.create_chat_completion
        >>> events = accumulate(create(messages, "gpt-4o-mini", stream=True))
        >>> for event in events:
        ...     reply = events.value
        >>> reply["choices"][0]["message"]["content"]
        'Hello!...'
        """
        value: Reply_co = self._reply.value()
        return value

    def finish(self) -> Reply_co:
        """Read the rest of the events, and return the whole reply. Raises the errors of :class:`Stream`.

        >>> stream = Client().responses.create_response("Hi", "gpt-4o", stream=True)
        >>> accumulate(stream).finish()["object"]
        'response'
        """
        for _ in self:
            pass
        return self.value

    def close(self) -> None:
        """Close the connection. May be called repeatedly, and from any thread.

        >>> stream = Client().responses.create_response("Hi", "gpt-4o", stream=True)
        >>> events = accumulate(stream)
        >>> first = next(events)
        >>> events.close()
        """
        self._stream.close()

    def __iter__(self) -> Iterator[Event_co]:
        # An object of its own for each loop: leaving the loop drops it, and closes the stream.
        return map(self._added, self._stream)

    def __next__(self) -> Event_co:
        event: Event_co = self._added(next(self._stream))
        return event

    def __enter__(self) -> Accumulated[Event_co, Reply_co]:
        self._stream.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._stream).replace("<", "<Accumulated", 1)


class AsyncAccumulated(Generic[Event_co, Reply_co]):
    """The counterpart of :class:`Accumulated` for the streams of an async client.

    >>> async def main() -> None:
    ...     create = AsyncClient().responses.create_response
    ...     async with accumulate(await create("Hi", "gpt-4o", stream=True)) as events:
    ...         async for event in events:
    ...             pass
    ...     print(events.value["object"])
    >>> asyncio.run(main())
    response
    """

    def __init__(self, stream: Any, reply: Any) -> None:
        self._stream = stream
        self._reply: GrowingReply = reply
        self._added = reply.add

    @property
    def _facts(self) -> object:
        facts: object = self._stream._facts
        return facts

    @property
    def value(self) -> Reply_co:
        """The reply so far; after the last event, the reply of the same call without a stream.

        It grows as :attr:`Accumulated.value` does.

        >>> async def main() -> None:
        ...     create = AsyncClient().responses.create_response
        ...     events = accumulate(await create("Hi", "gpt-4o", stream=True))
        ...     first = await anext(events)
        ...     print(first["type"], events.value["object"])
        ...     await events.aclose()
        >>> asyncio.run(main())
        response.created response
        """
        value: Reply_co = self._reply.value()
        return value

    async def finish(self) -> Reply_co:
        """Read the rest of the events, and return the whole reply. Raises the errors of the stream.

        >>> async def main() -> None:
        ...     create = AsyncClient().responses.create_response
        ...     reply = await accumulate(await create("Hi", "gpt-4o", stream=True)).finish()
        ...     print(reply["object"])
        >>> asyncio.run(main())
        response
        """
        async for _ in self:
            pass
        return self.value

    async def aclose(self) -> None:
        """Close the connection. May be called repeatedly, and by any task.

        >>> async def main() -> None:
        ...     create = AsyncClient().responses.create_response
        ...     events = accumulate(await create("Hi", "gpt-4o", stream=True))
        ...     await events.aclose()
        >>> asyncio.run(main())
        """
        await self._stream.aclose()

    def __aiter__(self) -> AsyncIterator[Event_co]:
        return _Loop(aiter(self._stream), self._added)

    async def __anext__(self) -> Event_co:
        event: Event_co = self._added(await anext(self._stream))
        return event

    async def __aenter__(self) -> AsyncAccumulated[Event_co, Reply_co]:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return repr(self._stream).replace("<", "<Accumulated", 1)


class _Loop(Generic[Event_co]):
    """One loop over the events of an async client's stream. Leaving it drops it, and closes the stream."""

    def __init__(self, events: AsyncIterator[Event_co], added: Callable[[Any], Any]) -> None:
        self._events = events
        self._added = added

    def __aiter__(self) -> AsyncIterator[Event_co]:
        return self

    async def __anext__(self) -> Event_co:
        event: Event_co = self._added(await anext(self._events))
        return event


def accumulate(stream: Any) -> Any:
    """Return the stream's events together with the reply that they make up.

    ``stream`` is what a call with ``stream=True`` returned, of a client or an async client, and not read
    yet. The type of the reply follows that of the events: ``Stream[ResponseStreamEvent]`` makes up a
    ``Response``. For speech, it is the file's content as ``bytes``; for the text of a recording, the JSON
    reply, whatever ``response_format`` is.

    Raises ``CallError`` for anything else than such a stream, or if the description does not say how its
    events make up a reply, and ``ValueError`` if it has been read or closed.

    >>> stream = Client().responses.create_response("Hi", "gpt-4o", stream=True)
    >>> events = accumulate(stream)
    >>> for event in events:
    ...     if event["type"] == "response.output_text.delta":
    ...         print(event["delta"], end="")
    Hello!...
    >>> events.value["output"][0]["type"]
    'message'
    """
    if isinstance(stream, Stream):
        stream._check_unread()
        return Accumulated(stream, growing_reply(_accumulation(stream)))
    inner = getattr(stream, "_stream", None)
    if isinstance(inner, Stream) and hasattr(stream, "__aiter__"):
        stream._check()
        return AsyncAccumulated(stream, growing_reply(_accumulation(inner)))
    found = type(stream).__name__
    raise CallError(f'accumulate: expected the stream of a call with stream=True, got "{found}"')


def _accumulation(stream: Stream[Any]) -> Accumulation:
    found = stream._accumulation()
    if not isinstance(found, Accumulation):
        raise CallError(
            f"accumulate: the description does not say how the events of {stream._operation} make up a reply"
        )
    return found


class Accumulator(StreamingClient[Event_contra, Reply]):
    """A receiver for ``stream_to=`` whose final state is the reply that the events make up.

    :func:`accumulator` returns it. :meth:`StreamHandle.wait` returns the reply, and raises the error if the
    call or its stream fails; :attr:`value` has what arrived until then.

    >>> receiver = accumulator(types.Response)
    >>> handle = Client().responses.create_response("Hi", "gpt-4o", stream_to=receiver)
    >>> handle.wait()["object"]
    'response'
    >>> receiver.value["object"]
    'response'
    """

    def __init__(self, reply: type[Reply] | None = None) -> None:
        super().__init__({})  # type: ignore[arg-type]  # the state before the first event
        self._type = reply
        self._latest: _Receiving[Any] | None = None

    @property
    def value(self) -> Reply:
        """The reply so far; of the stream that began last, if there are several.

        >>> receiver = accumulator(types.Response)
        >>> handle = Client().responses.create_response("Hi", "gpt-4o", stream_to=receiver)
        >>> reply = handle.wait()
        >>> receiver.value is reply
        True
        """
        return self.state if self._latest is None else self._latest.settled()

    def _begun(self, stream: Stream[Any]) -> StreamingClient[Any, Any]:
        """Return the receiver for one stream."""
        accumulation = _accumulation(stream)
        name = getattr(self._type, "__name__", "")
        if name and name not in accumulation.makes:
            expected = " or ".join(accumulation.makes)
            raise CallError(f"accumulator: {stream._operation} makes up a {expected}, not a {name}")
        self._latest = _Receiving(growing_reply(accumulation))
        return self._latest


class _Receiving(StreamingClient[Any, Any], Generic[Reply]):
    """Receives one stream, in a thread; other threads may read the reply."""

    def __init__(self, reply: GrowingReply) -> None:
        super().__init__(None)
        self._reply = reply
        self._lock = threading.Lock()

    def settled(self) -> Any:
        with self._lock:
            return self._reply.value()

    _settle = settled
    """The final state, however the stream ends."""

    def handle_data(self, data: Any, state: Any) -> Any:
        with self._lock:
            self._reply.add(data)
        return state

    def handle_error(self, error: OpenAIError, state: Any) -> Any:
        raise error


def accumulator(reply: Any = None) -> Any:
    """Return a receiver for ``stream_to=`` that adds up the events to a reply.

    ``reply`` is the type of the reply, as ``types.Response``: it makes the receiver fit only calls whose
    stream makes up such a reply, and gives ``wait()`` its type. It may be used for async clients, too. The
    stream fails with ``CallError`` if its events make up another reply.

    >>> create = Client().responses.create_response
    >>> reply = create("Hi", "gpt-4o", stream_to=accumulator(types.Response)).wait()
    >>> reply["output"][0]["type"]
    'message'
    """
    return Accumulator(reply)
