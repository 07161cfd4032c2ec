"""Receivers of a stream whose functions may be coroutine functions: those run in the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import copy_context
from inspect import isawaitable
from typing import Any

from typed_openai._aio.event_loops import current_loop
from typed_openai._calls.receiving import receiver_of
from typed_openai.errors import OpenAIError
from typed_openai.streaming import StreamingClient


def loop_receiver(receiver: Any) -> StreamingClient[Any, Any]:
    """Return a receiver that awaits the answers of ``receiver`` in the event loop of the current task.

    The thread of the stream waits for each answer, so that a slow receiver slows the server down.
    """
    answer = _Answers()
    if hasattr(receiver, "handle_data"):
        return _LoopReceiver(receiver, answer)
    return receiver_of(lambda message: answer(receiver(message)))


class _Answers:
    """Returns the answer of a function, which may be an awaitable."""

    def __init__(self) -> None:
        self._loop = current_loop()
        self._context = copy_context()

    def __call__(self, answer: Any) -> Any:
        return self._loop.run(lambda: _finished(answer), self._context) if isawaitable(answer) else answer


async def _finished(answer: Awaitable[Any]) -> Any:
    return await answer


class _LoopReceiver(StreamingClient[Any, Any]):
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
