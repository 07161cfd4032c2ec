"""The async client: the same operations, arguments and replies as :mod:`typed_openai`, to be awaited.

It works under asyncio with any event loop, and under trio. It belongs to no event loop: one client serves
several of them, one after the other or at once. Calls run in threads, and a call whose task is cancelled
ends at once and closes its connection::

    AsyncClient           every operation as await client.<group>.<operation>(...)
    AsyncStream           the events of a reply          AsyncStreamHandle  a stream in the background
    AsyncStreamingClient  a receiver of a stream         paginate           a list's items
    AsyncBinaryReply      a reply that is a file         AsyncFileInput     a file to upload

>>> import asyncio
>>> async def main() -> None:
...     async with AsyncClient() as client:
...         model = await client.models.retrieve_model("gpt-4o-mini")
...         print(model["id"])
>>> asyncio.run(main())
gpt-4o-mini
"""

from typed_openai.aio.async_binary import AsyncBinaryReply, AsyncFileInput
from typed_openai.aio.async_client import AsyncClient, AsyncClientOptions
from typed_openai.aio.async_outputs import ask
from typed_openai.aio.async_pagination import paginate
from typed_openai.aio.async_streaming import AsyncStream, AsyncStreamHandle, AsyncStreamingClient

__all__ = [
    "AsyncBinaryReply",
    "AsyncClient",
    "AsyncClientOptions",
    "AsyncFileInput",
    "AsyncStream",
    "AsyncStreamHandle",
    "AsyncStreamingClient",
    "ask",
    "paginate",
]
