"""Replies as they come off a timed connection: their heads, and their bodies piece by piece."""

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
    """The bytes of a socket; each read waits as long as the exchange may, or not at all."""

    def __init__(self, raw: io.RawIOBase, sock: Any, exchange: Exchange) -> None:
        self._raw = raw
        """What keeps the socket open until the reply is closed."""
        self._sock = sock
        self.exchange = exchange
        self.waits = True
        self.is_over = False
        """Whether nothing more is to be read off the socket."""

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
    """The connection ended before the body did."""

    def __str__(self) -> str:
        missing = "its end" if self.expected is None else f"{self.expected} bytes"
        return f"the reply lacks {missing}"


class Reply(HTTPResponse):
    """A reply whose body is taken as it comes, by :meth:`piece`."""

    def __init__(self, sock: Any, *args: Any, exchange: Exchange, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._reader = _TimedReader(self.fp.detach(), sock, exchange)
        self.fp = io.BufferedReader(self._reader)
        self._chunks: ChunkedBody | None = None
        self._ended = False

    def begin(self) -> None:
        """Read the reply's head. http.client's own takes one that is cut for a whole one."""
        for _ in range(_MOST_INTERIM):
            # A method of http.client's that its stub leaves out, as those below.
            version, status, reason = self._read_status()  # type: ignore[attr-defined]
            headers = read_headers(self.fp.readline)
            # What comes before the reply itself, but for a change of protocol (RFC 9110, section 15.2).
            if status >= 200 or status == HTTPStatus.SWITCHING_PROTOCOLS:
                break
        else:
            raise BadFraming("interim replies without end")
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
            raise BadFraming(f"the transfer coding {coding[:20]!r}, which was not asked for")
        self.chunked = coding == "chunked"
        # Not to be relied on any longer: a connection in another protocol, or one whose replies say two
        # things about their length (RFC 9112, section 6.3).
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
        """Whether the body came to its end, so that the connection can carry another exchange."""
        return self._ended

    def piece(self) -> bytes:
        """The next bytes of the body, waiting for the first of them only; empty at its end.

        Raises :class:`Truncated` where the connection ends first, ``BadFraming`` where the body is not
        what its headers say.
        """
        while not self._is_over():
            if content := self._taken(self._read()):
                return content
        return b""

    def finish_at_hand(self) -> None:
        """Read on to the body's end where it has come already; nothing is waited for."""
        self._reader.waits = False
        # Whatever is wrong with the rest, nobody wants it any more.
        with suppress(OSError, HTTPException):
            for _ in range(_LAST_READS):
                if self._is_over() or not (data := self._read()):
                    return
                self._taken(data)

    def _read(self) -> bytes:
        left = self.length
        return self.fp.read1(READ_SIZE if left is None else min(READ_SIZE, left))

    def _taken(self, data: bytes) -> bytes:
        """What ``data`` holds of the content. No data is the connection's end."""
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
        """Whether more came than the body: nobody knows what, so the connection carries nothing else."""
        self._reader.is_over = True
        return bool(self.fp.peek()) or (self._chunks is not None and self._chunks.surplus)


_DIGITS = b"0123456789abcdefABCDEF"


_MOST_DIGITS = 15
"""Of a size, which is more than anything has; Python refuses to read numbers of thousands of them."""


_LONGEST_LINE = 1 << 14


_LONGEST_TRAILER = 1 << 16


_MOST_HEADERS = 256


_MOST_HEADER_BYTES = 1 << 16


_LINE_ENDS = (b"\r\n", b"\n")


class BadFraming(HTTPException):
    """The headers or chunks are not what HTTP says they are."""


class HeadersCut(ConnectionError):
    """The connection ended inside the headers."""


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
