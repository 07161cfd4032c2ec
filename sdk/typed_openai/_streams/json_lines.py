"""A sans-I/O parser of JSON lines: bytes in, one event for each line out.

Lines end with LF or CRLF, and empty lines are skipped. So are the record separators of JSON text sequences
(RFC 7464). The bytes may be split anywhere.
"""

from __future__ import annotations

from typed_openai._streams.sse import ServerSentEvent

_AROUND = b" \t\r\n\x1e"
_BOM = b"\xef\xbb\xbf"


class JsonLinesParser:
    """Parses the bytes of a stream of JSON lines; the data of an event is the text of its line."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._begun = False

    @property
    def pending(self) -> ServerSentEvent | None:
        """The unfinished last line; None if it is empty."""
        return _event(b"".join(self._rest))

    @property
    def is_inside_event(self) -> bool:
        """True if an incomplete line is buffered."""
        return bool(self._rest)

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that ``chunk`` completes."""
        if b"\n" not in chunk:
            # A long line in many pieces is joined once, not at every piece.
            self._rest += [chunk] if chunk else []
            return []
        *lines, rest = b"".join((*self._rest, chunk)).split(b"\n")
        self._rest = [rest] if rest else []
        if not self._begun:
            self._begun = True
            lines[0] = lines[0].removeprefix(_BOM)
        return [event for line in lines if (event := _event(line)) is not None]


def _event(line: bytes) -> ServerSentEvent | None:
    text = line.strip(_AROUND).decode("utf-8", "replace")
    return ServerSentEvent(text) if text else None
