"""Tasks that wait for the server's rate limits: the event loop runs on, and a cancelled wait ends."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from typed_openai import APITimeoutError, Client, RateLimiter, Timeout
from typed_openai.aio import AsyncClient
from typed_openai.testing import LimitScript, Server

pytestmark = pytest.mark.timeout(60)

MODEL = "text-embedding-3-small"


def _client(fake: Server, limiter: RateLimiter, **settings: Any) -> AsyncClient:
    return AsyncClient(
        **{
            "api_key": "k",
            "base_url": fake.base_url,
            "rate_limiter": limiter,
            "max_retries": 0,
            "timeout": None,
            **settings,
        }
    )


async def _embed(client: AsyncClient, **options: Any) -> Any:
    return await client.embeddings.create_embedding("Hello", MODEL, **options)


@pytest.mark.slow(seconds=1)
def test_tasks_and_threads_share_a_limiter(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=20, seconds=0.5))
    limiter = RateLimiter()
    plain = Client(api_key="k", base_url=fake.base_url, rate_limiter=limiter, max_retries=0)

    async def main() -> None:
        async with _client(fake, limiter) as client:
            await asyncio.gather(*(_embed(client) for _ in range(40)))

    threads = [
        threading.Thread(target=plain.embeddings.create_embedding, args=("Hello", MODEL)) for _ in range(20)
    ]
    for one in threads:
        one.start()
    asyncio.run(main())
    for one in threads:
        one.join()
    assert Counter(one.status for one in fake.requests) == {200: 60}


def test_the_event_loop_runs_while_calls_wait(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=0.5))

    async def main() -> float:
        async with _client(fake, RateLimiter()) as client:
            await _embed(client)
            waiting = asyncio.ensure_future(_embed(client))
            longest, last = 0.0, time.monotonic()
            while not waiting.done():
                await asyncio.sleep(0.005)
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
            await waiting
            return longest

    assert asyncio.run(main()) < 0.25


def test_a_cancelled_wait_ends_at_once_and_lets_others_through(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=0.6))
    limiter = RateLimiter()

    async def main() -> float:
        async with _client(fake, limiter) as client:
            await _embed(client)
            given_up, next_one = (asyncio.ensure_future(_embed(client)) for _ in range(2))
            while limiter.families()[0].waiting < 2:
                await asyncio.sleep(0.005)
            begun = time.monotonic()
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            taken = time.monotonic() - begun
            await next_one
            return taken

    assert asyncio.run(main()) < 0.3
    assert len(fake.requests) == 2
    assert limiter.families()[0].waiting == 0


def test_the_wait_counts_within_the_total_time_in_every_loop(
    fake: Server, run: Callable[[Callable[[], Any]], Any]
) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=60))

    async def main() -> None:
        async with _client(fake, RateLimiter()) as client:
            await _embed(client)
            await _embed(client, timeout=Timeout(total=0.5))

    with pytest.raises(APITimeoutError, match=r"total=0\.5"):
        run(main)
