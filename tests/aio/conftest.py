"""A server that answers as each test configures it, and the event loops that the tests run in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from tests.sdk.conftest import VARIABLES, clean_environment, no_pauses, server

from typed_openai.aio import AsyncClient

__all__ = ["VARIABLES", "clean_environment", "no_pauses", "server"]

Main = Callable[[], Awaitable[Any]]


def _with_asyncio(main: Main) -> Any:
    async def run() -> Any:
        return await main()

    return asyncio.run(run())


def _with_uvloop(main: Main) -> Any:
    uvloop = pytest.importorskip("uvloop")

    async def run() -> Any:
        return await main()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


def _with_trio(main: Main) -> Any:
    return pytest.importorskip("trio").run(main)


@pytest.fixture(params=[_with_asyncio, _with_uvloop, _with_trio], ids=["asyncio", "uvloop", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[[Main], Any]:
    """Runs a coroutine function in an event loop of each kind."""
    runner: Callable[[Main], Any] = request.param
    return runner


@pytest.fixture
def client(server: Any) -> Iterator[AsyncClient]:
    """A client of the server, whose threads end with the test."""
    client = AsyncClient(api_key="sk-test", base_url=server.base_url, max_retries=2, timeout=None)
    yield client
    asyncio.run(client.aclose())
