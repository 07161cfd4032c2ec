"""Threads of calls run in turns, and let others run whenever they wait."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.auth import AuthBase

from typed_openai._aio.lanes import Lanes
from typed_openai._aio.worker_threads import Workers
from typed_openai._transport.baton import Baton, Runner, others_run
from typed_openai._transport.deadlines import Cancellation
from typed_openai.aio import AsyncClient

pytestmark = pytest.mark.timeout(30)

MESSAGES = [{"role": "user", "content": "Hello"}]
THREADS = 5
REPLY = {
    "model": "m",
    "choices": [],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread is assumed to wait, unless it says so."""
    monkeypatch.setattr("typed_openai._transport.baton._LONGEST", 20.0)
    monkeypatch.setattr("typed_openai._transport.baton._baton._free_until", 0.0)


@pytest.fixture
def workers() -> Any:
    made = Workers(THREADS, "test", take_turns=True)
    yield made
    made.close()


def run_all(workers: Workers, work: Callable[[], object], count: int) -> None:
    done = threading.Semaphore(0)

    def perform() -> None:
        try:
            work()
        finally:
            done.release()

    for _ in range(count):
        workers.submit(perform)
    assert all(done.acquire(timeout=15) for _ in range(count))


@pytest.mark.usefixtures("patient")
def test_one_thread_runs_at_a_time_while_it_does_not_wait(workers: Workers) -> None:
    running, most = 0, 0

    def work() -> None:
        nonlocal running, most
        for _ in range(3):
            running += 1
            most = max(most, running)
            time.sleep(0.001)  # a system call, at which the interpreter changes threads
            running -= 1
            with others_run():
                time.sleep(0.002)

    run_all(workers, work, 4 * THREADS)
    assert most == 1


@pytest.mark.usefixtures("patient")
def test_threads_that_wait_let_all_others_run(workers: Workers) -> None:
    together = threading.Barrier(THREADS)

    def work() -> None:
        # Nested, as in a hook that is called while a connection is opened.
        with others_run(), others_run():
            together.wait(10)

    run_all(workers, work, 4 * THREADS)
    assert not together.broken


def test_a_thread_that_waits_unseen_stops_nobody_for_long(workers: Workers) -> None:
    together = threading.Barrier(THREADS)
    begun = time.monotonic()
    for _ in range(40):
        run_all(workers, lambda: together.wait(10), THREADS)
    assert not together.broken
    assert time.monotonic() - begun < 3


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)


@pytest.mark.usefixtures("patient")
def test_a_thread_that_goes_on_comes_before_one_that_begins() -> None:
    order: list[str] = []
    baton = Baton()
    holder = Runner(baton)
    holder.begin()

    def begin() -> None:
        runner = Runner(baton)
        runner.begin()
        order.append("begins")
        runner.end()

    def go_on() -> None:
        runner = Runner(baton)
        with runner:
            pass
        order.append("goes on")
        runner.end()

    threads = [threading.Thread(target=work, daemon=True) for work in (begin, go_on)]
    threads[0].start()
    until(lambda: baton._beginning)
    threads[1].start()
    until(lambda: baton._returning)
    assert order == []
    holder.end()
    for thread in threads:
        thread.join(10)
    assert order == ["goes on", "begins"]


class _Together(AuthBase):
    def __init__(self, meet: Callable[..., object]) -> None:
        self._meet = meet

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        self._meet()
        return request


class _Session(requests.Session):
    def __init__(self, meet: Callable[..., object]) -> None:
        super().__init__()
        self._meet = meet

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        self._meet()
        return super().request(*args, **kwargs)


def key_from(meet: Callable[..., object]) -> str:
    meet()
    return "k"


CODE_OF_USERS: dict[str, Callable[[Callable[..., Any]], dict[str, Any]]] = {
    "on_request": lambda meet: {"on_request": meet},
    "on_response": lambda meet: {"on_response": meet},
    "on_usage": lambda meet: {"on_usage": meet},
    "api_key": lambda meet: {"api_key": lambda: key_from(meet)},
    "auth": lambda meet: {"http_options": {"auth": _Together(meet)}},
    "hooks": lambda meet: {"http_options": {"hooks": {"response": meet}}},
    "http_client": lambda meet: {"http_client": _Session(meet)},
}


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("place", CODE_OF_USERS)
def test_code_of_users_may_wait_in_all_calls_at_once(place: str, server: Any) -> None:
    server.reply(REPLY)
    together = threading.Barrier(THREADS)

    def meet(*_: object, **__: object) -> None:
        together.wait(10)

    async def main() -> None:
        settings = {"api_key": "k", **CODE_OF_USERS[place](meet)}
        async with AsyncClient(base_url=server.base_url, max_retries=0, timeout=None, **settings) as client:
            create: Any = client.chat.create_chat_completion
            await asyncio.gather(*(create(MESSAGES, "m") for _ in range(THREADS)))

    asyncio.run(main())
    assert not together.broken


@pytest.mark.usefixtures("patient")
def test_progress_of_files_may_wait_in_all_calls_at_once(server: Any, tmp_path: Path) -> None:
    server.reply(b"content", content_type="application/octet-stream")
    together = threading.Barrier(THREADS)

    async def save(client: AsyncClient, number: int) -> None:
        reply = await client.files.download_file("f")
        await reply.save(tmp_path / str(number), on_progress=lambda _: together.wait(10))

    async def main() -> None:
        async with AsyncClient(api_key="k", base_url=server.base_url, timeout=None) as client:
            await asyncio.gather(*(save(client, number) for number in range(THREADS)))

    asyncio.run(main())
    assert not together.broken


def test_a_busy_loop_is_woken_once_for_many_ended_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Semaphore(0)

    def work(_: Cancellation) -> None:
        ended.release()

    async def main() -> int:
        loop = asyncio.get_running_loop()
        count, call = 0, loop.call_soon_threadsafe

        def counted(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            return call(*args, **kwargs)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        lanes = Lanes(THREADS, 1)
        calls = [asyncio.ensure_future(lanes.call(work)) for _ in range(50)]
        await asyncio.sleep(0)
        # The loop does nothing else until all threads are done.
        for _ in calls:
            assert ended.acquire(timeout=10)
        await asyncio.gather(*calls)
        lanes.close()
        return count

    assert asyncio.run(main()) < 10


def test_results_are_closed_if_the_loop_ended_before_it_was_woken() -> None:
    closed: list[object] = []
    ended, lanes = threading.Event(), Lanes(2, 1)
    may_end = threading.Event()

    class Result:
        def close(self) -> None:
            closed.append(self)

    def work(_: Cancellation) -> Result:
        may_end.wait(10)
        ended.set()
        return Result()

    loop = asyncio.new_event_loop()
    tasks = [loop.create_task(lanes.call(work)) for _ in range(2)]
    loop.run_until_complete(asyncio.sleep(0.05))
    # As if a call had ended just before: its wake-up is never looked at.
    loop.close()
    may_end.set()
    deadline = time.monotonic() + 5
    while len(closed) < len(tasks) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(closed) == len(tasks)
    lanes.close()
    for task in tasks:
        task._log_destroy_pending = False  # type: ignore[attr-defined]
