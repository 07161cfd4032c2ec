"""Replies that are files, for asynchronous code."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable
from threading import Event
from types import TracebackType
from typing import Any, NoReturn, Protocol, TypeAlias

from typed_openai._transport.baton import others_run
from typed_openai._transport.deadlines import Cancellation
from typed_openai.binary import BinaryReply, FileInput
from typed_openai.progress import Progress

__all__ = ["AsyncBinaryReply", "AsyncFileInput"]

AsyncFileInput: TypeAlias = (
    FileInput | tuple[str, AsyncIterator[bytes]] | tuple[str, AsyncIterator[bytes], str]
)
"""A file to upload: a :data:`typed_openai.FileInput`, or a file name with an async iterator of bytes.

The task that awaits the call drives the iterator, as each piece is sent. Such a call is not retried.

>>> async def pieces() -> AsyncIterator[bytes]:
...     yield b"Hel"
...     yield b"lo"
>>> async def main() -> None:
...     upload = ("notes.txt", pieces())
...     file = await AsyncClient().files.create_file(upload, "assistants")
...     print(file["bytes"])
>>> asyncio.run(main())
5
"""


class PieceSource(Protocol):
    """The pieces of a file that a thread reads."""

    async def get(self) -> bytes: ...

    def close(self) -> None: ...


class ReadingThreads(Protocol):
    """The threads that read files for tasks."""

    async def call(self, perform: Callable[[Any], Any]) -> Any: ...

    def read(self, items: Iterable[bytes], end: Callable[[], None]) -> PieceSource: ...


_LONGEST_REMOVAL = 0.05
"""Seconds for which the event loop may be blocked while a partial file is removed."""


class AsyncBinaryReply:
    """A reply that is a file: read it whole, iterate over its pieces, or save it.

    ``content_type`` is the media type without parameters, as ``audio/mpeg``. ``size`` is the number of bytes;
    it is None if the reply does not state it, or is compressed.

    The content can be read only once, and reading it to the end closes the connection, as cancelling the
    reading task does. A reply is an async context manager and cannot be pickled. Reading raises the errors of
    :class:`typed_openai.BinaryReply`: ``APIConnectionError``, ``APITimeoutError`` and ``ValueError``.

    >>> async def main() -> None:
    ...     create = AsyncClient().audio.create_speech
    ...     async with await create("Hello!", "tts-1", "alloy") as reply:
    ...         print(f"{reply.size} bytes")
    ...         await reply.save("hello.mp3")
    >>> asyncio.run(main())
    4096 bytes
    """

    def __init__(self, reply: BinaryReply, threads: ReadingThreads) -> None:
        self.content_type: str = reply.content_type
        self.size: int | None = reply.size
        self._reply = reply
        self._threads = threads

    @property
    def _facts(self) -> object:
        return self._reply._facts

    async def read(self) -> bytes:
        """Return the whole content. Raises ``ValueError`` if it was read before, or the reply is closed.

        >>> async def main() -> None:
        ...     reply = await AsyncClient().files.download_file("file-abc")
        ...     print(len(await reply.read()))
        >>> asyncio.run(main())
        4096
        """

        def read(cancelled: Cancellation) -> bytes:
            cancelled.watch(self._reply.close)
            return self._reply.read()

        content: bytes = await self._threads.call(read)
        return content

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the content in pieces as they arrive. Raises the same errors as :meth:`read`."""
        return self.iterate()

    def iterate(
        self, size: int | None = None, *, on_progress: Callable[[Progress], object] | None = None
    ) -> AsyncIterator[bytes]:
        """Yield the content in pieces of ``size`` bytes; by default as they arrive. The last may be smaller.

        A thread reads a few pieces ahead, and calls ``on_progress`` for each. Leaving the loop closes the
        connection. Raises the same errors as :meth:`read`, ``TypeError`` for a ``size`` that is not an
        integer, and ``ValueError`` for a size below 1.

        >>> async def main() -> None:
        ...     reply = await AsyncClient().files.download_file("file-abc")
        ...     print([len(piece) async for piece in reply.iterate(1500)])
        >>> asyncio.run(main())
        [1500, 1500, 1096]
        """
        pieces = self._reply.iterate(size, on_progress=on_progress)
        return _Pieces(self._threads.read(pieces, self._reply.close))

    async def save(
        self, path: str | os.PathLike[str], *, on_progress: Callable[[Progress], object] | None = None
    ) -> None:
        """Write the content to the file at ``path``, which appears only when it is complete.

        ``on_progress`` is called in a thread as pieces are written. If it raises, or if the task is
        cancelled before the content is complete, nothing is saved. Raises the same errors as :meth:`read`,
        and ``OSError`` with ``path`` if the file cannot be written.

        >>> async def main() -> None:
        ...     reply = await AsyncClient().audio.create_speech("Hello!", "tts-1", "alloy")
        ...     await reply.save("hello.mp3")
        >>> asyncio.run(main())
        """
        begun, ended = Event(), Event()

        def save(cancelled: Cancellation) -> None:
            begun.set()
            try:
                cancelled.watch(self._reply.close)
                with others_run():
                    self._reply.save(path, on_progress=on_progress)
            finally:
                ended.set()

        try:
            await self._threads.call(save)
        except BaseException:
            # The thread removes the part that was written: a program that ends now would leave it.
            if begun.is_set():
                ended.wait(_LONGEST_REMOVAL)
            raise

    async def aclose(self) -> None:
        """Close the connection. May be called repeatedly, and by any task.

        A read in another task then raises ``ValueError``, unless everything was read.

        >>> async def main() -> None:
        ...     reply = await AsyncClient().files.download_file("file-abc")
        ...     if reply.size > 1_000_000:
        ...         await reply.save("large.jsonl")
        ...     await reply.aclose()
        >>> asyncio.run(main())
        """
        self._reply.close()

    async def __aenter__(self) -> AsyncBinaryReply:
        self._reply.__enter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reply.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a reply that is a file cannot be pickled or copied; read() or save() it")

    def __repr__(self) -> str:
        return f"<AsyncBinaryReply {self.content_type}>"


class _Pieces:
    """One iteration over the content of a reply."""

    def __init__(self, pieces: PieceSource) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        return await self._pieces.get()

    def __del__(self) -> None:
        self._pieces.close()
