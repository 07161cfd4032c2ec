"""Connections of urllib3 that respect the time limits of an exchange.

requests and urllib3 have time-outs for single reads only, and a server that sends a byte now and then never
exceeds them. Here every socket operation is limited by the remaining time of the exchange.
"""

from __future__ import annotations

import errno
import queue
import selectors
import socket
import ssl
import sys
import traceback
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from typing import Any, NoReturn

from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidProxyURL
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NewConnectionError

from typed_openai._transport.deadlines import Exchange, LimitPassed
from typed_openai._transport.http1 import Reply, TunnelReply
from typed_openai._transport.tls_ends import context_with_ends, report_ends

CURRENT: ContextVar[Exchange | None] = ContextVar("typed_openai_exchange", default=None)
"""The next exchange of this thread; the connection that carries it takes it from here."""

_SENT_AT_ONCE = 1 << 16
_STATUS_AT = 9
"""Position of the first digit of the status in a status line."""


def _replies(exchange: Exchange, kind: type[Reply] = Reply) -> Any:
    """Return the factory that http.client uses for replies."""
    return partial(kind, exchange=exchange)


class _Timed(HTTPConnection):
    """The differences from urllib3's own connections, for both schemes."""

    _exchange: Exchange | None = None
    _is_connecting = False
    _spare: socket.socket | None = None
    """A duplicate of the socket, which is kept while TLS takes over the descriptor of the original."""
    _held: bytes | None = None
    """Data to send together with the data that follows; None if nothing is held back."""

    def connect(self) -> None:
        self._exchange = exchange = CURRENT.get()
        if exchange is None:
            super().connect()
            return
        exchange.connected = True
        exchange.begin("connect")
        proxy = getattr(self, "proxy", None)
        if proxy is not None:
            # Without a name and password.
            exchange.proxy = f"{proxy.scheme}://{proxy.host}:{proxy.port}"
        # A proxy's answer to CONNECT counts as connecting, too.
        self.response_class = _replies(exchange, TunnelReply)
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
            if self._spare is not None:
                self._spare.close()
                self._spare = None

    def _new_conn(self) -> socket.socket:
        exchange = self._exchange
        if exchange is None:
            return super()._new_conn()
        try:
            exchange.sock = sock = self._connected(exchange)
        except LimitPassed:
            raise
        except OSError as error:
            raise NewConnectionError(self, f"Failed to establish a new connection: {error}") from error
        sys.audit("http.client.connect", self, self.host, self.port)
        if not getattr(self, "_tunnel_host", None):
            exchange.proxy = None
        return sock

    def _connected(self, exchange: Exchange) -> socket.socket:
        """Connect to the first of the host's addresses that answers; each gets a share of the time."""
        host = self._dns_host.strip("[]")
        try:
            addresses = socket.getaddrinfo(host, self.port, 0, socket.SOCK_STREAM)
        except UnicodeError:
            raise LocationParseError(f"{host!r}, label empty or too long") from None
        failure: OSError = OSError("the host name has no IP address")
        for tried, (family, kind, protocol, _, address) in enumerate(addresses):
            sock = None
            try:
                # The system may lack addresses of this family; another one may work.
                exchange.sock = sock = socket.socket(family, kind, protocol)
                left = exchange.wait()
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(None if left is None else left / (len(addresses) - tried))
                if self.source_address:
                    sock.bind(self.source_address)
                sock.connect(address)
                # TLS and a proxy's tunnel share the rest of the limit.
                sock.settimeout(exchange.wait())
            except TimeoutError:
                failure = exchange.passed()
            except OSError as error:
                failure = error
            else:
                return sock
            if sock is not None:
                sock.close()
        raise failure

    def _tunnel(self) -> None:
        super()._tunnel()
        if self._exchange is not None and self.sock is not None:
            self._exchange.proxy = None
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
                # The headers: they are sent in one piece with the beginning of the body.
                self._held = bytes(data)
                return
            data, self._held = self._held + data, None
        sys.audit("http.client.send", self, data)
        if not self._is_connecting:
            if exchange.sent:
                # The time since the last piece was spent on producing this one.
                exchange.limits.check("source")
            exchange.sent = True
            exchange.begin("sending")
        sent, size = 0, len(data)
        view = memoryview(data)
        while sent < size:
            sent += self._send_some(view[sent : sent + _SENT_AT_ONCE], exchange)

    def _send_some(self, data: memoryview, exchange: Exchange) -> int:
        """Send as many bytes as the server accepts, after waiting if necessary; return their number."""
        left = exchange.wait()
        sock = self.sock
        # Incoming TLS data may be something other than a reply, and before the request there is no reply.
        watched = type(sock) is socket.socket and not self._is_connecting
        sock.settimeout(0 if watched else left)
        try:
            return sock.send(data)
        except TimeoutError:
            self._stop_sending(exchange, exchange.passed())
        except BlockingIOError:
            answered, takes_more = _waited(sock, left)
            if answered or not takes_more:
                self._stop_sending(exchange, None if answered else exchange.passed())
        return 0

    def _stop_sending(self, exchange: Exchange, passed: LimitPassed | None) -> NoReturn:
        """Stop sending: some servers refuse a request before they have received all of it."""
        if passed is not None and (self._is_connecting or exchange.aborted):
            raise passed
        exchange.unfinished, exchange.missed = True, passed
        # urllib3 continues with the reply then.
        raise BrokenPipeError(errno.EPIPE, "the server stopped reading the request")

    def getresponse(self) -> Any:
        exchange = self._exchange
        if exchange is None:
            return super().getresponse()
        self.response_class = _replies(exchange)
        exchange.begin("first_byte")
        try:
            response = super().getresponse()
        except LimitPassed:
            raise exchange.missed or exchange.passed() from None
        exchange.begin("idle")
        return response


