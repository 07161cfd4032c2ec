"""Calls through SOCKS proxies, and through https proxies in TLS in TLS: limits, closing, cancelling."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.faults.faulty import CERTIFICATE, Close, Faulty, Read, Send, Stall, Step, Tls
from tests.faults.judging import client_of, failure
from tests.faults.kinds import KINDS, MESSAGES

from typed_openai import APIConnectionError, APIError, APITimeoutError, Client, Timeout
from typed_openai._transport.socks_handshake import SocksError, SocksProxy, shake_hands

pytestmark = [pytest.mark.timeout(30), pytest.mark.filterwarnings("ignore:Unverified HTTPS request")]

OK: tuple[Step, ...] = (
    Read(),
    Send(b"HTTP/1.1 200 OK\r\nContent-Type: %TYPE%\r\nContent-Length: %SIZE%\r\n\r\n%BODY%"),
)
EVENT = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {"n": 1}\n\n'


def copy(source: socket.socket, sink: socket.socket, pause: float = 0.0) -> None:
    """Forward everything; with a pause, byte by byte after the first 3,000 bytes."""
    done = 0
    with suppress(OSError, ValueError):
        while data := source.recv(1 << 16):
            done += len(data)
            slow = pause and done > 3000
            for piece in [data[at : at + 1] for at in range(len(data))] if slow else [data]:
                sink.sendall(piece)
                time.sleep(pause if slow else 0)
    for sock in (source, sink):
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


@dataclass
class Tunnel:
    """A proxy. ``open`` speaks its protocol, and returns the host and port to connect to."""

    open: Callable[[socket.socket], tuple[str, int]]
    secure: bool = False
    pause: float = 0.0
    socks: list[socket.socket] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[int]:
        listening = socket.create_server(("127.0.0.1", 0))
        threads: list[threading.Thread] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near, _ = listening.accept()
                    threads.append(threading.Thread(target=self._carry, args=(near,), daemon=True))
                    threads[-1].start()

        threads.append(threading.Thread(target=accept, daemon=True))
        threads[0].start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            for sock in self.socks:
                with suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
            for thread in threads:
                thread.join()
            for sock in self.socks:
                sock.close()

    def _carry(self, near: socket.socket) -> None:
        with suppress(OSError):
            if self.secure:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(CERTIFICATE)
                near = context.wrap_socket(near, server_side=True)
            self.socks.append(near)
            far = socket.create_connection(self.open(near))
            self.socks.append(far)
            back = threading.Thread(target=copy, args=(far, near, self.pause), daemon=True)
            back.start()
            copy(near, far)
            back.join()


def taken(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        if not (piece := sock.recv(size - len(data))):
            raise ConnectionError
        data += piece
    return data


def socks5(sock: socket.socket, pause: float = 0.0) -> tuple[str, int]:
    _, count = taken(sock, 2)
    methods = taken(sock, count)
    sock.sendall(b"\5\2" if 2 in methods else b"\5\0")
    if 2 in methods:
        _, size = taken(sock, 2)
        assert taken(sock, size) == b"me"
        assert taken(sock, taken(sock, 1)[0]) == b"pass:word"
        sock.sendall(b"\1\0")
    kind = taken(sock, 4)[3]
    host = taken(sock, taken(sock, 1)[0]).decode() if kind == 3 else socket.inet_ntoa(taken(sock, 4))
    port = int.from_bytes(taken(sock, 2), "big")
    for byte in b"\5\0\0\1\0\0\0\0\0\0":
        sock.sendall(bytes([byte]))
        time.sleep(pause)
    return host, port


def socks4(sock: socket.socket) -> tuple[str, int]:
    head = taken(sock, 8)
    while taken(sock, 1) != b"\0":
        pass
    host = socket.inet_ntoa(head[4:])
    if head[4:7] == b"\0\0\0":
        name = b""
        while (char := taken(sock, 1)) != b"\0":
            name += char
        host = name.decode()
    sock.sendall(b"\0\x5a" + bytes(6))
    return host, int.from_bytes(head[2:4], "big")


def connect(sock: socket.socket) -> tuple[str, int]:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += taken(sock, 1)
    host, _, port = head.split()[1].decode().rpartition(":")
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    return host, int(port)


@contextmanager
def through(
    tunnel: Tunnel,
    *script: Step,
    scheme: str = "socks5h",
    secure: bool = False,
    user: str = "",
    **options: Any,
) -> Iterator[tuple[Client, Faulty]]:
    """Yield a client of a server behind the proxy."""
    kind = KINDS["get"]
    served = Faulty((*((Tls(),) if secure else ()), *script), media_type=kind.media_type, body=kind.body)
    with served as server, tunnel.serving() as port:
        proxy = f"{scheme}://{user}127.0.0.1:{port}"
        given = {"proxies": {"http": proxy, "https": proxy}, "verify": False}
        inner = "https" if secure else "http"
        with client_of(server, scheme=inner, max_retries=0, http_options=given, **options) as client:
            yield client, server


WAYS: dict[str, tuple[Callable[[], Tunnel], dict[str, Any]]] = {
    "socks5": (lambda: Tunnel(socks5), {"scheme": "socks5"}),
    "socks5h": (lambda: Tunnel(socks5), {"scheme": "socks5h"}),
    "socks5 with a password": (lambda: Tunnel(socks5), {"user": "me:pass%3Aword@"}),
    "socks5 and tls": (lambda: Tunnel(socks5), {"secure": True}),
    "socks4": (lambda: Tunnel(socks4), {"scheme": "socks4"}),
    "socks4a": (lambda: Tunnel(socks4), {"scheme": "socks4a"}),
    "tls in tls": (lambda: Tunnel(connect, secure=True), {"scheme": "https", "secure": True}),
}


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("name", WAYS)
def test_calls_pass_and_use_the_connection_again(name: str) -> None:
    tunnel, options = WAYS[name]
    with through(tunnel(), *OK, *OK, **options) as (client, server):
        for _ in range(2):
            assert client.models.list_models() == {"object": "list", "data": []}
        assert server.connections == 1


SLOW: dict[str, tuple[Step, ...]] = {
    "no answer": (Read(), Stall()),
    "a head byte by byte": (Read(), Send(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1000, pause=0.05)),
}


@pytest.mark.parametrize("limits", [Timeout(first_byte=0.3), Timeout(total=0.5)])
@pytest.mark.parametrize("slow", SLOW)
@pytest.mark.parametrize("name", ["socks5h", "socks5 and tls", "tls in tls"])
def test_limits_hold_behind_a_proxy(name: str, slow: str, limits: Timeout) -> None:
    tunnel, options = WAYS[name]
    with through(tunnel(), *SLOW[slow], timeout=limits, **options) as (client, _):
        began = time.monotonic()
        error = failure(client.models.list_models)
        assert time.monotonic() - began < 4
    assert type(error) is APITimeoutError
    assert error.was_sent


@pytest.mark.slow(seconds=1)
def test_a_record_that_dribbles_in_does_not_outlive_the_limits() -> None:
    big = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000
    tunnel = Tunnel(connect, secure=True, pause=0.05)
    limits = Timeout(first_byte=1, idle=1, total=3)
    with through(tunnel, Read(), Send(big), Stall(), scheme="https", secure=True, timeout=limits) as (
        client,
        _,
    ):
        began = time.monotonic()
        assert type(failure(client.models.list_models)) is APITimeoutError
        assert time.monotonic() - began < 6


@pytest.mark.slow(seconds=1)
def test_a_handshake_that_dribbles_in_ends_with_the_limit_for_connecting() -> None:
    tunnel = Tunnel(lambda sock: socks5(sock, pause=0.5))
    with through(tunnel, *OK, timeout=Timeout(connect=0.8)) as (client, _):
        error = failure(client.models.list_models)
    assert type(error) is APITimeoutError
    assert (error.was_sent, "no connection to the proxy socks5://127.0.0.1" in str(error)) == (False, True)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("name", ["socks5h", "socks5 and tls", "tls in tls"])
def test_a_silent_stream_is_closed_by_another_thread(name: str) -> None:
    tunnel, options = WAYS[name]
    with through(tunnel(), Read(), Send(EVENT), Stall(), timeout=60, **options) as (client, _):
        stream = client.chat.create_chat_completion(MESSAGES, "m", stream=True)
        events = iter(stream)
        assert next(events) == {"n": 1}
        closing = threading.Timer(0.2, stream.close)
        closing.start()
        began = time.monotonic()
        assert list(events) == []
        assert time.monotonic() - began < 5
        closing.join()


@pytest.mark.parametrize("name", ["socks5h", "socks5 and tls", "tls in tls"])
def test_cancelling_before_the_reply_ends_the_thread(name: str) -> None:
    tunnel, options = WAYS[name]
    before = set(threading.enumerate())
    with through(tunnel(), Read(), Stall(), timeout=60, **options) as (client, server):
        handle = client.chat.create_chat_completion(MESSAGES, "m", stream_to=lambda message: None)
        deadline = time.monotonic() + 5
        while not server.seen and time.monotonic() < deadline:
            time.sleep(0.01)
        handle.cancel()
        handle.wait(5)
        while any(one.name == "typed-openai-stream" for one in set(threading.enumerate()) - before):
            assert time.monotonic() < deadline + 5
            time.sleep(0.01)


def test_a_request_that_was_sent_through_a_tunnel_says_so() -> None:
    tunnel, options = WAYS["tls in tls"]
    with through(tunnel(), Read(), Close(), **options) as (client, _):
        error: APIError = failure(lambda: client.chat.create_chat_completion(MESSAGES, "m"))
    assert isinstance(error, APIConnectionError)
    assert error.was_sent
    assert "no connection" not in str(error)


@pytest.mark.parametrize(
    ("url", "answers", "message"),
    [
        ("socks5://h", b"\5\xff", "accepts none of the ways"),
        ("socks5://h", b"HT", "did not answer with SOCKS 5"),
        ("socks5://h", b"\5\0\5\5\0\1", "connection refused"),
        ("socks5://h", b"\5\0\5\x63\0\1", "error 99"),
        ("socks5://a:b@h", b"\5\2\1\1", "rejects the name or password"),
        ("socks4://h", b"\0\x5b" + bytes(6), "rejected or failed"),
        ("socks4://h", b"HTTP/1.1", "did not answer with SOCKS 4"),
    ],
)
def test_a_proxy_that_refuses_says_why(url: str, answers: bytes, message: str) -> None:
    left = bytearray(answers)

    def receive(size: int) -> bytes:
        data = bytes(left[:size])
        del left[:size]
        return data

    with pytest.raises(SocksError, match=message):
        shake_hands(SocksProxy.of(url), "192.0.2.1", 443, lambda data: None, receive)


def test_a_url_of_another_kind_is_no_socks_proxy() -> None:
    with pytest.raises(ValueError, match="socks9:// is not a kind of SOCKS proxy"):
        SocksProxy.of("socks9://a:secret@h")
