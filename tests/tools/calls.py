"""The calls with which each tool is tried: one for each column of the table in the documentation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from typed_openai import Client, RateLimitError
from typed_openai.aio import AsyncClient

KEY: Final = "sk-abcdefghijklmnop0123456789"
MESSAGES: Final[list[Any]] = [{"role": "user", "content": "Hi"}]
EVENTS: Final = b'data: {"choices": [{"delta": {"content": "He"}}]}\n\ndata: [DONE]\n\n'

Options = Mapping[str, Any]
"""Settings of the client that makes a call."""


@dataclass(frozen=True)
class Reply:
    """The reply to every request of a call."""

    path: str
    body: bytes
    content_type: str = "application/json"
    status: int = 200


@dataclass(frozen=True)
class Case:
    """A call with its reply; it returns what its caller sees. ``requests`` are those that it sends."""

    call: Callable[[Options], Any]
    reply: Reply
    requests: int = 1


def chat(options: Options) -> Any:
    return Client(**options).chat.create_chat_completion(MESSAGES, "m")


def stream(options: Options) -> Any:
    return list(Client(**options).chat.create_chat_completion(MESSAGES, "m", stream=True))


def upload(options: Options) -> Any:
    return Client(**options).files.create_file(("a.txt", b"content" * 10_000), "user_data")


def large_upload(options: Options) -> Any:
    return Client(**options).files.create_file(("a.txt", b"content" * 300_000), "user_data")


def speech(options: Options) -> Any:
    return Client(**options).audio.create_speech("Hi", "m", "alloy").read()


def retries(options: Options) -> Any:
    with pytest.raises(RateLimitError) as caught:
        Client(**{**options, "max_retries": 1}).chat.create_chat_completion(MESSAGES, "m")
    return str(caught.value)


async def _asynchronous(options: Options) -> Any:
    async with AsyncClient(**options) as client:
        return await client.chat.create_chat_completion(MESSAGES, "m")


def asynchronous(options: Options) -> Any:
    return asyncio.run(_asynchronous(options))


_CHAT: Final = Reply("/chat/completions", b'{"choices": [{"message": {"content": "Hello"}}]}')

CASES: Final[Mapping[str, Case]] = {
    "calls": Case(chat, _CHAT),
    "streams": Case(stream, Reply("/chat/completions", EVENTS, "text/event-stream")),
    "uploads": Case(upload, Reply("/files", b'{"id": "file-1"}')),
    "large uploads": Case(large_upload, Reply("/files", b'{"id": "file-1"}')),
    "files": Case(speech, Reply("/audio/speech", b"ID3\xff\x00" + bytes(100_000), "audio/mpeg")),
    "retries": Case(
        retries, Reply("/chat/completions", b'{"error": {"message": "slow"}}', status=429), requests=2
    ),
    "async": Case(asynchronous, _CHAT),
}
"""A case for each column."""
