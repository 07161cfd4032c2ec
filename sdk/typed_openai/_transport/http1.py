"""Read HTTP/1.1 replies from a timed connection: their heads, and their bodies in pieces."""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead, UnknownProtocol
from typing import Any

from typed_openai._transport.baton import others_run
from typed_openai._transport.chunked import ChunkedBody
from typed_openai._transport.deadlines import Aborted, Exchange
from typed_openai._transport.heads import (
    BadFraming,
    StatusLine,
    body_length,
    read_headers,
    read_status_line,
)

READ_SIZE = 1 << 16

_LAST_READS = 4
_MOST_INTERIM = 100
_OVERLOADED = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
"""Like a failed server, one that is overloaded tends to close its connections without saying so."""
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
        self.is_cut = False
        """True if the connection ended without the alert that ends TLS (RFC 9112, section 9.8)."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.is_over:
            return None
        exchange = self.exchange
        if exchange.early.data:
            return self._from_early_data(buffer)
        self._sock.settimeout(exchange.wait() if self.waits else 0)
        try:
            count = self._received(buffer)
        except TimeoutError:
            raise exchange.passed() from None
        except ssl.SSLEOFError:
            self.is_cut = True
            count = 0
        except OSError:
            if self.waits:
                raise
            return None
        if count:
            exchange.received = True
        elif exchange.aborted:
            raise Aborted("given up")
        return count

    def _received(self, buffer: Any) -> int:
        receive: Callable[[Any], int] = self._sock.recv_into
        if not self.waits:
            return receive(buffer)
        with others_run():
            return receive(buffer)

    def _from_early_data(self, buffer: Any) -> int:
        """Read what arrived while the request was being sent."""
        data = self.exchange.early.take(len(buffer))
        buffer[: len(data)] = data
        self.exchange.received = True
        return len(data)

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
            version, status, reason = self._read_status()
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
        self.reason = reason
        self.headers = self.msg = headers
        self._begin_body()

    def _read_status(self) -> StatusLine:
        return read_status_line(self.fp.readline)

    def _begin_body(self) -> None:
        coding = (self.headers.get("transfer-encoding") or "identity").lower()
        if coding not in ("chunked", "identity"):
            raise BadFraming(f"the transfer coding {coding[:20]!r} was not requested")
        self.chunked = coding == "chunked"
        # Not reusable: a connection with another protocol, or with contradictory lengths of a reply (RFC
        # 9112, section 6.3).
        unsure = self.status < 200 or (self.chunked and "content-length" in self.headers)
        unsure |= self._reader.exchange.unfinished or self.status in _OVERLOADED or self.status >= 500
        # Attributes of http.client that its stub lacks, here and below.
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
            if self._reader.is_cut:
                raise Truncated(b"")
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
        early = self._reader.exchange.early.data
        return bool(self.fp.peek() or early) or (self._chunks is not None and self._chunks.surplus)


class TunnelReply(Reply):
    """The answer of a proxy to CONNECT. http.client reads it, and takes only 200 for a success."""

    def _read_status(self) -> StatusLine:
        """Return the first status that is not interim; 200 for any success (RFC 9110, section 9.3.6)."""
        for _ in range(_MOST_INTERIM):
            line = super()._read_status()
            if line.status >= HTTPStatus.OK:
                is_open = line.status < HTTPStatus.MULTIPLE_CHOICES
                return StatusLine(line.version, HTTPStatus.OK, line.reason) if is_open else line
            read_headers(self.fp.readline)
        raise BadFraming("too many interim replies")
