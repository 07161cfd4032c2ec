"""Connections of urllib3 that keep to the limits of the exchange they carry.

requests and urllib3 know a time-out for each single read, which a server that sends a byte now and then
outlives. Here every operation on the socket waits only as long as the exchange still may.
"""

from __future__ import annotations

import io
import queue
import socket
import ssl
import sys
import traceback
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead, UnknownProtocol
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NewConnectionError

from typed_openai.framing import BadFraming, ChunkedBody, body_length, read_headers
from typed_openai.limits import Exchange, LimitPassed

CURRENT: ContextVar[Exchange | None] = ContextVar("typed_openai_exchange", default=None)
"""The exchange that is about to begin in this thread: the connection that carries it takes it from here."""

READ_SIZE = 1 << 16

_SENT_AT_ONCE = 1 << 16
_LAST_READS = 4
_MOST_INTERIM = 100
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class _TimedReader(io.RawIOBase):
    """The bytes of a socket; each read waits as long as the exchange may, or not at all."""

    def __init__(self, raw: io.RawIOBase, sock: Any, exchange: Exchange) -> None:
        self._raw = raw
        """What keeps the socket open until the reply is closed."""
        self._sock = sock
        self._exchange = exchange
        self.waits = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        exchange = self._exchange
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
        self.chunked = (self.headers.get("transfer-encoding") or "").lower() == "chunked"
        self.will_close = self._check_close()  # type: ignore[attr-defined]
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
            self._ended = self._chunks is None or not self._chunks.surplus
            self.close()
        return over


def _replies(exchange: Exchange) -> Any:
    """What http.client makes a reply with."""
    return partial(Reply, exchange=exchange)


class _Timed(HTTPConnection):
    """What the connections of both schemes do otherwise than urllib3's own."""

    _exchange: Exchange | None = None
    _is_connecting = False
    _held: bytes | None = None
    """What is to be sent together with what follows; None where nothing is held back."""

    def connect(self) -> None:
        self._exchange = exchange = CURRENT.get()
        if exchange is None:
            super().connect()
            return
        exchange.connected = True
        exchange.begin("connect")
        # A proxy's answer to CONNECT counts as connecting, too.
        self.response_class = _replies(exchange)
        self._is_connecting = True
        try:
            super().connect()
        except TimeoutError as error:
            passed = error if isinstance(error, LimitPassed) else exchange.passed()
            raise ConnectTimeoutError(self, str(passed)) from passed
        except OSError as error:
            _close_left_behind(error)
            raise
        finally:
            self._is_connecting = False
        exchange.sock = self.sock

    def _new_conn(self) -> socket.socket:
        exchange = self._exchange
        if exchange is None:
            return super()._new_conn()
        try:
            exchange.sock = sock = self._connected(exchange)
            # TLS and a proxy's tunnel have what is left of the limit.
            sock.settimeout(exchange.wait())
        except LimitPassed:
            raise
        except OSError as error:
            raise NewConnectionError(self, f"Failed to establish a new connection: {error}") from error
        sys.audit("http.client.connect", self, self.host, self.port)
        return sock

    def _connected(self, exchange: Exchange) -> socket.socket:
        """A socket to the first of the host's addresses that answers; each may take its share of the time."""
        host = self._dns_host.strip("[]")
        try:
            addresses = socket.getaddrinfo(host, self.port, 0, socket.SOCK_STREAM)
        except UnicodeError:
            raise LocationParseError(f"{host!r}, label empty or too long") from None
        failure: OSError = OSError("the host has no address")
        for tried, (family, kind, protocol, _, address) in enumerate(addresses):
            left = exchange.wait()
            sock = socket.socket(family, kind, protocol)
            exchange.sock = sock
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(None if left is None else left / (len(addresses) - tried))
                if self.source_address:
                    sock.bind(self.source_address)
                sock.connect(address)
            except TimeoutError:
                failure = exchange.passed()
            except OSError as error:
                failure = error
            else:
                return sock
            sock.close()
        raise failure

    def _tunnel(self) -> None:
        super()._tunnel()
        if self._exchange is not None and self.sock is not None:
            self.sock.settimeout(self._exchange.wait())

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._exchange = exchange = CURRENT.get()
        if exchange is None:
            super().request(*args, **kwargs)
            return
        exchange.sock = self.sock
        self._held = b""
        try:
            super().request(*args, **kwargs)
            if self._held:
                self.send(b"")
        finally:
            self._held = None

    def send(self, data: Any) -> None:
        if self.sock is None and self.auto_open:
            self.connect()
        exchange = self._exchange
        if exchange is None or not isinstance(data, (bytes, bytearray, memoryview)):
            super().send(data)
            return
        if self._held is not None and not self._is_connecting:
            if not self._held and len(data) <= _SENT_AT_ONCE:
                # The headers: they go in one piece with the beginning of the body.
                self._held = bytes(data)
                return
            data, self._held = self._held + data, None
        sys.audit("http.client.send", self, data)
        if not self._is_connecting:
            exchange.sent = True
            exchange.begin("sending")
        sent, size = 0, len(data)
        view = memoryview(data)
        while sent < size:
            self.sock.settimeout(exchange.wait())
            try:
                sent += self.sock.send(view[sent : sent + _SENT_AT_ONCE])
            except TimeoutError:
                raise exchange.passed() from None

    def getresponse(self) -> Any:
        exchange = self._exchange
        if exchange is None:
            return super().getresponse()
        self.response_class = _replies(exchange)
        exchange.begin("first_byte")
        response = super().getresponse()
        exchange.begin("idle")
        return response


def _close_left_behind(error: OSError) -> None:
    """Close the socket of a TLS handshake that was reset before it began, which Python leaves open."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        made = frame.f_locals.get("self")
        if isinstance(made, ssl.SSLSocket):
            made.close()


class _PlainConnection(_Timed):
    pass


class _TlsConnection(_Timed, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _PlainPool, "https": _TlsPool}


class TimedAdapter(HTTPAdapter):
    """Carries requests over timed connections, proxies included; those of SOCKS are urllib3's own."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager: Any = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager

    def close(self) -> None:
        """Close the idle connections now; urllib3 leaves that to the last reply that knows their pool."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118  # it refuses to be iterated
                if (pool := manager.pools.get(key)) is not None:
                    _close_idle(pool)
        super().close()


def _close_idle(pool: Any) -> None:
    # Not its ``close``, which another thread's request, about to begin, would fail at.
    with suppress(queue.Empty, AttributeError):
        while True:
            connection = pool.pool.get(block=False)
            if connection is not None:
                connection.close()
