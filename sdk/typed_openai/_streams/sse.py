"""A sans-I/O parser of server-sent events: bytes in, events out.

It follows section 9.2.6 of the WHATWG HTML standard: lines end with LF, CR or CRLF; one leading byte order
mark is ignored; a line that begins with a colon is a comment; ``data`` lines are joined by LF; a blank line
dispatches the event. The bytes may be split anywhere.
"""

from __future__ import annotations

from typing import NamedTuple

_BOM = b"\xef\xbb\xbf"

_LONGEST_TIME = 20
"""In digits. Python refuses to parse numbers of thousands of digits."""


LONGEST_FIELD = 8
"""In bytes; the length of a byte order mark and the longest name of a field."""

_BEGINNINGS = (b":", b"data:", b"event:", b"id:", b"retry:")


def begins_like_events(beginning: bytes) -> bool:
    """Return True if a body that begins with ``beginning`` is an event stream, whatever its media type is."""
    return beginning.removeprefix(_BOM).lstrip().startswith(_BEGINNINGS)


class ServerSentEvent(NamedTuple):
    """One event. ``event`` is its type, or empty; ``id`` is the last id that was set."""

    data: str
    event: str = ""
    id: str = ""


_made = tuple.__new__
"""Creates a named tuple without the overhead of its class's Python constructor."""


class EventStreamParser:
    """Parses the bytes of an event stream; ``retry`` is the last reconnection time in ms.

    With ``errors``, a line ``error: {...}`` is also an event: its type is ``error``, its data the object.
    The standard ignores such a line, but llama.cpp reports its errors in this way.
    """

    def __init__(self, *, errors: bool = False) -> None:
        self.retry: int | None = None
        self._begun = False
        self._rest: list[bytes] = []
        self._skip_lf = False
        self._data: list[str] = []
        self._event = ""
        self._id = ""
        self._errors = errors

    @property
    def pending(self) -> ServerSentEvent | None:
        """The incomplete event, whose blank line has not arrived, including a partial last line; or None.

        The standard drops such an event at the end of the stream. A reader may use it to distinguish a
        stream that lacks its last line breaks from one that was cut off.
        """
        name, _, value = _decoded(b"".join(self._rest)).partition(":")
        if self._is_error(name, value):
            return ServerSentEvent(value.strip(), "error", self._id)
        data = [*self._data, value.removeprefix(" ")] if name == "data" else self._data
        return ServerSentEvent("\n".join(data), self._event, self._id) if data else None

    @property
    def is_inside_event(self) -> bool:
        """True if an incomplete event or line is buffered."""
        return bool(self._rest or self._data)

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that ``chunk`` completes."""
        events: list[ServerSentEvent] = []
        if not self._begun and not self._rest and chunk and chunk[0] != _BOM[0]:
            self._begun = True
        if self._begun and not self._skip_lf and b"\n\n" in chunk and b"\r" not in chunk:
            chunk = self._feed_blocks(chunk, events)
        if chunk:
            self._feed_lines(self._lines(chunk), events)
        return events

    def _feed_blocks(self, chunk: bytes, events: list[ServerSentEvent]) -> bytes:
        """Add the events of a chunk whose lines all end with LF; return the rest after the last blank line.

        This is the fast path: a blank line is two line ends in a row, and most events are one line of data.
        """
        begin, end = 0, chunk.rindex(b"\n\n") + 2
        if self._data or self._event:
            begin = chunk.index(b"\n\n") + 2
            self._feed_lines(self._lines(chunk[:begin]), events)
        text = _decoded(b"".join((*self._rest, chunk[begin:end])))
        self._rest = []
        for block in text.split("\n\n"):
            if block.startswith("data: ") and "\n" not in block:
                events.append(_made(ServerSentEvent, (block[6:], "", self._id)))
            elif block:
                self._feed_lines([*block.split("\n"), ""], events)
        return chunk[end:]

    def _feed_lines(self, lines: list[str], events: list[ServerSentEvent]) -> None:
        for line in lines:
            if line.startswith("data: "):
                self._data.append(line[6:])
            elif line:
                self._field(line, events)
            else:
                if self._data:
                    events.append(ServerSentEvent("\n".join(self._data), self._event, self._id))
                    self._data = []
                self._event = ""

    def _lines(self, chunk: bytes) -> list[str]:
        """Return the complete lines without their ends; the unfinished rest is buffered."""
        if self._skip_lf:
            chunk = chunk.removeprefix(b"\n")
            self._skip_lf = False
        self._rest.append(chunk)
        if self._begun and b"\n" not in chunk and b"\r" not in chunk:
            # A long line in many pieces is joined once, not at every piece.
            return []
        buffer = b"".join(self._rest)
        if not self._begun:
            if len(buffer) < len(_BOM) and _BOM.startswith(buffer):
                return []
            self._begun = True
            buffer = buffer.removeprefix(_BOM)
        # bytes.splitlines knows exactly the three line ends of the standard; str.splitlines knows more.
        lines = buffer.splitlines()
        # A CR ends the line immediately; a following LF belongs to the same line end.
        self._skip_lf = buffer.endswith(b"\r")
        self._rest = [] if buffer.endswith((b"\r", b"\n")) or not lines else [lines.pop()]
        return [_decoded(line) for line in lines]

    def _field(self, line: str, events: list[ServerSentEvent]) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id":
            if "\0" not in value:
                self._id = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < _LONGEST_TIME:
            self.retry = int(value)
        elif self._is_error(name, value):
            events.append(ServerSentEvent(value, "error", self._id))

    def _is_error(self, name: str, value: str) -> bool:
        return self._errors and name == "error" and value.lstrip().startswith("{")


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")
