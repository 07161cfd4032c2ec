"""Binary data in and out: what a file may be given as, and replies that are files."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from types import TracebackType
from typing import IO, NoReturn, Protocol, TypeAlias

from typed_openai._encoding.counting import counted
from typed_openai._encoding.saving import save
from typed_openai.errors import APIConnectionError
from typed_openai.progress import Progress

__all__ = ["BinaryReply", "FileInput"]

FileInput: TypeAlias = (
    bytes
    | tuple[str, bytes | IO[bytes] | Iterator[bytes] | os.PathLike[str]]
    | tuple[str, bytes | IO[bytes] | Iterator[bytes] | os.PathLike[str], str]
    | IO[bytes]
    | os.PathLike[str]
    | str
)
"""A file to upload: its content, an open binary file, a path, or a pair of a file name and one of these;
a triple has the content type after them.

Files and paths are read while they are sent, never loaded as a whole; an open file is sent from where it
stands. A pipe, or in a pair an iterator of bytes, can be sent once only: a failed try is not repeated then.
The name and content type are inferred from the file's name, or where it has none from the content's first
bytes.
"""


class ByteSource(Protocol):
    """A reply's body as it arrives. :meth:`abort` may be called from any thread, and ends a blocked read."""

    def chunks(self) -> Iterator[bytes]: ...

    def read(self) -> bytes: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


class BinaryReply:
    """A reply that is a file: read it whole, iterate over its pieces, or save it.

    The content can be taken once, and reading it to the end closes the connection. Usable in
    ``with``; it cannot be pickled. Reading raises ``APIConnectionError`` where the connection breaks,
    ``APITimeoutError`` where it stalls, and ``ValueError`` where the reply is closed meanwhile.
    """

    def __init__(
        self, source: ByteSource, content_type: str, size: int | None = None, operation: str = ""
    ) -> None:
        self.content_type = content_type
        """The reply's media type, without parameters: ``audio/mpeg``."""
        self.size = size
        """The content's size in bytes; None where the reply does not tell it, or is compressed."""
        self._source = source
        self._operation = operation
        self._facts: object = None
        self._taken = False
        self._closed = False
        self._done = False

    def read(self) -> bytes:
        """The whole content. Raises ``ValueError`` where it was taken already, or the reply is closed."""
        self._take()
        try:
            return b"".join(self._whole(self._at_once()))
        finally:
            self._end()

    def __iter__(self) -> Iterator[bytes]:
        """The content in pieces, as they arrive. Raises as :meth:`read` does."""
        return self.iterate()

    def iterate(
        self, size: int | None = None, *, on_progress: Callable[[Progress], object] | None = None
    ) -> Iterator[bytes]:
        """The content in pieces of ``size`` bytes, the last one perhaps smaller; by default as they arrive.

        ``on_progress`` is called as pieces arrive; what it raises ends the iteration and closes the
        connection. Raises as :meth:`read` does, ``TypeError`` for a ``size`` that is no whole number, and
        ``ValueError`` for one below 1.
        """
        if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
            raise TypeError(f'size: expected a number of bytes, got "{type(size).__name__}"')
        if size is not None and size < 1:
            raise ValueError(f"size: expected at least 1 byte, got {size}")
        return self._iterate(size, on_progress)

    def _iterate(
        self, size: int | None, on_progress: Callable[[Progress], object] | None
    ) -> Generator[bytes, None, None]:
        self._take()
        try:
            pieces = self._whole(self._source.chunks())
            if on_progress is not None:
                pieces = counted(pieces, self.size, on_progress)
            yield from pieces if size is None else _of_size(pieces, size)
        finally:
            self._end()

    def _at_once(self) -> Iterator[bytes]:
        yield self._source.read()

    def _end(self) -> None:
        """Nothing more is read: close the connection, or leave it to the next request."""
        self._done = True
        self._source.close()

    def _whole(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces; raises ``APIConnectionError`` where they end too early: not every library does."""
        done = 0
        try:
            for piece in pieces:
                self._check_open()
                done += len(piece)
                yield piece
            self._check_open()
        except APIConnectionError:
            # What a connection says that is closed under its reader tells nothing.
            self._check_open()
            raise
        if self.size is not None and done < self.size:
            raise APIConnectionError(
                f"{self._operation}: the reply ended after {done} of {self.size} bytes",
                operation=self._operation,
            )

    def save(
        self, path: str | os.PathLike[str], *, on_progress: Callable[[Progress], object] | None = None
    ) -> None:
        """Write the content to the file at ``path``; it appears there only when it is complete.

        A link is followed; a file that is there already keeps its mode, and what is no regular file (a pipe,
        a device) is written to as it is. ``on_progress`` is called as pieces are written; what it raises
        ends the download, and nothing is saved. Raises as :meth:`read` does, and ``OSError`` naming
        ``path`` where the file cannot be written.
        """
        with closing(self._iterate(None, on_progress)) as pieces:
            save(pieces, path)

    def close(self) -> None:
        """Close the connection. May be called again, and from another thread, where reading then ends.

        Reading it ends in ``ValueError`` then, unless everything was read.
        """
        begun, self._taken, self._closed = self._taken, True, True
        if begun and not self._done:
            self._source.abort()
        else:
            self._source.close()

    def _take(self) -> None:
        """Begin to take the content: a second reader would miss what the first one has."""
        if self._taken:
            raise ValueError("the content was read already, wholly or in part, or the reply is closed")
        self._taken = True

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("the reply was closed while it was read")

    def __enter__(self) -> BinaryReply:
        if self._closed:
            raise ValueError("the reply is closed")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # The constructor may have failed before there was a source.
        if (source := self.__dict__.get("_source")) is not None:
            source.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a reply that is a file cannot be pickled or copied; read() or save() it")

    def __repr__(self) -> str:
        return f"<BinaryReply {self.content_type}>"


def _of_size(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of ``size``, but for the last one."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        whole = len(kept) - len(kept) % size
        for start in range(0, whole, size):
            yield bytes(kept[start : start + size])
        del kept[:whole]
    if kept:
        yield bytes(kept)
