"""Read a reply as the result of the call: parsed JSON, text, a ``BinaryReply``, a ``Stream``, or an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NoReturn

from typed_openai._calls.facts import shown_headers
from typed_openai._calls.status_errors import status_error
from typed_openai._streams.event_reader import EventReader, is_error_body
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.binary import BinaryReply
from typed_openai.errors import APIError, APIStatusError, InvalidReplyError
from typed_openai.streaming import Stream
from typed_openai_spec.model import Result
from typed_openai_spec.model.media import EVENT_STREAM, bare, is_json, is_json_lines

_PREVIEW = 200

_LARGEST_ERROR = 1 << 16
"""In bytes."""

_LARGEST_PAGE = 1 << 20
"""In bytes; the limit for a reply that is most likely not the expected one."""

_LONGEST_TEXT = 65_536
"""In characters; the limit for an error that is not JSON."""

_MOST_DIGITS = 20

_PAGES = ("text/html", "application/xhtml+xml")

_EXPECTED = {
    "json": "JSON",
    "text": "text",
    "binary": "a file",
    "stream": "an event stream",
    "any": "JSON",
}


def failure(reply: HttpReply, request: HttpRequest) -> APIStatusError:
    """Return the error of a reply with an error status; read the body as far as possible, and close it."""
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in reply.chunks():
            pieces.append(piece)
            size += len(piece)
            if size >= _LARGEST_ERROR:
                break
    except APIError:
        # The status is more important than a truncated explanation.
        pass
    finally:
        reply.close()
    return _reported(reply, request, b"".join(pieces))


def _reported(reply: HttpReply, request: HttpRequest, content: bytes) -> APIStatusError:
    """Return the error that a reply's body describes."""
    text = _text(content, request)
    try:
        body: object = json.loads(text)
    except (ValueError, RecursionError):
        # A page of a proxy or a gateway: its beginning is sufficient.
        body = text[:_LONGEST_TEXT]
    headers = shown_headers(reply.headers, request.redacted)
    return status_error(reply.status, body or None, headers, request.operation)


def read(reply: HttpReply, request: HttpRequest, result: Result, names_events: Callable[[], bool]) -> Any:
    """Return the value of a successful reply. Raises ``InvalidReplyError`` if it is not as expected."""
    content_type = bare(reply.headers.get("content-type", ""))
    expects_page = bare(result.media_type) in _PAGES
    if reply.status < 200:
        # Another protocol, which was not requested.
        _refuse(reply, request, result, b"")
    if result.kind == "stream":
        return _stream(reply, request, result, content_type, names_events)
    if result.kind == "any":
        return _undeclared(reply, request, result, content_type)
    if result.kind == "binary":
        if content_type in _PAGES and "content-disposition" not in reply.headers and not expects_page:
            _refuse(reply, request, result, reply.read(_LARGEST_PAGE))
        if is_json(content_type) and "content-disposition" not in reply.headers:
            peeked = _without_error(reply, request)
            return BinaryReply(peeked, content_type, _size(reply), request.operation)
        return BinaryReply(reply, content_type, _size(reply), request.operation)
    body = reply.read(_LARGEST_PAGE if content_type in _PAGES and not expects_page else None)
    if result.kind == "none":
        return None
    if result.kind == "text":
        if content_type in _PAGES and not expects_page:
            _refuse(reply, request, result, body)
        return body.decode("utf-8", "replace")
    return _json(reply, request, result, body)


def _json(reply: HttpReply, request: HttpRequest, result: Result, body: bytes) -> Any:
    # 204 and 205 have no content by definition; if no result was expected, none is fine.
    if not body and (result.empty or (reply.status in (204, 205) and result.schema is None)):
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        _refuse(reply, request, result, body)
    if result.schema is not None and not result.scalar and not isinstance(value, (dict, list)):
        _refuse(reply, request, result, body, "a JSON object")
    return value


