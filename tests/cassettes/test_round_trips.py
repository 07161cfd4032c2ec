"""Every kind of reply is the same when it is recorded, and when it is replayed without a server."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.sdk.conftest import Loopback

from typed_openai import APIConnectionError, APITimeoutError, Client, RateLimitError, Timeout, poll
from typed_openai.aio import AsyncClient
from typed_openai.errors import StreamTruncatedError
from typed_openai.observing import response_info
from typed_openai.testing import CassetteError, cassette

KEY = "sk-recording-0123456789"
NOWHERE = "http://127.0.0.1:1/v1"
"""A URL at which nothing listens."""

MESSAGES: list[Any] = [{"role": "user", "content": "Hi"}]
CHAT = {"choices": [{"message": {"content": "Hello"}}], "n": 1.5, "big": 12345678901234567890, "e": "é\u2028"}
DELTAS = b'data: {"choices": [{"delta": {"content": "He"}}]}\n\n'
EVENTS = DELTAS + b": a comment\r\n\r\n" + DELTAS + b"data: [DONE]\n\n"
AUDIO = b"ID3" + bytes(range(256)) * 500

Call = Callable[[Client], Any]


def chat(client: Client) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "m")


def stream(client: Client) -> Any:
    return list(client.chat.create_chat_completion(MESSAGES, "m", stream=True))


def streamed_to(client: Client) -> Any:
    received: list[Any] = []
    client.chat.create_chat_completion(MESSAGES, "m", stream_to=received.append).wait(10)
    return received


def speech(client: Client) -> Any:
    reply = client.audio.create_speech("Hi", "m", "alloy")
    return reply.size, reply.content_type, reply.read()


def pieces(client: Client) -> Any:
    return b"".join(client.audio.create_speech("Hi", "m", "alloy").iterate(1000))


def upload(client: Client) -> Any:
    return client.files.create_file(("a.txt", b"content" * 10_000), "user_data")


def upload_of_unknown_size(client: Client) -> Any:
    parts = (part for part in (b"some", b"thing"))
    return client.files.create_file(("a.txt", parts), "user_data")


def upload_of_open_file(client: Client) -> Any:
    return client.files.create_file(io.BytesIO(b"\0\1\2" * 100), "user_data")


def failure(client: Client) -> Any:
    with pytest.raises(RateLimitError) as caught:
        chat(client.with_options(max_retries=0))
    return str(caught.value), caught.value.body, caught.value.headers["retry-after"]


def nothing(client: Client) -> Any:
    return client.request("DELETE", "/things/1")


JSON = {"body": CHAT}
ZIPPED = {"body": gzip.compress(json.dumps(CHAT).encode()), "Content_Encoding": "gzip"}
ZIPPED_AUDIO = {"body": gzip.compress(AUDIO), "content_type": "audio/mpeg", "Content_Encoding": "gzip"}
STREAM = {"body": EVENTS, "content_type": "text/event-stream"}
TWICE = b'{"a": 1, "a": 2, "b": 1e999, "c": "\\ud800"}'
LIMITED = {"body": {"error": {"message": "slow down"}}, "status": 429, "retry_after": "7"}

CASES: dict[str, tuple[Call, dict[str, Any]]] = {
    "json": (chat, JSON),
    "gzip": (chat, ZIPPED),
    "odd json": (chat, {"body": TWICE}),
    "stream": (stream, STREAM),
    "stream to a receiver": (streamed_to, STREAM),
    "file": (speech, {"body": AUDIO, "content_type": "audio/mpeg"}),
    "file that is text": (speech, {"body": b"plain text", "content_type": "audio/mpeg"}),
    "file that is zipped": (speech, ZIPPED_AUDIO),
    "empty file": (speech, {"body": b"", "content_type": "audio/mpeg"}),
    "file in pieces": (pieces, {"body": AUDIO, "content_type": "audio/mpeg"}),
    "upload": (upload, JSON),
    "upload of unknown size": (upload_of_unknown_size, JSON),
    "upload of an open file": (upload_of_open_file, JSON),
    "error": (failure, LIMITED),
    "nothing": (nothing, {"body": b"", "status": 204}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_reply_is_the_same_from_the_server_and_from_the_cassette(
    name: str, server: Loopback, path: Path
) -> None:
    call, reply = CASES[name]
    server.reply(**reply)
    unrecorded = call(Client(api_key=KEY, base_url=server.base_url))
    with cassette(path) as recorded:
        first = call(Client(api_key=KEY, base_url=server.base_url))
    with cassette(path, strict=True) as replayed:
        second = call(Client(api_key="another", base_url=NOWHERE))
    assert repr(unrecorded) == repr(first) == repr(second)
    assert (recorded.recorded, recorded.replayed, replayed.recorded, replayed.replayed) == (1, 0, 0, 1)
    assert len(server.seen) == 2


async def asynchronous(base_url: str) -> list[Any]:
    async with AsyncClient(api_key=KEY, base_url=base_url) as client:
        replies = await asyncio.gather(
            *(client.embeddings.create_embedding(f"text {number}", "m") for number in range(5))
        )
        async with await client.chat.create_chat_completion(MESSAGES, "m", stream=True) as events:
            streamed = [event async for event in events]
        return [*(one["data"] for one in replies), streamed]


def test_an_asynchronous_client_is_recorded_and_replayed(server: Loopback, path: Path) -> None:
    for number in range(5):
        server.reply({"data": [{"embedding": [number]}]})
    server.events(DELTAS, b"data: [DONE]\n\n")
    with cassette(path):
        first = asyncio.run(asynchronous(server.base_url))
    with cassette(path, strict=True):
        assert asyncio.run(asynchronous(NOWHERE)) == first
    assert len(server.seen) == 6


def test_equal_requests_are_replayed_in_their_order_and_each_once(server: Loopback, path: Path) -> None:
    for number in range(3):
        server.reply({"n": number})
    with cassette(path):
        first = [chat(Client(api_key=KEY, base_url=server.base_url))["n"] for _ in range(3)]
    with cassette(path):
        client = Client(api_key=KEY, base_url=server.base_url)
        assert [chat(client)["n"] for _ in range(3)] == first == [0, 1, 2]
        with pytest.raises(CassetteError, match="already replayed"):
            chat(client)


def test_retries_are_replayed_without_their_pauses(server: Loopback, path: Path) -> None:
    server.reply({"error": {"message": "slow down"}}, 429, retry_after="0.3")
    server.reply(CHAT)
    with cassette(path) as tape:
        chat(Client(api_key=KEY, base_url=server.base_url))
    assert tape.recorded == 2
    begun = time.monotonic()
    with cassette(path, strict=True):
        assert chat(Client(api_key=KEY, base_url=NOWHERE)) == CHAT
    assert time.monotonic() - begun < 0.2
    with cassette(path, strict=True, paced=True):
        chat(Client(api_key=KEY, base_url=NOWHERE))
    assert time.monotonic() - begun > 0.3


async def polled(base_url: str) -> Any:
    async with AsyncClient(api_key=KEY, base_url=base_url) as client:
        return await poll(client.batches.retrieve_batch, "batch_1")


def test_polling_is_replayed_without_its_pauses(server: Loopback, path: Path) -> None:
    for status in ("in_progress", "completed", "in_progress", "completed"):
        server.reply({"id": "batch_1", "status": status}, openai_poll_after_ms="300")
    with cassette(path):
        poll(Client(api_key=KEY, base_url=server.base_url).batches.retrieve_batch, "batch_1")
        asyncio.run(polled(server.base_url))
    with cassette(path, strict=True) as tape:
        begun = time.monotonic()
        assert (
            poll(Client(api_key=KEY, base_url=NOWHERE).batches.retrieve_batch, "batch_1")["status"]
            == "completed"
        )
        assert asyncio.run(polled(NOWHERE))["status"] == "completed"
        assert time.monotonic() - begun < 0.25
    assert tape.replayed == 4


def slowly(*parts: bytes) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        for part in parts:
            time.sleep(0.2)
            handler.wfile.write(part)
            handler.wfile.flush()
        handler.close_connection = True

    return answer


@pytest.fixture
def slow(server: Loopback, path: Path) -> Path:
    """A cassette with a stream whose three events took 0.2 seconds each."""
    server.answer(slowly(DELTAS, DELTAS[:9], DELTAS[9:], b"data: [DONE]\n\n"))
    with cassette(path):
        stream(Client(api_key=KEY, base_url=server.base_url))
    return path


def arrivals(client: Client) -> list[float]:
    begun = time.monotonic()
    events = client.chat.create_chat_completion(MESSAGES, "m", stream=True)
    return [time.monotonic() - begun for _ in events]


@pytest.mark.slow(seconds=1)
def test_a_stream_is_replayed_with_its_pace_or_at_once(slow: Path) -> None:
    client = Client(api_key=KEY, base_url=NOWHERE)
    with cassette(slow, paced=True):
        first, second = arrivals(client)
    assert first > 0.18
    assert second - first > 0.38
    with cassette(slow):
        assert max(arrivals(client)) < 0.18


@pytest.mark.slow(seconds=1)
def test_the_time_limits_of_a_call_apply_to_the_recorded_pace(slow: Path) -> None:
    client = Client(api_key=KEY, base_url=NOWHERE, timeout=Timeout(idle=0.05), max_retries=0)
    with cassette(slow, paced=True), pytest.raises(APITimeoutError, match=r"idle=0\.05"):
        stream(client)


@pytest.mark.slow(seconds=1)
def test_a_paced_stream_can_be_closed_while_it_waits(slow: Path) -> None:
    with cassette(slow, paced=True):
        handle = Client(api_key=KEY, base_url=NOWHERE).chat.create_chat_completion(
            MESSAGES, "m", stream_to=lambda message: None
        )
        time.sleep(0.05)
        begun = time.monotonic()
        handle.cancel()
        handle.wait(5)
        assert time.monotonic() - begun < 0.1


async def cancelled() -> float:
    async with AsyncClient(api_key=KEY, base_url=NOWHERE) as client:
        task = asyncio.create_task(last_event(client))
        await asyncio.sleep(0.05)
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - begun


async def last_event(client: AsyncClient) -> Any:
    async with await client.chat.create_chat_completion(MESSAGES, "m", stream=True) as events:
        return [event async for event in events][-1]


@pytest.mark.slow(seconds=1)
def test_cancelling_a_task_ends_a_paced_stream(slow: Path) -> None:
    with cassette(slow, paced=True):
        assert asyncio.run(cancelled()) < 0.1


def test_a_stream_that_was_cut_is_cut_when_it_is_replayed(server: Loopback, path: Path) -> None:
    server.events(DELTAS, b"data: {")
    for base_url in (server.base_url, NOWHERE):
        with cassette(path), pytest.raises(StreamTruncatedError) as caught:
            stream(Client(api_key=KEY, base_url=base_url))
        assert len(caught.value.events) == 1


def test_a_file_that_was_cut_is_cut_when_it_is_replayed(server: Loopback, path: Path) -> None:
    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "audio/mpeg")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"\0" * 10)
        handler.close_connection = True

    server.answer(answer)
    for base_url in (server.base_url, NOWHERE):
        with cassette(path), pytest.raises(APIConnectionError):
            speech(Client(api_key=KEY, base_url=base_url, max_retries=0))


def test_a_stream_that_the_program_left_is_replayed_as_far_as_it_was_read(
    server: Loopback, path: Path
) -> None:
    server.endless(DELTAS, DELTAS)
    client = Client(api_key=KEY, base_url=server.base_url)
    with cassette(path), client.chat.create_chat_completion(MESSAGES, "m", stream=True) as events:
        next(events)
    client = Client(api_key=KEY, base_url=NOWHERE)
    with cassette(path), client.chat.create_chat_completion(MESSAGES, "m", stream=True) as events:
        assert next(events)["choices"]
    with cassette(path), pytest.raises(CassetteError, match=r"test\.jsonl:3: .*record it again"):
        stream(client)


def test_a_request_without_a_reply_is_not_recorded(server: Loopback, path: Path) -> None:
    server.hang_up()
    server.reply({"data": []})
    with cassette(path) as tape:
        Client(api_key=KEY, base_url=server.base_url).models.list_models()
    assert (tape.recorded, len(server.seen)) == (1, 2)


def test_the_facts_of_a_call_are_replayed(server: Loopback, path: Path) -> None:
    server.reply(CHAT, x_request_id="req_1", x_ratelimit_remaining_requests="7")
    for base_url in (server.base_url, NOWHERE):
        with cassette(path):
            info = response_info(chat(Client(api_key=KEY, base_url=base_url)))
        assert info is not None
        assert (info.status, info.request_id, info.rate_limit.remaining_requests) == (200, "req_1", 7)


def test_a_client_of_the_users_own_session_is_recorded_too(server: Loopback, path: Path) -> None:
    server.reply(CHAT)
    with cassette(path), requests.Session() as session:
        chat(Client(api_key=KEY, base_url=server.base_url, http_client=session))
    with cassette(path, strict=True):
        chat(Client(api_key=KEY, base_url=NOWHERE))


REPLAY = """
import sys
from typed_openai import Client
from typed_openai.testing import cassette
with cassette(sys.argv[1], mode="replay"):
    print(Client(api_key="k").request("GET", "/models", base_url="http://127.0.0.1:1/v1"))
print([name for name in ("requests", "urllib3", "yaml", "pytest") if name in sys.modules])
"""


def test_replaying_needs_no_http_library(server: Loopback, path: Path) -> None:
    server.reply({"data": []})
    with cassette(path):
        Client(api_key=KEY, base_url=server.base_url).request("GET", "/models")
    done = subprocess.run(
        [sys.executable, "-c", REPLAY, str(path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("{'data': []}\n[]\n", "")
