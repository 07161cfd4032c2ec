"""A reply -> what the call gives: parsed JSON, text, a ``BinaryReply``, a ``Stream``, or an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from typed_openai.binary import BinaryReply
from typed_openai.errors import APIStatusError, InvalidReplyError, status_error
from typed_openai.events import EventReader, is_error_body
from typed_openai.streaming import Stream
from typed_openai.wire import HttpReply, HttpRequest
from typed_openai_spec.model import Result

_PREVIEW = 200

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
        text = _text(reply.read(), request)
    finally:
        reply.close()
    try:
        body: object = json.loads(text)
    except ValueError:
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
    # 204 and 205 have no content by definition; some servers answer a deletion so.
    if not body and reply.status in (204, 205):
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        _refuse(reply, request, result, body)


def _stream(
    reply: HttpReply, request: HttpRequest, content_type: str, names_events: Callable[[], bool]
) -> Stream[Any]:
    if content_type in _PAGES or content_type.endswith("json"):
        body = reply.read()
        reply.close()
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        if is_error_body(value):
            raise status_error(reply.status, value, reply.headers, request.operation)
        _refuse(reply, request, Result("stream"), body)
    reader = EventReader(request.operation, names_events, reply.headers.get("x-request-id"))
    return Stream(reply, reader, request.operation)


def _refuse(reply: HttpReply, request: HttpRequest, result: Result, body: bytes) -> NoReturn:
    """Raise the error for a reply of the wrong kind, with its beginning."""
    reply.close()
    preview = _text(body[: _PREVIEW * 4], request)[:_PREVIEW]
    media_type = reply.headers.get("content-type", "no content type")
    found = f"{media_type}: {preview!r}" if preview else "an empty reply"
    raise InvalidReplyError(
        f"{request.operation}: expected {_EXPECTED[result.kind]}, got {found} (status {reply.status})",
        operation=request.operation,
        status=reply.status,
        preview=preview,
        request_id=reply.headers.get("x-request-id"),
    )


def _text(body: bytes, request: HttpRequest) -> str:
    """The body as text without the request's key: servers quote keys in their messages."""
    text = body.decode("utf-8", "replace")
    return request.key.redact(text) if request.key is not None else text