def _waited(sock: socket.socket, seconds: float | None) -> tuple[bool, bool]:
    """Wait until the server answers or accepts more; return both flags, False after ``seconds``."""
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
        found = [events for _, events in selector.select(seconds)]
        takes_more = any(events & selectors.EVENT_WRITE for events in found)
        if not found or takes_more:
            return False, takes_more
        if sock.recv(_STATUS_AT + 1, socket.MSG_PEEK)[_STATUS_AT:] != b"1":
            return True, False
        # An interim reply means that the server continues to read.
        selector.modify(sock, selectors.EVENT_WRITE)
        return False, bool(selector.select(seconds))


def _close_left_behind(error: OSError) -> None:
    """Close the socket of a TLS handshake that was reset before it began, which Python leaves open."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        made = frame.f_locals.get("self")
        if isinstance(made, ssl.SSLSocket):
            made.close()


class _PlainConnection(_Timed):
    pass


class _TlsConnection(_Timed, HTTPSConnection):
    def connect(self) -> None:
        if CURRENT.get() is not None:
            self.ssl_context = context_with_ends(self.ssl_context, self.cert_reqs)
        super().connect()
        report_ends(self.sock)

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        if self._exchange is not None:
            self._exchange.sock = self._spare = sock.dup()
        return sock


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _PlainPool, "https": _TlsPool}


_PROXY_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})


class TimedAdapter(HTTPAdapter):
    """Sends requests over timed connections, also through proxies; SOCKS proxies use urllib3's own ones."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        scheme = proxy.partition(":")[0].lower()
        if scheme not in _PROXY_SCHEMES:
            # The rest of the URL may contain a password.
            raise InvalidProxyURL(f'unknown scheme of a proxy: "{scheme}"')
        manager: Any = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager

    def close(self) -> None:
        """Close idle connections now; urllib3 would wait until the last reply releases their pool."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118  # it cannot be iterated over
                if (pool := manager.pools.get(key)) is not None:
                    _close_idle(pool)
        super().close()


def _close_idle(pool: Any) -> None:
    # Not through its ``close``, which would make another thread's request fail that is about to begin.
    with suppress(queue.Empty, AttributeError):
        while True:
            connection = pool.pool.get(block=False)
            if connection is not None:
                connection.close()
