"""Decisions about a reply: how to read its body, and the value or error of the call. Nothing here reads one.

:func:`plan` decides by the status, the headers and the result that the description states;
:mod:`typed_openai._calls.body_reading` carries the plan out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Set
from functools import partial
from typing import Any, NamedTuple, NoReturn, Protocol, TypeAlias

from typed_openai._calls.described import UNDESCRIBED, Described
from typed_openai._calls.facts import shown_headers
from typed_openai._calls.status_errors import status_error
from typed_openai._streams.error_bodies import is_error_body
from typed_openai._streams.event_reader import EventReader
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import APIStatusError, InvalidReplyError
from typed_openai_spec.model import Anything, Result
from typed_openai_spec.model.media import bare, is_json, is_json_lines, is_stream

_PREVIEW = 200

_READ_FOR_PREVIEW = 1 << 16
"""In bytes; more than the preview, because a key may begin in it and end behind it."""

LARGEST_ERROR = 1 << 16
"""In bytes; the limit for an error, and for the beginning of a file that may be one."""

_LARGEST_VALUE = 1 << 28
"""In bytes; the limit for a value, several times the size of the largest known one."""

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


class Head(Protocol):
    """The head of a reply; names of headers are in lower case."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


class Whole(NamedTuple):
    """A body that is read at once, or its first ``limit`` bytes, and converted by ``value``.

    ``events`` is the reader for a body that is a stream of events although the reply declares another type.
    """

    value: Callable[[bytes], Any]
    limit: int | None = None
    events: EventReader | None = None


class File(NamedTuple):
    """A body that the caller reads.

    ``check``, if any, is called with the beginning of the body, and True if that is the whole body. It raises
    the error if the body is one, and returns False if there is no file.
    """

    media_type: str
    size: int | None
    check: Callable[[bytes, bool], bool] | None = None


class Events(NamedTuple):
    """A body that is a stream of events, parsed by ``reader``."""

    reader: EventReader


Plan: TypeAlias = Whole | File | Events


class _Exchange(NamedTuple):
    """A request, the head of its reply, and the result and the facts that the description states."""

    request: HttpRequest
    head: Head
    result: Result
    described: Described
    media_type: str

    @property
    def is_page(self) -> bool:
        """True if the reply is an unexpected web page: a proxy or a gateway has answered."""
        return self.media_type in _PAGES and bare(self.result.media_type) not in _PAGES

    @property
    def is_open(self) -> bool:
        """True if the description does not say what the values of the reply are."""
        return self.result.schema is None or isinstance(self.result.schema, Anything)

    @property
    def is_something_else(self) -> bool:
        """True if another kind of reply than the described JSON is as good.

        The description says nothing about the JSON, or the reply is a stream that the call requests or the
        description lists as well.
        """
        if self.result.kind != "json" or self.is_page or is_json(self.media_type):
            return False
        if not is_stream(self.media_type):
            return self.is_open and bool(self.media_type)
        fields = self.request.fields or {}
        return self.is_open or fields.get("stream") is True or self.described.lists(self.media_type)

    @property
    def is_attachment(self) -> bool:
        """True if the server says that the body is a file."""
        return "content-disposition" in self.head.headers


def plan(head: Head, request: HttpRequest, result: Result, described: Described) -> Plan:
    """Return the plan for a successful reply. Raises ``InvalidReplyError`` if its head is wrong."""
    media_type = bare(head.headers.get("content-type", ""))
    exchange = _Exchange(request, head, result, described, media_type)
    if head.status < 200:
        # Another protocol, which was not requested.
        _refuse(exchange, b"")
    if request.method == "HEAD":
        # Whatever its headers announce (RFC 9110, section 9.3.2).
        return Whole(partial(_nothing, exchange), _LARGEST_PAGE)
    if result.kind == "stream":
        return _stream(exchange)
    if result.kind == "any" or exchange.is_something_else:
        return _undeclared(exchange)
    if result.kind == "binary":
        return _file(exchange)
    limit = _LARGEST_PAGE if exchange.is_page or result.kind == "none" else _LARGEST_VALUE
    return Whole(partial(_VALUES[result.kind], exchange), limit)


