"""The tokens that calls use, reported to a hook and summed by model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.sdk.conftest import Loopback

from typed_openai import Client, TokenUsage, UsageInfo, UsageTotals
from typed_openai.aio import AsyncClient
from typed_openai.testing import serve

MESSAGES: list[Any] = [{"role": "user", "content": "Hi"}]
CHAT = {
    "id": "c1",
    "object": "chat.completion",
    "model": "gpt-4o-2024-08-06",
    "choices": [],
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 40,
        "total_tokens": 140,
        "prompt_tokens_details": {"cached_tokens": 60, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 30},
    },
}
USED = TokenUsage(calls=1, input_tokens=100, output_tokens=40, cached_tokens=60, reasoning_tokens=30)
RESPONSE = {
    "object": "response",
    "model": "gpt-5.5-2026-01-01",
    "usage": {
        "input_tokens": 7,
        "input_tokens_details": {"cached_tokens": 5},
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 10,
    },
}


@pytest.fixture
def totals() -> UsageTotals:
    return UsageTotals()


@pytest.fixture
def client(server: Loopback, totals: UsageTotals) -> Iterator[Client]:
    with Client(api_key="k", base_url=server.base_url, on_usage=totals) as client:
        yield client


def _event(**fields: object) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()


def test_the_details_of_a_completion_are_counted(
    server: Loopback, client: Client, totals: UsageTotals
) -> None:
    server.reply(CHAT)
    client.chat.create_chat_completion(MESSAGES, "gpt-4o")
    assert totals.by_model() == {"gpt-4o-2024-08-06": USED}
    assert totals.total().total_tokens == 140


def test_sums_are_kept_by_model(server: Loopback, client: Client, totals: UsageTotals) -> None:
    for body in (CHAT, CHAT, RESPONSE):
        server.reply(body)
    client.chat.create_chat_completion(MESSAGES, "gpt-4o")
    client.chat.create_chat_completion(MESSAGES, "gpt-4o")
    client.responses.create_response("Hi", "gpt-5.5")
    sums = totals.by_model()
    assert sums["gpt-4o-2024-08-06"] == USED + USED
    assert sums["gpt-5.5-2026-01-01"] == TokenUsage(1, 7, 3, cached_tokens=5, reasoning_tokens=2)
    assert totals.reset() == sums
    assert totals.total() == TokenUsage()


def test_a_stream_is_counted_at_its_end(server: Loopback, client: Client, totals: UsageTotals) -> None:
    server.events(
        _event(type="response.created", response={**RESPONSE, "usage": None}),
        _event(type="response.output_text.delta", delta="Hi"),
        _event(type="response.completed", response=RESPONSE),
    )
    stream = client.responses.create_response("Hi", "gpt-5.5", stream=True)
    next(stream)
    assert totals.by_model() == {}
    list(stream)
    assert totals.by_model() == {
        "gpt-5.5-2026-01-01": TokenUsage(1, 7, 3, cached_tokens=5, reasoning_tokens=2)
    }


def test_the_last_usage_of_a_stream_counts(server: Loopback, client: Client, totals: UsageTotals) -> None:
    chunk = {"object": "chat.completion.chunk", "model": "m", "choices": []}
    for used in (1, 2):
        usage = {"prompt_tokens": 5, "completion_tokens": used}
        server.events(
            _event(**chunk, usage=usage), _event(**chunk, usage={**usage, "completion_tokens": used + 1})
        )
    for stream in [client.chat.create_chat_completion(MESSAGES, "m", stream=True) for _ in range(2)]:
        for event in stream:
            if event["usage"]["completion_tokens"] == 2:
                stream.close()
                break
    assert totals.by_model() == {"m": TokenUsage(calls=2, input_tokens=10, output_tokens=4)}


def test_a_stored_response_is_not_counted_again(
    server: Loopback, client: Client, totals: UsageTotals
) -> None:
    server.reply(RESPONSE)
    client.responses.get_response("resp_1")
    assert totals.by_model() == {}


def test_a_reply_without_usage_is_not_reported(server: Loopback, client: Client, totals: UsageTotals) -> None:
    server.reply({"object": "list", "data": []})
    client.models.list_models()
    server.reply({**CHAT, "usage": None})
    client.chat.create_chat_completion(MESSAGES, "gpt-4o")
    assert totals.by_model() == {}


def test_paths_without_a_description_are_counted_by_their_model(
    server: Loopback, client: Client, totals: UsageTotals
) -> None:
    server.reply({**CHAT, "model": None})
    client.request("POST", "/elsewhere", json={"model": "own"})
    client.request("GET", "/elsewhere")
    assert totals.by_model() == {"own": USED}


def test_an_error_of_the_hook_ends_the_call(server: Loopback) -> None:
    def refuse(usage: UsageInfo) -> None:
        raise ValueError(usage.model)

    server.reply(CHAT)
    with (
        Client(api_key="k", base_url=server.base_url, on_usage=refuse) as client,
        pytest.raises(ValueError, match="gpt-4o"),
    ):
        client.chat.create_chat_completion(MESSAGES, "gpt-4o")


def test_no_call_of_many_threads_and_tasks_is_lost(totals: UsageTotals) -> None:
    with serve() as fake:
        client = Client(api_key="k", base_url=fake.base_url, on_usage=totals)

        async def call_in_tasks() -> None:
            async with AsyncClient(api_key="k", base_url=fake.base_url, on_usage=totals) as other:
                calls = (other.responses.create_response("Hi", "gpt-5.5", stream=True) for _ in range(20))
                for stream in await asyncio.gather(*calls):
                    async for _ in stream:
                        pass

        with ThreadPoolExecutor(16) as threads:
            for _ in range(50):
                threads.submit(client.embeddings.create_embedding, "Hi", "text-embedding-3-small")
        asyncio.run(call_in_tasks())
    sums = totals.by_model()
    assert sums["text-embedding-3-small"].calls == 50
    assert sums["gpt-5.5"].calls == 20
