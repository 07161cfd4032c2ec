"""Files in and out of the async client: downloads for tasks, uploads from async iterators."""

from __future__ import annotations

import asyncio
import os
import pickle
import time
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from typed_openai import CallError, response_info
from typed_openai.aio import AsyncBinaryReply, AsyncClient

pytestmark = pytest.mark.timeout(30)

CONTENT = bytes(range(256)) * 40
COLOUR: ContextVar[str] = ContextVar("colour", default="none")


async def download(client: AsyncClient) -> AsyncBinaryReply:
    reply: AsyncBinaryReply = await client.files.download_file("file-1")
    return reply


def test_a_file_is_read_whole_in_pieces_or_saved(
    server: Any, client: AsyncClient, run: Callable[..., Any], tmp_path: Path
) -> None:
    server.reply(CONTENT, content_type="audio/mpeg; x=1")

    async def main() -> None:
        reply = await download(client)
        assert (reply.size, reply.content_type) == (len(CONTENT), "audio/mpeg")
        assert response_info(reply).status == 200
        assert await reply.read() == CONTENT
        with pytest.raises(ValueError, match="already been read"):
            await reply.read()
        assert b"".join([piece async for piece in await download(client)]) == CONTENT
        sizes = [len(piece) async for piece in (await download(client)).iterate(4000)]
        assert sizes == [4000, 4000, 2240]
        async with await download(client) as reply:
            await reply.save(tmp_path / "saved")
        assert (tmp_path / "saved").read_bytes() == CONTENT

    run(main)


def _stalling(server: Any) -> None:
    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "audio/mpeg")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(bytes(100))
        handler.close_connection = True
        if not handler.connection.recv(1):
            server.disconnected.set()

    server.answer(answer)


async def _read(reply: AsyncBinaryReply, folder: Path) -> None:
    await reply.read()


async def _iterate(reply: AsyncBinaryReply, folder: Path) -> None:
    async for _ in reply:
        pass


async def _save(reply: AsyncBinaryReply, folder: Path) -> None:
    await reply.save(folder / "saved")


@pytest.mark.parametrize("use", [_read, _iterate, _save])
def test_cancelling_a_reader_closes_the_connection(
    use: Callable[[AsyncBinaryReply, Path], Any], server: Any, client: AsyncClient, tmp_path: Path
) -> None:
    _stalling(server)

    async def main() -> float:
        task = asyncio.ensure_future(use(await download(client), tmp_path))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - began

    assert asyncio.run(main()) < 0.1
    assert server.disconnected.wait(1)
    deadline = time.monotonic() + 2
    while os.listdir(tmp_path) and time.monotonic() < deadline:  # noqa: PTH208  the thread removes its file
        time.sleep(0.01)
    assert not os.listdir(tmp_path)  # noqa: PTH208


def test_leaving_the_loop_closes_the_connection(server: Any, client: AsyncClient) -> None:
    _stalling(server)

    async def main() -> None:
        reply = await download(client)
        async for _ in reply:
            break
        assert await asyncio.to_thread(server.disconnected.wait, 1)

    asyncio.run(main())


def test_a_wrong_size_of_pieces_is_refused_at_once(server: Any, client: AsyncClient) -> None:
    server.reply(CONTENT, content_type="audio/mpeg")

    async def main() -> None:
        reply = await download(client)
        with pytest.raises(ValueError, match="at least 1 byte"):
            reply.iterate(0)
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(reply)
        await reply.aclose()

    asyncio.run(main())


def test_an_async_iterator_is_uploaded_by_the_task_of_the_call(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.reply({"id": "file-1"})
    colours = set()

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3):
            colours.add(COLOUR.get())
            yield b"piece %d;" % number

    async def main() -> None:
        COLOUR.set("blue")
        await client.files.create_file(("notes.txt", pieces()), "user_data")
        await client.files.create_file(file=("notes.txt", pieces(), "text/plain"), purpose="user_data")
        await client.request("POST", "/files", data={"purpose": "x"}, files={"file": ("a.txt", pieces())})

    run(main)
    assert all(b"piece 0;piece 1;piece 2;" in one.body for one in server.seen)
    assert (len(server.seen), colours) == (3, {"blue"})


def test_an_error_of_the_iterator_ends_the_call(server: Any, client: AsyncClient) -> None:
    server.reply({})

    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        raise OSError("the source is gone")

    async def main() -> None:
        await client.files.create_file(("notes.txt", pieces()), "user_data")

    with pytest.raises(CallError, match="cannot be read while it is sent: the source is gone"):
        asyncio.run(main())


def test_files_and_paths_are_uploaded_as_by_the_synchronous_client(
    server: Any, client: AsyncClient, tmp_path: Path
) -> None:
    server.reply({})
    (tmp_path / "a.txt").write_bytes(b"content")

    async def main() -> None:
        await client.files.create_file(tmp_path / "a.txt", "user_data")
        with (tmp_path / "a.txt").open("rb") as file:
            await client.files.create_file(file, "user_data")

    asyncio.run(main())
    assert all(b"content" in one.body for one in server.seen)
