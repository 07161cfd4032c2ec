"""Batch jobs and uploads with an async client: the same work, awaited, and ended by a cancelled task."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from typed_openai import (
    BatchJob,
    BatchProgress,
    BatchReply,
    CallError,
    Client,
    Progress,
    upload_file,
)
from typed_openai.aio import AsyncClient
from typed_openai.testing import BatchScript, Server

pytestmark = pytest.mark.timeout(60)

MODEL = "text-embedding-3-small"
Run = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "job"


def _client(fake: Server, **settings: Any) -> AsyncClient:
    return AsyncClient(api_key="k", base_url=fake.base_url, **settings)


def _operations(fake: Server) -> Counter[str]:
    return Counter(one.operation for one in fake.requests)


def test_a_job_is_sent_awaited_and_repeated_in_every_loop(fake: Server, folder: Path, run: Run) -> None:
    async def main() -> list[str]:
        fake.script_batches(BatchScript(failures={"row-1": 500}))
        async with _client(fake) as client:
            with BatchJob(folder, client.embeddings.create_embedding) as job:
                for number in range(3):
                    job.add(f"row-{number}", "Hello", MODEL)
                assert (await job.send(client)).batches == 1
                assert (await job.wait(client, poll_seconds=0.01)).failed == 1
                fake.script_batches(BatchScript())
                await job.again(client)
                assert (await job.wait(client, poll_seconds=0.01)).failed == 0
        return [one.id for one in job.results() if isinstance(one, BatchReply)]

    assert run(main) == ["row-0", "row-1", "row-2"]


def test_a_cancelled_wait_ends_at_once_and_can_be_continued(fake: Server, folder: Path) -> None:
    async def main() -> float:
        fake.script_batches(BatchScript(polls=1))
        async with _client(fake) as client:
            with BatchJob(folder, client.embeddings.create_embedding) as job:
                job.add("row-1", "Hello", MODEL)
                await job.send(client)
                waiting = asyncio.ensure_future(job.wait(client, poll_seconds=30))
                while "batches.retrieve_batch" not in _operations(fake):
                    await asyncio.sleep(0.01)
                begun = time.monotonic()
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
                await job.wait(client, poll_seconds=0.01)
                return time.monotonic() - begun

    assert asyncio.run(main()) < 2
    assert _operations(fake)["batches.create_batch"] == 1


def test_the_event_loop_runs_while_a_job_waits(fake: Server, folder: Path) -> None:
    async def main() -> float:
        fake.script_batches(BatchScript(polls=10))
        async with _client(fake, max_concurrency=1) as client:
            with BatchJob(folder, client.embeddings.create_embedding) as job:
                job.add("row-1", "Hello", MODEL)
                await job.send(client)
                waiting = asyncio.ensure_future(job.wait(client, poll_seconds=0.03))
                longest, last = 0.0, time.monotonic()
                while not waiting.done():
                    await asyncio.sleep(0.005)
                    longest, last = max(longest, time.monotonic() - last), time.monotonic()
                    # A job takes no place of a call.
                    await client.models.retrieve_model(MODEL)
                    last = time.monotonic()
                await waiting
                return longest

    assert asyncio.run(main()) < 0.25


def test_the_progress_is_reported_and_hooks_of_tasks_are_refused(fake: Server, folder: Path) -> None:
    seen: list[BatchProgress] = []

    async def show(progress: BatchProgress) -> None:
        pass

    async def main() -> None:
        async with _client(fake) as client:
            with BatchJob(folder, client.embeddings.create_embedding) as job:
                job.add("row-1", "Hello", MODEL)
                await job.send(client)
                with pytest.raises(CallError, match="on_progress: expected a plain function"):
                    await job.wait(client, on_progress=show)
                await job.wait(client, poll_seconds=0.01, on_progress=seen.append)

    asyncio.run(main())
    assert seen[-1].is_complete


def test_an_upload_in_parts_is_awaited_in_every_loop(fake: Server, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"x" * 50_000)
    seen: list[Progress] = []

    async def main() -> Any:
        async with _client(fake) as client:
            return await upload_file(
                client, path, "batch", parts_above=1, part_size=10_000, on_progress=seen.append
            )

    assert run(main)["bytes"] == 50_000
    assert _operations(fake)["uploads.add_upload_part"] == 5
    assert seen[-1] == Progress(50_000, 50_000)


def test_a_cancelled_upload_stops_and_the_same_call_continues_it(fake: Server, tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"x" * 100_000)
    several = threading.Event()

    def count(info: Any) -> None:
        if info.operation == "uploads.add_upload_part" and len(fake.requests) >= 4:
            several.set()
            time.sleep(0.3)

    async def main() -> None:
        async with _client(fake, on_request=count) as client:
            task = asyncio.ensure_future(
                upload_file(client, path, "batch", parts_above=1, part_size=10_000, parts_at_once=1)
            )
            while not several.is_set():
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            while any(one.name.startswith("typed-openai-upload") for one in threading.enumerate()):
                await asyncio.sleep(0.01)
        stopped = _operations(fake)
        assert stopped["uploads.add_upload_part"] < 10
        assert stopped["uploads.cancel_upload"] == 0
        async with _client(fake) as client:
            await upload_file(client, path, "batch", parts_above=1, part_size=10_000)

    asyncio.run(main())
    done = _operations(fake)
    assert (done["uploads.create_upload"], done["uploads.complete_upload"]) == (1, 1)
    assert done["uploads.add_upload_part"] <= 11


def test_a_closed_client_is_refused(fake: Server, folder: Path) -> None:
    async def main() -> None:
        client = _client(fake)
        await client.aclose()
        with pytest.raises(CallError, match="the client is closed"):
            await BatchJob(folder, client.embeddings.create_embedding).send(client)

    asyncio.run(main())


@pytest.mark.parametrize("wrong", [None, "key", AsyncClient])
def test_anything_but_a_client_is_refused(folder: Path, wrong: Any) -> None:
    job = BatchJob(folder, Client(api_key="k").embeddings.create_embedding)
    with pytest.raises(CallError, match="client: expected a Client or an AsyncClient"):
        job.send(wrong)
    with pytest.raises(CallError, match="client: expected a Client or an AsyncClient"):
        upload_file(wrong, __file__, "batch")
