"""A server on a real loopback socket that answers as each test configures it."""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from typed_openai import Client
from typed_openai._transport.deadlines import Cancellation
from typed_openai.testing import Server

VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_ADMIN_KEY",
    "OPENAI_ORGANIZATION_KEY",
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
    "OPENAI_API_URL",
    "OPENAI_API_BASE",
    "OPENAI_BASE_URL",
    "OPENAI_CUSTOM_HEADERS",
)

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Seen:
    """A request as received over the socket; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Loopback:
    """The server's answers, in order, and the received requests. The last answer is repeated."""

    base_url: str = ""
    seen: list[Seen] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    disconnected: threading.Event = field(default_factory=threading.Event)

    def answer(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    def reply(
        self,
        body: object = None,
        status: int = 200,
        content_type: str = "application/json",
        **headers: str,
    ) -> None:
        """Answer with a body: bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", content_type)
            handler.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(data)

        self.answer(answer)

    def events(self, *chunks: bytes, content_type: str = "text/event-stream") -> None:
        """Answer with a stream that ends with its connection."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", content_type)
            handler.send_header("Connection", "close")
            handler.end_headers()
            for chunk in chunks:
                handler.wfile.write(chunk)
            handler.close_connection = True

        self.answer(answer)

    def endless(self, *chunks: bytes) -> None:
        """Answer with a stream that sends ``chunks``, then waits for the client to disconnect."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.close_connection = True
            # The client may disconnect while the chunks are sent.
            with suppress(OSError):
                for chunk in chunks:
                    handler.wfile.write(chunk)
                if handler.connection.recv(1):
                    return
            self.disconnected.set()

        self.answer(answer)

    def hang_up(self) -> None:
        """Close the connection without an answer."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.close_connection = True

        self.answer(answer)


def _handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            if headers.get("transfer-encoding") == "chunked":
                body = self._chunked()
            else:
                body = self.rfile.read(int(headers.get("content-length", 0)))
            loopback.seen.append(Seen(self.command, self.path, headers, body))
            answers = loopback.answers
            (answers.popleft() if len(answers) > 1 else answers[0])(self)

        def _chunked(self) -> bytes:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        do_GET = do_POST = do_DELETE = do_PUT = handle_any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that disconnect early, as some tests make them do."""


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A server that answers with an empty JSON object unless configured otherwise."""
    loopback = Loopback()
    http = _Server(("127.0.0.1", 0), _handler(loopback))
    loopback.base_url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield loopback
    with suppress(OSError):  # where it works, it ends the wait for connections at once
        http.socket.shutdown(socket.SHUT_RDWR)
    http.shutdown()
    http.server_close()


Described = Callable[..., Client]


@pytest.fixture
def client(fake: Server) -> Client:
    """A client of the embedded server; files whose tests need another one have their own."""
    return Client(api_key="test", base_url=fake.base_url, max_retries=0)


@pytest.fixture
def described_client(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Described:
    """A function that returns a client of a description, given without its head, that calls ``server``."""
    monkeypatch.setenv("TYPED_OPENAI_CACHE", str(tmp_path / "cache"))

    def make(text: str, version: str = "3.1.0", **settings: Any) -> Client:
        head = f"openapi: {version}\ninfo: {{title: Described, version: '1'}}\n"
        path = tmp_path / "described.yaml"
        path.write_text(head + dedent(text))
        return Client(spec=path, **{"base_url": server.base_url, **settings})

    return make


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove keys and URLs of the machine's own environment."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let retries run without delay; the skipped delays are listed."""
    pauses: list[float] = []

    def pause(seconds: float, cancelled: Cancellation | None) -> bool:
        pauses.append(seconds)
        return cancelled is not None and cancelled.is_set()

    monkeypatch.setattr("typed_openai._calls.send.pause", pause)
    return pauses
