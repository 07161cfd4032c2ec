"""The bytes of an event stream -> the values that a ``Stream`` gives, and whether the stream was complete."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from typed_openai.errors import APIError, InvalidReplyError, error_details
from typed_openai.sse import EventStreamParser, ServerSentEvent

END_OF_STREAM: Final = "[DONE]"
"""The data that ends a stream; it is no event of the stream itself."""

TERMINAL_EVENTS: Final = frozenset(
    {
        "done",
        "error",
        "image_edit.completed",
        "image_generation.completed",
        "response.completed",
        "response.failed",
        "response.incomplete",
        "speech.audio.done",
        "thread.run.cancelled",
        "thread.run.completed",
        "thread.run.expired",
        "thread.run.failed",
        "thread.run.incomplete",
        "thread.run.requires_action",
        "transcript.text.done",
    }
)
"""The events after which a stream may end without :data:`END_OF_STREAM`."""

_PREVIEW = 200

# A plain reply longer than this is no error object, and is not kept any longer.
_MOST_PLAIN_CHUNKS = 64


class EventReader:
    """Reads the events of one stream.

    ``names_events`` tells whether the operation's events are objects of ``event`` and ``data``; it is
    asked only where an event has a name that its data does not repeat. ``redacted`` takes the key out of
    a text that the server wrote. ``request_id`` is the server's name for the request.
    """

    def __init__(
        self,
        operation: str,
        names_events: Callable[[], bool],
        request_id: str | None = None,
        redacted: Callable[[str], str] = str,
    ) -> None:
        self.finished = False
        """Whether an event came after which the stream may end."""
        self.ended = False
        """Whether the end was announced: nothing more is to be read."""
        self.request_id = request_id
        self._operation = operation
        self._names_events = names_events
        self._redacted = redacted
        self._parser = EventStreamParser()
        self._plain: list[bytes] | None = []
        """What came, while it looks like a JSON object instead of events."""

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """The values of the events that ``chunk`` completes.

        Raises :class:`APIError` for an error that the stream reports, :class:`InvalidReplyError` for data
        that is not JSON.
        """
        if self._plain is not None:
            self._keep_plain(chunk)
        for event in self._parser.feed(chunk):
            data = event.data
            if data.startswith(END_OF_STREAM):
                self.finished = self.ended = True
                return
            # Servers keep a connection alive with events of no data.
            if data:
                yield self._value(event)

    def close(self) -> Iterator[Any]:
        """Take note of the stream's end; the value of a last event that only lacks its line breaks.

        Raises as :meth:`feed` does, and where the whole stream was a plain JSON reply.
        """
        if self._plain:
            self._raise_plain(b"".join(self._plain))
        event = self._parser.pending
        if event is None or self.ended:
            return
        if event.data.startswith(END_OF_STREAM):
            self.finished = self.ended = True
            return
        try:
            value = self._value(event)
        except InvalidReplyError:
            # The event was cut in its middle.
            return
        if self.finished:
            yield value

    def _keep_plain(self, chunk: bytes) -> None:
        assert self._plain is not None
        piece = chunk if self._plain else chunk.lstrip()
        if (self._plain or piece.startswith(b"{")) and len(self._plain) < _MOST_PLAIN_CHUNKS:
            self._plain.append(piece)
        elif piece:
            self._plain = None

    def _raise_plain(self, body: bytes) -> None:
        """Raise the error of a reply that says it is an event stream and is one JSON object."""
        text = body.decode("utf-8", "replace").strip()
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return
        if is_error_body(value):
            raise self._reported(text)
        text = self._redacted(text)
        raise self._invalid(f"expected an event stream, got {text[:_PREVIEW]!r}", text)

    def _value(self, event: ServerSentEvent) -> Any:
        try:
            value = json.loads(event.data)
        except (ValueError, RecursionError):
            raise self._not_json(event) from None
        name = event.event
        if type(value) is dict:
            kind = value.get("type")
            if name == "error" or kind == "error" or value.get("error"):
                raise self._reported(event.data)
            # A server may send any value as its type, unhashable ones among them.
            if type(kind) is str and kind in TERMINAL_EVENTS:
                self.finished = True
            if not name or name == kind:
                return value
        elif name == "error":
            raise self._reported(event.data)
        if name in TERMINAL_EVENTS:
            self.finished = True
        return {"event": name, "data": value} if name and self._names_events() else value

    def _reported(self, text: str) -> APIError:
        """The error that the stream reports: JSON in the API's wrapper or without it, or plain text."""
        text = self._redacted(text)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = {"message": text}
        details = error_details(value)
        return APIError(
            f"{self._operation}: the stream reports an error: {details['message']}",
            operation=self._operation,
            code=details["code"],
            param=details["param"],
            type=details["type"],
            request_id=self.request_id,
            body=value,
        )

    def _not_json(self, event: ServerSentEvent) -> APIError:
        if event.event == "error":
            return self._reported(event.data)
        text = self._redacted(event.data)
        return self._invalid(f"expected JSON in an event of the stream, got {text[:_PREVIEW]!r}", text)

    def _invalid(self, what: str, text: str) -> InvalidReplyError:
        return InvalidReplyError(
            f"{self._operation}: {what}",
            operation=self._operation,
            status=200,
            preview=text[:_PREVIEW],
            request_id=self.request_id,
        )


def is_error_body(body: object) -> bool:
    """Whether a JSON body is the API's error object rather than a result."""
    return isinstance(body, Mapping) and isinstance(body.get("error"), (Mapping, str))
