"""``accumulate`` and ``poll`` with an async client, in each kind of event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.sdk.streamed import response_events
from tests.sdk.test_accumulation import RESPONSE, sent

from typed_openai import (
    CallError,
    PollTimeoutError,
    StreamTruncatedError,
    accumulate,
    accumulator,
    poll,
    poller,
    response_info,
    types,
)
from typed_openai.aio import AsyncClient

Run = Callable[[Callable[[], Any]], Any]


def states(server: Any, *names: str, **headers: str) -> None:
    for name in names:
        server.reply({"id": "batch_1", "status": name}, **headers)


def test_the_value_is_the_reply_of_the_call_without_a_stream(
    server: Any, client: AsyncClient, run: Run
) -> None:
    async def main() -> None:
        create = client.responses.create_response
        async with accumulate(await create("Hi", "gpt-4o", stream=True)) as events:
            received = [one async for one in events]
            assert received == [*response_events(RESPONSE)]
            assert response_info(events).status == 200
            assert repr(events).startswith("<AccumulatedAsyncStream of responses.create_response")
        assert events.value == RESPONSE == await create("Hi", "gpt-4o")

    server.events(*sent(response_events(RESPONSE)))
    server.reply(RESPONSE)
    run(main)


def test_an_error_midway_keeps_what_came(server: Any, client: AsyncClient, run: Run) -> None:
    async def main() -> None:
        events = accumulate(await client.responses.create_response("Hi", "gpt-4o", stream=True))
        with pytest.raises(StreamTruncatedError):
            await events.finish()
        assert events.value["output"][0]["content"][0]["text"] == "Hello "

    server.events(*sent(response_events(RESPONSE))[:6])
    run(main)


def test_leaving_the_loop_closes_the_stream(server: Any, client: AsyncClient, run: Run) -> None:
    async def main() -> None:
        events = accumulate(await client.responses.create_response("Hi", "gpt-4o", stream=True))
        async for event in events:
            if event["type"] == "response.output_text.delta":
                break
        assert events.value["output"][0]["content"][0]["text"] == "Hel"

    server.endless(*sent(response_events(RESPONSE))[:6])
    run(main)
    assert server.disconnected.wait(20)


def test_it_is_a_receiver_of_streams(server: Any, client: AsyncClient, run: Run) -> None:
    async def main() -> None:
        receiver = accumulator(types.Response)
        handle = await client.responses.create_response("Hi", "gpt-4o", stream_to=receiver)
        assert await handle.wait() == RESPONSE == receiver.value

    server.events(*sent(response_events(RESPONSE)))
    run(main)


def test_a_closed_stream_is_refused(server: Any, client: AsyncClient) -> None:
    async def main() -> None:
        stream = await client.responses.create_response("Hi", "gpt-4o", stream=True)
        await stream.aclose()
        with pytest.raises(ValueError, match="finished or closed"):
            accumulate(stream)

    server.endless()
    asyncio.run(main())


def test_a_method_is_awaited_until_its_work_is_over(server: Any, client: AsyncClient, run: Run) -> None:
    seen: list[str] = []

    async def show(batch: types.Batch) -> None:
        seen.append(batch["status"])

    async def main() -> None:
        batch = await poll(client.batches.retrieve_batch, "batch_1")
        assert batch["status"] == "completed"
        await poller(client.batches.retrieve_batch, on_progress=show)("batch_1")

    states(server, "validating", "completed", "in_progress", "failed", openai_poll_after_ms="1")
    run(main)
    assert seen == ["in_progress", "failed"]


@pytest.mark.slow(seconds=1)
def test_the_deadline_cancels_the_work_if_asked(server: Any, client: AsyncClient, run: Run) -> None:
    async def main() -> None:
        wait = poller(client.batches.retrieve_batch, deadline=0.3, first_interval=0.1, cancel=True)
        with pytest.raises(PollTimeoutError):
            await wait("batch_1")

    states(server, "in_progress")
    run(main)
    assert server.seen[-1].path == "/v1/batches/batch_1/cancel"
    assert sum(one.method == "POST" for one in server.seen) == 1


def test_a_cancelled_task_cancels_the_work_if_asked(server: Any, client: AsyncClient) -> None:
    async def main() -> None:
        waiting = asyncio.create_task(poller(client.batches.retrieve_batch, cancel=True)("batch_1"))
        while not server.seen:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    states(server, "in_progress")
    asyncio.run(main())
    assert server.seen[-1].path == "/v1/batches/batch_1/cancel"


def test_a_cancelled_scope_of_trio_cancels_the_work_if_asked(server: Any, client: AsyncClient) -> None:
    trio = pytest.importorskip("trio")

    async def main() -> None:
        with trio.move_on_after(0.5):
            await poller(client.batches.retrieve_batch, cancel=True)("batch_1")

    states(server, "in_progress")
    trio.run(main)
    assert server.seen[-1].path == "/v1/batches/batch_1/cancel"


def test_mistakes_are_named_before_anything_is_awaited(client: AsyncClient) -> None:
    with pytest.raises(CallError, match="pass the method that retrieves it"):
        poll(client.batches.create_batch, "24h", "/v1/responses", "file_1")
