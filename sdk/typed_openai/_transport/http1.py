"""Read HTTP/1.1 replies from a timed connection: their heads, and their bodies in pieces.

Headers and chunks follow RFC 9112, sections 5 and 7.1.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage, HTTPResponse, IncompleteRead, UnknownProtocol
from typing import Any

from typed_openai._transport.deadlines import Aborted, Exchange

READ_SIZE = 1 << 16

_LAST_READS = 4
_MOST_INTERIM = 100
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class _TimedReader(io.RawIOBase):
    """The bytes of a socket; each read waits for as long as the exchange allows, or not at all."""

    def __init__(self, raw: io.RawIOBase, sock: Any, exchange: Exchange) -> None:
        self._raw = raw
        """Keeps the socket open until the reply is closed."""
        self._sock = sock
        self.exchange = exchange
        self.waits = True
        self.is_over = False
        """True if nothing more may be read from the socket."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.is_over:
            return None
        exchange = self.exchange
        self._sock.settimeout(exchange.wait() if self.waits else 0)
        try:
            count: int = self._sock.recv_into(buffer)
        except TimeoutError:
            raise exchange.passed() from None
        except OSError:
            if self.waits:
                raise
            return None
        if count:
            exchange.received = True
        elif exchange.aborted:
            raise Aborted("given up")
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._raw.close()


class Truncated(IncompleteRead):
    """Raised if the connection ended before the body did."""

    def __str__(self) -> str:
        missing = "incomplete" if self.expected is None else f"missing {self.expected} bytes"
        return f"the reply is {missing}"


