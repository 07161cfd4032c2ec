"""A reply out of its wrappings: the headers, the chunks of HTTP/1.1, and compression.

Headers and chunks are those of RFC 9112, sections 5 and 7.1; codings those of RFC 9110, section 8.4.1.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPMessage
from typing import Final

UNPACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
"""The codings that :class:`Unpacker` knows."""

# Codings that are registered or in use, and that nobody asked for.
_NOT_OURS = frozenset({"br", "bzip2", "compress", "dcb", "dcz", "lz4", "snappy", "x-compress", "xz", "zstd"})

_DIGITS = b"0123456789abcdefABCDEF"
_MOST_DIGITS = 15
"""Of a size, which is more than anything has; Python refuses to read numbers of thousands of them."""

_LONGEST_LINE = 1 << 14
_LONGEST_TRAILER = 1 << 16
_PIECE = 1 << 18
_ZLIB_HEADER = 2

_MOST_HEADERS = 256
_MOST_HEADER_BYTES = 1 << 16
_LINE_ENDS = (b"\r\n", b"\n")

_SMALL_REPLY = 1 << 24
_BIGGEST_RATIO = 100
_MOST_CODINGS = 5


class BadFraming(HTTPException):
    """The headers or chunks are not what HTTP says they are."""


class BadCoding(Exception):
    """The body is not what its Content-Encoding says, or that is none that was asked for."""


class HeadersCut(ConnectionError):
    """The connection ended inside the headers."""


class TooBig(Exception):
    """A compressed body unpacks to so much that it can only be meant to exhaust the memory."""


def read_headers(read_line: Callable[[int], bytes]) -> HTTPMessage:
    """The headers of a reply, off its lines. Raises :class:`HeadersCut` or :class:`BadFraming`."""
    lines: list[bytes] = []
    size = 0
    while (line := read_line(_MOST_HEADER_BYTES + 1)) not in _LINE_ENDS:
        if not line.endswith(b"\n") and len(line) <= _MOST_HEADER_BYTES:
            raise HeadersCut("the connection ended inside the headers")
        size += len(line)
        if size > _MOST_HEADER_BYTES or len(lines) >= _MOST_HEADERS:
            raise BadFraming(f"more than {_MOST_HEADERS} headers or {_MOST_HEADER_BYTES >> 10} KiB of them")
        if line[:1] in (b" ", b"\t") and lines:
            # A header may go on in further lines (section 5.2); nobody should send that any more.
            lines[-1] += b" " + line.strip()
        else:
            lines.append(line)
    headers = HTTPMessage()
    for one in lines:
        name, colon, value = one.decode("latin-1").partition(":")
        # A line that is no header says nothing.
        if colon and name.strip():
            headers[name.strip()] = value.strip()
    return headers


def body_length(headers: HTTPMessage) -> int | None:
    """The Content-Length; None where there is none. Raises :class:`BadFraming` where it cannot be told."""
    given = headers.get_all("content-length")
    if not given:
        return None
    lengths = {one.strip() for text in given for one in text.split(",")}
    length = lengths.pop()
    if lengths or not (length.isascii() and length.isdecimal() and len(length) <= _MOST_DIGITS):
        raise BadFraming(f"Content-Length: expected one number, got {', '.join(given)[:100]!r}")
    return int(length)


class ChunkedBody:
    """The content of a chunked body, which may come cut anywhere."""

    def __init__(self) -> None:
        self.finished = False
        """Whether the body's end has come."""
        self.surplus = False
        """Whether bytes came after it: the connection cannot be relied on any more."""
        self.failure = ""
        """What is wrong behind the content that was given last; nothing can follow."""
        self._left = 0
        """Bytes of the chunk that are still to come; -1 where its line end is."""
        self._rest = b""
        self._trailer: int | None = None
        """Bytes of the trailer so far, once it has begun."""

    def feed(self, data: bytes) -> bytes:
        """What ``data`` holds of the content. Raises :class:`BadFraming` where it holds none and is wrong."""
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
            raise BadFraming("a line of the chunked body has no end")
        self._rest = rest

    def _line(self, line: bytes) -> None:
        if self._trailer is not None:
            self._trailer += len(line)
            if self._trailer > _LONGEST_TRAILER:
                raise BadFraming("the trailer of the chunked body has no end")
            self.finished = not line
        elif self._left < 0:
            if line:
                raise BadFraming("a chunk is longer than it says")
            self._left = 0
        else:
            size = line.partition(b";")[0].strip()
            # int() alone would also take a sign, underscores and an "0x".
            if not 0 < len(size) <= _MOST_DIGITS or size.strip(_DIGITS):
                raise BadFraming(f"expected the size of a chunk, got {size[:20]!r}")
            self._left = int(size, 16)
            if not self._left:
                self._trailer = 0


