"""Servers that answer before the whole request has arrived, and sources that are slower than the server."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from typed_openai import APIConnectionError, APITimeoutError, AuthenticationError, Client, Timeout

pytestmark = pytest.mark.timeout(30)

REFUSAL = b'{"error": {"message": "no such key"}}'
REPLY = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: %d\r\n\r\n%s" % (len(REFUSAL), REFUSAL)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def answered(listening: socket.socket, reply: bytes, rest: bytes = b"") -> threading.Event:
    """Answer a request as soon as it begins; with ``rest``, only after all of it. The event ends it."""
    over = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.recv(1000)
            connection.sendall(reply)
            if rest:
                got = b""
                while not got.endswith(b"--\r\n"):
                    got = got[-10:] + connection.recv(1 << 16)
                connection.sendall(rest)
            over.wait(20)

    threading.Thread(target=serve, daemon=True).start()
    return over


def client_of(listening: socket.socket, **settings: Any) -> Client:
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    return Client(api_key="k", base_url=url, max_retries=0, **settings)


def test_an_answer_that_comes_before_the_request_is_sent_is_the_answer(listening: socket.socket) -> None:
    over = answered(listening, REPLY)
    client = client_of(listening, timeout=Timeout(idle=20))
    began = time.monotonic()
    with pytest.raises(AuthenticationError, match="no such key"):
        client.files.create_file(("a.bin", bytes(50_000_000)), "batch")
    assert time.monotonic() - began < 10
    over.set()


def test_an_interim_answer_does_not_stop_the_sending(listening: socket.socket) -> None:
    over = answered(listening, b"HTTP/1.1 100 Continue\r\n\r\n", REPLY)
    with pytest.raises(AuthenticationError):
        client_of(listening).files.create_file(("a.bin", bytes(20_000_000)), "batch")
    over.set()


@pytest.mark.slow(seconds=1)
def test_a_server_that_takes_no_more_and_says_nothing_is_a_time_out(listening: socket.socket) -> None:
    over = answered(listening, b"")
    client = client_of(listening, timeout=Timeout(idle=0.5))
    with pytest.raises(APITimeoutError, match=r"stopped reading the request within idle=0\.5"):
        client.files.create_file(("a.bin", bytes(50_000_000)), "batch")
    over.set()


def test_a_source_that_is_slow_is_not_said_to_be_the_server(listening: socket.socket) -> None:
    def slow() -> Iterator[bytes]:
        for _ in range(50):
            time.sleep(0.1)
            yield b"x"

    over = answered(listening, b"")
    client = client_of(listening, timeout=Timeout(total=0.5))
    with pytest.raises(APITimeoutError, match=r"the body to be sent was not ready within total=0\.5"):
        client.files.create_file(("a.bin", slow()), "batch")
    over.set()


def test_a_file_that_shrinks_while_it_is_sent_leaves_nothing_complete(tmp_path: Path) -> None:
    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(10) if self.tell() < 10 else b""

    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                while piece := connection.recv(1 << 16):
                    got.append(piece)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(Exception, match=r"the file became .* shorter"):
            client_of(listening).files.create_file(("a.bin", Shrinking(bytes(1 << 21))), "batch")
        thread.join(5)
    assert b"".join(got).startswith(b"POST /files")
    assert not b"".join(got).endswith(b"--\r\n")


def test_a_server_that_goes_in_mid_request_is_an_error_of_the_connection(listening: socket.socket) -> None:
    over = answered(listening, b"")
    over.set()
    with pytest.raises(APIConnectionError):
        client_of(listening).files.create_file(("a.bin", bytes(50_000_000)), "batch")
