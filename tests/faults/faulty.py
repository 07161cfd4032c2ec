"""A server on a real loopback socket that breaks HTTP as its scripts say.

A script is a tuple of steps, one script for each connection; the last one serves all further connections.
In sent data, ``%PORT%`` is replaced by the server's port, and ``%TYPE%``, ``%BODY%``, ``%HALF%`` and
``%SIZE%`` by the media type, the body, its first half and its length for the call under test.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""An untrusted certificate for localhost, with its key, which protects nothing."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_FOR_EVER = 60.0


class Step(Protocol):
    def do(self, link: Link) -> None: ...


Script = tuple[Step, ...]


@dataclass(frozen=True)
class Seen:
    """A received request, with header names in lower case and the number of its connection."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes
    connection: int


@dataclass
class Link:
    """One connection of the server: its socket, and received bytes that are not used yet."""

    server: Faulty
    sock: socket.socket
    number: int
    received: bytearray = field(default_factory=bytearray)

    def more(self) -> bool:
        """Receive some bytes; return false at the end of the connection."""
        piece = self.sock.recv(1 << 16)
        self.received += piece
        self.server.heard += piece[:4096]
        return bool(piece)

    def take(self, size: int) -> bytes:
        while len(self.received) < size and self.more():
            pass
        taken = bytes(self.received[:size])
        del self.received[:size]
        return taken

    def take_through(self, end: bytes) -> bytes:
        while end not in self.received:
            if not self.more():
                raise ConnectionError("the client left before its request was complete")
        return self.take(self.received.index(end) + len(end))


@dataclass(frozen=True)
class Read:
    """Receive a whole request, or its head only."""

    body: bool = True

    def do(self, link: Link) -> None:
        raw = link.take_through(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").rstrip().split("\r\n")
        method, target, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = b""
        if self.body and headers.get("transfer-encoding") == "chunked":
            body = self._chunked(link)
        elif self.body:
            body = link.take(int(headers.get("content-length", 0)))
        link.server.seen.append(Seen(method, target, headers, body, raw + body, link.number))

    @staticmethod
    def _chunked(link: Link) -> bytes:
        body = b""
        while size := int(link.take_through(b"\r\n"), 16):
            body += link.take(size + 2)[:-2]
        link.take_through(b"\r\n")
        return body


@dataclass(frozen=True)
class Send:
    """Send bytes, repeated ``times`` (None: without end); with a ``pause``, byte by byte."""

    data: bytes = field(repr=False)
    times: int | None = 1
    pause: float | None = None

    def do(self, link: Link) -> None:
        data = link.server.filled(self.data)
        link.server.said += data[:4096]
        pieces = [data] if self.pause is None else [data[at : at + 1] for at in range(len(data))]
        done = 0
        while self.times is None or done < self.times:
            for piece in pieces:
                link.sock.sendall(piece)
                if self.pause is not None and link.server.stopped.wait(self.pause):
                    return
            done += 1


@dataclass(frozen=True)
class Wait:
    """Do nothing for some seconds."""

    seconds: float

    def do(self, link: Link) -> None:
        link.server.stopped.wait(self.seconds)


@dataclass(frozen=True)
class WaitFor:
    """Do nothing until the test sets the server's ``go_on``."""

    def do(self, link: Link) -> None:
        link.server.go_on.wait(_FOR_EVER)


@dataclass(frozen=True)
class Stall:
    """Do nothing until the client disconnects, which sets the server's ``left``; optionally read its data."""

    taking: bool = True

    def do(self, link: Link) -> None:
        if not self.taking:
            link.server.stopped.wait(_FOR_EVER)
            return
        try:
            while link.sock.recv(1 << 16):
                pass
        except OSError:
            pass
        if not link.server.stopped.is_set():
            link.server.left.set()


@dataclass(frozen=True)
class Shut:
    """Close the sending side of the connection, and go on reading."""

    def do(self, link: Link) -> None:
        link.sock.shutdown(socket.SHUT_WR)


@dataclass(frozen=True)
class Close:
    """Close the connection properly."""

    def do(self, link: Link) -> None:
        link.sock.close()


@dataclass(frozen=True)
class Reset:
    """Break the connection: the client gets "connection reset by peer"."""

    def do(self, link: Link) -> None:
        link.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        link.sock.close()


@dataclass(frozen=True)
class Tls:
    """Go on in TLS, with an untrusted certificate."""

    def do(self, link: Link) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        link.sock = link.server.keep(context.wrap_socket(link.sock, server_side=True))


@dataclass(frozen=True)
class EndTls:
    """End TLS with the alert that says so; without this step, TLS is cut."""

    def do(self, link: Link) -> None:
        assert isinstance(link.sock, ssl.SSLSocket)
        link.sock.unwrap()


@dataclass(frozen=True)
class Refuse:
    """The only step of its script: no server listens at the port."""

    def do(self, link: Link) -> None:
        raise AssertionError("nobody can have connected")


@dataclass(frozen=True)
class NeverAccept:
    """The only step of its script: the port's queue is full, so that connecting never succeeds."""

    def do(self, link: Link) -> None:
        raise AssertionError("nobody can have connected")


class Faulty:
    """Serves its scripts while it is entered; ``connections`` and ``seen`` record what it received."""

    def __init__(
        self, *scripts: Script, media_type: bytes = b"application/json", body: bytes = b"{}"
    ) -> None:
        self.seen: list[Seen] = []
        self.connections = 0
        self.heard = bytearray()
        """The beginnings of all received data, including data that is not a request."""
        self.said = bytearray()
        """The beginnings of all sent data."""
        self.left = threading.Event()
        self.go_on = threading.Event()
        self.stopped = threading.Event()
        self._scripts = scripts
        self._media_type = media_type
        self._body = body
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/v1"

    def filled(self, data: bytes) -> bytes:
        """Return ``data`` with the values of this server and call filled in."""
        if b"%" not in data[:4096]:
            return data
        values = {
            b"%PORT%": str(self.port).encode(),
            b"%TYPE%": self._media_type,
            b"%BODY%": self._body,
            b"%HALF%": self._body[: len(self._body) // 2],
            b"%SIZE%": str(len(self._body)).encode(),
        }
        for name, value in values.items():
            data = data.replace(name, value)
        return data

    def keep(self, sock: socket.socket) -> socket.socket:
        """Record a socket that is closed with the server."""
        with self._lock:
            self._sockets.append(sock)
        return sock

    def __enter__(self) -> Self:
        only = type(self._scripts[0][0])
        if only is NeverAccept:
            self._listener.listen(0)
            self._fill_queue()
        elif only is not Refuse:
            self._listener.listen(128)
            self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopped.set()
        self.go_on.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        # Nothing is accepted after this, so that the lists are complete.
        for thread in self._threads[:1]:
            thread.join()
        self._listener.close()
        for sock in list(self._sockets):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for sock in self._sockets:
            sock.close()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="faulty", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _fill_queue(self) -> None:
        for _ in range(8):
            sock = socket.socket()
            sock.setblocking(False)
            with suppress(BlockingIOError):
                sock.connect(("127.0.0.1", self.port))
            self.keep(sock)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            sock.settimeout(_FOR_EVER)
            self._start(self._serve, script, Link(self, self.keep(sock), self.connections))

    def _serve(self, script: Script, link: Link) -> None:
        # The tests are about clients that disconnect or reject such a server. The ssl module raises
        # ValueError where a socket was closed meanwhile.
        with suppress(OSError, ValueError):
            for step in script:
                step.do(link)
        link.sock.close()
