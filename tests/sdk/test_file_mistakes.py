"""Values that are nearly files: the error says what they lack."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from starlette.datastructures import UploadFile

from typed_openai import CallError, Client
from typed_openai.aio import AsyncClient


def pieces() -> Iterator[bytes]:
    yield b"a"


async def async_pieces() -> AsyncIterator[bytes]:
    yield b"a"


class AsyncFile:
    """A file of a library such as aiofiles."""

    name = "a.txt"

    async def read(self, size: int = -1) -> bytes:
        return b""


class AsyncLines(AsyncFile):
    def __init__(self) -> None:
        self._lines = [b"a", b"b"]

    def __aiter__(self) -> AsyncLines:
        return self

    async def __anext__(self) -> bytes:
        if not self._lines:
            raise StopAsyncIteration
        return self._lines.pop(0)


def uploaded() -> UploadFile:
    return UploadFile(io.BytesIO(), filename="a.txt")


UNNAMED: dict[str, tuple[Callable[[], object], str]] = {
    "a generator": (pieces, 'got "generator"; give it a name: ("name", pieces)'),
    "an async generator": (
        async_pieces,
        'got "async_generator"; give it a name, and pass it to an AsyncClient: ("name", pieces)',
    ),
    "a generator function": (lambda: pieces, 'got "function"; call it: ("name", pieces())'),
    "an upload of FastAPI": (
        uploaded,
        'got "UploadFile", whose read() must be awaited; pass its file: (upload.filename, upload.file)',
    ),
    "a file that is awaited": (
        AsyncFile,
        'got "AsyncFile", whose read() must be awaited; pass the bytes that it returns',
    ),
}
NAMED: dict[str, tuple[Callable[[], object], str]] = {
    "a generator function": (
        lambda: async_pieces,
        'got a tuple of "str" and "function"; call it: ("name", pieces())',
    ),
    "an upload of FastAPI": (
        uploaded,
        'got a tuple of "str" and "UploadFile", whose read() must be awaited; pass its file: '
        "(upload.filename, upload.file)",
    ),
}


def refusal(client: Client | AsyncClient, file: object, *, raw: bool) -> str:
    """Return the message of the error for a file."""

    async def call() -> None:
        upload = (
            client.request("POST", "/files", files={"file": file})
            if raw
            else client.files.create_file(file, "user_data")
        )
        if isinstance(client, AsyncClient):
            await upload

    with pytest.raises(CallError) as caught:
        asyncio.run(call())
    return str(caught.value)


# The files of a raw request may be any iterator.
RAW = [(case, raw) for case in UNNAMED for raw in (False, True) if not (raw and case == "a generator")]


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(("case", "raw"), RAW)
def test_a_file_without_a_name_is_asked_for_one(case: str, kind: Any, raw: bool, server: Any) -> None:
    make, end = UNNAMED[case]
    client = kind(api_key="k", base_url=server.base_url)
    expected = "file: expected bytes, a (name, bytes) tuple, an open binary file or a path, "
    assert refusal(client, make(), raw=raw) == expected + end
    assert not server.seen


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("case", NAMED)
def test_a_named_file_that_cannot_be_read_is_explained(case: str, kind: Any, raw: bool, server: Any) -> None:
    make, end = NAMED[case]
    client = kind(api_key="k", base_url=server.base_url)
    assert refusal(client, ("a.txt", make()), raw=raw).endswith(end)
    assert not server.seen


@pytest.mark.parametrize("raw", [False, True])
def test_an_async_iterator_is_refused_by_the_synchronous_client(raw: bool, server: Any) -> None:
    client = Client(api_key="k", base_url=server.base_url)
    for source in (async_pieces(), AsyncLines()):
        message = refusal(client, ("a.txt", source), raw=raw)
        assert message.endswith("; only an AsyncClient can send an async iterator")


@pytest.mark.parametrize("array", [list, tuple])
def test_arrays_of_async_iterators_are_sent_by_the_async_client(array: Any, server: Any) -> None:
    server.reply({})
    files = array([("a.png", async_pieces()), ("b.png", AsyncLines()), ("c.png", b"c")])

    async def main() -> None:
        async with AsyncClient(api_key="k", base_url=server.base_url) as client:
            await client.images.create_image_edit("Merge them.", image=files, model="gpt-image-1")

    asyncio.run(main())
    body = server.seen[0].body
    assert body.count(b"filename=") == 3
    assert b"\r\n\r\nab\r\n" in body


def test_pieces_of_text_are_refused(server: Any) -> None:
    client = Client(api_key="k", base_url=server.base_url)
    with pytest.raises(CallError, match=r'expected bytes, got "str"; encode it, as in text.encode\(\)'):
        client.files.create_file(("a.txt", iter(["text"])), "user_data")  # type: ignore[arg-type, unused-ignore]


@pytest.mark.parametrize("data", [pieces(), async_pieces(), 5, [b"a"]])
def test_a_body_of_another_kind_is_refused(data: Any, server: Any) -> None:
    client = Client(api_key="k", base_url=server.base_url)
    with pytest.raises(CallError, match="data: expected bytes, a string or the fields of a form, got"):
        client.request("POST", "/any", data=data)
