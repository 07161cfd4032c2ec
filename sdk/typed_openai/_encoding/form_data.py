"""Bodies of type multipart/form-data (RFC 7578), produced in pieces so that files are never loaded whole."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from typed_openai._encoding.plain_text import encoded_text, is_array
from typed_openai._encoding.styles import BRACKETS, FormStyle
from typed_openai._encoding.uploads import FilePart, file_part, is_file
from typed_openai._encoding.urls import bracketed
from typed_openai.errors import CallError


@dataclass(frozen=True)
class Part:
    """One part of a form: its name, its header lines and its content.

    ``content_type`` is None if the part has none of its own.
    """

    name: str
    head: bytes
    content: bytes | FilePart
    content_type: str | None = None

    @property
    def size(self) -> int | None:
        """The content's size in bytes; None if it is not known in advance."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.size


class MultipartBody:
    """A form as an iterable of bytes. Iterating again sends it again if it is ``replayable``."""

    def __init__(self, parts: list[Part]) -> None:
        self.boundary = secrets.token_hex(16)
        self.parts = parts
        self.replayable = all(isinstance(one.content, bytes) or one.content.replayable for one in parts)

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"multipart/form-data; boundary={self.boundary}"

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            yield self._opening(part)
            if isinstance(part.content, bytes):
                yield part.content
            else:
                yield from part.content.chunks()
            yield b"\r\n"
        yield self._closing()

    def _opening(self, part: Part) -> bytes:
        return b"--%s\r\n%s\r\n" % (self.boundary.encode(), part.head)

    def _closing(self) -> bytes:
        return b"--%s--\r\n" % self.boundary.encode()


class SizedMultipartBody(MultipartBody):
    """A form of known size, which is sent with a Content-Length."""

    def __init__(self, parts: list[Part]) -> None:
        super().__init__(parts)
        sizes = (len(self._opening(one)) + (one.size or 0) + 2 for one in parts)
        self._size = sum(sizes) + len(self._closing())

    def __len__(self) -> int:
        return self._size


_SMALL: Final = 1 << 20
"""In bytes."""


def joined_if_small(body: bytes | Iterable[bytes] | None) -> bytes | Iterable[bytes] | None:
    """Return a small form as bytes, as tools expect that hook into sessions, and any other body unchanged.

    Raises the same errors as sending the form.
    """
    if isinstance(body, SizedMultipartBody) and len(body) <= _SMALL:
        return b"".join(body)
    return body


def multipart_body(
    values: Mapping[str, object], files: frozenset[str], style: FormStyle = BRACKETS
) -> MultipartBody:
    """Return the form of ``values`` by wire name; ``files`` are the names whose values are files.

    Raises :class:`CallError` for a value that a form cannot hold.
    """
    parts = [part for name, value in values.items() for part in _parts(name, value, files, style)]
    sized = all(one.size is not None for one in parts)
    return SizedMultipartBody(parts) if sized else MultipartBody(parts)


def _parts(name: str, value: object, files: frozenset[str], style: FormStyle) -> Iterator[Part]:
    if value is None:
        return
    if name in files:
        yield from _file_parts(name, value, style)
        return
    for wire, one in bracketed(name, value):
        if is_file(one):
            raise CallError(f"{wire}: a file cannot be sent here")
    for wire, text, media_type in style.fields(name, value):
        yield Part(wire, _head(wire, content_type=media_type), encoded_text(text, wire), media_type)


def _file_parts(name: str, value: object, style: FormStyle) -> Iterator[Part]:
    if is_array(value) and not is_file(value):
        wire = f"{name}[]" if style.own.get(name, style.usual) in ("brackets", "deep") else name
        for position, one in enumerate(value):  # type: ignore[arg-type, var-annotated]  # checked by is_array
            yield _file(wire, one, f"{name}[{position}]")
    else:
        yield _file(name, value, name)


def _file(wire: str, value: object, place: str) -> Part:
    file = file_part(value, place)
    return Part(wire, _head(wire, file.name, file.content_type), file, file.content_type)


def _head(name: str, file_name: str | None = None, content_type: str | None = None) -> bytes:
    lines = [f'Content-Disposition: form-data; name="{_quoted(name)}"']
    if file_name is not None:
        lines[0] += f'; filename="{_quoted(file_name)}"'
    if content_type is not None:
        if not content_type.isascii() or not content_type.isprintable():
            raise CallError(f"{name}: {content_type!r} is not a content type")
        lines.append(f"Content-Type: {content_type}")
    return encoded_text("".join(f"{line}\r\n" for line in lines), name)


def _quoted(text: str) -> str:
    """Escape a name for a header line, as in WHATWG's HTML standard (section 4.10.21.8)."""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
