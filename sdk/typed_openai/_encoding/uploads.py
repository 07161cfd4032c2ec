"""Files in requests: their names, content types and sizes, and their content, which is read lazily."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from inspect import isfunction
from pathlib import Path
from types import NoneType
from typing import Any, Final

from typed_openai._encoding.content_types import content_type_of
from typed_openai._encoding.file_mistakes import is_asynchronous, is_named, no_file
from typed_openai.errors import CallError

CHUNK = 1 << 18
"""Number of bytes that are read from a file at a time."""

# The types of most values, which can be excluded without checks of interfaces.
_NO_FILES: Final = frozenset({str, int, float, bool, dict, list, NoneType})

_LONGEST_SHOWN = 100

# Detection of a nameless file's type by its first bytes: offset, signature, extension.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", ".png"),
    (0, b"\xff\xd8\xff", ".jpg"),
    (0, b"GIF8", ".gif"),
    (8, b"WEBP", ".webp"),
    (8, b"WAVE", ".wav"),
    (0, b"ID3", ".mp3"),
    (0, b"\xff\xfb", ".mp3"),
    (0, b"\xff\xf3", ".mp3"),
    (0, b"fLaC", ".flac"),
    (0, b"OggS", ".ogg"),
    (0, b"\x1aE\xdf\xa3", ".webm"),
    (4, b"ftypM4A", ".m4a"),
    (4, b"ftyp", ".mp4"),
    (0, b"%PDF-", ".pdf"),
    (0, b"PK\x03\x04", ".zip"),
)


@dataclass(frozen=True)
class FilePart:
    """A file to send. ``size`` is None if it is unknown until everything has been read."""

    name: str
    content_type: str
    content: bytes | Path | Any
    size: int | None
    start: int = 0
    replayable: bool = True

    def chunks(self) -> Iterator[bytes]:
        """Yield the content from its beginning, exactly ``size`` bytes if the size is known.

        Raises :class:`CallError` if the file can no longer be read, or differs from its announced size.
        This is not an error of the connection.
        """
        with closing(self._content()) as content:
            while True:
                # Only around reading: an exception while sending is not the file's fault.
                try:
                    piece = next(content, None)
                except (OSError, ValueError) as error:
                    reason = getattr(error, "strerror", None) or error
                    raise CallError(
                        f"{self.name}: the file cannot be read while it is sent: {reason}"
                    ) from error
                if piece is None:
                    return
                yield piece

    def _content(self) -> Generator[bytes, None, None]:
        if isinstance(self.content, bytes):
            for start in range(0, len(self.content), CHUNK):
                yield self.content[start : start + CHUNK]
        elif isinstance(self.content, Path):
            with self.content.open("rb") as file:
                yield from self._read(file)
        elif hasattr(self.content, "read"):
            if self.replayable:
                self.content.seek(self.start)
            yield from self._read(self.content)
        else:
            yield from map(_checked, self.content)

    def _read(self, file: Any) -> Iterator[bytes]:
        left = self.size
        while left is None or left > 0:
            data = _checked(file.read(CHUNK if left is None else min(CHUNK, left)))
            if not data:
                break
            if left is not None:
                left -= len(data)
            yield data
        if left:
            raise OSError(f"the file became {left} bytes shorter")
        if left == 0 and file.read(1):
            raise OSError(f"the file became longer than the announced {self.size} bytes")


def _checked(piece: Any) -> bytes:
    """Return a piece from a file or an iterator as bytes. Raises ``OSError`` if it is something else."""
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, (bytearray, memoryview)):
        return bytes(piece)
    if piece is None:
        raise OSError("the file is non-blocking and has no data yet")
    hint = "; encode it, as in text.encode()" if isinstance(piece, str) else ""
    raise OSError(f'expected bytes, got "{type(piece).__name__}"{hint}')


def is_file(value: object) -> bool:
    """Return True if ``value`` can only be a file: bytes, a named pair, an open file or a path object."""
    if type(value) in _NO_FILES:
        return False
    if isinstance(value, tuple):
        # An iterator without a name is an array.
        return is_named(value) and _is_meant_as_content(value[1])
    return _is_content(value)


def _is_meant_as_content(value: object) -> bool:
    """Return True for the content of a named file, or a mistake that cannot be anything else."""
    return _is_content(value) or isinstance(value, Iterator) or is_asynchronous(value) or isfunction(value)


def _is_content(value: object) -> bool:
    return isinstance(value, (bytes, bytearray, memoryview, os.PathLike)) or callable(
        getattr(value, "read", None)
    )


def file_part(value: Any, place: str) -> FilePart:
    """Return the file that ``value`` stands for; a string is a path.

    Raises :class:`CallError` if there is no such file, or if it is open in text mode.
    """
    given, name, content_type = value, None, None
    if isinstance(value, tuple):
        if not is_file(value):
            raise no_file(value, place)
        name, value, content_type = (*value, None)[:3]
        if not isinstance(content_type, (str, NoneType)):
            raise CallError(f'{place}: expected a content type as "str", got "{type(content_type).__name__}"')
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _from_bytes(bytes(value), name, content_type, place)
    if isinstance(value, (str, os.PathLike)):
        return _from_path(Path(value), name, content_type, place)
    if is_asynchronous(value):
        raise no_file(given, place)
    if name and isinstance(value, Iterator) and not hasattr(value, "read"):
        return FilePart(name, content_type or content_type_of(name), value, None, replayable=False)
    if not _is_content(value):
        raise no_file(given, place)
    return _from_open_file(value, name, content_type, place)


def _from_bytes(content: bytes, name: str | None, content_type: str | None, place: str) -> FilePart:
    name = name or _default_name(place) + _sniffed(content)
    return FilePart(name, content_type or content_type_of(name), content, len(content))


def _from_path(path: Path, name: str | None, content_type: str | None, place: str) -> FilePart:
    try:
        found: os.stat_result | None = path.stat()
    except (OSError, ValueError):  # too long for a path, or with a NUL character: possibly the content itself
        found = None
    shown = str(path) if len(str(path)) <= _LONGEST_SHOWN else f"{str(path)[:_LONGEST_SHOWN]}..."
    if found is None:
        raise CallError(f"{place}: no such file: {shown!r}; a str is a path, pass content as bytes")
    if stat.S_ISDIR(found.st_mode):
        raise CallError(f"{place}: expected a file, {shown!r} is a directory")
    name = name or _readable(path.name)
    content_type = content_type or content_type_of(name)
    if stat.S_ISREG(found.st_mode):
        return FilePart(name, content_type, path, found.st_size)
    return FilePart(name, content_type, path, None, replayable=False)  # a pipe or a device


def _readable(name: str) -> str:
    """Return the name of a file for its header; bytes that are not UTF-8 are replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def _from_open_file(file: Any, name: str | None, content_type: str | None, place: str) -> FilePart:
    # Wrappers, such as those of tempfile, do not derive from classes of io.
    if isinstance(file, io.TextIOBase) or isinstance(getattr(file, "encoding", None), str):
        raise CallError(f'{place}: the file is open in text mode; open it with mode "rb"')
    if getattr(file, "closed", False) is True:
        raise CallError(f"{place}: the file is closed")
    given = getattr(file, "name", None)
    if name is None and isinstance(given, str):
        name = _readable(Path(given).name)
    start, size = _extent(file)
    if not name:
        head = b""
        if size is not None:
            head = file.read(16)
            file.seek(start)
        name = _default_name(place) + _sniffed(head)
    return FilePart(
        name, content_type or content_type_of(name), file, size, start, replayable=size is not None
    )


def _extent(file: Any) -> tuple[int, int | None]:
    """Return the file's position and the number of bytes that follow; None for files that cannot seek."""
    try:
        start = file.tell()
        file.seek(0, os.SEEK_END)
        # Not the result of ``seek``, which some files do not return: those of mmap before Python 3.13.
        size = file.tell() - start
        file.seek(start)
    except (AttributeError, OSError, TypeError):
        return 0, None
    return start, size


def _default_name(place: str) -> str:
    """Return the name of a file that has none: that of its argument."""
    return place.partition("[")[0].rpartition(".")[2] or "file"


def _sniffed(head: bytes) -> str:
    for offset, signature, extension in _SIGNATURES:
        if head.startswith(signature, offset):
            return extension
    return ".bin"
