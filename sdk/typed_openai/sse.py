"""A parser of server-sent events: bytes in, events out, no input or output of its own.

Follows section 9.2.6 of the WHATWG HTML standard: lines end in LF, CR or CRLF; one leading byte order
mark is ignored; a line that begins with a colon is a comment; ``data`` lines are joined by LF; an event
is dispatched by the blank line after it. The bytes may be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_BOM = b"\xef\xbb\xbf"


class ServerSentEvent(NamedTuple):
    """One event. ``event`` is its type, empty where none was given; ``id`` the last id that was set."""

    data: str
    event: str = ""
    id: str = ""


class EventStreamParser:
    """Turns the bytes of an event stream into events; ``retry`` is the last reconnection time in ms."""

    def __init__(self) -> None:
        self.retry: int | None = None
        self._begun = False
        self._rest: list[bytes] = []
        self._skip_lf = False
        self._data: list[bytes] = []
        self._event = b""
        self._id = b""

    @property
    def pending(self) -> ServerSentEvent | None:
        """The event whose blank line has not come yet, its last line perhaps unfinished; or None.

        The standard drops such an event at the end of the stream; a reader may look at it to tell a
        stream that lacks its last line breaks from one that was cut.
        """
        name, _, value = b"".join(self._rest).partition(b":")
        data = [*self._data, value.removeprefix(b" ")] if name == b"data" else self._data
        return ServerSentEvent(self._text(data), _decoded(self._event), _decoded(self._id)) if data else None

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """The events that ``chunk`` completes. The iterator must be used up before the next call."""
        if not chunk:
            return
        for line in self._lines(chunk):
            if line.startswith(b"data: "):
                self._data.append(line[6:])
            elif line:
                self._field(line)
            else:
                if self._data:
                    yield ServerSentEvent(self._text(self._data), _decoded(self._event), _decoded(self._id))
                    self._data = []
                self._event = b""

    def _lines(self, chunk: bytes) -> list[bytes]:
        """The lines that are complete now, without their ends; the unfinished rest is kept."""
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
        # bytes.splitlines knows exactly the three line ends of the standard.
        lines = buffer.splitlines()
        # After a CR the line is over, whatever follows; an LF that comes next belongs to this end.
        self._skip_lf = buffer.endswith(b"\r")
        self._rest = [] if buffer.endswith((b"\r", b"\n")) or not lines else [lines.pop()]
        return lines

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._event = value
        elif name == b"id":
            if b"\0" not in value:
                self._id = value
        elif name == b"retry" and value.isdigit():
            self.retry = int(value)

    @staticmethod
    def _text(lines: list[bytes]) -> str:
        return _decoded(lines[0] if len(lines) == 1 else b"\n".join(lines))


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")
