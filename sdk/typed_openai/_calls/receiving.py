"""Delivery of a stream to a callback or a ``StreamingClient`` in a separate thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from typed_openai.errors import APIConnectionError, OpenAIError
from typed_openai.streaming import (
    OpenStream,
    StreamData,
    StreamError,
    StreamFinish,
    StreamHandle,
    StreamingClient,
    StreamMessage,
)


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


def receiver_of(receiver: Any) -> StreamingClient[Any, Any]:
    """Return the receiver that a caller passed, or one for a plain callable."""
    is_receiver = isinstance(receiver, StreamingClient) or hasattr(receiver, "handle_data")
    return receiver if is_receiver else _Callback(receiver)


def receive(open_stream: OpenStream, receiver: Any) -> StreamHandle[Any]:
    """Open the stream and deliver its events to ``receiver`` in a separate thread.

    The thread sees the context variables of the caller.

    Raises ``APIConnectionError`` if no thread can be started.
    """
    receiver = receiver_of(receiver)
    handle = StreamHandle(receiver.state)
    thread = threading.Thread(
        target=copy_context().run,
        args=(handle._receive, open_stream, receiver),
        name="typed-openai-stream",
        daemon=True,
    )
    try:
        thread.start()
    except RuntimeError as error:
        # At the interpreter's exit, or if the system has no more threads.
        raise APIConnectionError(f"no thread can receive the stream: {error}", was_sent=False) from error
    return handle
