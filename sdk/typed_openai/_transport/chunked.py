"""Chunked bodies (RFC 9112, section 7.1), decoded without I/O."""

from __future__ import annotations

from typing import Final

from typed_openai._transport.heads import MOST_DIGITS, BadFraming

_DIGITS: Final = b"0123456789abcdefABCDEF"
_LONGEST_LINE: Final = 1 << 14
_LONGEST_TRAILER: Final = 1 << 16


class ChunkedBody:
    """The decoder of a chunked body, which may be split anywhere."""

    def __init__(self) -> None:
        self.finished = False
        """True after the body's end."""
        self.surplus = False
        """True if bytes followed the end: the connection is no longer reliable."""
        self.failure = ""
        """The error after the content that was returned last; nothing can follow."""
        self._left = 0
        """Remaining bytes of the chunk; -1 at its line end."""
        self._rest = b""
        self._trailer: int | None = None
        """Number of bytes of the trailer so far; None before it."""

    def feed(self, data: bytes) -> bytes:
        """Return the content in ``data``. Raises :class:`BadFraming` if it has none and is invalid."""
        content: list[bytes] = []
        try:
            self._take(data, content)
        except BadFraming as error:
            if not content:
                raise
            self.failure = str(error)
        return content[0] if len(content) == 1 else b"".join(content)

    def _take(self, data: bytes, content: list[bytes]) -> None:
        if self._rest:
            data = self._rest + data
            self._rest = b""
        at, end = 0, len(data)
        while at < end and not self.finished:
            if self._left > 0:
                piece = data[at : at + self._left]
                content.append(piece)
                at += len(piece)
                self._left = self._left - len(piece) or -1
                continue
            stop = data.find(b"\n", at)
            if stop < 0:
                self._keep(data[at:])
                break
            self._line(data[at:stop].rstrip(b"\r"))
            at = stop + 1
        self.surplus |= self.finished and at < end

    def _keep(self, rest: bytes) -> None:
        if len(rest) > _LONGEST_LINE:
            raise BadFraming("a line of the chunked body is too long")
        self._rest = rest

    def _line(self, line: bytes) -> None:
        if self._trailer is not None:
            self._trailer += len(line)
            if self._trailer > _LONGEST_TRAILER:
                raise BadFraming("the trailer of the chunked body is too long")
            self.finished = not line
        elif self._left < 0:
            if line:
                raise BadFraming("a chunk is longer than it says")
            self._left = 0
        else:
            self._left = _size(line.partition(b";")[0].strip())
            if not self._left:
                self._trailer = 0


def _size(digits: bytes) -> int:
    # int() alone would also accept a sign, underscores and an "0x".
    if not digits or digits.strip(_DIGITS) or len(digits.lstrip(b"0")) > MOST_DIGITS:
        raise BadFraming(f"expected the size of a chunk, got {digits[:20]!r}")
    return int(digits, 16)