class Unpacker:
    """Unpacks a compressed body in pieces of bounded size, each as soon as it can be."""

    def __init__(self, coding: str, before: Unpacker | None = None) -> None:
        self._coding = coding
        self._before = before
        """What unpacks the data that this one is fed with, where there is another coding around it."""
        self._is_gzip = coding != "deflate"
        # 16 more than the bits of the window: with the header and trailer of gzip.
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS + 16 * self._is_gzip)
        self._head: bytes | None = None if self._is_gzip else b""
        """What came while it is open whether a zlib header comes; None once that is known."""
        self._taken = 0
        self._given = 0

    def feed(self, data: bytes, *, kept: bool = False) -> Iterator[bytes]:
        """The pieces that ``data`` makes complete. Raises :class:`BadCoding`.

        Raises :class:`TooBig` where the pieces are ``kept`` in memory and are out of all proportion.
        """
        self._taken += len(data)
        if self._head is not None:
            data = self._begun(self._head + data)
        while data:
            piece = self._unpacked(data)
            self._given += len(piece)
            if kept and self._given > max(_SMALL_REPLY, _BIGGEST_RATIO * self._arrived):
                raise TooBig(f"the reply unpacks to more than {_BIGGEST_RATIO} times its size")
            if piece:
                yield piece
            data = self._zlib.unconsumed_tail
            if self._zlib.eof:
                data = self._zlib.unused_data
                if not self._is_gzip or not data.strip(b"\0"):
                    return
                # Another member of the same file (RFC 1952, section 2.2).
                self._zlib = zlib.decompressobj(zlib.MAX_WBITS + 16)

    def close(self) -> None:
        """Take note of the end. Raises :class:`BadCoding` where it came too early."""
        if self._taken and not self._zlib.eof:
            raise BadCoding(f"the reply's {self._coding} data ends in its middle")

    @property
    def _arrived(self) -> int:
        """The bytes that came over the wire."""
        return self._taken if self._before is None else self._before._arrived

    def _begun(self, data: bytes) -> bytes:
        """``data`` where it tells how the body begins; nothing as long as it does not."""
        if len(data) < _ZLIB_HEADER:
            self._head = data
            return b""
        self._head = None
        # Some servers leave out the zlib wrapper that the standard asks for (RFC 1950, section 2.2).
        if data[0] & 15 != zlib.DEFLATED or int.from_bytes(data[:_ZLIB_HEADER]) % 31:
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
        return data

    def _unpacked(self, data: bytes) -> bytes:
        try:
            return self._zlib.decompress(data, _PIECE)
        except zlib.error:
            raise BadCoding(f"the reply is not the {self._coding} data that it says it is") from None


def codings_of(content_encoding: str) -> list[str]:
    """The codings that a body was put into, in that order.

    ``identity`` is none, nor is what some servers write there by mistake: the name of a charset.
    """
    names = (one.strip().lower() for one in content_encoding.split(","))
    return [one for one in names if one in UNPACKED or one in _NOT_OURS]


def unpacked(pieces: Iterator[bytes], codings: list[str], *, kept: bool) -> Iterator[bytes]:
    """The pieces out of all of their codings, the last one first; see :meth:`Unpacker.feed`."""
    if len(codings) > _MOST_CODINGS:
        raise BadCoding(f"the reply is in {len(codings)} codings, one around the other")
    unpacker: Unpacker | None = None
    for coding in reversed(codings):
        if coding not in UNPACKED:
            raise BadCoding(f"the reply is in the coding {coding[:20]!r}, which was not asked for")
        unpacker = Unpacker(coding, unpacker)
        pieces = _out_of(unpacker, pieces, kept)
    return pieces


def _out_of(unpacker: Unpacker, pieces: Iterator[bytes], kept: bool) -> Iterator[bytes]:
    for packed in pieces:
        yield from unpacker.feed(packed, kept=kept)
    unpacker.close()
