"""The kinds of call of the async client: each runs in an event loop of its own, with a client of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.kinds import BOUND, KINDS, MESSAGES, SAVED, UPLOADED, Kind

from typed_openai import StreamData, StreamError, StreamFinish
from typed_openai.aio import AsyncClient


class Closing(AsyncClient):
    """An async client that is closed like a synchronous one."""

    def close(self) -> None:
        asyncio.run(self.aclose())


async def _get(client: AsyncClient, folder: Path) -> object:
    return await client.models.list_models()


async def _post(client: AsyncClient, folder: Path) -> object:
    return await client.chat.create_chat_completion(MESSAGES, "m")


async def _raw(client: AsyncClient, folder: Path) -> object:
    return await client.request("POST", "/anything", json={"n": 1})


async def _upload(client: AsyncClient, folder: Path) -> object:
    return await client.files.create_file(folder / UPLOADED, "user_data")


async def _stream(client: AsyncClient, folder: Path) -> object:
    return [one async for one in await client.chat.create_chat_completion(MESSAGES, "m", stream=True)]


async def _stream_to(client: AsyncClient, folder: Path) -> object:
    messages: list[Any] = []

    async def receive(message: Any) -> None:
        messages.append(message)

    handle = await client.chat.create_chat_completion(MESSAGES, "m", stream_to=receive)
    async with asyncio.timeout(BOUND):
        await handle.wait()
    *data, last = messages
    assert all(isinstance(message, StreamData) for message in data)
    if isinstance(last, StreamError):
        raise last.error
    assert isinstance(last, StreamFinish)
    return [message.data for message in data]


async def _read(client: AsyncClient, folder: Path) -> object:
    return await (await client.audio.create_speech("Hello", "m", "alloy")).read()


async def _iterate(client: AsyncClient, folder: Path) -> object:
    return b"".join([piece async for piece in await client.audio.create_speech("Hello", "m", "alloy")])


async def _save(client: AsyncClient, folder: Path) -> object:
    await (await client.files.download_file("file-1")).save(folder / SAVED)
    return (folder / SAVED).read_bytes()


_CALLS: dict[str, Callable[[AsyncClient, Path], Awaitable[object]]] = {
    "get": _get,
    "post": _post,
    "raw": _raw,
    "upload": _upload,
    "stream": _stream,
    "stream_to": _stream_to,
    "read": _read,
    "iterate": _iterate,
    "save": _save,
}


def _in_a_loop(call: Callable[[AsyncClient, Path], Awaitable[object]]) -> Callable[[Any, Path], object]:
    async def main(client: AsyncClient, folder: Path) -> object:
        return await call(client, folder)

    return lambda client, folder: asyncio.run(main(client, folder))


ASYNC_KINDS: dict[str, Kind] = {
    name: replace(kind, run=_in_a_loop(_CALLS[name]), client_type=Closing) for name, kind in KINDS.items()
}
