"""The sockets of the embedded server: HTTP/1.1, a thread for each connection, a clean shutdown."""

from __future__ import annotations

import json
import selectors
import socket
import socketserver
import struct
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from itertools import islice
from threading import Lock, Thread
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from typed_openai.testing.answers import Outgoing
from typed_openai.testing.checking import Incoming, Refusal
from typed_openai.testing.event_streams import ServerEvent
from typed_openai.testing.script_book import ScriptedFault
from typed_openai.testing.service import Answer

Answering: TypeAlias = Callable[[Incoming], Answer]
Pacing: TypeAlias = Callable[[Iterator[ServerEvent]], Generator[ServerEvent, None, None]]

_BODILESS: Final = frozenset((204, 304))


class Sockets(socketserver.TCPServer):
    """Accepts connections and keeps track of them, so that it can end them.

    ``answer`` answers a request; ``paced`` yields the events of a stream, each at its time.
    """

    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, answer: Answering, paced: Pacing, host: str, port: int) -> None:
        self.answer = answer
        self.paced = paced
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._open: dict[socket.socket, Thread] = {}
        self._open_lock = Lock()
        self._waking, self._woken = socket.socketpair()
        super().__init__((host, port), _Connection)

    def accept(self) -> None:
        """Accept connections until :meth:`stop` is called in another thread."""
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while all(ready.fileobj is self for ready, _ in selector.select()):
                self._accept_one()

    def _accept_one(self) -> None:
        try:
            request, client_address = self.get_request()
        except OSError:
            return  # the client has gone
        try:
            self.process_request(request, client_address)
        except Exception:  # such as no more threads: other connections go on
            self.handle_error(request, client_address)
            self.shutdown_request(request)

    def stop(self) -> None:
        """Let :meth:`accept` return."""
        with suppress(OSError):  # it has returned already
            self._waking.send(b".")

    def server_close(self) -> None:
        """Free the port."""
        super().server_close()
        self._waking.close()
        self._woken.close()

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = Thread(target=self._converse, args=(request, client_address), name="typed-openai-connection")
        thread.daemon = True
        with self._open_lock:
            self._open[request] = thread
        thread.start()

    def _converse(self, request: socket.socket, client_address: Any) -> None:
        try:
            # A client that disconnects early is not an error of the server.
            with suppress(ConnectionError, TimeoutError):
                self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)
            with self._open_lock:
                self._open.pop(request, None)

    def end_connections(self) -> None:
        """Close every open connection, and wait until its thread has ended."""
        with self._open_lock:
            connections = dict(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in connections.values():
            thread.join()


class _Connection(BaseHTTPRequestHandler):
    """One connection: reads requests, passes them to the server, writes its answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # a reply's head and body in one piece; flushed after each reply and each event

    def version_string(self) -> str:
        """Return the value of the Server header."""
        return "typed-openai"

    @property
    def sockets(self) -> Sockets:
        """The sockets that the connection belongs to."""
        if not isinstance(self.server, Sockets):
            raise TypeError(f"expected a connection of the embedded server, got {type(self.server).__name__}")
        return self.server

    def respond(self) -> None:
        """Answer the request whose head was just read."""
        body = self._read_body()
        if body is None:
            return
        target = urlsplit(self.path)
        query = parse_qsl(target.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        incoming = Incoming(self.command, target.path, query, headers, body)
        try:
            answer = self.sockets.answer(incoming)
        except Exception as error:  # report the server's own errors to the client
            self._send(Outgoing(500, "application/json", _own_mistake(error)), {})
            raise
        self._send(answer.reply, answer.headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = respond  # noqa: N815  names of the base class

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the record contains all information."""

    def _read_body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._read_chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal():
            self.send_error(400, "Content-Length is not a number")
            return None
        return self.rfile.read(int(length))

    def _read_chunks(self) -> bytes | None:
        body = bytearray()
        while True:
            size = self.rfile.readline(1024).partition(b";")[0].strip()
            try:
                length = int(size, 16)
            except ValueError:
                self.send_error(400, "a chunk has no size")
                return None
            if length == 0:
                while self.rfile.readline(65536).strip():
                    pass  # trailer fields
                return bytes(body)
            body += self.rfile.read(length)
            self.rfile.readline(16)

    def _send(self, reply: Outgoing, headers: Mapping[str, str]) -> None:
        fault = reply.fault
        if fault is not None and reply.events is not None and (fault.after or fault.name == "truncate"):
            reply = replace(reply, events=self._failing(reply.events, fault))
        elif fault is not None and fault.name != "truncate":
            self._break(fault)
            return
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.content_type:
            self.send_header("Content-Type", reply.content_type)
        if reply.events is not None:
            self._send_events(reply.events)
            return
        if reply.status not in _BODILESS:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.fault is not None:  # a body that is truncated
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        if self.command != "HEAD" and reply.status not in _BODILESS:
            self.wfile.write(reply.body)
        self.wfile.flush()

    def _failing(self, events: Iterator[ServerEvent], fault: ScriptedFault) -> Iterator[ServerEvent]:
        """Yield the events before a fault, then break the connection."""
        yield from islice(events, fault.after)
        self._break(fault)
        raise ConnectionAbortedError(f"scripted fault {fault.name}")

    def _break(self, fault: ScriptedFault) -> None:
        """Stall until the client or the server ends the connection, or end it."""
        self.close_connection = True
        if fault.name == "stall":
            with suppress(OSError):
                while self.connection.recv(65536):
                    pass  # a client may go on to send
        elif fault.name == "reset":
            # Closing a socket that lingers for no time resets the connection.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()  # before the server can shut it down in order

    def _send_events(self, events: Iterator[ServerEvent]) -> None:
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        with closing(self.sockets.paced(events)) as paced:
            for event in paced:
                data = event.encode()
                self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
                self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()


def _own_mistake(error: Exception) -> bytes:
    refusal = Refusal(500, f"the embedded server failed: {type(error).__name__}: {error}")
    return json.dumps(refusal.body).encode()
