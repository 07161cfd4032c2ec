"""The heads of HTTP/1.1 replies: the status line, the headers and the length of the body.

They follow RFC 9112, sections 2 to 6. Nothing here reads a socket: lines come from a function.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http.client import BadStatusLine, HTTPException, HTTPMessage, LineTooLong, RemoteDisconnected
from typing import Final, NamedTuple

ReadLine = Callable[[int], bytes]
"""Returns the next line with its end, or at most so many bytes of it; empty at the connection's end."""

MOST_DIGITS: Final = 15
"""Digits of a size, more than anything needs; Python refuses to parse numbers of thousands of digits."""

_LONGEST_STATUS_LINE: Final = 1 << 16
_MOST_HEADERS: Final = 256
_MOST_HEADER_BYTES: Final = 1 << 16
_LINE_ENDS: Final = (b"\r\n", b"\n")
_SPACE: Final = (b" ", b"\t")

_STATUS_LINE: Final = re.compile(r"(HTTP/\S+)[ \t]+([1-9][0-9]{2})(?:[ \t\r\n]+(.*))?", re.ASCII | re.DOTALL)

# Dangerous characters, which are replaced in values and refused in names (RFC 9110, section 5.5).
_UNSAFE: Final = re.compile(r"[\r\n\0]")


class BadFraming(HTTPException):
    """Raised if the headers or chunks violate HTTP."""


class HeadersCut(ConnectionError):
    """Raised if the connection ended inside the headers."""


class StatusLine(NamedTuple):
    """The first line of a reply."""

    version: str
    status: int
    reason: str


def read_status_line(read_line: ReadLine) -> StatusLine:
    """Read the status line.

    Raises ``RemoteDisconnected`` at the connection's end, and ``BadStatusLine`` or ``LineTooLong`` for
    anything else. http.client itself would accept any number that Python can read, such as ``+200``.
    """
    line = read_line(_LONGEST_STATUS_LINE + 1)
    if len(line) > _LONGEST_STATUS_LINE:
        raise LineTooLong("status line")
    if not line:
        raise RemoteDisconnected("Remote end closed connection without response")
    text = line.decode("latin-1")
    found = _STATUS_LINE.fullmatch(text)
    if found is None:
        raise BadStatusLine(text)
    return StatusLine(found[1], int(found[2]), (found[3] or "").strip())


def read_headers(read_line: ReadLine) -> HTTPMessage:
    """Read the headers of a reply line by line. Raises :class:`HeadersCut` or :class:`BadFraming`."""
    headers = HTTPMessage()
    for line in _header_lines(read_line):
        name, colon, value = line.decode("latin-1").partition(":")
        name = name.strip(" \t\r\n")
        if _UNSAFE.search(name):
            raise BadFraming(f"the name of a header has a line break or NUL: {name[:40]!r}")
        # A line without a name or colon is ignored.
        if colon and name:
            headers[name] = _UNSAFE.sub(" ", value.strip(" \t\r\n"))
    return headers


def _header_lines(read_line: ReadLine) -> list[bytes]:
    """Return the lines of the headers, each with those that continue it."""
    lines: list[bytes] = []
    size = 0
    while (line := read_line(_MOST_HEADER_BYTES + 1)) not in _LINE_ENDS:
        if not line.endswith(b"\n") and len(line) <= _MOST_HEADER_BYTES:
            raise HeadersCut("the connection ended inside the headers")
        size += len(line)
        if size > _MOST_HEADER_BYTES or len(lines) >= _MOST_HEADERS:
            raise BadFraming(f"more than {_MOST_HEADERS} headers or {_MOST_HEADER_BYTES >> 10} KiB of them")
        if line[:1] not in _SPACE:
            lines.append(line)
        elif lines:
            # A header may continue in further lines (section 5.2), although this is obsolete.
            lines[-1] = lines[-1].rstrip(b" \t\r\n") + b" " + line.strip(b" \t\r\n")
        else:
            raise BadFraming("white space before the first header")
    return lines


def body_length(headers: HTTPMessage) -> int | None:
    """Return the Content-Length, or None. Raises :class:`BadFraming` if it is ambiguous or invalid."""
    given = headers.get_all("content-length")
    if not given:
        return None
    lengths = {_number(one.strip()) for text in given for one in text.split(",")}
    length = lengths.pop()
    if lengths or length is None:
        raise BadFraming(f"Content-Length: expected one number, got {', '.join(given)[:100]!r}")
    return length


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text.lstrip("0")) <= MOST_DIGITS
    return int(text.lstrip("0") or "0") if is_number else None
