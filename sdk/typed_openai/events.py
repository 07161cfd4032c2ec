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


class EventReader:
    """Reads the events of one stream.

    ``names_events`` tells whether the operation's events are objects of ``event`` and ``data``; it is
    asked only where an event has a name that its data does not repeat.
    """

    def __init__(
        self, operation: str, names_events: Callable[[], bool], request_id: str | None = None
    ) -> None:
        self.finished = False
        """Whether an event came after which the stream may end."""
        self.ended = False
        """Whether the end was announced: nothing more is to be read."""
        self._operation = operation
        self._names_events = names_events
        self._request_id = request_id
        self._parser = EventStreamParser()

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """The values of the events that ``chunk`` completes.

        Raises :class:`APIError` for an error that the stream reports, :class:`InvalidReplyError` for data
        that is not JSON.
        """
        for event in self._parser.feed(chunk):
            data = event.data
            if data.startswith(END_OF_STREAM):
                self.finished = self.ended = True
                return
            # Servers keep a connection alive with events of no data.
            if data:
                yield self._value(event)

    def close(self) -> None:
        """Take note of the stream's end: the announcement may lack its last line break."""
        if (self._parser.pending or "").startswith(END_OF_STREAM):
            self.finished = self.ended = True

    def _value(self, event: ServerSentEvent) -> Any:
        try:
            value = json.loads(event.data)
        except ValueError:
            raise self._not_json(event) from None
        name = event.event
        if type(value) is dict:
            kind = value.get("type")
            if name == "error" or kind == "error" or value.get("error"):
                raise self._reported(value)
            if kind in TERMINAL_EVENTS:
                self.finished = True
            if not name or name == kind:
                return value
        elif name == "error":
            raise self._reported(value)
        if name in TERMINAL_EVENTS:
            self.finished = True
        return {"event": name, "data": value} if name and self._names_events() else value

    def _reported(self, value: Any) -> APIError:
        """The error that the stream reports, in the API's wrapper or without."""
        details = error_details(value)
        return APIError(
            f"{self._operation}: the stream reports an error: {details['message']}",
            operation=self._operation,
            code=details["code"],
            param=details["param"],
            type=details["type"],
            request_id=self._request_id,
            body=value,
        )

    def _not_json(self, event: ServerSentEvent) -> APIError:
        preview = event.data[:_PREVIEW]
        if event.event == "error":
            return self._reported({"message": event.data})
        return InvalidReplyError(
            f"{self._operation}: expected JSON in an event of the stream, got {preview!r}",
            operation=self._operation,
            status=200,
            preview=preview,
            request_id=self._request_id,
        )


def is_error_body(body: object) -> bool:
    """Whether a JSON body is the API's error object rather than a result."""
    return isinstance(body, Mapping) and isinstance(body.get("error"), (Mapping, str))
