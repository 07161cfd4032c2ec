"""Streams of the async client: leaving one closes its connection, and a slow task slows the server."""

from __future__ import annotations

import asyncio
import gc
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from typed_openai import StreamData, StreamFinish, StreamTruncatedError, response_info
from typed_openai.aio import AsyncClient, AsyncStream, AsyncStreamingClient

pytestmark = pytest.mark.timeout(30)

MESSAGES = [{"role": "user", "content": "Hello"}]
EVENT = b'data: {"n": 1}\n\n'
DONE = b"data: [DONE]\n\n"
SOON = 1.0


async def opened(client: AsyncClient) -> AsyncStream[Any]:
    stream: AsyncStream[Any] = await client.chat.create_chat_completion(MESSAGES, "m", stream=True)
    return stream


PROGRAMS = {
    "asynchronous": """
import asyncio, sys
from typed_openai.aio import AsyncClient

client = AsyncClient(api_key="k", base_url=sys.argv[1])

async def main():
    global stream
    stream = await client.completions.create_completion("m", "Hi", stream=True)
    await anext(stream)
    print("read")

asyncio.run(main())
""",
    "synchronous": """
import sys, threading
from typed_openai import Client

stream = Client(api_key="k", base_url=sys.argv[1]).completions.create_completion("m", "Hi", stream=True)
reading = threading.Event()

def read():
    for event in stream:
        reading.set()

threading.Thread(target=read, daemon=True).start()
reading.wait()
print("read")
""",
}


