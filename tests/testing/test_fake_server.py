"""The embedded server over real sockets: statuses, headers, streams, the record, failures, a clean end."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from typed_openai.testing import RecordedRequest, Server, UploadedFile, serve

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Why is the sky blue?"}]}
KEY = {"Authorization": "Bearer sk-secret"}
JSON = {**KEY, "Content-Type": "application/json"}

# A connection's thread must end without an exception, whatever its client does.
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")


@contextmanager
def connected(server: Server) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
        yield connection


def call(
    server: Server, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, Any]:
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with connected(server) as connection:
        connection.request(method, path, content, JSON if headers is None else headers)
        reply = connection.getresponse()
        return reply.status, reply.headers, json.loads(reply.read() or b"null")


def test_the_base_url_has_the_apis_own_path(server: Server) -> None:
    assert server.base_url == server.url + "/v1"
    assert server.url.startswith("http://127.0.0.1:")


def test_a_reply_repeats_the_request_and_carries_the_apis_headers(server: Server) -> None:
    status, headers, reply = call(server, "POST", "/v1/chat/completions", CHAT)
    assert status == 200
    assert reply["model"] == "gpt-4o-2024-08-06"  # as servers do
    assert reply["choices"][0]["message"]["content"]
    assert headers["x-request-id"].startswith("req_")
    assert headers["x-ratelimit-remaining-requests"].isdigit()


def test_what_only_official_clients_make_up_is_not_sent(server: Server) -> None:
    reply = call(server, "POST", "/v1/responses", {"model": "m", "input": "Why is the sky blue?"})[2]
    assert reply["output"][0]["content"][0]["text"]
    assert "output_text" not in reply


def test_what_is_asked_for_by_id_has_that_id(server: Server) -> None:
    assert call(server, "GET", "/v1/files/file-7")[2]["id"] == "file-7"


def test_an_uploaded_file_is_repeated(server: Server) -> None:
    lines = [
        *("--b", 'Content-Disposition: form-data; name="purpose"', "", "batch"),
        *("--b", 'Content-Disposition: form-data; name="file"; filename="a.jsonl"', "", "12345"),
        *("--b--", ""),
    ]
    headers = {**KEY, "Content-Type": "multipart/form-data; boundary=b"}
    status, _, reply = call(server, "POST", "/v1/files", "\r\n".join(lines).encode(), headers)
    assert status == 200
    assert (reply["filename"], reply["bytes"], reply["purpose"]) == ("a.jsonl", 5, "batch")
    (record,) = server.requests
    assert record.body == {"purpose": "batch", "file": UploadedFile("a.jsonl", b"12345")}
    assert "12345" not in repr(record)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "param", "said"),
    [
        ("POST", "/chat/completions", CHAT, {}, 401, None, "no API key"),
        ("POST", "/chat/completions", CHAT, {"Authorization": "Basic a"}, 401, None, "no API key"),
        ("POST", "/chat/completion", CHAT, JSON, 404, None, "did you mean /v1/chat/completions?"),
        ("PUT", "/chat/completions", CHAT, JSON, 405, None, "expected GET or POST"),
        (
            "POST",
            "/chat/completions",
            b"model=x",
            {**KEY, "Content-Type": "text/plain"},
            415,
            None,
            "'text/pl",
        ),
        ("POST", "/chat/completions", b"{}", KEY, 415, None, "expected application/json"),
        ("POST", "/chat/completions", b"{", JSON, 400, None, "not JSON"),
        ("POST", "/chat/completions", b'{"a": NaN}', JSON, 400, None, "NaN is not JSON"),
        ("POST", "/chat/completions", b"\xff", JSON, 400, None, "not JSON"),
        ("POST", "/chat/completions", b"[" * 100_000, JSON, 400, None, "not JSON"),
        ("POST", "/chat/completions", [], JSON, 400, None, "expected object, got array"),
        ("POST", "/chat/completions", None, KEY, 400, None, "a body is required"),
        (
            *("POST", "/chat/completions", {**CHAT, "temprature": 1}, JSON, 400, "temprature"),
            'did you mean "temperature"?',
        ),
        (
            *("POST", "/chat/completions", {**CHAT, "messages": [{"role": "user", "content": 5}]}, JSON),
            *(400, "messages[0].content", "messages[0].content: expected string or array, got integer"),
        ),
        ("POST", "/chat/completions", {**CHAT, "temperature": 3}, JSON, 400, "temperature", "at most 2"),
        ("GET", "/files?limit=many", None, KEY, 400, "limit", "expected integer, got string"),
        ("GET", "/files?lmit=1", None, KEY, 400, "lmit", 'did you mean "limit"?'),
        ("GET", "/models", {"a": 1}, JSON, 400, None, "takes no body"),
        ("GET", "/assistants", None, KEY, 400, "OpenAI-Beta", "assistants=v2"),
        (
            *("POST", "/files", b"nonsense", {**KEY, "Content-Type": "multipart/form-data; boundary=b"}),
            *(400, None, "does not begin with the boundary"),
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(
    server: Server,
    method: str,
    path: str,
    body: object,
    headers: dict[str, str],
    status: int,
    param: str | None,
    said: str,
) -> None:
    found, _, reply = call(server, method, "/v1" + path, body, headers)
    assert found == status
    assert reply["error"]["type"] == "invalid_request_error"
    assert reply["error"]["param"] == param
    assert said in reply["error"]["message"]
    (record,) = server.requests
    assert (record.status, record.message) == (status, reply["error"]["message"])


def test_the_base_path_may_be_left_out(server: Server) -> None:
    status, _, reply = call(server, "GET", "/models")
    assert (status, reply["object"]) == (200, "list")
    status, _, reply = call(server, "GET", "/modles")
    assert (status, reply["error"]["message"]) == (404, "unknown URL /modles; did you mean /models?")


def test_the_server_header_is_a_product_name(server: Server) -> None:
    assert call(server, "GET", "/v1/models")[1]["Server"] == "typed-openai"


def test_a_wrong_method_is_answered_with_the_allowed_ones(server: Server) -> None:
    assert call(server, "PATCH", "/v1/chat/completions")[1]["Allow"] == "GET, POST"


def test_a_head_request_gets_no_body_and_the_connection_goes_on(server: Server) -> None:
    with connected(server) as connection:
        connection.request("HEAD", "/v1/models", headers=KEY)
        reply = connection.getresponse()
        assert (reply.status, reply.read()) == (405, b"")
        connection.request("GET", "/v1/models", headers=KEY)
        assert connection.getresponse().status == 200


def test_only_the_given_key_is_accepted() -> None:
    with serve(api_key="right") as server:
        headers = {"Authorization": "Bearer wrong"}
        status, _, reply = call(server, "GET", "/v1/models", headers=headers)
        assert (status, reply["error"]["code"]) == (401, "invalid_api_key")
        assert call(server, "GET", "/v1/models", headers={"Authorization": "Bearer right"})[0] == 200


def test_the_record_tells_the_call_and_no_secret(server: Server) -> None:
    path = "/v1/chat/completions?limit=2&metadata[team]=sky"
    call(server, "GET", path, headers={**KEY, "X-API-Key": "sk-secret", "OpenAI-Organization": "org-1"})
    (record,) = server.requests
    assert (record.method, record.path, record.status) == ("GET", "/v1/chat/completions", 200)
    assert record.operation == "chat.list_chat_completions"
    assert record.query == (("limit", "2"), ("metadata[team]", "sky"))
    assert record.arguments == {"limit": 2, "metadata": {"team": "sky"}}
    assert record.headers["openai-organization"] == "org-1"
    assert record.headers["authorization"] == "***"
    assert record.api_key == "sk-secret"
    assert "sk-secret" not in repr(record)
    assert "sk-secret" not in repr(server)
    server.clear()
    assert server.requests == ()


def test_one_connection_serves_many_requests(server: Server) -> None:
    with connected(server) as connection:
        ids = set()
        for _ in range(5):
            connection.request("POST", "/v1/chat/completions", json.dumps(CHAT), JSON)
            reply = connection.getresponse()
            ids.add(json.loads(reply.read())["id"])
    assert len(ids) == 5


def test_a_chunked_body_is_read(server: Server) -> None:
    content = json.dumps(CHAT).encode()
    with connected(server) as connection:
        pieces = iter([content[:10], content[10:]])
        connection.request("POST", "/v1/chat/completions", pieces, JSON, encode_chunked=True)
        assert connection.getresponse().status == 200
    assert server.requests[0].body == CHAT


def test_events_come_one_by_one() -> None:
    with serve(delay=3600) as server, connected(server) as connection:
        connection.request("POST", "/v1/chat/completions", json.dumps({**CHAT, "stream": True}), JSON)
        reply = connection.getresponse()
        assert reply.headers["Content-Type"] == "text/event-stream"
        line = reply.readline()  # the next event is an hour away, so this one came by itself
        assert json.loads(line.removeprefix(b"data: "))["object"] == "chat.completion.chunk"
        assert server.open_streams == 1
    assert server.open_streams == 0


def test_a_stream_that_is_left_does_not_disturb_the_server() -> None:
    with serve(delay=0.001) as server:
        with connected(server) as connection:
            connection.request("POST", "/v1/chat/completions", json.dumps({**CHAT, "stream": True}), JSON)
            connection.getresponse().close()
        assert call(server, "GET", "/v1/models")[0] == 200


def test_scripted_failures_come_first_and_only_as_often_as_asked(server: Server) -> None:
    server.fail_next(429, times=2, headers={"retry-after": "0"})
    server.fail_next(502, body=b"<html>Bad gateway</html>")
    server.fail_next(409, body={"error": {"message": "taken"}})
    for _ in range(2):
        status, headers, reply = call(server, "GET", "/v1/models")
        assert (status, headers["retry-after"]) == (429, "0")
        assert reply["error"]["message"] == "scripted failure 429"
    with connected(server) as connection:
        connection.request("GET", "/v1/models", headers=KEY)
        html = connection.getresponse()
        assert (html.status, html.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
        assert html.read() == b"<html>Bad gateway</html>"
    assert call(server, "GET", "/v1/models")[2] == {"error": {"message": "taken"}}
    assert call(server, "GET", "/v1/models")[0] == 200
    assert [one.status for one in server.requests] == [429, 429, 502, 409, 200]


def test_sixty_four_threads_are_served_at_once(server: Server) -> None:
    together = threading.Barrier(64)

    def one(number: int) -> tuple[int, str]:
        together.wait()
        status, _, reply = call(server, "POST", "/v1/chat/completions", {**CHAT, "model": f"m{number}"})
        return status, reply["model"]

    with ThreadPoolExecutor(64) as pool:
        assert list(pool.map(one, range(64))) == [(200, f"m{number}") for number in range(64)]
    assert len(server.requests) == 64


def test_nothing_is_left_at_the_end() -> None:
    before = set(threading.enumerate())
    with serve(delay=3600) as server:
        address = urlsplit(server.url)
        idle = socket.create_connection((address.hostname or "", address.port or 0))
        streaming = http.client.HTTPConnection(address.netloc, timeout=30)
        streaming.request("POST", "/v1/chat/completions", json.dumps({**CHAT, "stream": True}), JSON)
        reply = streaming.getresponse()
        reply.readline()
    assert set(threading.enumerate()) <= before
    with closing(idle), closing(streaming):
        assert idle.recv(1) == b""
        with pytest.raises(http.client.IncompleteRead):
            reply.read()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address.hostname or "", address.port or 0))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux counts the switches of each thread")
def test_a_server_that_waits_for_connections_does_nothing(server: Server) -> None:
    call(server, "GET", "/v1/models")
    (accepting,) = (one for one in threading.enumerate() if one.name == "typed-openai-server")
    status = Path(f"/proc/self/task/{accepting.native_id}/status")

    def switches() -> list[str]:
        return [
            line for line in status.read_text().splitlines() if line.startswith("voluntary_ctxt_switches")
        ]

    time.sleep(0.05)  # it has returned to waiting
    before = switches()
    time.sleep(0.1)
    assert switches() == before


def test_a_connection_that_cannot_be_served_does_not_end_the_server(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr("typed_openai.testing.sockets.Thread", refuse)
        with pytest.raises(http.client.RemoteDisconnected):
            call(server, "GET", "/v1/models")
    assert call(server, "GET", "/v1/models")[0] == 200
    assert "can't start new thread" in capsys.readouterr().err


def test_the_port_can_be_chosen_and_is_free_again_afterwards() -> None:
    with serve() as server:
        port = urlsplit(server.url).port or 0
        with pytest.raises(OSError, match="in use"), serve(port):
            pass
    with serve(port) as again:
        assert urlsplit(again.url).port == port
        assert call(again, "GET", "/v1/models")[0] == 200


def test_each_request_is_told_to_whoever_asked() -> None:
    told: list[RecordedRequest] = []
    with serve(on_request=told.append) as server:
        call(server, "GET", "/v1/models")
        assert tuple(told) == server.requests


def test_a_mistake_of_the_server_is_told_to_the_client_and_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    uncaught: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", uncaught.append)

    def fail(request: RecordedRequest) -> None:
        raise RuntimeError("no room")

    with serve(on_request=fail) as server:
        status, _, reply = call(server, "GET", "/v1/models")
    assert status == 500
    assert reply["error"]["type"] == "server_error"
    assert "RuntimeError: no room" in reply["error"]["message"]
    assert [one.exc_type for one in uncaught] == [RuntimeError]


@pytest.mark.parametrize(
    "head", [b"Content-Length: x", b"Content-Length: \xb2", b"Transfer-Encoding: chunked"]
)
def test_a_broken_head_or_chunk_is_refused(server: Server, head: bytes) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as connection:
        connection.sendall(b"POST /v1/files HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\nzz\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
