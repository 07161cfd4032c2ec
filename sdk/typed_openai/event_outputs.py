"""The text and the items of a reply while it is streamed.

They are the counterparts of ``output_text``, ``text_of`` and ``output_items`` for the events of a stream, be
it of a client or of an async client.

>>> stream = Client().responses.create_response("Say hello.", "gpt-5.5", stream=True)
>>> for text in text_deltas(stream):
...     print(text, end="")
Hello!...
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Literal, TypeVar, overload

from typed_openai._answers.event_texts import ItemReader, TextReader

__all__ = ["finished_items", "text_deltas"]

Found = TypeVar("Found")


@overload
def text_deltas(
    events: Iterable[Mapping[str, object]],
    /,
    *,
    choice: int = 0,
    phase: Literal["final_answer", "commentary"] = "final_answer",
) -> Iterator[str]: ...
@overload
def text_deltas(
    events: AsyncIterable[Mapping[str, object]],
    /,
    *,
    choice: int = 0,
    phase: Literal["final_answer", "commentary"] = "final_answer",
) -> AsyncIterator[str]: ...
def text_deltas(events: Any, /, *, choice: int = 0, phase: str = "final_answer") -> Any:
    """Return an iterator over the pieces of text in the events of a chat completion or a response.

    ``events`` is a stream, or an accumulated one, whose ``value`` has the whole reply at the end. ``choice``
    is the number of the choice in a chat completion. With ``phase="commentary"``, the text is that of the
    comments that the model makes on the way, which are left out otherwise. Leaving the loop closes the
    stream. With the stream of an async client, it is an async iterator.

    Raises ``CallError`` for the events of anything else and for an unknown phase, and the errors of the
    stream. A refusal is no text: ``parse`` raises it once the reply is there.

    >>> messages = [{"role": "user", "content": "Say hello."}]
    >>> stream = Client().chat.create_chat_completion(messages, "gpt-5.5", stream=True)
    >>> events = accumulate(stream)
    >>> "".join(text_deltas(events)) == text_of(events.value)
    True
    """
    return _found(events, TextReader(choice, phase))


def finished_items(events: Any, type: str, /) -> Any:
    """Return an iterator over the output items of one type in a response, each as soon as it is finished.

    ``events`` is the stream of a response, or an accumulated one. With the stream of an async client, it is
    an async iterator. Leaving the loop closes the stream. Raises ``CallError`` for the events of anything
    else, and the errors of the stream.

    >>> stream = Client().responses.create_response("Say hello.", "gpt-5.5", stream=True)
    >>> [item["role"] for item in finished_items(stream, "message")]
    ['assistant']
    """
    return _found(events, ItemReader(type))


def _found(events: Any, read: Callable[[Any], Any]) -> Any:
    """Return an iterator over what is read of events, without what is empty."""
    if hasattr(events, "__aiter__"):
        return _AsyncFound(aiter(events), read)
    return filter(None, map(read, events))


class _AsyncFound(Generic[Found]):
    """The counterpart of ``filter`` and ``map``. Leaving the loop drops it, and closes the stream."""

    def __init__(self, events: AsyncIterator[Any], read: Callable[[Any], Found]) -> None:
        self._events = events
        self._read = read

    def __aiter__(self) -> AsyncIterator[Found]:
        return self

    async def __anext__(self) -> Found:
        while not (found := self._read(await anext(self._events))):
            pass
        return found
