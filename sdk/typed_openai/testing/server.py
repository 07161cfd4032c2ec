"""The sockets of the embedded server: HTTP/1.1 on loopback, a thread for each connection, a clean end."""

from __future__ import annotations

import json
import socket
import socketserver
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from threading import Event, Lock, Thread
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from typed_openai.testing.checking import Incoming, Refusal
from typed_openai.testing.events import ServerEvent
from typed_openai.testing.replies import Outgoing
from typed_openai.testing.service import Answer, RecordedRequest, ScriptedFailure, Service
from typed_openai_spec.index import Index, packaged

_ENDING_POLL_SECONDS: Final = 0.02
_BODILESS: Final = frozenset((204, 304))


class Server:
    """A running fake of the API. Made by :func:`serve`; usable from any number of threads.

    ``url`` is the server's root (``http://127.0.0.1:49152``), ``base_url`` what a client is given
    (``http://127.0.0.1:49152/v1``), ``requests`` what came so far.
    """

    def __init__(
        self,
        service: Service,
        base_path: str,
        *,
        host: str,
        port: int,
        delay: float,
        on_request: Callable[[RecordedRequest], object] | None,
    ) -> None:
        self._service = service
        self._delay = delay
        self._on_request = on_request
        self._requests: list[RecordedRequest] = []
        self._lock = Lock()
        self._ended = Event()
        self._streams = 0
        self._sockets = _Sockets(self, host, port)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self._sockets.server_address[1]}"
        self.base_url = self.url + base_path
        self._thread = Thread(
            target=self._sockets.serve_forever, args=(_ENDING_POLL_SECONDS,), name="typed-openai-server"
        )
        self._thread.daemon = True
        self._thread.start()

    def __repr__(self) -> str:
        return f"<Server {self.base_url} requests={len(self._requests)}>"

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """The requests so far, in the order in which they were answered."""
        with self._lock:
            return tuple(self._requests)

    @property
    def open_streams(self) -> int:
        """How many event streams are being sent at this moment."""
        return self._streams

    def clear(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self._requests.clear()

    def fail_next(
        self,
        status: int,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: bytes | Mapping[str, object] | None = None,
    ) -> None:
        """Answer the next ``times`` requests with ``status``, whatever they are.

        ``headers`` are sent too (``{"retry-after": "0"}``). ``body`` is a JSON object, or bytes that
        are sent as HTML; without it the API's usual error object is sent.
        """
        if body is None:
            body = Refusal(status, f"scripted failure {status}").body
        if isinstance(body, bytes):
            content, content_type = body, "text/html; charset=utf-8"
        else:
            content, content_type = json.dumps(body).encode(), "application/json"
        self._service.fail_next(ScriptedFailure(status, dict(headers or {}), content, content_type), times)

    def close(self) -> None:
        """End every connection and thread of the server, and free its port."""
        self._ended.set()
        self._sockets.shutdown()
        self._thread.join()
        self._sockets.server_close()
        self._sockets.end_connections()

    def answer(self, incoming: Incoming) -> Answer:
        """The answer to a request, which is recorded."""
        answer = self._service.answer(incoming)
        with self._lock:
            self._requests.append(answer.record)
        if self._on_request is not None:
            self._on_request(answer.record)
        return answer

    def paced(self, events: Iterator[ServerEvent]) -> Generator[ServerEvent, None, None]:
        """The events one by one, with the delay between them.

        Raises ``ConnectionAbortedError`` where the server ends first, so that the stream does not
        look complete.
        """
        with self._lock:
            self._streams += 1
        try:
            for number, event in enumerate(events):
                if self._ended.wait(self._delay if number else 0):
                    raise ConnectionAbortedError("the server has ended")
                yield event
        finally:
            with self._lock:
                self._streams -= 1


@contextmanager
def serve(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    delay: float = 0.0,
    api_key: str | None = None,
    index: Index | None = None,
    on_request: Callable[[RecordedRequest], object] | None = None,
) -> Iterator[Server]:
    """A fake of the API, on loopback, for as long as the context lasts.

        with serve() as server:
            client = Client(api_key="test", base_url=server.base_url)

    It checks each request against the API's description and makes up replies that fit it. ``port``
    0 takes a free one; ``delay`` is the time between two events of a stream, in seconds. Any key is
    accepted, or only ``api_key`` if given. ``index`` is the API to fake, OpenAI's by default.
    ``on_request`` is called with each request once it is answered, from the connection's thread.

    Raises ``OSError`` where the port cannot be had.
    """
    index = index or packaged()
    base_path = urlsplit(index.base_url).path.rstrip("/")
    service = Service(index.operations(), index.components, base_path=base_path, api_key=api_key)
    server = Server(service, base_path, host=host, port=port, delay=delay, on_request=on_request)
    try:
        yield server
    finally:
        server.close()


class _Sockets(socketserver.TCPServer):
    """Accepts connections and knows those that are open, so that it can end them."""

    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, server: Server, host: str, port: int) -> None:
        self.owner = server
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._open: dict[socket.socket, Thread] = {}
        self._open_lock = Lock()
        super().__init__((host, port), _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = Thread(target=self._converse, args=(request, client_address), name="typed-openai-connection")
        thread.daemon = True
        with self._open_lock:
            self._open[request] = thread
        thread.start()

    def _converse(self, request: socket.socket, client_address: Any) -> None:
        try:
            # A client that goes away in mid-conversation is no error of the server.
            with suppress(ConnectionError, TimeoutError):
                self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)
            with self._open_lock:
                self._open.pop(request, None)

    def end_connections(self) -> None:
        with self._open_lock:
            connections = dict(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in connections.values():
            thread.join()


class _Connection(BaseHTTPRequestHandler):
    """One connection: reads requests, hands them to the server, writes what it answers."""

    protocol_version = "HTTP/1.1"
    server_version = "typed-openai"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # a reply's head and body in one piece; flushed after each reply and each event

    @property
    def owner(self) -> Server:
        """The server that the connection belongs to."""
        if not isinstance(self.server, _Sockets):
            raise TypeError(f"expected a connection of the embedded server, got {type(self.server).__name__}")
        return self.server.owner

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
            answer = self.owner.answer(incoming)
        except Exception as error:  # the client shall learn of the server's own mistakes
            self._send(Outgoing(500, "application/json", _own_mistake(error)), {})
            raise
        self._send(answer.reply, answer.headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = respond  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what is worth telling is in the record."""

    def _read_body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._read_chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit():
            self.send_error(400, "Content-Length is no number")
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
        if self.command != "HEAD" and reply.status not in _BODILESS:
            self.wfile.write(reply.body)
        self.wfile.flush()

    def _send_events(self, events: Iterator[ServerEvent]) -> None:
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        with closing(self.owner.paced(events)) as paced:
            for event in paced:
                data = event.encode()
                self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
                self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()


def _own_mistake(error: Exception) -> bytes:
    refusal = Refusal(500, f"the embedded server failed: {type(error).__name__}: {error}")
    return json.dumps(refusal.body).encode()
