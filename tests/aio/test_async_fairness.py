"""The event loop keeps running, threads are neither lost nor stranded, and context variables are kept."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest
from tests.faults.faulty import Faulty, Read, Reset, Send, Stall, Tls, Wait

from typed_openai import APITimeoutError, CallError, Timeout
from typed_openai._aio.worker_threads import Workers
from typed_openai._calls.send import pause
from typed_openai.aio import AsyncClient, AsyncStreamingClient

pytestmark = pytest.mark.timeout(30)

MESSAGES = [{"role": "user", "content": "Hello"}]
EVENT = b'data: {"n": 1}\n\n'
DONE = b"data: [DONE]\n\n"
NAME: ContextVar[str] = ContextVar("name", default="unset")


async def opened(client: AsyncClient) -> Any:
    return await client.chat.create_chat_completion(MESSAGES, "m", stream=True)


@pytest.mark.slow(seconds=1)
def test_a_slow_reader_lets_other_tasks_run_and_can_be_cancelled(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.events(*[EVENT] * 2000, DONE)

    async def read() -> int:
        count = 0
        async for _ in await opened(client):
            time.sleep(0.002)
            count += 1
        return count

    async def main() -> None:
        if "trio" in sys.modules and not _in_asyncio():
            trio: Any = sys.modules["trio"]
            with trio.move_on_after(0.3) as scope:
                await read()
            assert scope.cancelled_caught
        else:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(read(), 0.3)

    begun = time.monotonic()
    run(main)
    assert time.monotonic() - begun < 2


def _in_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@pytest.mark.slow(seconds=1)
def test_a_stream_that_nobody_receives_gives_its_thread_back(server: Any) -> None:
    server.events(*[EVENT] * 200, DONE)
    before = threading.active_count()

    async def main() -> None:
        async with AsyncClient(api_key="k", base_url=server.base_url, max_streams=1) as client:
            for _ in range(3):
                task = asyncio.ensure_future(opened(client))
                await asyncio.sleep(0)
                time.sleep(0.3)  # the reply arrives, and the task learns of both at once
                task.cancel()
                await asyncio.wait([task])
                if not task.cancelled():
                    await task.result().aclose()
            async with asyncio.timeout(5):
                assert len([event async for event in await opened(client)]) == 200

    asyncio.run(main())
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


@pytest.mark.slow(seconds=1)
def test_work_is_never_left_to_a_thread_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typed_openai._aio.worker_threads._IDLE", 0.0005)
    workers = Workers(1, "test")
    for _ in range(2000):
        done = threading.Event()
        workers.submit(done.set)
        assert done.wait(5)
        time.sleep(0.0004)
    workers.close()


def test_threads_start_one_another_and_do_all_work() -> None:
    workers = Workers(20, "test")
    together = threading.Barrier(20)
    done = threading.Semaphore(0)

    def work() -> None:
        together.wait(10)
        done.release()

    for _ in range(40):
        workers.submit(work)
    assert all(done.acquire(timeout=10) for _ in range(40))
    workers.close()


def test_context_variables_are_those_of_the_task_everywhere(server: Any) -> None:
    server.events(EVENT, DONE)
    server.reply(b"content", content_type="application/octet-stream")
    seen: dict[str, str] = {}

    def note(place: str) -> Callable[[object], None]:
        return lambda _: seen.update({place: NAME.get()})

    async def main() -> None:
        client = AsyncClient(api_key="k", base_url=server.base_url, on_request=note("hook"))
        NAME.set("task")
        handle = await client.chat.create_chat_completion(MESSAGES, "m", stream_to=note("callback"))
        await handle.wait()
        assert seen == {"hook": "task", "callback": "task"}
        content = await client.files.download_file("f")
        assert [piece async for piece in content.iterate(on_progress=note("iterate"))] == [b"content"]
        assert seen["iterate"] == "task"

    asyncio.run(main())


def test_a_receiver_cannot_wait_for_its_own_end(server: Any, client: AsyncClient) -> None:
    server.events(EVENT, DONE)
    handles: list[Any] = []

    class Waiting(AsyncStreamingClient[Any, None]):
        async def handle_data(self, data: Any, state: None) -> None:
            await asyncio.sleep(0.05)
            await handles[0].wait()

    async def main() -> None:
        handles.append(await client.chat.create_chat_completion(MESSAGES, "m", stream_to=Waiting(None)))
        with pytest.raises(RuntimeError, match="cannot wait for the end of its own stream"):
            await handles[0].wait()

    asyncio.run(main())


@pytest.mark.slow(seconds=1)
def test_an_upload_ends_with_the_loop_that_produces_it() -> None:
    async def pieces() -> Any:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    with Faulty((Read(), Stall())) as server:
        client = AsyncClient(api_key="k", base_url=server.url())
        loop = asyncio.new_event_loop()

        async def begin() -> Any:
            task = asyncio.ensure_future(client.files.create_file(("a.txt", pieces()), "user_data"))
            await asyncio.sleep(0.2)
            return task

        task: Any = loop.run_until_complete(begin())
        task._log_destroy_pending = False
        loop.close()
        del task
        gc.collect()
        deadline = time.monotonic() + 5
        while not server.left.is_set() and client._calls.lanes._calls._idle == []:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.slow(seconds=1)
def test_clients_that_are_dropped_leave_no_threads_or_connections(server: Any, client: AsyncClient) -> None:
    server.reply({"object": "list", "data": []})

    async def main() -> int:
        before = threading.active_count()
        for _ in range(20):
            await client.with_options(timeout=5).models.list_models()
        gc.collect()
        await asyncio.sleep(0.3)
        # The server has a thread for each connection.
        return threading.active_count() - before

    assert asyncio.run(main()) <= 2


def test_the_total_limit_counts_the_wait_for_a_thread() -> None:
    slow = (Read(), Wait(0.5), Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
    with Faulty(slow) as server:

        async def main() -> None:
            async with AsyncClient(api_key="k", base_url=server.url(), max_concurrency=1) as client:
                first = asyncio.ensure_future(client.models.list_models())
                await asyncio.sleep(0.1)
                with pytest.raises(APITimeoutError, match=r"total=0\.2"):
                    await client.models.list_models(timeout=Timeout(total=0.2))
                await first

        asyncio.run(main())
        assert len(server.seen) == 1


def test_copies_keep_the_attributes_of_a_subclass(server: Any) -> None:
    class Mine(AsyncClient):
        tenant = ""

    client = Mine(api_key="k", base_url=server.base_url)
    client.tenant = "acme"
    assert client.with_options(timeout=3).tenant == client.__copy__().tenant == "acme"


@pytest.mark.parametrize("hook", ["on_request", "on_response", "on_retry"])
def test_a_coroutine_function_is_no_hook(hook: str) -> None:
    async def told(_: object) -> None: ...

    with pytest.raises(CallError, match=f"{hook}: expected a plain function, got a coroutine function"):
        AsyncClient(**{hook: told})  # type: ignore[arg-type]  # any of them


LOST = (Tls(), Read(), Reset())
REFUSED = (Read(), Send(b"HTTP/1.1 503 X\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"))


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    ("scripts", "scheme", "is_noted"),
    [((LOST, (Wait(10),)), "https", True), ((REFUSED,), "http", False)],
    ids=["a lost request before a handshake", "the pause after a refusal"],
)
def test_the_note_tells_of_requests_that_may_run(
    scripts: tuple[Any, ...], scheme: str, is_noted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typed_openai._calls.retry.FIRST_DELAY", 0.01)
    monkeypatch.setattr("typed_openai._calls.send.pause", pause)
    with Faulty(*scripts) as server:

        async def main() -> list[str]:
            options = {"verify": False}
            client = AsyncClient(api_key="k", base_url=server.url(scheme), http_options=options)
            task = asyncio.ensure_future(client.chat.create_chat_completion(MESSAGES, "m"))
            await asyncio.sleep(0.4)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            return getattr(caught.value, "__notes__", [])

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a certificate that is not checked
            notes = asyncio.run(main())
    assert bool(notes) is is_noted


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
def test_a_stream_stays_with_the_process_that_opened_it(server: Any, client: AsyncClient) -> None:
    server.endless(EVENT)

    async def main() -> None:
        stream = await opened(client)
        await anext(stream)
        if (child := os.fork()) == 0:
            try:
                with pytest.raises(ValueError, match="belongs to the parent process"):
                    await anext(stream)
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        await stream.aclose()

    asyncio.run(main())
