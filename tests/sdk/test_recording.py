"""Recorded replies: vcrpy replaces the connection classes of urllib3, and must see our requests."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import vcr

from typed_openai import APIConnectionError, Client, RateLimitError, Timeout
from typed_openai.aio import AsyncClient

KEY = "sk-recording-0123456789"
MESSAGES: list[Any] = [{"role": "user", "content": "Hi"}]
CHAT = {"choices": [{"message": {"content": "Hello"}}]}
EVENTS = b'data: {"choices": [{"delta": {"content": "He"}}]}\n\ndata: [DONE]\n\n'


def client_of(server: Any, **settings: Any) -> Client:
    return Client(api_key=KEY, base_url=server.base_url, **settings)


def chat(client: Client) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "m")


def stream(client: Client) -> Any:
    return list(client.chat.create_chat_completion(MESSAGES, "m", stream=True))


def speech(client: Client) -> Any:
    return client.audio.create_speech("Hi", "m", "alloy").read()


def upload(client: Client) -> Any:
    return client.files.create_file(("a.txt", b"content" * 10_000), "user_data")


Call = Callable[[Client], Any]


@pytest.fixture
def cassette(tmp_path: Path) -> Callable[..., Any]:
    def use(**options: Any) -> Any:
        return vcr.use_cassette(str(tmp_path / "cassette.yaml"), filter_headers=["authorization"], **options)

    return use


@pytest.mark.parametrize(
    ("call", "reply"),
    [
        (chat, {"body": CHAT}),
        (upload, {"body": {"id": "file-1"}}),
        (speech, {"body": b"ID3" + bytes(100_000), "content_type": "audio/mpeg"}),
        (stream, {"body": EVENTS, "content_type": "text/event-stream"}),
        (chat, {"body": gzip.compress(json.dumps(CHAT).encode()), "Content_Encoding": "gzip"}),
    ],
    ids=["json", "upload", "file", "stream", "gzip"],
)
def test_a_reply_is_recorded_and_replayed(
    server: Any, cassette: Callable[..., Any], tmp_path: Path, call: Call, reply: dict[str, Any]
) -> None:
    server.reply(**reply)
    unrecorded = call(client_of(server))
    with cassette() as recorded:
        first = call(client_of(server))
    with cassette(record_mode="none") as replayed:
        second = call(client_of(server))
    assert unrecorded == first == second
    assert (len(recorded), replayed.play_count, len(server.seen)) == (1, 1, 2)
    assert KEY not in (tmp_path / "cassette.yaml").read_text()


def test_a_client_that_made_calls_before_is_recorded_too_and_goes_on_after(
    server: Any, cassette: Callable[..., Any]
) -> None:
    server.reply(CHAT)
    client = client_of(server, timeout=Timeout(first_byte=5))
    chat(client)
    for _ in range(2):
        with cassette() as tape:
            chat(client)
    assert (tape.play_count, len(server.seen)) == (1, 2)
    assert chat(client) == CHAT
    assert len(server.seen) == 3


def test_retries_and_errors_are_recorded_and_replayed(server: Any, cassette: Callable[..., Any]) -> None:
    server.reply({"error": {"message": "slow down"}}, 429, retry_after="0")
    for mode in ("once", "none"):
        with cassette(record_mode=mode) as tape, pytest.raises(RateLimitError, match="slow down"):
            chat(client_of(server, max_retries=1))
    assert (tape.play_count, len(server.seen)) == (2, 2)


async def recorded(server: Any, cassette: Callable[..., Any]) -> Any:
    with cassette() as tape:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
            await client.chat.create_chat_completion(MESSAGES, "m")
    return tape


def test_the_asynchronous_client_is_recorded_too(server: Any, cassette: Callable[..., Any]) -> None:
    server.reply(CHAT)
    asyncio.run(recorded(server, cassette))
    assert asyncio.run(recorded(server, cassette)).play_count == 1
    assert len(server.seen) == 1


def test_a_create_operation_that_fails_below_the_tool_is_not_sent_again(
    server: Any, cassette: Callable[..., Any]
) -> None:
    server.reply(CHAT)
    server.hang_up()
    client = client_of(server, max_retries=0)
    with cassette(record_mode="all"):
        chat(client)
        with pytest.raises(APIConnectionError) as caught:
            chat(client)
    assert caught.value.was_sent
    assert len(server.seen) == 2


FIRST_CALL_INSIDE = """
import sys, vcr
from typed_openai import Client, Timeout
client = Client(api_key="k", base_url=sys.argv[1], timeout=Timeout(first_byte=0.3), max_retries=0)
with vcr.use_cassette(sys.argv[2]):
    client.models.list_models()
from typed_openai._transport import connections
print([one.__module__ for one in connections.TlsConnection.__mro__ if "vcr" in one.__module__])
try:
    client.models.list_models()
except Exception as error:
    print(type(error).__name__)
"""


def test_the_first_call_of_a_program_may_be_inside_of_a_cassette(server: Any, tmp_path: Path) -> None:
    """The classes of the transport are made then, and must not keep those of the tool as their bases."""
    server.reply({"data": []})
    server.answer(lambda handler: handler.connection.recv(1))
    command = [sys.executable, "-c", FIRST_CALL_INSIDE, server.base_url, str(tmp_path / "a.yaml")]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert result.stdout.split() == ["[]", "APITimeoutError"]
