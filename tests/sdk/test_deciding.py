"""Retrying and interpreting replies are decided by functions that do no I/O."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.architecture.sources import imported, modules

from typed_openai import BinaryReply, Stream
from typed_openai._calls import body_reading, results
from typed_openai._calls.bind import bind
from typed_openai._calls.described import UNDESCRIBED
from typed_openai._calls.endpoints import packaged
from typed_openai._calls.retry import Clock, GiveUp, Policy, Tries, TryAgain
from typed_openai._security.credentials import Headers
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.errors import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    CallError,
    InvalidReplyError,
)
from typed_openai_spec.model import Object, Result

DECIDING = ("bind", "results", "retry")
DOING = frozenset({"time", "socket", "select", "threading", "requests", "urllib3"})


@pytest.fixture(autouse=True)
def no_io(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("I/O while deciding")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(time, "sleep", refuse)


@pytest.mark.parametrize("name", DECIDING)
def test_a_module_that_decides_imports_nothing_that_does_io(name: str) -> None:
    found = imported(modules()[f"typed_openai._calls.{name}"])
    assert found & DOING == frozenset()
    seam = {"typed_openai._transport.seam", "typed_openai._transport.deadlines"}
    assert {one for one in found if one.startswith("typed_openai._transport")} <= seam
    assert not {f"typed_openai._calls.{one}" for one in ("send", "body_reading")} & found


@dataclass
class Head:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def status(code: int, **headers: str) -> APIStatusError:
    head = Head(code, {name.replace("_", "-"): text for name, text in headers.items()})
    return results.failure(head, request(), b'{"error": {"message": "no"}}')


def request(method: str = "POST", *, replayable: bool = True) -> HttpRequest:
    return HttpRequest("a.b", method, "http://127.0.0.1/a", Headers({}), replayable=replayable)


def clock(left: float | None = None, total: float | None = None) -> Clock:
    return Clock(left, total, lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda: 1.0)


TIMEOUT = APITimeoutError("late", operation="a.b")
OUTLASTS = "a pause of 0.5 seconds would outlast total=9 seconds."
LATE = "the request may already be running and billed; Client(retry_timeouts=True) allows retries."


@pytest.mark.parametrize(
    ("error", "policy", "time_left", "expected"),
    [
        (status(500), Policy(2), clock(), TryAgain(0.5)),
        (status(429, retry_after="3"), Policy(2), clock(), TryAgain(3.0)),
        (status(429, retry_after_ms="250"), Policy(2), clock(), TryAgain(0.25)),
        (status(400), Policy(2), clock(), GiveUp()),
        (status(400, x_should_retry="true"), Policy(2), clock(), TryAgain(0.5)),
        (status(500), Policy(0), clock(), GiveUp()),
        (status(500), Policy(2), clock(0.5, 9.0), GiveUp(OUTLASTS)),
        (status(500), Policy(2), clock(0.6, 9.0), TryAgain(0.5)),
        (
            status(429, retry_after="121"),
            Policy(2),
            clock(),
            GiveUp("the server asks for a pause of 121 seconds."),
        ),
        (
            status(500, x_should_retry="false"),
            Policy(2),
            clock(),
            GiveUp("the server asks for that (x-should-retry: false)."),
        ),
        (TIMEOUT, Policy(2), clock(), GiveUp(LATE)),
        (TIMEOUT, Policy(0), clock(), GiveUp()),
        (TIMEOUT, Policy(2, timeouts=True), clock(), TryAgain(0.5)),
        (APIConnectionError("gone", was_sent=False), Policy(2), clock(), TryAgain(0.5)),
    ],
)  # fmt: skip
def test_a_failed_try_is_followed_by_another_or_not(
    error: APIError, policy: Policy, time_left: Clock, expected: TryAgain | GiveUp
) -> None:
    tries = Tries("POST", policy)
    assert tries.begin() == 1
    assert tries.failed(error, time_left) == expected


def test_tries_are_counted_and_their_pauses_grow() -> None:
    tries = Tries("GET", Policy(3))
    steps = []
    for _ in range(4):
        tries.begin()
        steps.append(tries.failed(status(503), clock()))
    assert steps == [TryAgain(0.5), TryAgain(1.0), TryAgain(2.0), GiveUp()]
    assert tries.count == 4


def test_a_call_that_is_cancelled_or_cannot_be_repeated_is_given_up() -> None:
    tries = Tries("GET", Policy(3))
    tries.begin()
    assert tries.failed(status(503), clock(), cancelled=True) == GiveUp()
    once = Tries("POST", Policy(3), replayable=False)
    once.begin()
    assert once.failed(status(503), clock()) == GiveUp(
        "the body was read from a source that cannot be read twice."
    )


def test_a_try_that_cannot_be_sent_does_not_hide_the_error_before_it() -> None:
    tries = Tries("POST", Policy(3))
    tries.begin()
    assert tries.unsendable(CallError("no such file")) is None
    error = status(503)
    tries.failed(error, clock())
    tries.begin()
    assert tries.unsendable(CallError("no such file")) is error
    assert error.__notes__ == ["Not retried: no such file"]


def plan(result: Result, media_type: str = "", code: int = 200, **headers: str) -> results.Plan:
    given = {"content-type": media_type} if media_type else {}
    given |= {name.replace("_", "-"): text for name, text in headers.items()}
    return results.plan(Head(code, given), request(), result, UNDESCRIBED)


def whole(result: Result, media_type: str, body: bytes, code: int = 200) -> Any:
    made = plan(result, media_type, code)
    assert isinstance(made, results.Whole)
    return made.value(body)


JSON = Result("json", Object())


@pytest.mark.parametrize(
    ("result", "media_type", "code", "body", "expected"),
    [
        (JSON, "application/json", 200, b'{"a": 1}', {"a": 1}),
        (JSON, "text/plain", 200, b"[]", []),
        (Result("json"), "", 204, b"", None),
        (Result("json", Object(), empty=True), "application/json", 200, b"", None),
        (Result("json", Object(), scalar=True), "application/json", 200, b"3", 3),
        (Result("text"), "text/plain; charset=utf-8", 200, "ä\xff".encode(), "ä\xff"),
        (Result("text", media_type="text/html"), "text/html", 200, b"<p>", "<p>"),
        (Result("none"), "text/html", 200, b"<p>", None),
        (Result("any"), "application/json", 200, b"", None),
        (Result("any"), "application/json", 200, b"1", 1),
        (Result("any"), "text/xml", 200, b"<a/>", "<a/>"),
    ],
)
def test_a_body_that_is_read_at_once_becomes_the_value(
    result: Result, media_type: str, code: int, body: bytes, expected: object
) -> None:
    assert whole(result, media_type, body, code) == expected


@pytest.mark.parametrize(
    ("result", "media_type", "body", "found"),
    [
        (JSON, "application/json", b"", "expected JSON, got an empty reply"),
        (JSON, "application/json", b"3", "expected a JSON object, got application/json: '3'"),
        (JSON, "text/html", b"<p>", "expected JSON, got text/html: '<p>'"),
        (Result("text"), "text/html", b"<p>", "expected text, got text/html: '<p>'"),
        (Result("binary"), "text/html", b"<p>", "expected a file, got text/html: '<p>'"),
        (Result("stream"), "application/json", b"{}", "expected an event stream, got application/json: '{}'"),
    ],
)
def test_a_body_that_was_not_promised_is_refused(
    result: Result, media_type: str, body: bytes, found: str
) -> None:
    with pytest.raises(InvalidReplyError) as caught:
        whole(result, media_type, body)
    assert str(caught.value) == f"a.b: {found} (status 200)"


def test_a_page_is_read_up_to_a_limit_unless_it_was_promised() -> None:
    pages = [
        plan(JSON, "text/html"),
        plan(Result("binary"), "text/html"),
        plan(Result("stream"), "text/html"),
    ]
    assert [one.limit for one in pages if isinstance(one, results.Whole)] == [1 << 20] * 3
    promised = plan(Result("text", media_type="text/html"), "text/html")
    assert isinstance(promised, results.Whole)
    assert promised.limit == 1 << 28


def test_another_protocol_is_refused_by_its_head() -> None:
    with pytest.raises(InvalidReplyError, match="status 101"):
        plan(JSON, code=101)


def test_a_file_is_checked_where_it_may_be_an_error() -> None:
    assert plan(Result("binary"), "audio/mpeg", content_length="9") == results.File("audio/mpeg", 9)
    attached = plan(Result("binary"), "application/json", content_disposition="attachment")
    assert attached == results.File("application/json", None)
    file = plan(Result("binary"), "application/json")
    assert isinstance(file, results.File)
    assert file.check is not None
    error = b'{"error": {"message": "no", "type": "t"}}'
    assert file.check(error, False)
    assert file.check(b'{"a": 1}', True)
    with pytest.raises(APIStatusError, match="no"):
        file.check(error, True)
    unknown = plan(Result("any"), "application/zip")
    assert isinstance(unknown, results.File)
    assert unknown.check is not None
    assert [unknown.check(one, True) for one in (b"", b"a")] == [False, True]


class Reply:
    """A reply in memory that keeps what was asked of it."""

    aborted = False

    def __init__(self, media_type: str, pieces: list[bytes], code: int = 200) -> None:
        self.status = code
        self.headers = {"content-type": media_type}
        self.asked: list[object] = []
        self._pieces = iter(pieces)

    def chunks(self) -> Iterator[bytes]:
        return self._pieces

    def read(self, most: int | None = None) -> bytes:
        self.asked.append(most)
        return b"".join(self._pieces)

    def close(self) -> None:
        self.asked.append("close")

    def abort(self) -> None:
        raise AssertionError


def read(reply: HttpReply, result: Result) -> Any:
    return body_reading.read(reply, request(), result, UNDESCRIBED)


def test_a_plan_is_carried_out_on_any_reply() -> None:
    page = Reply("text/html", [b"<p>"])
    with pytest.raises(InvalidReplyError):
        read(page, JSON)
    assert page.asked == [1 << 20]
    assert isinstance(read(Reply("text/event-stream", []), Result("stream")), Stream)
    file = read(Reply("application/json", [b"a" * 70_000, b"b"]), Result("binary"))
    assert isinstance(file, BinaryReply)
    assert file.read() == b"a" * 70_000 + b"b"
    assert read(Reply("application/zip", []), Result("any")) is None


def test_an_error_is_read_up_to_a_limit_and_closed() -> None:
    reply = Reply("text/plain", [b"a" * (1 << 16), b"never read"], 500)
    error = body_reading.failure(reply, request())
    assert error.body == "a" * (1 << 16)
    assert reply.asked == ["close"]
    assert next(reply.chunks()) == b"never read"


def test_binding_decides_the_values_and_the_result() -> None:
    endpoint = packaged().by_id("createChatCompletion")
    call = bind(endpoint, ([], "m"), {"stream": True, "max_retries": 3})
    assert (call.values, call.result.kind) == ({"messages": [], "model": "m", "stream": True}, "stream")
    assert call.options.max_retries == 3
