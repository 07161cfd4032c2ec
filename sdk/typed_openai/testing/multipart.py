"""Parse multipart/form-data bodies (RFC 7578) in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser
from email.policy import HTTP
from typing import ClassVar

from typed_openai_spec.model.media import bare


class MultipartError(ValueError):
    """Raised if the body is not valid multipart/form-data."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file in a request. Its content is not part of the repr.

    >>> with serve() as server:
    ...     client = Client(base_url=server.base_url)
    ...     file = client.files.create_file(("notes.txt", b"Hello"), "assistants")
    >>> server.requests[0].arguments["file"]
    UploadedFile(filename='notes.txt', content_type='text/plain')
    """

    json_kind: ClassVar[str] = "file"
    """The validator's name for its type."""

    filename: str
    content: bytes = field(repr=False)
    content_type: str = "application/octet-stream"

    @property
    def size(self) -> int:
        """The content's length in bytes.

        >>> UploadedFile("notes.txt", b"Hello").size
        5
        """
        return len(self.content)


def media_type(content_type: str) -> str:
    """Return the bare media type of a Content-Type header, in lower case."""
    return bare(content_type)


def parse_multipart(body: bytes, content_type: str) -> list[tuple[str, str | UploadedFile]]:
    """Return the form's fields in order: names with texts, or with files for parts with a file name.

    Raises :class:`MultipartError` for a missing boundary, a missing end or a part without a name.
    """
    delimiter = b"--" + _boundary(content_type)
    first, *rest = (b"\r\n" + body).split(b"\r\n" + delimiter)
    if not rest or first.strip():
        raise MultipartError(f"the body does not begin with the boundary {delimiter.decode('latin-1')!r}")
    if not rest[-1].startswith(b"--"):
        raise MultipartError(
            f"the body does not end with the boundary {delimiter.decode('latin-1')!r} and --"
        )
    return [_part(one) for one in rest[:-1]]


def _boundary(content_type: str) -> bytes:
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise MultipartError("the Content-Type header names no boundary")
    return boundary.encode("latin-1", "replace")


def _part(data: bytes) -> tuple[str, str | UploadedFile]:
    head, separator, content = data.partition(b"\r\n\r\n")
    if not separator:
        raise MultipartError("a part has no empty line after its headers")
    headers = HeaderParser(policy=HTTP).parsestr(head.lstrip(b"\r\n").decode("utf-8", "surrogateescape"))
    name = headers.get_param("name", header="Content-Disposition")
    if not isinstance(name, str):
        raise MultipartError("a part has no name in its Content-Disposition header")
    filename = headers.get_filename()
    if filename is None:
        return name, _text(name, content)
    kind = headers["Content-Type"] or "application/octet-stream"
    return name, UploadedFile(str(filename), content, str(kind))


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise MultipartError(f'the part "{name}" is neither UTF-8 text nor has it a file name') from None
