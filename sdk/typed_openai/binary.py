"""Binary data in and out: what a file may be given as, and replies that are files."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Protocol, TypeAlias

__all__ = ["BinaryReply", "FileInput"]

FileInput: TypeAlias = bytes | tuple[str, bytes] | IO[bytes] | os.PathLike[str] | str
"""A file to upload: its content, a ``(file name, content)`` pair, an open binary file or a path.

Files and paths are read while they are sent, never loaded as a whole. The file's name and content type
are inferred from its name, or where it has none from the content's first bytes.
"""


class ByteSource(Protocol):
    """A reply's body as it arrives. :meth:`abort` may be called from any thread, and ends a blocked read."""

    def chunks(self) -> Iterator[bytes]: ...

    def read(self) -> bytes: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


class BinaryReply:
    """A reply that is a file: read it whole, iterate over its pieces, or save it.

    The content can be taken once, and reading it to the end closes the connection. Usable in ``with``.
    Reading raises ``APIConnectionError`` where the connection breaks, ``APITimeoutError`` where it stalls.
    """

    def __init__(self, source: ByteSource, content_type: str) -> None:
        self.content_type = content_type
        """The reply's media type, without parameters: ``audio/mpeg``."""
        self._source = source
        self._taken = False

    def read(self) -> bytes:
        """The whole content. Raises ``ValueError`` where it was taken already, or the reply is closed."""
        self._take()
        try:
            return self._source.read()
        finally:
            self.close()

    def __iter__(self) -> Iterator[bytes]:
        """The content in pieces, as they arrive. Raises as :meth:`read` does."""
        self._take()
        try:
            yield from self._source.chunks()
        finally:
            self.close()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the content to the file at ``path``; it appears there only when it is complete.

        A link is followed, and what is no regular file (a pipe, a device) is written to as it is.
        Raises as :meth:`read` does, and ``OSError`` naming ``path`` where the file cannot be written.
        """
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            self._write(target, "wb")
            return
        part = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            self._write(part, "xb")
            part.replace(target)
        except BaseException as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno is not None:
                # The caller knows nothing of the other file.
                raise OSError(error.errno, error.strerror, os.fspath(path)) from None
            raise

    def _write(self, path: Path, mode: Literal["wb", "xb"]) -> None:
        with path.open(mode) as file:
            for chunk in self:
                file.write(chunk)

    def close(self) -> None:
        """Close the connection, whether or not everything was read."""
        self._taken = True
        self._source.close()

    def _take(self) -> None:
        """Begin to take the content: a second reader would miss what the first one has."""
        if self._taken:
            raise ValueError("the content was read already, wholly or in part, or the reply is closed")
        self._taken = True

    def __enter__(self) -> BinaryReply:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # The constructor may have failed before there was a source.
        if (source := self.__dict__.get("_source")) is not None:
            source.close()

    def __repr__(self) -> str:
        return f"<BinaryReply {self.content_type}>"
