"""Timeouts over real sockets: no server outlasts the limits of a call, however it spends the time."""

from __future__ import annotations

import pickle
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

import typed_openai
from typed_openai import APIStatusError, APITimeoutError, CallError, Client, Timeout

MESSAGES = [{"role": "user", "content": "Hello"}]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
BOUND = 10.0
"""The seconds within which a call must end whose limits are far below a second."""


@pytest.fixture
def client(server: Any) -> Iterator[Client]:
    with Client(api_key="sk-test", base_url=server.base_url, max_retries=0) as client:
        yield client


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < BOUND


def trickle(first: bytes, again: bytes) -> Callable[[Any], None]:
    """Return an answer that begins, and continues without end with a few bytes at a time."""

    def answer(handler: Any) -> None:
        handler.wfile.write(first)
        handler.close_connection = True
        try:
            while True:
                time.sleep(0.02)
                handler.wfile.write(again)
        except OSError:
            pass

    return answer


def completion(client: Client, **options: Any) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "m", **options)


def test_each_limit_has_its_own_default_and_none_is_no_limit() -> None:
    assert Timeout() == Timeout(connect=10.0, first_byte=600.0, idle=600.0, total=None)
    assert Client(timeout=3)._settings.timeout == Timeout(3, 3, 3, 3)
    assert Client(timeout=None)._settings.timeout == Timeout(None, None, None, None)
    assert Client()._settings.timeout == Timeout()
    assert pickle.loads(pickle.dumps(Timeout(idle=1))) == Timeout(idle=1)
    assert typed_openai.Timeout is Timeout


@pytest.mark.parametrize("name", ["connect", "first_byte", "idle", "total"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True, "5", 10**9])
def test_a_limit_that_is_no_time_is_refused_at_once(name: str, value: Any) -> None:
    with pytest.raises(CallError, match=f"timeout: {name}: expected a positive number of seconds"):
        Timeout(**{name: value})


def test_the_option_of_requests_is_taken_as_requests_takes_it() -> None:
    def of(timeout: Any) -> Timeout:
        return Client(http_options={"timeout": timeout})._settings.timeout

    assert of((1, 2)) == Timeout(connect=1, first_byte=2, idle=2, total=None)
    assert of((None, 2)) == Timeout(connect=None, first_byte=2, idle=2, total=None)
    assert of(4) == Timeout(4, 4, 4, 4)
    assert of(Timeout(total=9)) == Timeout(total=9)
    assert Client(http_options={"timeout": 4}, timeout=5)._settings.timeout == Timeout(5, 5, 5, 5)
    for wrong in ((1,), (1, 2, 3), ("1", 2), "1"):
        with pytest.raises(CallError, match="http_options: timeout: expected"):
            of(wrong)


def test_headers_byte_by_byte_do_not_outlive_the_first_byte(server: Any, client: Client) -> None:
    server.answer(trickle(HEAD + b"X-Slow: ", b"a"))
    with pytest.raises(
        APITimeoutError, match=r"no answer from http://.* within first_byte=0\.3 seconds"
    ) as caught:
        completion(client, timeout=Timeout(first_byte=0.3))
    assert caught.value.was_sent


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"Content-Length: 100000\r\n\r\n", b" "),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"Connection: close\r\n\r\n", b" "),
    ],
    ids=["length", "chunks", "close"],
)
def test_a_body_byte_by_byte_does_not_outlive_the_total(
    server: Any, client: Client, head: bytes, piece: bytes
) -> None:
    server.answer(trickle(HEAD + head, piece))
    with pytest.raises(APITimeoutError, match=r"no more data .* within total=0\.3 seconds"):
        completion(client, timeout=Timeout(total=0.3))


def test_a_stream_byte_by_byte_does_not_outlive_the_total(server: Any, client: Client) -> None:
    server.answer(trickle(STREAM, b": still here\n\n"))
    with pytest.raises(APITimeoutError, match=r"within total=0\.3 seconds"):
        list(completion(client, stream=True, timeout=Timeout(total=0.3)))


def test_a_file_byte_by_byte_does_not_outlive_the_total(server: Any, client: Client, tmp_path: Any) -> None:
    server.answer(trickle(HEAD.replace(b"application/json", b"audio/mpeg") + b"\r\n", b"a"))
    reply = client.audio.create_speech("x", "m", "v", timeout=Timeout(total=0.3))
    with pytest.raises(APITimeoutError, match=r"within total=0\.3 seconds"):
        reply.save(tmp_path / "speech.mp3")
    assert list(tmp_path.iterdir()) == []


def test_a_stalled_stream_ends_after_the_idle_time_and_keeps_what_came(server: Any, client: Client) -> None:
    server.endless(b'data: {"n": 1}\n\n')
    stream = completion(client, stream=True, timeout=Timeout(idle=0.3))
    assert next(stream) == {"n": 1}
    with pytest.raises(APITimeoutError, match=r"no more data from .* within idle=0\.3 seconds"):
        next(stream)
    assert server.disconnected.wait(5)


def test_a_slow_stream_lives_as_long_as_its_pieces_come_in_time(server: Any, client: Client) -> None:
    def answer(handler: Any) -> None:
        handler.wfile.write(STREAM)
        for number in range(6):
            time.sleep(0.1)
            handler.wfile.write(b'data: {"n": %d}\n\n' % number)
        handler.wfile.write(b"data: [DONE]\n\n")
        handler.close_connection = True

    server.answer(answer)
    assert len(list(completion(client, stream=True, timeout=Timeout(first_byte=5, idle=0.4)))) == 6


