"""Decode the bytes of an event stream to the values of a ``Stream``, and detect its completeness."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Set
from typing import Any, Final

from typed_openai._streams.completeness import is_every_item_finished, is_path
from typed_openai._streams.error_bodies import error_details, is_error_body
from typed_openai._streams.json_lines import JsonLinesParser
from typed_openai._streams.sse import EventStreamParser, ServerSentEvent
from typed_openai.errors import APIError, InvalidReplyError

END_OF_STREAM: Final = "[DONE]"
"""The data that marks the end of a stream; it is not an event of the stream itself."""

# Skips the search for whitespace around the value, which no server sends.
_decode: Final = json.JSONDecoder().raw_decode

_MOST_KEPT: Final = 1 << 20
"""In bytes."""

_LONGEST_EVENT: Final = 1 << 27
"""In bytes: several times the size of the largest image in an event."""

_PREVIEW = 200

# A longer plain reply is not an error object, and is no longer kept.
_MOST_PLAIN_CHUNKS = 64


class EventReader:
    """Reads the events of one stream.

    ``terminal`` names the events after which the stream may end, possibly including :data:`END_OF_STREAM`,
    or paths to fields that must be set in each item for the stream to end without them. If none is known,
    any end of the connection without an error ends the stream. ``names_events`` returns True if the
    operation's events are objects of ``event`` and ``data``; it is called only for an event whose name is
    not repeated in its data. With ``lines``, each line is an event. With ``texts``, data that is not JSON is
    a text. ``error_beside`` returns the fields of events that have a field ``error`` themselves; any other
    event with one reports an error. ``redacted`` removes the key from a value of the server.
    ``request_id`` is the server's id of the request.
    """

    def __init__(
        self,
        operation: str,
        names_events: Callable[[], bool],
        *,
        error_beside: Callable[[], Set[str]] = frozenset,
        request_id: str | None = None,
        redacted: Callable[[Any], Any] = lambda value: value,
        terminal: tuple[str, ...] = (),
        status: int = 200,
        lines: bool = False,
        texts: bool = False,
    ) -> None:
        self.finished = False
        """True after an event that may end the stream, or after the end itself if any end is valid."""
        self.ended = False
        """True if the end was announced: nothing more is read."""
        self.request_id = request_id
        self._operation = operation
        self._names_events = names_events
        self._error_beside = error_beside
        self._redacted = redacted
        self._terminal = terminal
        self._status = status
        self._parser = JsonLinesParser() if lines else EventStreamParser(errors=True)
        self._texts = texts
        self._recent = _Recent()
        self._unfinished = 0
        """Number of bytes since the last complete event."""
        self._plain: list[bytes] | None = None if lines else []
        """The content so far, as long as it looks like a JSON object rather than events."""

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """Yield the values of the events that ``chunk`` completes.

        Raises :class:`APIError` for an error that the stream reports, and :class:`InvalidReplyError` for
        data that is not JSON or has no end.
        """
        if self._plain is not None:
            self._keep_plain(chunk)
        events = self._parser.feed(chunk)
        if not events:
            self._check_length(len(chunk))
        elif self._unfinished:
            self._unfinished = 0
        self._recent.keep(events, len(chunk))
        for event in events:
            data, name, _ = event
            # Servers keep a connection alive with empty events.
            if not data:
                continue
            try:
                value, end = _decode(data)
            except (ValueError, RecursionError):
                end = -1
            if end != len(data):
                if data.startswith(END_OF_STREAM):
                    self.finished = self.ended = True
                    return
                value = self._parsed(event)
            if (
                name
                or type(value) is not dict
                or "type" in value
                or "error" in value
                or value.get("object") == "error"
            ):
                value = self._judged(value, event)
            yield value

    def close(self, broken: bool = False) -> Iterator[Any]:
        """Handle the end of the stream; yield the value of a last event that only lacks its line breaks.

        ``broken`` means that the connection failed. Raises the same errors as :meth:`feed`, and an error if
        the whole stream was a plain JSON reply.
        """
        if self._plain:
            self._raise_plain(b"".join(self._plain))
        event = None if self.ended else self._parser.pending
        if event is not None and event.data.startswith(END_OF_STREAM):
            self.finished = self.ended = True
            return
        value = None
        if event is not None and self._is_cut_off(event):
            return
        if event is not None:
            try:
                value = self._judged(self._parsed(event), event)
            except InvalidReplyError:
                # The event was cut off.
                return
        if not broken and (not self._terminal or self._is_whole(value)):
            self.finished = True
        if event is not None and self.finished:
            yield value

    def _is_cut_off(self, event: ServerSentEvent) -> bool:
        """Return True for the beginning of a JSON value, where data may also be a text."""
        return self._texts and event.data[:1] in ("{", "[", '"') and not _is_json(event.data)

    def arrived(self) -> tuple[list[Any], int]:
        """Return the values of the last MiB or so again, and the number of values before them."""
        recent = self._recent
        # The error stores and shows them.
        events = [self._redacted(self._judged(self._parsed(one), one)) for one in recent.events()]
        return events, recent.dropped

    def _check_length(self, size: int) -> None:
        """Count bytes without a complete event: the part that is kept must not exhaust the memory."""
        self._unfinished = self._unfinished + size if self._parser.is_inside_event else 0
        if self._unfinished > _LONGEST_EVENT:
            raise self._invalid(f"an event of the stream exceeds {_LONGEST_EVENT >> 20} MiB", "")

    def _keep_plain(self, chunk: bytes) -> None:
        assert self._plain is not None
        piece = chunk if self._plain else chunk.lstrip()
        if (self._plain or piece.startswith(b"{")) and len(self._plain) < _MOST_PLAIN_CHUNKS:
            self._plain.append(piece)
        elif piece:
            self._plain = None

    def _raise_plain(self, body: bytes) -> None:
        """Raise the error for a reply that claims to be an event stream and is a JSON object."""
        text = body.decode("utf-8", "replace").strip()
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return
        if is_error_body(value, frozenset()):
            raise self._reported(text)
        text = self._redacted(text)
        raise self._invalid(f"expected an event stream, got {text[:_PREVIEW]!r}", text)

    def _parsed(self, event: ServerSentEvent) -> Any:
        try:
            return json.loads(event.data)
        except (ValueError, RecursionError):
            if self._texts and event.event != "error":
                return event.data
            raise self._not_json(event) from None

    def _judged(self, value: Any, event: ServerSentEvent) -> Any:
        """Return the value of an event for the stream, after checking its name and type."""
        name = event.event
        if type(value) is dict:
            kind = value.get("type")
            if name == "error" or kind == "error" or self._is_error(value):
                raise self._reported(event.data)
            # A server may send any value as the type, even an unhashable one.
            if type(kind) is str and kind in self._terminal:
                self.finished = True
            if not name or name == kind:
                return value
        elif name == "error":
            raise self._reported(event.data)
        if name in self._terminal:
            self.finished = True
        return {"event": name, "data": value} if name and self._names_events() else value

    def _is_whole(self, last: Any) -> bool:
        """Return True if every item of the stream's events, of which one may be pending, is finished."""
        paths = [one for one in self._terminal if is_path(one)]
        if not paths:
            return False
        events = [*(self._parsed(one) for one in self._recent.events()), last]
        return all(is_every_item_finished(events, one) for one in paths)

    def _is_error(self, value: dict[str, Any]) -> bool:
        if value.get("object") == "error":
            return True
        return bool(value.get("error")) and not self._error_beside() & value.keys()

    def _reported(self, text: str) -> APIError:
        """Return the error that the stream reports: JSON with or without the API's wrapper, or plain text."""
        try:
            value = self._redacted(json.loads(text))
        except (ValueError, RecursionError):
            value = {"message": self._redacted(text)}
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
            f"{self._operation}: {what} (status {self._status})",
            operation=self._operation,
            status=self._status,
            preview=text[:_PREVIEW],
            request_id=self.request_id,
        )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class _Recent:
    """The last MiB or so of a stream's events; the stream may be of any length.

    They are kept undecoded: their values would be many more objects for Python's garbage collector.
    """

    def __init__(self) -> None:
        self.dropped = 0
        """Number of events before those."""
        self._pieces: deque[tuple[list[ServerSentEvent], int]] = deque()
        """The events of each piece with events, and the stream's size after it."""
        self._size = 0

    def keep(self, events: list[ServerSentEvent], size: int) -> None:
        """Keep the events of a piece of ``size`` bytes, and drop those that are too old."""
        self._size += size
        if events:
            self._pieces.append((events, self._size))
        while self._pieces and self._size - self._pieces[0][1] > _MOST_KEPT:
            self.dropped += sum(1 for one in self._pieces.popleft()[0] if one.data)

    def events(self) -> Iterator[ServerSentEvent]:
        """Yield the events that have data."""
        return (one for events, _ in self._pieces for one in events if one.data)
