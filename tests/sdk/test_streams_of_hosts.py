"""Streams of real web frameworks and of Ollama's wire format, read with their own descriptions."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from typed_openai import Client, Stream


def application() -> FastAPI:
    """An application whose streams FastAPI does not describe."""
    app = FastAPI()

    def events() -> Iterator[str]:
        for number in range(3):
            yield f'data: {{"number": {number}}}\n\n'
        yield "data: [DONE]\n\n"

    def lines() -> Iterator[str]:
        yield from (f'{{"number": {number}}}\n' for number in range(3))

    @app.get("/events", operation_id="events")
    def answer_events() -> StreamingResponse:
        return StreamingResponse(events(), media_type="text/event-stream")

    @app.get("/lines", operation_id="lines")
    def answer_lines() -> StreamingResponse:
        return StreamingResponse(lines(), media_type="application/x-ndjson")

    @app.post("/either", operation_id="either")
    def answer_either(question: str, stream: bool = False) -> Any:
        if stream:
            return StreamingResponse(events(), media_type="text/event-stream")
        return {"question": question}

    return app


@contextmanager
def hosted(app: FastAPI) -> Iterator[str]:
    host = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=host.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not host.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        host.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def fastapi_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    app = application()
    spec = tmp_path_factory.mktemp("fastapi") / "openapi.json"
    spec.write_text(json.dumps(app.openapi()))
    with hosted(app) as url, Client("key", spec=spec, base_url=url) as client:
        yield client


@pytest.mark.parametrize("operation", ["events", "lines"])
def test_a_streaming_response_of_fastapi_is_a_stream(fastapi_client: Client, operation: str) -> None:
    with fastapi_client.call(operation) as stream:
        assert isinstance(stream, Stream)
        assert list(stream) == [{"number": number} for number in range(3)]


def test_a_route_of_fastapi_that_may_stream_gives_what_arrives(fastapi_client: Client) -> None:
    assert fastapi_client.call("either", "Hi") == {"question": "Hi"}
    with fastapi_client.call("either", "Hi", stream=True) as stream:
        assert [one["number"] for one in stream] == [0, 1, 2]


OLLAMA = """\
openapi: 3.1.0
info: {title: Chat, version: "1"}
paths:
  /api/chat:
    post:
      operationId: chat
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [model, messages]
              properties:
                model: {type: string}
                messages: {type: array, items: {type: object}}
                stream: {type: boolean, default: true}
      responses:
        "200":
          description: A reply, or its pieces as lines.
          content:
            application/json: {schema: {type: object, properties: {done: {type: boolean}}}}
            application/x-ndjson: {schema: {type: object, properties: {done: {type: boolean}}}}
"""


class Ollama(BaseHTTPRequestHandler):
    """Answers like Ollama: chunked lines of JSON unless the request has ``stream: false``."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words = [one["content"] for one in body["messages"]]
        if body.get("stream", True):
            self._send_pieces(
                [*({"message": {"content": one}, "done": False} for one in words), {"done": True}]
            )
            return
        content = json.dumps({"message": {"content": "".join(words)}, "done": True}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_pieces(self, pieces: list[dict[str, Any]]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for one in pieces:
            line = json.dumps(one).encode() + b"\n"
            # Each line arrives in two chunks, as a proxy may cut it.
            for part in (line[:5], line[5:]):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Client]:
    spec = tmp_path / "chat.yaml"
    spec.write_text(OLLAMA)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ollama)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with Client(spec=spec, base_url=f"http://127.0.0.1:{server.server_port}", keyless=True) as client:
            yield client
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


MESSAGES = [{"role": "user", "content": one} for one in ("Hello, ", "you!")]


def test_ollamas_lines_are_a_stream_because_streaming_is_its_default(ollama: Client) -> None:
    with ollama.call("chat", model="m", messages=MESSAGES) as stream:
        pieces = list(stream)
    assert [one["done"] for one in pieces] == [False, False, True]
    assert "".join(one["message"]["content"] for one in pieces[:2]) == "Hello, you!"


def test_ollamas_reply_is_one_object_without_a_stream(ollama: Client) -> None:
    reply = ollama.call("chat", model="m", messages=MESSAGES, stream=False)
    assert reply == {"message": {"content": "Hello, you!"}, "done": True}