@pytest.mark.slow(seconds=1)
def test_an_upload_that_nobody_takes_ends_after_the_idle_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        client = Client(api_key="k", base_url=url, max_retries=0, timeout=Timeout(idle=0.3))
        with pytest.raises(APITimeoutError, match=r"stopped reading the request within idle=0\.3 seconds"):
            client.files.create_file(("big.bin", bytes(30_000_000)), "user_data")


def test_an_upload_byte_by_byte_does_not_outlive_the_total() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        client = Client(api_key="k", base_url=url, max_retries=0, timeout=Timeout(total=0.5))
        with pytest.raises(APITimeoutError, match=r"within total=0\.5 seconds"):
            client.files.create_file(("big.bin", bytes(30_000_000)), "user_data")


def never_accepting() -> tuple[list[socket.socket], str]:
    """Return sockets that keep a queue full, so that the next connection never succeeds, and its URL."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    sockets = [listening]
    for _ in range(4):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(listening.getsockname())
        sockets.append(waiting)
    time.sleep(0.05)
    return sockets, f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize(
    ("timeout", "said"), [(Timeout(connect=0.3), "connect"), (Timeout(total=0.3), "total")]
)
def test_a_connection_that_is_never_made_ends_in_time(timeout: Timeout, said: str) -> None:
    sockets, url = never_accepting()
    client = Client(api_key="k", base_url=url, max_retries=0, timeout=timeout)
    with pytest.raises(
        APITimeoutError, match=rf"no connection to {url}/.* within {said}=0\.3 seconds"
    ) as caught:
        completion(client)
    assert not caught.value.was_sent
    for one in sockets:
        one.close()


def test_all_addresses_of_a_host_share_the_limit(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sockets, dead = never_accepting()
    port = int(dead.rpartition(":")[2])
    alive = int(server.base_url.rpartition(":")[2].partition("/")[0])
    plain = socket.getaddrinfo

    def two_addresses(host: Any, *args: Any) -> Any:
        (found, *_) = plain("127.0.0.1", *args)
        return [(*found[:4], ("127.0.0.1", port)), (*found[:4], ("127.0.0.1", alive))]

    server.reply({"ok": 1})
    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    client = Client(
        api_key="k", base_url="http://many.invalid/v1", max_retries=0, timeout=Timeout(connect=0.6)
    )
    assert client.models.list_models() == {"ok": 1}
    for one in sockets:
        one.close()


def test_the_total_spans_tries_and_no_pause_outlasts_it(
    server: Any, client: Client, no_pauses: list[float]
) -> None:
    server.reply({"error": {"message": "busy"}}, status=503, Retry_After="30")
    with pytest.raises(APIStatusError, match="busy") as caught:
        completion(client, max_retries=5, timeout=Timeout(total=5))
    assert caught.value.__notes__ == ["Not retried: a pause of 30 seconds would outlast total=5 seconds."]
    assert (len(server.seen), no_pauses) == (1, [])


@pytest.mark.slow(seconds=1)
def test_tries_end_with_the_total(server: Any, client: Client) -> None:
    def answer(handler: Any) -> None:
        time.sleep(0.2)
        handler.close_connection = True

    server.answer(answer)
    with pytest.raises(typed_openai.APIConnectionError):
        client.models.list_models(max_retries=1000, timeout=Timeout(total=1.5))
    assert 2 <= len(server.seen) <= 8


def test_the_limits_of_a_call_go_before_those_of_the_client(server: Any) -> None:
    server.answer(lambda handler: server.disconnected.wait(2))
    client = Client(api_key="k", base_url=server.base_url, max_retries=0, timeout=None)
    calls: tuple[Callable[[], Any], ...] = (
        lambda: completion(client, timeout=Timeout(first_byte=0.2)),
        lambda: client.request("POST", "/chat/completions", json={}, timeout=Timeout(first_byte=0.2)),
        lambda: client.call("createChatCompletion", MESSAGES, "m", timeout=Timeout(first_byte=0.2)),
    )
    for call in calls:
        with pytest.raises(APITimeoutError, match=r"first_byte=0\.2"):
            call()


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("stream", [False, True])
def test_a_session_of_the_user_s_keeps_to_the_limits_too(server: Any, stream: bool) -> None:
    with requests.Session() as session:
        client = Client(api_key="k", base_url=server.base_url, max_retries=0, http_client=session)
        server.answer(trickle(STREAM if stream else HEAD + b"\r\n", b": more\n" if stream else b" "))
        with pytest.raises(APITimeoutError, match=r"total=0\.3"):
            list(completion(client, stream=stream, timeout=Timeout(total=0.3)))
        server.answers.clear()
        server.endless()
        with pytest.raises(APITimeoutError, match=r"idle=0\.3"):
            list(completion(client, stream=True, timeout=Timeout(first_byte=5, idle=0.3)))
        server.answers.clear()
        server.answer(lambda handler: server.disconnected.wait(1))
        with pytest.raises(APITimeoutError, match=r"first_byte=0\.3"):
            completion(client, timeout=Timeout(first_byte=0.3))