def failure(head: Head, request: HttpRequest, content: bytes) -> APIStatusError:
    """Return the error of a reply with an error status and the body ``content``."""
    try:
        # Redacted as values: a key may be written with escapes, and a short one may be a word of JSON.
        body: object = request.redacted_json(json.loads(content.decode("utf-8", "replace")))
    except (ValueError, RecursionError):
        # A page of a proxy or a gateway: its beginning is sufficient.
        body = _text(content, request)[:_LONGEST_TEXT]
    headers = shown_headers(head.headers, request.redacted)
    return status_error(head.status, body or None, headers, request.operation)


def _nothing(exchange: _Exchange, body: bytes) -> None:
    del exchange, body


def _decoded(exchange: _Exchange, body: bytes) -> str:
    if exchange.is_page:
        _refuse(exchange, body)
    return _plain(exchange, body)


def _plain(exchange: _Exchange, body: bytes) -> str:
    _check_size(exchange, body)
    return body.decode("utf-8", "replace")


def _json(exchange: _Exchange, body: bytes) -> Any:
    _check_size(exchange, body)
    result = exchange.result
    # 204 and 205 have no content by definition; if no result was expected, none is fine.
    if not body and (result.empty or (exchange.head.status in (204, 205) and result.schema is None)):
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        _refuse(exchange, body)
    if type(value) is dict and ("error" in value or value.get("object") == "error"):
        _raise_error(exchange, value, exchange.described.error_beside(result), body)
    if type(value) is list and exchange.described.is_object(result):
        _raise_listed_error(exchange, value, body)
    if result.schema is not None and not result.scalar and not isinstance(value, (dict, list)):
        _refuse(exchange, body, "a JSON object")
    return value


_VALUES: Mapping[str, Callable[[_Exchange, bytes], Any]] = {
    "json": _json,
    "text": _decoded,
    "none": _nothing,
}
"""The value of a body that is read at once, by the kind of the result."""


def _file(exchange: _Exchange) -> Plan:
    if exchange.is_page and not exchange.is_attachment:
        return Whole(partial(_refuse, exchange), _LARGEST_PAGE)
    may_be_error = is_json(exchange.media_type) and not exchange.is_attachment
    check = partial(_is_no_error, exchange) if may_be_error else None
    return File(exchange.media_type, _size(exchange.head), check)


def _undeclared(exchange: _Exchange) -> Plan:
    """Return the plan for a reply whose kind the description does not specify."""
    media_type = exchange.media_type
    if not exchange.is_attachment:
        if is_json(media_type):
            return Whole(partial(_json_if_any, exchange), _LARGEST_VALUE)
        if is_stream(media_type):
            streamed = Result("stream", media_type=media_type)
            return _stream(exchange._replace(result=streamed, described=UNDESCRIBED), texts=True)
        if media_type.startswith("text/") or media_type.endswith("xml"):
            value = _plain if exchange.result.kind == "any" else _json_or_text
            return Whole(partial(value, exchange), _LARGEST_VALUE)
    return File(media_type, _size(exchange.head), lambda beginning, _: bool(beginning))


def _json_or_text(exchange: _Exchange, body: bytes) -> Any:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return _plain(exchange, body)
    return _json(exchange, body)


def _check_size(exchange: _Exchange, body: bytes) -> None:
    """Raise ``InvalidReplyError`` for a body without end, of which only so much was read."""
    if len(body) >= _LARGEST_VALUE:
        _refuse(exchange, body, f"at most {_LARGEST_VALUE >> 20} MiB")


def _json_if_any(exchange: _Exchange, body: bytes) -> Any:
    return _json(exchange, body) if body else None


