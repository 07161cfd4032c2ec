"""The spans of an async client: calls run in threads, and belong to their tasks."""

from __future__ import annotations

import asyncio
import copy
import gc
from typing import Any

import pytest
from opentelemetry.trace import StatusCode
from tests.faults.faulty import Faulty, Read, Send, Stall
from tests.telemetry.conftest import CHAT, MESSAGES, Recorded, data
from tests.telemetry.test_stream_spans import WHOLE, chunk

from typed_openai.aio import AsyncClient
from typed_openai.errors import BadRequestError, StreamTruncatedError


def parents(recorded: Recorded) -> list[tuple[str, str]]:
    """The names of the spans that have a parent, with its name."""
    names = {context.span_id: one.name for one in recorded.spans if (context := one.get_span_context())}
    return sorted((one.name, names[one.parent.span_id]) for one in recorded.spans if one.parent)


async def chat(client: AsyncClient, **arguments: Any) -> Any:
    return await client.chat.create_chat_completion(MESSAGES, "gpt-4o", **arguments)


def test_each_task_is_the_parent_of_its_calls(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    tracer = recorded.tracers.get_tracer("app")

    async def task(client: AsyncClient, number: int) -> None:
        with tracer.start_as_current_span(f"task {number}"):
            await asyncio.gather(*(client.models.retrieve_model(f"m{number}") for _ in range(3)))

    async def main() -> None:
        async with recorded.async_client(server) as client:
            await asyncio.gather(*(task(client, number) for number in range(4)))

    asyncio.run(main())
    assert parents(recorded) == [
        ("models.retrieve_model", f"task {number}") for number in range(4) for _ in range(3)
    ]


def test_streams_and_background_streams_have_the_tasks_parent(server: Any, recorded: Recorded) -> None:
    server.events(WHOLE)

    async def receive(message: object) -> None:
        pass

    async def main() -> None:
        async with recorded.async_client(server) as client:
            with recorded.tracers.get_tracer("app").start_as_current_span("outer"):
                async with await chat(client, stream=True) as stream:
                    assert len([event async for event in stream]) == 4
                handle = await chat(client, stream_to=receive)
            await handle.wait()

    asyncio.run(main())
    assert parents(recorded) == [("chat gpt-4o", "outer")] * 2


@pytest.mark.slow(seconds=8)
@pytest.mark.parametrize("way", ["aclose", "leave", "lose", "cancel"])
def test_a_stream_that_is_left_ends_its_span(way: str, server: Any, recorded: Recorded) -> None:
    server.endless(data(chunk("A")))

    async def main() -> None:
        async with recorded.async_client(server) as client:
            stream = await chat(client, stream=True)
            await anext(stream)
            if way == "aclose":
                await stream.aclose()
            elif way == "cancel":
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await anext(stream)
            elif way == "leave":
                async with stream:
                    pass
            del stream
            gc.collect()
            await asyncio.sleep(0.05)
            assert "error.type" not in recorded.found
            assert recorded.found["gen_ai.response.finish_reasons"] == ("error",)

    asyncio.run(main())


@pytest.mark.parametrize("way", ["cancel", "aclose"])
def test_a_file_that_is_left_while_it_is_read_is_no_error(way: str, recorded: Recorded) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 100\r\n\r\nID3"
    with Faulty((Read(), Send(head), Stall())) as server:

        async def main() -> None:
            async with recorded.instrumented(AsyncClient(api_key="k", base_url=server.url())) as client:
                reply = await client.audio.create_speech("Hi", "m", "alloy")
                reading = asyncio.ensure_future(reply.read())
                await asyncio.sleep(0.1)
                if way == "cancel":
                    reading.cancel()
                else:
                    await reply.aclose()
                await asyncio.gather(reading, return_exceptions=True)

        asyncio.run(main())
        assert server.left.wait(5)
    assert "error.type" not in recorded.found


def test_a_cancelled_call_is_an_error(server: Any, recorded: Recorded) -> None:
    server.answer(lambda handler: handler.connection.recv(1) and None)

    async def main() -> None:
        async with recorded.async_client(server) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await client.models.list_models()
            for _ in range(200):
                if recorded.spans:
                    break
                await asyncio.sleep(0.01)

    asyncio.run(main())
    assert recorded.found["error.type"] == "cancelled"
    assert recorded.span.status.status_code is StatusCode.ERROR


def test_errors_of_calls_and_streams_are_recorded(server: Any, recorded: Recorded) -> None:
    server.reply({}, status=400)
    server.events(data(chunk("A")))

    async def main() -> None:
        async with recorded.async_client(server) as client:
            with pytest.raises(BadRequestError):
                await chat(client)
            with pytest.raises(StreamTruncatedError):
                async for _ in await chat(client, stream=True):
                    pass

    asyncio.run(main())
    kinds = [(one.attributes or {})["error.type"] for one in recorded.spans]
    assert kinds == ["BadRequestError", "StreamTruncatedError"]


def test_derived_async_clients_are_instrumented_too(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)

    async def main() -> None:
        client = recorded.async_client(server)
        for one in (client.with_options(max_concurrency=2), copy.copy(client)):
            await one.models.list_models()
            await one.aclose()
        await client.aclose()

    asyncio.run(main())
    assert len(recorded.spans) == 2