def _undeclared(reply: HttpReply, request: HttpRequest, result: Result, content_type: str) -> Any:
    """Return the value of a reply whose kind the description does not specify."""
    if "content-disposition" not in reply.headers:
        if is_json(content_type):
            body = reply.read()
            return _json(reply, request, result, body) if body else None
        if content_type == EVENT_STREAM:
            return _stream(reply, request, Result("stream"), content_type, lambda: False)
        if content_type.startswith("text/") or content_type.endswith("xml"):
            return reply.read().decode("utf-8", "replace")
    begin, peeked, _ = _begun(reply)
    return BinaryReply(peeked, content_type, _size(reply), request.operation) if any(begin) else None


def _size(reply: HttpReply) -> int | None:
    """Return the size of the decoded body if the reply states it (RFC 9110, section 8.6)."""
    length = reply.headers.get("content-length", "")
    encoded = reply.headers.get("content-encoding", "identity").strip().lower() != "identity"
    # Python refuses to parse numbers of thousands of digits.
    is_number = length.isascii() and length.isdecimal() and len(length) < _MOST_DIGITS
    unsure = encoded or "transfer-encoding" in reply.headers or not is_number
    return None if unsure else int(length)


class _Peeked:
    """A reply whose first pieces have been read."""

    def __init__(self, reply: HttpReply, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.close = reply.close
        self.abort = reply.abort

    def chunks(self) -> Iterator[bytes]:
        return self._pieces

    def read(self) -> bytes:
        return b"".join(self._pieces)


def _begun(reply: HttpReply) -> tuple[list[bytes], _Peeked, bool]:
    """Return the first pieces of a reply, the reply including them, and True if they are all of it."""
    pieces = reply.chunks()
    begin: list[bytes] = []
    size = 0
    for piece in pieces:
        begin.append(piece)
        size += len(piece)
        if size > _LARGEST_ERROR:
            return begin, _Peeked(reply, chain(begin, pieces)), False
    return begin, _Peeked(reply, iter(begin)), True


def _without_error(reply: HttpReply, request: HttpRequest) -> _Peeked:
    """Return the reply, unless it is an error object in place of the file: those are small."""
    begin, peeked, whole = _begun(reply)
    if whole:
        _raise_error_body(reply, request, b"".join(begin))
    return peeked


def _raise_error_body(reply: HttpReply, request: HttpRequest, body: bytes) -> None:
    """Raise the error of a reply that is the API's error object, whatever its status is."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    if is_error_body(value):
        reply.close()
        raise _reported(reply, request, body)


def _stream(
    reply: HttpReply,
    request: HttpRequest,
    result: Result,
    content_type: str,
    names_events: Callable[[], bool],
) -> Stream[Any]:
    if content_type in _PAGES or is_json(content_type) or is_json_lines(content_type):
        body = reply.read(_LARGEST_PAGE)
        _raise_error_body(reply, request, body)
        _refuse(reply, request, result, body)
    reader = EventReader(
        request.operation,
        names_events,
        request_id=reply.headers.get("x-request-id"),
        redacted=request.redacted,
        terminal=result.terminal,
        status=reply.status,
    )
    return Stream(reply, reader, request.operation)


def _refuse(
    reply: HttpReply, request: HttpRequest, result: Result, body: bytes, expected: str = ""
) -> NoReturn:
    """Raise the error for a reply of the wrong kind, with its beginning."""
    reply.close()
    preview = _text(body[: _PREVIEW * 4], request)[:_PREVIEW]
    media_type = request.redacted(reply.headers.get("content-type", "no content type")[:_PREVIEW])
    found = f"{media_type}: {preview!r}" if preview else "an empty reply"
    expected = expected or _EXPECTED[result.kind]
    raise InvalidReplyError(
        f"{request.operation}: expected {expected}, got {found} (status {reply.status})",
        operation=request.operation,
        status=reply.status,
        preview=preview,
        request_id=reply.headers.get("x-request-id"),
    )


def _text(body: bytes, request: HttpRequest) -> str:
    return request.redacted(body.decode("utf-8", "replace"))