def _size(head: Head) -> int | None:
    """Return the size of the decoded body if the reply states it (RFC 9110, section 8.6)."""
    length = head.headers.get("content-length", "")
    encoded = head.headers.get("content-encoding", "identity").strip().lower() != "identity"
    # Python refuses to parse numbers of thousands of digits.
    is_number = length.isascii() and length.isdecimal() and len(length.lstrip("0")) < _MOST_DIGITS
    unsure = encoded or "transfer-encoding" in head.headers or not is_number
    return None if unsure else int(length.lstrip("0") or "0")


def _is_no_error(exchange: _Exchange, beginning: bytes, is_whole: bool) -> bool:
    """Return True, or raise the error if the body is an error object in place of a file: those are small."""
    if is_whole:
        _raise_error_body(exchange, beginning, None)
    return True


def _raise_error_body(
    exchange: _Exchange, body: bytes, beside: Set[str] | None, *, listed: bool = False
) -> None:
    """Raise the error of a body that is an error object or, if ``listed``, a list of one."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    if listed and isinstance(value, list):
        _raise_listed_error(exchange, value, body)
    _raise_error(exchange, value, beside, body)


def _raise_listed_error(exchange: _Exchange, values: list[Any], body: bytes) -> None:
    """Raise the error of a reply that is a list of one error object, as Google's servers send it."""
    if len(values) == 1:
        _raise_error(exchange, values[0], None, body)


def _raise_error(exchange: _Exchange, value: object, beside: Set[str] | None, body: bytes) -> None:
    if is_error_body(value, beside):
        raise failure(exchange.head, exchange.request, body)


def _stream(exchange: _Exchange, *, texts: bool = False) -> Plan:
    """Return the plan for a stream. With ``texts``, data that is not JSON is a text."""
    media_type = exchange.media_type
    described_lines = is_json_lines(exchange.result.media_type)
    lines = (is_json_lines(media_type) and (described_lines or exchange.is_open)) or (
        is_json(media_type) and described_lines
    )
    request, head, result, described = exchange.request, exchange.head, exchange.result, exchange.described
    reader = EventReader(
        request.operation,
        lambda: described.names_events,
        error_beside=lambda: described.error_beside(result) or frozenset(),
        request_id=_request_id(exchange),
        redacted=request.redacted_json,
        terminal=result.terminal,
        status=head.status,
        lines=lines,
        texts=texts or (exchange.is_open and not lines),
    )
    if not lines and (media_type in _PAGES or is_json(media_type) or is_json_lines(media_type)):
        return Whole(partial(_refuse_stream, exchange), _LARGEST_PAGE, reader)
    return Events(reader)


def _refuse_stream(exchange: _Exchange, body: bytes) -> NoReturn:
    _raise_error_body(exchange, body, frozenset(), listed=True)
    _refuse(exchange, body)


def _refuse(exchange: _Exchange, body: bytes, expected: str = "") -> NoReturn:
    """Raise the error for a reply of the wrong kind, with its beginning."""
    request, head = exchange.request, exchange.head
    # Cut after it was redacted: a part of a key would not be found.
    preview = _text(body[:_READ_FOR_PREVIEW], request)[:_PREVIEW]
    media_type = request.redacted(head.headers.get("content-type", "no content type"))[:_PREVIEW]
    found = f"{media_type}: {preview!r}" if preview else "an empty reply"
    expected = expected or _EXPECTED[exchange.result.kind]
    raise InvalidReplyError(
        f"{request.operation}: expected {expected}, got {found} (status {head.status})",
        operation=request.operation,
        status=head.status,
        preview=preview,
        request_id=_request_id(exchange),
    )


def _request_id(exchange: _Exchange) -> str | None:
    found = exchange.head.headers.get("x-request-id")
    return None if found is None else exchange.request.redacted(found)


def _text(body: bytes, request: HttpRequest) -> str:
    return request.redacted(body.decode("utf-8", "replace"))
