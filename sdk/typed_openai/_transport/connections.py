"""Connections of urllib3 that respect the time limits of an exchange.

requests and urllib3 have time-outs for single reads only, and a server that sends a byte now and then never
exceeds them. Here every socket operation is limited by the remaining time of the exchange.
"""

from __future__ import annotations

import errno
import selectors
import socket
import ssl
import sys
import traceback
import weakref
from contextvars import ContextVar
from functools import partial
from typing import Any, NoReturn

from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NewConnectionError

from typed_openai._transport.baton import others_run
from typed_openai._transport.clock import now
from typed_openai._transport.deadlines import Exchange, LimitPassed, Limits
from typed_openai._transport.early_replies import NOT_READY
from typed_openai._transport.http1 import Reply, TunnelReply
from typed_openai._transport.socks_handshake import SocksError, SocksProxy, shake_hands
from typed_openai._transport.tls_ends import context_with_ends, report_ends
from typed_openai._transport.tunnelled_tls import TimedChannel, base_socket
from typed_openai._transport.urllib3_classes import HTTPConnection, HTTPSConnection
from typed_openai.timeouts import NO_LIMITS

CURRENT: ContextVar[Exchange | None] = ContextVar("typed_openai_exchange", default=None)
"""The next exchange of this thread; the connection that carries it takes it from here."""

_SENT_AT_ONCE = 1 << 16

LONGEST_IDLE = 5.0
"""Seconds after which an idle connection is not used again. Networks forget idle connections silently: a
request would be sent, and never be answered."""

_HUNG_UP = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


def _replies(exchange: Exchange, kind: type[Reply] = Reply) -> Any:
    """Return the factory that http.client uses for replies."""
    return partial(kind, exchange=exchange)


class TimedConnection(HTTPConnection):
    """The differences from urllib3's own connections, for both schemes."""

    _exchange: Exchange | None = None
    _is_connecting = False
    _spare: socket.socket | None = None
    """A duplicate of the socket, which is kept while TLS takes over the descriptor of the original."""
    _held: bytes | None = None
    """Data to send together with the data that follows; None if nothing is held back."""

    @property
    def is_connected(self) -> bool:
        """True if the connection can carry another exchange."""
        exchange = self._exchange
        is_old = exchange is not None and now() - exchange.ended > LONGEST_IDLE
        return not is_old and super().is_connected

    def connect(self) -> None:
        self._exchange = exchange = CURRENT.get()
        if exchange is None:
            super().connect()
            return
        exchange.carried = exchange.connected = True
        exchange.begin("connect")
        proxy = getattr(self, "proxy", None)
        if proxy is not None:
            # Without a name and password.
            exchange.proxy = f"{proxy.scheme}://{proxy.host}:{proxy.port}"
        # A proxy's answer to CONNECT counts as connecting, too.
        self.response_class = _replies(exchange, TunnelReply)
        self._is_connecting = True
        try:
            with others_run():
                super().connect()
        except TimeoutError as error:
            passed = error if isinstance(error, LimitPassed) else exchange.passed()
            raise ConnectTimeoutError(self, str(passed)) from passed
        except BaseException as error:
            _close_left_behind(error)
            raise
        finally:
            self._is_connecting = False
            exchange.sock = base_socket(self.sock)
            if self._spare is not None:
                self._spare.close()
                self._spare = None

    def _new_conn(self) -> socket.socket:
        exchange = self._exchange
        if exchange is None:
            return super()._new_conn()
        try:
            sock = self._opened(exchange)
        except LimitPassed:
            raise
        except OSError as error:
            raise NewConnectionError(self, f"Failed to establish a new connection: {error}") from error
        sys.audit("http.client.connect", self, self.host, self.port)
        if not getattr(self, "_tunnel_host", None):
            exchange.proxy = None
        return sock

    def _opened(self, exchange: Exchange) -> socket.socket:
        """Return a socket that is connected to the host or its proxy."""
        return self._connected(exchange, self._dns_host.strip("[]"), self.port)

    def _connected(self, exchange: Exchange, host: str, port: int | None) -> socket.socket:
        """Connect to the first of a host's addresses that answers; each gets a share of the time."""
        try:
            addresses = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
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
        exchange.carried = True
        exchange.sock = base_socket(self.sock)
        self._held = b""
        try:
            super().request(*args, **kwargs)
            if self._held:
                self.send(b"")
        finally:
            self._held = None

    def _encode_request(self, request: str) -> bytes:
        """Encode the request line, with the target that is hidden from everything above."""
        exchange = self._exchange
        if exchange is not None and exchange.target is not None and not self._is_connecting:
            method, _, version = request.split(" ")
            request = f"{method} {exchange.target} {version}"
        # A method of http.client that its stub lacks.
        line: bytes = super()._encode_request(request)  # type: ignore[misc]
        return line

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
            exchange.begin("sending")
        sent, size = 0, len(data)
        view = memoryview(data)
        while sent < size:
            count = self._send_some(view[sent : sent + _SENT_AT_ONCE], exchange)
            sent += count
            # Before the first byte is accepted, the server cannot have seen any of the request.
            exchange.sent = exchange.sent or (count > 0 and not self._is_connecting)

    def _send_some(self, data: memoryview, exchange: Exchange) -> int:
        """Send as many bytes as the server accepts, after waiting if necessary; return their number."""
        left = exchange.wait()
        sock = self.sock
        try:
            # Before the request there is no reply, and TLS in TLS cannot do anything without waiting.
            if self._is_connecting or not isinstance(sock, socket.socket):
                sock.settimeout(left)
                return sock.send(data)
            sock.settimeout(0)
            if exchange.sent:
                exchange.early.look(sock)
                if exchange.early.refuses:
                    self._stop_sending(exchange, None)
            try:
                # gevent's sockets return 0 rather than raise.
                if count := sock.send(data):
                    return count
            except NOT_READY:
                pass
            self._wait_to_send(sock, exchange, left)
        except TimeoutError:
            self._stop_sending(exchange, exchange.passed())
        except _HUNG_UP:
            self._stop_sending(exchange, None)
        return 0

    def _wait_to_send(self, sock: socket.socket, exchange: Exchange, seconds: float | None) -> None:
        """Wait until the server accepts more. Stop sending when its reply begins, or when time is up."""
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
            with others_run():
                found = selector.select(seconds)
        exchange.early.look(sock)
        if exchange.early.has_begun or not found:
            self._stop_sending(exchange, None if exchange.early.has_begun else exchange.passed())

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


