"""Binary data in and out: the types of files to upload, and replies that are files."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from types import TracebackType
from typing import IO, NoReturn, Protocol, TypeAlias

from typed_openai._encoding.counting import counted
from typed_openai._encoding.saving import save
from typed_openai._security.tracebacks import without_locals
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
"""A file to upload.

It is the content, an open binary file, a path, or a pair of a file name and one of these. A triple has the
content type as its third item.

Files and paths are read while they are sent, and never loaded as a whole. An open file is sent from its
current position. A pipe, or an iterator of bytes in a pair, can be sent only once: the call is not retried
then. The name and content type are inferred from the file's name, or from the content's first bytes if it
has none.

>>> client = Client()
>>> client.files.create_file(("notes.txt", b"Hello"), "assistants")["bytes"]
5
"""


class ByteSource(Protocol):
    """A reply's body as it arrives. :meth:`abort` may be called from any thread, and ends a blocked read."""

    @property
    def aborted(self) -> bool: ...

    def chunks(self) -> Iterator[bytes]: ...

    def read(self) -> bytes: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


class BinaryReply:
    """A reply that is a file: read it whole, iterate over its pieces, or save it.

    ``content_type`` is the media type without parameters, as ``audio/mpeg``. ``size`` is the number of bytes;
    it is None if the reply does not state it, or is compressed.

    The content can be read only once, and reading it to the end closes the connection. A reply is a context
    manager and cannot be pickled. Reading raises ``APIConnectionError`` if the connection breaks,
    ``APITimeoutError`` if it stalls, and ``ValueError`` if the reply is closed in the meantime.

    >>> client = Client()
    >>> with client.audio.create_speech("Hello!", "tts-1", "alloy") as reply:
    ...     print(f"{reply.size} bytes")
    ...     reply.save("hello.mp3")
    4096 bytes
    """

    def __init__(
        self, source: ByteSource, content_type: str, size: int | None = None, operation: str = ""
    ) -> None:
        self.content_type = content_type
        self.size = size
        self._source = source
        self._operation = operation
        self._facts: object = None
        self._taken = False
        self._closed = False
        self._done = False

    def read(self) -> bytes:
        """Return the whole content. Raises ``ValueError`` if it was read before, or the reply is closed.

        >>> client = Client()
        >>> content = client.files.download_file("file-abc").read()
        >>> len(content)
        4096
        """
        self._take()
        try:
            return b"".join(self._whole(self._at_once()))
        except BaseException as error:
            # The frames below hold the server's data, which may quote the key.
            without_locals(error)
            raise
        finally:
            self._end()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the content in pieces as they arrive. Raises the same errors as :meth:`read`."""
        return self.iterate()

    def iterate(
        self, size: int | None = None, *, on_progress: Callable[[Progress], object] | None = None
    ) -> Iterator[bytes]:
        """Yield the content in pieces of ``size`` bytes; by default as they arrive. The last may be smaller.

        ``on_progress`` is called as pieces arrive. If it raises, the iteration ends and the connection is
        closed. Raises the same errors as :meth:`read`, ``TypeError`` for a ``size`` that is not an integer,
        and ``ValueError`` for a size below 1.

        >>> reply = Client().files.download_file("file-abc")
        >>> [len(piece) for piece in reply.iterate(1500)]
        [1500, 1500, 1096]
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
            self._check_open()  # ``on_progress`` may have taken long
        except GeneratorExit:
            raise
        except BaseException as error:
            without_locals(error)  # as above
            raise
        finally:
            self._end()

    def _at_once(self) -> Iterator[bytes]:
        yield self._source.read()

    def _end(self) -> None:
        """Stop reading: close the connection, or keep it for the next request."""
        self._done = True
        self._source.close()

    def _whole(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces; raise ``APIConnectionError`` for a truncated body, as not every library does."""
        done = 0
        try:
            for piece in pieces:
                self._check_open()
                done += len(piece)
                yield piece
            self._check_open()
        except APIConnectionError:
            # Errors of a connection that was closed during a read are meaningless.
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
        """Write the content to the file at ``path``, which appears only when it is complete.

        Links are followed. An existing file keeps its mode and, if possible, its owner. If no other file can
        take its place (in a folder without write permission, or at a mount point), it is overwritten once
        the content is complete. Anything but a regular file (a pipe, a device, ``/dev/stdout``) is written
        to directly. ``on_progress`` is called as pieces are written. If it raises, the download
        ends and nothing is saved. Raises the same errors as :meth:`read`, and ``OSError`` with ``path`` if
        the file cannot be written.

        >>> client = Client()
        >>> client.audio.create_speech("Hello!", "tts-1", "alloy").save("hello.mp3")
        """
        with closing(self._iterate(None, on_progress)) as pieces:
            save(pieces, path)

    def close(self) -> None:
        """Close the connection. May be called repeatedly, and from any thread.

        A read in another thread then raises ``ValueError``, unless everything was read.

        >>> reply = Client().files.download_file("file-abc")
        >>> if reply.size > 1_000_000:
        ...     reply.save("large.jsonl")
        >>> reply.close()
        """
        begun, self._taken, self._closed = self._taken, True, True
        if begun and not self._done:
            self._source.abort()
        else:
            self._source.close()

    def _take(self) -> None:
        """Start reading the content: a second reader would miss the part that the first one has."""
        if self._taken:
            raise ValueError("the content has already been read, wholly or in part, or the reply is closed")
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
        # The constructor may have failed before the source was set.
        if (source := self.__dict__.get("_source")) is not None:
            source.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a reply that is a file cannot be pickled or copied; read() or save() it")

    def __repr__(self) -> str:
        return f"<BinaryReply {self.content_type}>"


def _of_size(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of ``size``, except for the last one."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        whole = len(kept) - len(kept) % size
        for start in range(0, whole, size):
            yield bytes(kept[start : start + size])
        del kept[:whole]
    if kept:
        yield bytes(kept)
