"""Replies as they come off a timed connection: their heads, and their bodies piece by piece."""

from __future__ import annotations

import io
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead, UnknownProtocol
from typing import Any

from typed_openai._transport.deadlines import Aborted, Exchange
from typed_openai._transport.decompression import BadFraming, ChunkedBody, body_length, read_headers

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
