"""Streams that are abandoned: the server notices immediately, and a finished connection is reused."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from typed_openai import APIConnectionError, Client

pytestmark = pytest.mark.timeout(30)

MESSAGES = [{"role": "user", "content": "Hello"}]
EVENT = b'data: {"n": 1}\n\n'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
SOON = 1.0
"""The seconds within which a server must notice that its client has disconnected."""


@pytest.fixture
def client(server: Any) -> Iterator[Client]:
    with Client(api_key="sk-test", base_url=server.base_url, max_retries=2, timeout=None) as client:
        yield client


def streamed(client: Client) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "m", stream=True)


def silent(server: Any) -> threading.Event:
    """Let the server receive a request and never answer; the event is set when it has the request."""
    asked = threading.Event()

    def answer(handler: Any) -> None:
        asked.set()
        handler.close_connection = True
        try:
            if not handler.connection.recv(1):
                server.disconnected.set()
        except OSError:
            server.disconnected.set()

    server.answer(answer)
    return asked


def test_cancelling_before_the_answer_closes_the_connection_at_once(server: Any, client: Client) -> None:
    asked = silent(server)
    messages: list[Any] = []
    handle = client.chat.create_chat_completion(MESSAGES, "m", stream_to=messages.append)
    assert asked.wait(5)
    handle.cancel()
    assert server.disconnected.wait(SOON)
    handle.wait(5)
    assert (messages, len(server.seen)) == ([], 1)


def test_cancelling_between_headers_that_do_not_end_closes_the_connection(
    server: Any, client: Client
) -> None:
    begun = threading.Event()

    def answer(handler: Any) -> None:
        handler.wfile.write(HEAD + b"X-Slow: ")
        begun.set()
        if not handler.connection.recv(1):
            server.disconnected.set()
        handler.close_connection = True

    server.answer(answer)
    handle = client.chat.create_chat_completion(MESSAGES, "m", stream_to=lambda message: None)
    assert begun.wait(5)
    handle.cancel()
    assert server.disconnected.wait(SOON)


def test_cancelling_while_the_request_is_sent_ends_that() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = Client(api_key="k", base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=None)
        before = set(threading.enumerate())
        handle = client.chat.create_chat_completion(
            [{"role": "user", "content": "x" * 30_000_000}], "m", stream_to=lambda message: None
        )
        (thread,) = set(threading.enumerate()) - before
        connection, _ = listening.accept()
        with connection:
            connection.recv(1)
            handle.cancel()
            thread.join(5)
            assert not thread.is_alive()


def test_cancelling_in_the_middle_of_the_tls_handshake_ends_that() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = Client(api_key="k", base_url=f"https://127.0.0.1:{listening.getsockname()[1]}", timeout=None)
        handle = client.chat.create_chat_completion(MESSAGES, "m", stream_to=lambda message: None)
        connection, _ = listening.accept()
        with connection:
            connection.settimeout(5)
            assert connection.recv(1 << 16)
            handle.cancel()
            assert connection.recv(1) == b""


def leave_the_loop(stream: Any) -> None:
    for _ in stream:
        break


def raise_in_the_loop(stream: Any) -> None:
    def fail() -> None:
        for _ in stream:
            raise KeyError

    with pytest.raises(KeyError):
        fail()


def close(stream: Any) -> None:
    next(stream)
    stream.close()


def leave_with(stream: Any) -> None:
    with stream:
        next(stream)


def close_from_another_thread(stream: Any) -> None:
    next(stream)
    threading.Timer(0.1, stream.close).start()
    assert list(stream) == []


@pytest.mark.parametrize(
    "leave", [leave_the_loop, raise_in_the_loop, close, leave_with, close_from_another_thread]
)
def test_a_stream_that_is_left_is_over_for_the_server(
    server: Any, client: Client, leave: Callable[[Any], None]
) -> None:
    server.endless(EVENT)
    stream = streamed(client)
    leave(stream)
    assert server.disconnected.wait(SOON)


def test_a_stream_that_nobody_holds_is_over_for_the_server(server: Any, client: Client) -> None:
    server.endless(EVENT)
    stream = streamed(client)
    next(stream)
    gc.disable()
    try:
        del stream
        assert server.disconnected.wait(SOON)
    finally:
        gc.enable()


def test_a_stream_is_over_for_the_server_though_a_forked_child_holds_its_socket(
    server: Any, client: Client
) -> None:
    server.endless(EVENT * 2)
    stream = streamed(client)
    next(stream)
    stop, go = os.pipe()
    child = os.fork()
    if not child:
        os.read(stop, 1)
        os._exit(0)
    try:
        leave_the_loop(stream)
        assert server.disconnected.wait(SOON)
    finally:
        os.write(go, b".")
        os.waitpid(child, 0)
        os.close(stop)
        os.close(go)


@pytest.mark.slow(seconds=5)
@pytest.mark.parametrize("leave", [close, leave_with, leave_the_loop])
def test_a_forked_child_that_leaves_an_inherited_stream_does_not_end_it(
    server: Any, client: Client, leave: Callable[[Any], None]
) -> None:
    more = threading.Event()

    def answer(handler: Any) -> None:
        handler.wfile.write(HEAD + b"\r\n" + EVENT * 2)
        more.wait(10)
        handler.wfile.write(b'data: {"n": 2}\n\ndata: [DONE]\n\n')
        handler.close_connection = True

    server.answer(answer)
    stream = streamed(client)
    child = os.fork()
    if not child:
        try:
            leave(stream)
            del stream
            gc.collect()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    more.set()
    assert [one["n"] for one in stream] == [1, 1, 2]


@pytest.mark.parametrize("header", [b"Content-Length: 200", b"Connection: close"])
def test_closing_a_file_that_another_thread_reads_ends_that_at_once(
    server: Any, client: Client, header: bytes
) -> None:
    def answer(handler: Any) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n"
        handler.wfile.write(head + header + b"\r\n\r\nID3")
        handler.close_connection = True
        if not handler.connection.recv(1):
            server.disconnected.set()

    server.answer(answer)
    reply = client.audio.create_speech("Hello", "m", "alloy")
    closing = threading.Timer(0.2, reply.close)
    closing.start()
    with pytest.raises(ValueError, match="the reply was closed while it was read"):
        reply.read()
    closing.join()
    assert server.disconnected.wait(SOON)


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + end


def connections_of(server: Any) -> list[tuple[str, int]]:
    """Record the host and port of the client for each request."""
    seen: list[tuple[str, int]] = []

    def noting(answer: Any) -> Any:
        def noted(handler: Any) -> None:
            seen.append(handler.client_address)
            answer(handler)

        return noted

    answers = list(server.answers)
    server.answers.clear()
    server.answer(*map(noting, answers))
    return seen


def test_a_finished_stream_leaves_its_connection_to_the_next_call(server: Any, client: Client) -> None:
    server.answer(lambda handler: handler.wfile.write(chunked(EVENT, b"data: [DONE]\n\n")))
    seen = connections_of(server)
    for _ in range(3):
        assert list(streamed(client)) == [{"n": 1}]
    assert len(seen) == 3
    assert len(set(seen)) == 1


@pytest.mark.parametrize(
    "reply",
    [
        b"Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
    ids=["behind a length", "behind the last chunk", "two lengths"],
)
def test_a_connection_whose_reply_says_too_much_carries_no_other(
    server: Any, client: Client, reply: bytes
) -> None:
    server.answer(lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + reply))
    seen = connections_of(server)
    assert [client.models.list_models(), client.models.list_models()] == [{}, {}]
    assert len(set(seen)) == 2


@pytest.mark.parametrize(
    "header",
    [b"Content-Length: " + b"9" * 5000, b"Transfer-Encoding: gzip, chunked"],
    ids=["a length of 5000 digits", "a coding that nobody asked for"],
)
def test_a_length_that_cannot_be_told_is_an_error(server: Any, header: bytes) -> None:
    server.answer(lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + header + b"\r\n\r\n{}"))
    client = Client(api_key="k", base_url=server.base_url, max_retries=0)
    with pytest.raises(APIConnectionError):
        client.models.list_models()


def test_nothing_is_waited_for_behind_the_last_event(server: Any, client: Client) -> None:
    def answer(handler: Any) -> None:
        handler.wfile.write(chunked(EVENT, b"data: [DONE]\n\n", end=b""))
        server.disconnected.wait(5)

    server.answer(answer)
    seen = connections_of(server)
    began = time.monotonic()
    assert list(streamed(client)) == [{"n": 1}]
    assert list(streamed(client)) == [{"n": 1}]
    assert time.monotonic() - began < 4
    assert len(set(seen)) == 2


def test_a_stream_that_is_left_early_does_not_spoil_the_next_call(server: Any, client: Client) -> None:
    server.answer(lambda handler: handler.wfile.write(chunked(*[EVENT] * 1000, b"data: [DONE]\n\n")))
    server.reply({"ok": 1})
    leave_the_loop(streamed(client))
    assert client.models.list_models() == {"ok": 1}