class Reply(HTTPResponse):
    """A reply whose body is read with :meth:`piece` as it arrives."""

    def __init__(self, sock: Any, *args: Any, exchange: Exchange, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._reader = _TimedReader(self.fp.detach(), sock, exchange)
        self.fp = io.BufferedReader(self._reader)
        self._chunks: ChunkedBody | None = None
        self._ended = False

    def begin(self) -> None:
        """Read the reply's head. http.client itself would accept a truncated one."""
        for _ in range(_MOST_INTERIM):
            # A method of http.client that its stub lacks, like those below.
            version, status, reason = self._read_status()  # type: ignore[attr-defined]
            headers = read_headers(self.fp.readline)
            # Interim replies, except a change of protocol (RFC 9110, section 15.2).
            if status >= 200 or status == HTTPStatus.SWITCHING_PROTOCOLS:
                break
        else:
            raise BadFraming("too many interim replies")
        if not version.startswith("HTTP/1."):
            raise UnknownProtocol(version)
        self.version = 10 if version == "HTTP/1.0" else 11
        self.code = self.status = status
        self.reason = reason.strip()
        self.headers = self.msg = headers
        self._begin_body()

    def _begin_body(self) -> None:
        coding = (self.headers.get("transfer-encoding") or "identity").lower()
        if coding not in ("chunked", "identity"):
            raise BadFraming(f"the transfer coding {coding[:20]!r} was not requested")
        self.chunked = coding == "chunked"
        # Not reusable: a connection with another protocol, or with contradictory lengths of a reply (RFC
        # 9112, section 6.3).
        unsure = self.status < 200 or (self.chunked and "content-length" in self.headers)
        unsure |= self._reader.exchange.unfinished
        self.will_close = unsure or self._check_close()  # type: ignore[attr-defined]
        if self.status in _WITHOUT_BODY or self.status < 200 or self._method == "HEAD":  # type: ignore[attr-defined]
            self.chunked, self.length = False, 0
        elif self.chunked:
            self.length = None
            self._chunks = ChunkedBody()
        else:
            self.length = body_length(self.headers)
            self.will_close |= self.length is None

    @property
    def is_complete(self) -> bool:
        """True if the body was read to its end, so that the connection can carry another exchange."""
        return self._ended

    def piece(self) -> bytes:
        """Return the next bytes of the body, waiting only for the first of them; empty at its end.

        Raises :class:`Truncated` if the connection ends early, and ``BadFraming`` if the body does not
        match its headers.
        """
        while not self._is_over():
            if content := self._taken(self._read()):
                return content
        return b""

    def finish_at_hand(self) -> None:
        """Read to the body's end if it has already arrived, without waiting."""
        self._reader.waits = False
        # Errors in the rest do not matter, because it is not needed any more.
        with suppress(OSError, HTTPException):
            for _ in range(_LAST_READS):
                if self._is_over() or not (data := self._read()):
                    return
                self._taken(data)

    def _read(self) -> bytes:
        left = self.length
        return self.fp.read1(READ_SIZE if left is None else min(READ_SIZE, left))

    def _taken(self, data: bytes) -> bytes:
        """Return the content in ``data``. Empty data means the connection's end."""
        if self._chunks is not None:
            if not data:
                raise Truncated(b"")
            return self._chunks.feed(data)
        if self.length is not None:
            if not data:
                raise Truncated(b"", self.length)
            self.length -= len(data)
        elif not data:
            self.close()
        return data

    def _is_over(self) -> bool:
        if self.isclosed():
            return True
        if self._chunks is not None and self._chunks.failure:
            raise BadFraming(self._chunks.failure)
        over = self._chunks.finished if self._chunks is not None else self.length == 0
        if over:
            self._ended = not self._has_surplus()
            self.close()
        return over

    def _has_surplus(self) -> bool:
        """Return True if bytes follow the body: they are unknown, so the connection is not reused."""
        self._reader.is_over = True
        return bool(self.fp.peek()) or (self._chunks is not None and self._chunks.surplus)


_DIGITS = b"0123456789abcdefABCDEF"


_MOST_DIGITS = 15
"""Digits of a size, more than anything needs; Python refuses to parse numbers of thousands of digits."""


_LONGEST_LINE = 1 << 14


_LONGEST_TRAILER = 1 << 16


_MOST_HEADERS = 256


_MOST_HEADER_BYTES = 1 << 16


_LINE_ENDS = (b"\r\n", b"\n")


class BadFraming(HTTPException):
    """Raised if the headers or chunks violate HTTP."""


class HeadersCut(ConnectionError):
    """Raised if the connection ended inside the headers."""


def read_headers(read_line: Callable[[int], bytes]) -> HTTPMessage:
    """Read the headers of a reply line by line. Raises :class:`HeadersCut` or :class:`BadFraming`."""
    lines: list[bytes] = []
    size = 0
    while (line := read_line(_MOST_HEADER_BYTES + 1)) not in _LINE_ENDS:
        if not line.endswith(b"\n") and len(line) <= _MOST_HEADER_BYTES:
            raise HeadersCut("the connection ended inside the headers")
        size += len(line)
        if size > _MOST_HEADER_BYTES or len(lines) >= _MOST_HEADERS:
            raise BadFraming(f"more than {_MOST_HEADERS} headers or {_MOST_HEADER_BYTES >> 10} KiB of them")
        if line[:1] in (b" ", b"\t") and lines:
            # A header may continue in further lines (section 5.2), although this is obsolete.
            lines[-1] += b" " + line.strip()
        else:
            lines.append(line)
    headers = HTTPMessage()
    for one in lines:
        name, colon, value = one.decode("latin-1").partition(":")
        # A line without a name or colon is ignored.
        if colon and name.strip():
            headers[name.strip()] = value.strip()
    return headers


def body_length(headers: HTTPMessage) -> int | None:
    """Return the Content-Length, or None. Raises :class:`BadFraming` if it is ambiguous or invalid."""
    given = headers.get_all("content-length")
    if not given:
        return None
    lengths = {one.strip() for text in given for one in text.split(",")}
    length = lengths.pop()
    if lengths or not (length.isascii() and length.isdecimal() and len(length) <= _MOST_DIGITS):
        raise BadFraming(f"Content-Length: expected one number, got {', '.join(given)[:100]!r}")
    return int(length)


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
            size = line.partition(b";")[0].strip()
            # int() alone would also accept a sign, underscores and an "0x".
            if not 0 < len(size) <= _MOST_DIGITS or size.strip(_DIGITS):
                raise BadFraming(f"expected the size of a chunk, got {size[:20]!r}")
            self._left = int(size, 16)
            if not self._left:
                self._trailer = 0
