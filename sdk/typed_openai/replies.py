"""A reply -> what the call gives: parsed JSON, text, a ``BinaryReply``, a ``Stream``, or an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NoReturn

from typed_openai.binary import BinaryReply
from typed_openai.errors import APIStatusError, InvalidReplyError, status_error
from typed_openai.events import EventReader, is_error_body
from typed_openai.streaming import Stream
from typed_openai.wire import HttpReply, HttpRequest
from typed_openai_spec.model import Result

_PREVIEW = 200

_LARGEST_ERROR = 1 << 16
"""Bytes."""

_PAGES = ("text/html", "application/xhtml+xml")

_EXPECTED = {
    "json": "JSON",
    "text": "text",
    "binary": "a file",
    "stream": "an event stream",
}


def failure(reply: HttpReply, request: HttpRequest) -> APIStatusError:
    """The error of a reply with an error status; reads the reply, and closes it where that fails."""
    try:
        body = reply.read()
    finally:
        reply.close()
    return _reported(reply, request, body)


def _reported(reply: HttpReply, request: HttpRequest, content: bytes) -> APIStatusError:
    """The error that a reply's body tells of."""
    text = _text(content, request)
    try:
        body: object = json.loads(text)
    except (ValueError, RecursionError):
        # A page of a proxy or a gateway: its beginning tells enough.
        body = text if len(text) <= _PREVIEW else text[:_PREVIEW] + "..."
    return status_error(reply.status, body or None, reply.headers, request.operation)


def read(reply: HttpReply, request: HttpRequest, result: Result, names_events: Callable[[], bool]) -> Any:
    """The value of a successful reply. Raises ``InvalidReplyError`` where it is not what was promised."""
    content_type = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if result.kind == "stream":
        return _stream(reply, request, content_type, names_events)
    if result.kind == "binary":
        if content_type in _PAGES and "content-disposition" not in reply.headers:
            _refuse(reply, request, result, reply.read())
        if _is_json(content_type) and "content-disposition" not in reply.headers:
            return BinaryReply(_without_error(reply, request), content_type)
        return BinaryReply(reply, content_type)
    body = reply.read()
    if result.kind == "none":
        return None
    if result.kind == "text":
        if content_type in _PAGES:
            _refuse(reply, request, result, body)
        return body.decode("utf-8", "replace")
    return _json(reply, request, result, body)


def _json(reply: HttpReply, request: HttpRequest, result: Result, body: bytes) -> Any:
    # 204 and 205 have no content by definition; where no result was promised, none is fine.
    if not body and reply.status in (204, 205) and result.schema is None:
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        _refuse(reply, request, result, body)
    if result.schema is not None and not isinstance(value, (dict, list)):
        _refuse(reply, request, result, body, "a JSON object")
    return value


def _is_json(content_type: str) -> bool:
    return content_type.endswith("json")


class _Peeked:
    """A reply whose first pieces were taken already."""

    def __init__(self, reply: HttpReply, pieces: Iterator[bytes]) -> None:
        self._reply = reply
        self._pieces = pieces
        self.close = reply.close
        self.abort = reply.abort

    def chunks(self) -> Iterator[bytes]:
        return self._pieces

    def read(self) -> bytes:
        return b"".join(self._pieces)


def _without_error(reply: HttpReply, request: HttpRequest) -> _Peeked:
    """The reply, unless it is an error object instead of the file: those are small."""
    pieces = reply.chunks()
    begin: list[bytes] = []
    size = 0
    for piece in pieces:
        begin.append(piece)
        size += len(piece)
        if size > _LARGEST_ERROR:
            break
    else:
        _raise_error_body(reply, request, b"".join(begin))
    return _Peeked(reply, chain(begin, pieces))


def _raise_error_body(reply: HttpReply, request: HttpRequest, body: bytes) -> None:
    """Raise the error of a reply that is the API's error object, whatever its status says."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    if is_error_body(value):
        reply.close()
        raise _reported(reply, request, body)


def _stream(
    reply: HttpReply, request: HttpRequest, content_type: str, names_events: Callable[[], bool]
) -> Stream[Any]:
    if content_type in _PAGES or _is_json(content_type):
        body = reply.read()
        _raise_error_body(reply, request, body)
        _refuse(reply, request, Result("stream"), body)
    request_id = reply.headers.get("x-request-id")
    reader = EventReader(request.operation, names_events, request_id, request.redacted)
    return Stream(reply, reader, request.operation)


def _refuse(
    reply: HttpReply, request: HttpRequest, result: Result, body: bytes, expected: str = ""
) -> NoReturn:
    """Raise the error for a reply of the wrong kind, with its beginning."""
    reply.close()
    preview = _text(body[: _PREVIEW * 4], request)[:_PREVIEW]
    media_type = reply.headers.get("content-type", "no content type")
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
