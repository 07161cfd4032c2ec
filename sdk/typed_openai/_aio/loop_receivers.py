"""Receivers of a stream whose functions may be coroutine functions: those run in the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar, copy_context
from inspect import isawaitable
from typing import Any, NamedTuple

from typed_openai._aio.event_loops import current_loop
from typed_openai._calls.receiving import receiver_of
from typed_openai.errors import OpenAIError
from typed_openai.streaming import Stream, StreamingClient

_RECEIVING: ContextVar[object] = ContextVar("typed_openai_receiving", default=None)
"""The stream whose receiver the current task runs."""


class LoopReceiver(NamedTuple):
    """A receiver for a thread; ``is_here`` returns True in a task that runs one of its functions."""

    receiver: StreamingClient[Any, Any]
    is_here: Callable[[], bool]


def loop_receiver(receiver: Any) -> LoopReceiver:
    """Return a receiver that awaits the answers of ``receiver`` in the event loop of the current task.

    The thread of the stream waits for each answer, so that a slow receiver slows the server down.
    """
    stream = object()
    answer = _Answers(stream)
    is_whole = hasattr(receiver, "handle_data")
    made = _Awaiting(receiver, answer) if is_whole else receiver_of(lambda message: answer(receiver(message)))
    return LoopReceiver(made, lambda: _RECEIVING.get() is stream)


class _Answers:
    """Returns the answer of a function, which may be an awaitable."""

    def __init__(self, stream: object) -> None:
        self._loop = current_loop()
        self._context = copy_context()
        self._context.run(_RECEIVING.set, stream)

    def __call__(self, answer: Any) -> Any:
        return self._loop.run(lambda: _finished(answer), self._context) if isawaitable(answer) else answer


async def _finished(answer: Awaitable[Any]) -> Any:
    return await answer


class _Awaiting(StreamingClient[Any, Any]):
    def __init__(self, receiver: StreamingClient[Any, Any], answer: Callable[[Any], Any]) -> None:
        super().__init__(receiver.state)
        self._receiver = receiver
        self._answer = answer

    def handle_data(self, data: Any, state: Any) -> Any:
        return self._answer(self._receiver.handle_data(data, state))

    def handle_error(self, error: OpenAIError, state: Any) -> Any:
        return self._answer(self._receiver.handle_error(error, state))

    def handle_finish(self, state: Any) -> Any:
        return self._answer(self._receiver.handle_finish(state))

    def _begun(self, stream: Stream[Any]) -> StreamingClient[Any, Any]:
        """Return the receiver for one stream, which is another one if it only adds up the events."""
        begun = getattr(self._receiver, "_begun", None)
        return self if begun is None else begun(stream)