def test_events_arrive_in_order_in_every_event_loop(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.events(*(b'data: {"n": %d}\n\n' % number for number in range(200)), DONE)

    async def main() -> list[int]:
        async with await opened(client) as stream:
            assert response_info(stream).status == 200
            return [event["n"] async for event in stream]

    assert run(main) == [*range(200)]


def test_each_event_arrives_before_the_next_one_is_sent(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.endless(EVENT)

    async def main() -> Any:
        return await anext(await opened(client))

    assert run(main) == {"n": 1}
    assert server.disconnected.wait(SOON)


async def _break(stream: AsyncStream[Any]) -> None:
    async for _ in stream:
        break


async def _raise(stream: AsyncStream[Any]) -> None:
    async def fail() -> None:
        async for _ in stream:
            raise LookupError

    with pytest.raises(LookupError):
        await fail()


async def _leave_block(stream: AsyncStream[Any]) -> None:
    async with stream as events:
        await anext(events)


async def _close(stream: AsyncStream[Any]) -> None:
    await anext(stream)
    await stream.aclose()
    await stream.aclose()


async def _close_by_contextlib(stream: AsyncStream[Any]) -> None:
    async with aclosing(stream):
        pass


async def _cancel(stream: AsyncStream[Any]) -> None:
    async def read() -> None:
        async for _ in stream:
            pass

    task = asyncio.ensure_future(read())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


LEAVING = (_break, _raise, _leave_block, _close, _close_by_contextlib, _cancel)


@pytest.mark.parametrize("leave", LEAVING, ids=lambda leave: leave.__name__.strip("_"))
def test_the_server_sees_at_once_that_a_stream_is_left(
    leave: Callable[[AsyncStream[Any]], Any], server: Any, client: AsyncClient
) -> None:
    server.endless(EVENT)

    async def main() -> None:
        stream = await opened(client)
        await leave(stream)
        assert await asyncio.to_thread(server.disconnected.wait, SOON)
        with pytest.raises(ValueError, match="finished or closed"):
            aiter(stream)

    asyncio.run(main())


def test_losing_the_last_reference_closes_the_connection_without_a_collection(
    server: Any, client: AsyncClient
) -> None:
    server.endless(EVENT)

    async def main() -> None:
        stream = await opened(client)
        await anext(stream)
        gc.disable()
        try:
            del stream
            assert await asyncio.to_thread(server.disconnected.wait, SOON)
        finally:
            gc.enable()

    asyncio.run(main())


@pytest.mark.slow(seconds=1)
def test_a_slow_task_slows_the_server_down(server: Any, client: AsyncClient) -> None:
    sent = 0
    piece = b'data: {"text": "%s"}\n\n' % (b"x" * 100_000)

    def answer(handler: Any) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(piece)
            sent += 1
        handler.wfile.write(DONE)
        handler.close_connection = True

    server.answer(answer)

    async def main() -> int:
        stream = await opened(client)
        await asyncio.sleep(1)
        early = sent
        assert sum([1 async for _ in stream]) == 1000
        return early

    assert asyncio.run(main()) < 500


def test_a_stream_can_be_read_on_in_another_event_loop(server: Any, client: AsyncClient) -> None:
    server.events(EVENT, EVENT, DONE)

    async def begin() -> AsyncStream[Any]:
        stream = await opened(client)
        await anext(stream)
        return stream

    async def finish(stream: AsyncStream[Any]) -> int:
        return len([one async for one in stream])

    assert asyncio.run(finish(asyncio.run(begin()))) == 1


def test_a_loop_that_is_closed_while_a_task_waits_ends_the_stream_with_one_warning(
    server: Any, client: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = threading.Event()

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(EVENT)
        go_on.wait(5)
        handler.wfile.write(EVENT)
        handler.close_connection = True
        if not handler.connection.recv(1):
            server.disconnected.set()

    server.answer(answer)
    loop = asyncio.new_event_loop()
    stream = loop.run_until_complete(opened(client))
    loop.run_until_complete(anext(stream))
    waiting = loop.create_task(anext(stream))
    loop.call_later(0.1, loop.stop)
    loop.run_forever()
    loop.close()
    go_on.set()
    assert server.disconnected.wait(SOON)
    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "the event loop ended while a task waited for a stream; its connection is closed"
    ]
    waiting._log_destroy_pending = False  # type: ignore[attr-defined]  # it can never be finished
    del waiting


def test_streams_do_not_take_the_threads_of_calls(server: Any) -> None:
    server.endless(EVENT)
    server.endless(EVENT)
    server.endless(EVENT)
    server.reply({"id": "m"})

    async def main() -> Any:
        async with AsyncClient(api_key="k", base_url=server.base_url, max_concurrency=1) as client:
            streams = [await opened(client) for _ in range(3)]
            async with asyncio.timeout(5):
                reply = await client.models.retrieve_model("m")
            for stream in streams:
                await stream.aclose()
            return reply

    assert asyncio.run(main()) == {"id": "m"}


def test_further_streams_wait_until_one_ends(server: Any) -> None:
    server.endless(EVENT)

    async def main() -> None:
        async with AsyncClient(api_key="k", base_url=server.base_url, max_streams=1) as client:
            first = await opened(client)
            second = asyncio.ensure_future(opened(client))
            await asyncio.sleep(0.1)
            assert not second.done()
            await first.aclose()
            await (await second).aclose()

    asyncio.run(main())


def test_a_truncated_stream_raises_its_error_after_its_events(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.events(EVENT)

    async def main() -> None:
        stream = await opened(client)
        assert await anext(stream) == {"n": 1}
        with pytest.raises(StreamTruncatedError):
            await anext(stream)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)

    run(main)


def test_a_stream_without_events_that_has_ended_can_be_iterated_over_once(
    server: Any, client: AsyncClient
) -> None:
    server.events(DONE)

    async def main() -> None:
        stream = await opened(client)
        await asyncio.sleep(0.2)
        assert [one async for one in stream] == []
        with pytest.raises(ValueError, match="finished or closed"):
            aiter(stream)

    asyncio.run(main())


def test_cancelling_the_reader_closes_the_connection_although_the_error_is_kept(
    server: Any, client: AsyncClient
) -> None:
    server.endless(EVENT)
    kept: list[BaseException] = []

    async def read(stream: Any) -> None:
        try:
            async for _ in stream:
                pass
        except asyncio.CancelledError as cancelled:
            kept.append(cancelled)  # and with it the frames of the loop

    async def main() -> None:
        stream = await client.chat.create_chat_completion(MESSAGES, "m", stream=True)
        task = asyncio.ensure_future(read(stream))
        await asyncio.sleep(0.1)
        task.cancel()
        await task
        assert server.disconnected.wait(SOON)
        with pytest.raises(ValueError, match="closed when the task that read from it was cancelled"):
            await stream._events.get()
        with pytest.raises(ValueError, match="finished or closed"):
            await anext(stream)
        with pytest.raises(ValueError, match="finished or closed"):
            aiter(stream)

    asyncio.run(main())
    assert len(kept) == 1


def test_the_next_event_of_a_closed_stream_is_an_error(server: Any, client: AsyncClient) -> None:
    server.endless(EVENT)

    async def main() -> None:
        stream = await client.chat.create_chat_completion(MESSAGES, "m", stream=True)
        await anext(stream)
        await stream.aclose()
        with pytest.raises(ValueError, match="finished or closed"):
            await anext(stream)

    asyncio.run(main())


@pytest.mark.parametrize("program", ["asynchronous", "synchronous"])
def test_a_program_ends_quietly_while_a_stream_is_read(server: Any, program: str) -> None:
    server.endless(EVENT)
    command = [sys.executable, "-X", "dev", "-c", PROGRAMS[program], server.base_url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "read\n", "")


def test_two_tasks_cannot_read_one_stream(server: Any, client: AsyncClient) -> None:
    server.endless()

    async def main() -> None:
        stream = await opened(client)
        first = asyncio.ensure_future(_break(stream))
        await asyncio.sleep(0.05)
        with pytest.raises(RuntimeError, match="another task is reading"):
            await anext(stream)
        await stream.aclose()
        await first

    asyncio.run(main())


def test_a_stream_cannot_be_pickled_and_shows_its_operation(server: Any, client: AsyncClient) -> None:
    server.endless(EVENT)

    async def main() -> None:
        stream = await opened(client)
        assert repr(stream) == "<AsyncStream of chat.create_chat_completion>"
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(stream)
        await stream.aclose()
        assert repr(stream) == "<AsyncStream of chat.create_chat_completion (closed)>"

    asyncio.run(main())


def test_coroutine_functions_receive_messages_in_the_loop_of_the_call(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.events(EVENT, EVENT, DONE)
    messages: list[Any] = []
    threads = set()

    async def receive(message: Any) -> None:
        messages.append(message)
        threads.add(threading.current_thread())

    async def main() -> None:
        handle = await client.chat.create_chat_completion(MESSAGES, "m", stream_to=receive)
        assert await handle.wait() is None
        assert handle.done

    run(main)
    assert messages == [StreamData({"n": 1}), StreamData({"n": 1}), StreamFinish()]
    assert threads == {threading.main_thread()}


class _Sum(AsyncStreamingClient[Any, int]):
    async def handle_data(self, data: Any, state: int) -> int:
        await asyncio.sleep(0)
        return state + int(data["n"])


def test_an_async_streaming_client_has_coroutine_methods(server: Any, client: AsyncClient) -> None:
    server.events(EVENT, EVENT, DONE)

    async def main() -> Any:
        handle = await client.chat.create_chat_completion(MESSAGES, "m", stream_to=_Sum(0))
        return await handle.wait()

    assert asyncio.run(main()) == 2


def test_a_plain_receiver_that_blocks_does_not_block_the_loop(server: Any, client: AsyncClient) -> None:
    server.events(EVENT, DONE)

    async def main() -> float:
        began = time.monotonic()
        handle = await client.chat.create_chat_completion(MESSAGES, "m", stream_to=lambda _: time.sleep(0.3))
        await asyncio.sleep(0)
        passed = time.monotonic() - began
        await handle.wait()
        return passed

    assert asyncio.run(main()) < 0.25


def test_cancelling_the_handle_closes_the_connection(server: Any, client: AsyncClient) -> None:
    server.endless(EVENT)

    async def main() -> None:
        handle = await client.chat.create_chat_completion(MESSAGES, "m", stream_to=[].append)
        await asyncio.sleep(0.1)
        waiting = asyncio.ensure_future(handle.wait())
        await asyncio.sleep(0)
        handle.cancel()
        await asyncio.wait_for(waiting, SOON)
        assert (handle.cancelled, handle.done, handle.error) == (True, True, None)

    asyncio.run(main())
    assert server.disconnected.wait(SOON)


def test_a_receiver_that_fails_ends_the_stream(server: Any, client: AsyncClient) -> None:
    server.endless(EVENT)

    async def receive(message: Any) -> None:
        raise LookupError("no more")

    async def main() -> None:
        handle = await client.chat.create_chat_completion(MESSAGES, "m", stream_to=receive)
        with pytest.raises(LookupError, match="no more"):
            await handle.wait()

    asyncio.run(main())
    assert server.disconnected.wait(SOON)


def test_a_loop_that_ends_while_a_receiver_waits_ends_the_stream(server: Any, client: AsyncClient) -> None:
    server.endless(EVENT, EVENT)

    async def receive(message: Any) -> None:
        await asyncio.sleep(30)

    async def main() -> None:
        await client.chat.create_chat_completion(MESSAGES, "m", stream_to=receive)
        await asyncio.sleep(0.2)

    asyncio.run(main())
    assert server.disconnected.wait(SOON)
