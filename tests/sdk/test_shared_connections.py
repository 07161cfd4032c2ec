"""Clients that differ in limits or hooks use the same connections; others have their own."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from tests.faults.faulty import Faulty, Read, Send, Stall
from tests.faults.judging import hold_nothing_left, snapshot, without_collection

from typed_openai import Client, Timeout
from typed_openai.aio import AsyncClient

REPLY = Send(
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: user=1\r\nContent-Length: 2\r\n\r\n{}"
)
SCRIPT = (*(Read(), REPLY) * 8, Stall())
"""Eight calls on each connection."""

SAME: list[dict[str, Any]] = [
    {},
    {"timeout": 5},
    {"timeout": Timeout(total=9), "max_retries": 0},
    {"on_request": lambda info: None},
    {"on_response": lambda info: None, "on_retry": lambda info: None},
]
OTHER: list[dict[str, Any]] = [
    {"api_key": "another"},
    {"keyless": True},
    {"http_headers": {"X-User": "2"}},
    {"organization": "org"},
    {"http_options": {"cookies": {"a": "b"}}},
    {"timeout": 5, "http_options": {"allow_redirects": False}},
]


@pytest.mark.parametrize("settings", SAME)
def test_limits_and_hooks_keep_the_connections(settings: dict[str, Any]) -> None:
    with Faulty(SCRIPT) as server:
        client = Client(api_key="k", base_url=server.url())
        client.models.list_models()
        for derived in (client.with_options(**settings), client.with_options(timeout=9).with_options()):
            derived.with_options(**settings).models.list_models()
        client.close()
        assert server.connections == 1


@pytest.mark.parametrize("settings", OTHER)
def test_keys_headers_and_options_have_connections_and_cookies_of_their_own(
    settings: dict[str, Any],
) -> None:
    with Faulty(SCRIPT) as server:
        client = Client(api_key="k", base_url=server.url())
        client.models.list_models()
        client.with_options(**settings).models.list_models()
        assert server.connections == 2
        assert "user=1" not in server.seen[1].headers.get("cookie", "")


@pytest.mark.slow(seconds=2)
def test_a_derived_client_leaves_nothing_open() -> None:
    with Faulty(SCRIPT) as server, Client(api_key="k", base_url=server.url()) as client:
        client.models.list_models()
        before = snapshot()
        with without_collection():
            for number in range(5):
                client.with_options(timeout=5 + number).models.list_models()
            hold_nothing_left(before)


@pytest.mark.slow(seconds=2)
def test_the_connections_outlive_the_client_that_opened_them() -> None:
    with Faulty((Read(), REPLY, Read(), REPLY, Stall())) as server:
        derived = Client(api_key="k", base_url=server.url()).with_options(timeout=5)
        derived.models.list_models()
        gc.collect()
        derived.models.list_models()
        assert server.connections == 1
        derived.close()
        assert server.left.wait(2)


@pytest.mark.slow(seconds=9)
def test_the_async_client_shares_its_connections_too() -> None:
    with Faulty(SCRIPT) as server:

        async def main() -> None:
            async with AsyncClient(api_key="k", base_url=server.url()) as client:
                await client.models.list_models()
                for settings in SAME:
                    await client.with_options(**settings).models.list_models()
                    gc.collect()  # which drops the derived client
                assert server.connections == 1
                await client.with_options(max_concurrency=3).models.list_models()
                assert server.connections == 2

        asyncio.run(main())


def test_closing_a_derived_client_closes_connections_that_it_alone_uses() -> None:
    with Faulty((Read(), REPLY, Stall())) as server:

        async def main() -> None:
            async with AsyncClient(api_key="k", base_url=server.url()).with_options(timeout=5) as client:
                await client.models.list_models()
            assert await asyncio.to_thread(server.left.wait, 2)
            assert client.models  # it still exists

        asyncio.run(main())
