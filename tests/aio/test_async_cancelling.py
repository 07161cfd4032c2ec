"""Cancelling a task ends its call at once, whatever the call waits for, and closes the connection."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from typing import Any

import pytest
from tests.faults.faulty import Faulty, NeverAccept, Read, Send, Stall, Step
from tests.faults.judging import hold_nothing_left, snapshot, without_collection

from typed_openai import Timeout
from typed_openai.aio import AsyncClient

pytestmark = pytest.mark.timeout(60)

MESSAGES = [{"role": "user", "content": "Hello"}]
SOON = 0.1
"""Seconds within which the await of a cancelled call must end."""
BILLED = "The request had been sent when the call was cancelled: it may be running, and billed, already."

HEAD = Send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n")

PHASES: dict[str, tuple[tuple[Step, ...], str]] = {
    "connecting": ((NeverAccept(),), "http"),
    "TLS": ((Stall(),), "https"),
    "waiting for the head": ((Read(), Stall()), "http"),
    "inside the head": ((Read(), Send(b"HTTP/1.1 200 OK\r\nX-Slow: "), Stall()), "http"),
    "inside the body": ((Read(), HEAD, Send(b"{"), Stall()), "http"),
}


async def cancelled(call: Awaitable[Any], after: float = 0.2) -> tuple[float, BaseException]:
    """Cancel a call; return the seconds that its await went on, and its exception."""
    task = asyncio.ensure_future(call)
    await asyncio.sleep(after)
    assert not task.done(), task
    began = time.monotonic()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        return time.monotonic() - began, error
    raise AssertionError("the call was not cancelled")


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("phase", PHASES)
def test_a_call_ends_in_every_phase(phase: str) -> None:
    script, scheme = PHASES[phase]
    before = snapshot()
    with without_collection(), Faulty(script) as server:

        async def main() -> tuple[float, BaseException]:
            url = server.url(scheme)
            async with AsyncClient(api_key="k", base_url=url, timeout=None, max_retries=3) as client:
                return await cancelled(client.chat.create_chat_completion(MESSAGES, "m"))

        seconds, error = asyncio.run(main())
        assert seconds < SOON
        was_sent = bool(server.seen)
        assert getattr(error, "__notes__", []) == ([BILLED] if was_sent else [])
        assert server.connections <= 1
    hold_nothing_left(before)


def test_a_call_that_waits_for_a_thread_ends_and_is_never_sent(server: Any) -> None:
    go_on = threading.Event()

    def answer(handler: Any) -> None:
        go_on.wait(10)
        handler.send_response(204)
        handler.end_headers()

    server.answer(answer)

    async def main() -> float:
        async with AsyncClient(api_key="k", base_url=server.base_url, max_concurrency=1) as client:
            first = asyncio.ensure_future(client.request("DELETE", "/first"))
            await asyncio.sleep(0.1)
            seconds, error = await cancelled(client.chat.create_chat_completion(MESSAGES, "m"), 0.05)
            assert not hasattr(error, "__notes__")
            go_on.set()
            await first
            await client.request("DELETE", "/last")
            return seconds

    assert asyncio.run(main()) < SOON
    assert [one.path for one in server.seen] == ["/v1/first", "/v1/last"]


def test_a_call_that_pauses_between_tries_ends(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typed_openai._calls.send.pause", lambda seconds, cancelled: cancelled.wait(30))
    server.reply({}, status=503)

    async def main() -> float:
        async with AsyncClient(api_key="k", base_url=server.base_url) as client:
            return (await cancelled(client.models.list_models()))[0]

    before = threading.active_count()
    assert asyncio.run(main()) < SOON
    assert len(server.seen) == 1
    deadline = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_a_call_that_waits_for_a_piece_of_its_body_ends(server: Any, client: AsyncClient) -> None:
    closed = []

    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await asyncio.sleep(30)
        finally:
            closed.append(True)

    async def main() -> float:
        source = pieces()
        return (await cancelled(client.files.create_file(("a.txt", source), "user_data")))[0]

    assert asyncio.run(main()) < SOON
    assert closed == [True]


def test_a_time_limit_ends_a_call_under_asyncio_and_trio() -> None:
    trio = pytest.importorskip("trio")
    with Faulty((Read(), Stall())) as server:

        async def under_asyncio() -> None:
            async with AsyncClient(api_key="k", base_url=server.url(), timeout=None) as client:
                with pytest.raises(TimeoutError) as caught:
                    async with asyncio.timeout(0.2):
                        await client.chat.create_chat_completion(MESSAGES, "m")
                assert BILLED in getattr(caught.value.__cause__, "__notes__", [])

        async def under_trio() -> None:
            async with AsyncClient(api_key="k", base_url=server.url(), timeout=None) as client:
                began = time.monotonic()
                with trio.move_on_after(0.2) as scope:
                    await client.chat.create_chat_completion(MESSAGES, "m")
                assert scope.cancelled_caught
                assert time.monotonic() - began < 0.2 + SOON

        asyncio.run(under_asyncio())
        trio.run(under_trio)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_scope_of_anyio_ends_a_call(backend: str) -> None:
    anyio = pytest.importorskip("anyio")
    if backend == "trio":
        pytest.importorskip("trio")
    with Faulty((Read(), Stall())) as server:

        async def main() -> None:
            async with AsyncClient(api_key="k", base_url=server.url(), timeout=None) as client:
                with pytest.raises(TimeoutError), anyio.fail_after(0.2):
                    await client.models.list_models()

        began = time.monotonic()
        anyio.run(main, backend=backend)
        assert time.monotonic() - began < 2


def test_the_failure_of_one_task_ends_all_calls_of_its_group() -> None:
    with Faulty((Read(), Stall())) as server:
        failed = [0.0]

        async def failing() -> None:
            await asyncio.sleep(0.5)
            failed[0] = time.monotonic()
            raise LookupError("enough")

        async def call_in_a_group(client: AsyncClient) -> None:
            async with asyncio.TaskGroup() as group:
                for _ in range(50):
                    group.create_task(client.chat.create_chat_completion(MESSAGES, "m"))
                group.create_task(failing())

        async def main() -> float:
            async with AsyncClient(api_key="k", base_url=server.url(), timeout=None) as client:
                with pytest.raises(ExceptionGroup) as caught:
                    await call_in_a_group(client)
                assert [type(one) for one in caught.value.exceptions] == [LookupError]
                return time.monotonic() - failed[0]

        assert asyncio.run(main()) < 1.0


def test_a_name_lookup_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def lookup(*args: object) -> list[Any]:
        go_on.wait(10)
        raise socket.gaierror("no such name")

    monkeypatch.setattr("socket.getaddrinfo", lookup)

    async def main() -> float:
        async with AsyncClient(api_key="k", base_url="http://api.test/v1") as client:
            return (await cancelled(client.models.list_models()))[0]

    try:
        assert asyncio.run(main()) < SOON
    finally:
        go_on.set()


def test_a_reply_that_arrives_as_its_task_is_cancelled_is_closed(server: Any, client: AsyncClient) -> None:
    server.endless(b'data: {"n": 1}\n\n')

    async def main() -> None:
        task = asyncio.ensure_future(client.chat.create_chat_completion(MESSAGES, "m", stream=True))
        # The loop does not run while the reply arrives, so the task learns of both at once.
        await asyncio.sleep(0)
        time.sleep(0.3)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await (await task).aclose()

    asyncio.run(main())
    assert server.disconnected.wait(2)


@pytest.mark.slow(seconds=25)
def test_nothing_is_left_after_a_thousand_cancellations_at_random_moments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("typed_openai._calls.retry.FIRST_DELAY", 0.01)
    script = (
        *(
            Read(),
            Send(b"HTTP/1.1 200 OK\r\nContent-Type: %TYPE%\r\nContent-Length: %SIZE%\r\n", pause=0.0005),
        ),
        Send(b"\r\n%BODY%", pause=0.001),
    )
    chance = random.Random(7)
    before = snapshot()
    with without_collection(), Faulty(script, media_type=b"audio/mpeg", body=bytes(30)) as server:

        async def call(client: AsyncClient) -> None:
            reply = await client.audio.create_speech("Hi", "m", "alloy")
            async for _ in reply:
                pass

        async def main() -> None:
            limits = Timeout(connect=5, first_byte=5, idle=5)
            async with AsyncClient(
                api_key="k", base_url=server.url(), timeout=limits, max_concurrency=20
            ) as client:
                for _ in range(20):
                    tasks = [asyncio.ensure_future(call(client)) for _ in range(50)]
                    for task in tasks:
                        asyncio.get_running_loop().call_later(chance.uniform(0, 0.25), task.cancel)
                    await asyncio.wait(tasks)
                    del tasks, task

        asyncio.run(main())
    hold_nothing_left(before)