def _close_left_behind(error: BaseException) -> None:
    """Close the socket of a TLS handshake that was reset or interrupted, which Python leaves open."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        made = frame.f_locals.get("self")
        if isinstance(made, ssl.SSLSocket):
            made.close()


class PlainConnection(TimedConnection):
    """A connection to an http server, directly or through an http proxy."""


class TlsConnection(TimedConnection, HTTPSConnection):
    """A connection to an https server, directly or through the tunnel of a proxy."""

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

    def _connect_tls_proxy(self, hostname: str, sock: socket.socket) -> Any:
        outer = super()._connect_tls_proxy(hostname, sock)
        # Not the connection itself: the cycle would keep the socket open after its last use.
        myself = weakref.ref(self)

        def wait() -> float | None:
            connection = myself()
            exchange = connection._exchange if connection is not None else None
            return exchange.wait() if exchange is not None else None

        return TimedChannel(outer, wait)


class _ThroughSocks(TimedConnection):
    """The way through a SOCKS proxy. urllib3 passes ``_socks_options`` on from its pool manager."""

    def __init__(self, *args: Any, _socks_options: dict[str, Any], **kwargs: Any) -> None:
        self._socks_proxy: SocksProxy = _socks_options["proxy"]
        super().__init__(*args, **kwargs)

    def connect(self) -> None:
        before = None
        if CURRENT.get() is None:
            before = CURRENT.set(Exchange(Limits(NO_LIMITS)))
        try:
            super().connect()
        finally:
            if before is not None:
                CURRENT.reset(before)

    def _opened(self, exchange: Exchange) -> socket.socket:
        proxy = self._socks_proxy
        exchange.proxy = f"socks{proxy.version}://{proxy.host}:{proxy.port}"
        sock = self._connected(exchange, proxy.host, proxy.port)
        try:
            shake_hands(
                proxy,
                self._dns_host.strip("[]"),
                self.port or self.default_port,
                partial(_send_timed, sock, exchange),
                partial(_receive_timed, sock, exchange),
            )
            sock.settimeout(exchange.wait())
        except BaseException:
            sock.close()
            raise
        return sock


def _send_timed(sock: socket.socket, exchange: Exchange, data: bytes) -> None:
    sock.settimeout(exchange.wait())
    try:
        sock.sendall(data)
    except TimeoutError:
        raise exchange.passed() from None


def _receive_timed(sock: socket.socket, exchange: Exchange, size: int) -> bytes:
    data = b""
    while len(data) < size:
        sock.settimeout(exchange.wait())
        try:
            piece = sock.recv(size - len(data))
        except TimeoutError:
            raise exchange.passed() from None
        if not piece:
            raise SocksError("the SOCKS proxy closed the connection")
        data += piece
    return data


class PlainThroughSocks(_ThroughSocks, PlainConnection):
    """A connection to an http server through a SOCKS proxy."""


class TlsThroughSocks(_ThroughSocks, TlsConnection):
    """A connection to an https server through a SOCKS proxy."""
