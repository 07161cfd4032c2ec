"""Errors that a server tells in a reply of status 200, and replies that only look like errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.faults.faulty import Close, Faulty, Read, Script, Send
from tests.faults.judging import Fault, client_of, judge, on_each_kind
from tests.faults.kinds import BINARY, JSON, KINDS, STREAMS

from typed_openai import APIError, APIStatusError, Client

pytestmark = pytest.mark.timeout(8)

DONE = b"data: [DONE]\n\n"
ONE_EVENT = b'data: {"n": 1}\n\n'


def reply(body: bytes, media_type: bytes = b"application/json") -> tuple[Script, ...]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (media_type, len(body))
    return ((Read(), Send(head + body), Close()),)


BODIES = (
    ("the API's error", b'{"error": {"message": "no luck", "type": "t", "param": null, "code": null}}'),
    ("vLLM's error", b'{"object": "error", "message": "no luck", "type": "t", "param": null, "code": 400}'),
    ("OpenRouter's error", b'{"error": {"message": "no luck", "code": 429}, "user_id": "u"}'),
    ("a text for an error", b'{"error": "no luck"}'),
    ("an error and a request id", b'{"error": {"message": "no luck"}, "request_id": "r"}'),
)
OBJECTS = tuple(
    Fault(name, reply(body), APIStatusError, ("200", "no luck"), kinds=(*JSON, *BINARY, *STREAMS))
    for name, body in BODIES
)

BESIDE_A_RESULT = (
    Fault(
        "an error in a completion",
        reply(b'{"id": "1", "choices": [], "error": {"message": "no luck"}}'),
        APIStatusError,
        ("200", "no luck"),
        kinds=("post",),
    ),
)

IN_A_LIST = (
    Fault(
        "an error in a list, in place of an object",
        reply(b'[{"error": {"message": "no luck", "code": 400}}]'),
        APIStatusError,
        ("200", "no luck"),
        kinds=("post", *STREAMS),
    ),
)

IN_STREAMS = tuple(
    Fault(name, reply(body, b"text/event-stream"), APIError, ("reports an error", "no luck"), kinds=STREAMS)
    for name, body in (
        *((f"{name} in an event", ONE_EVENT + b"data: " + body + b"\n\n") for name, body in BODIES),
        ("a field of the name", ONE_EVENT + b'error: {"message": "no luck"}\n\n' + DONE),
        ("a field of the name at first", b'error:{"message": "no luck"}\n\n' + DONE),
        ("a field of the name at the end", ONE_EVENT + b'error: {"message": "no luck"}'),
        ("a field of the name that is cut", ONE_EVENT + b'error: {"message": "no luck\n\n' + DONE),
        ("a field of the name with CR LF", b'data: {"n": 1}\r\n\r\nerror: {"message": "no luck"}\r\n\r\n'),
        ("a choice with an error", b'data: {"choices": [{"index": 0}], "error": {"message": "no luck"}}\n\n'),
    )
)


@pytest.mark.slow(seconds=2)
@on_each_kind(OBJECTS, BESIDE_A_RESULT, IN_A_LIST, IN_STREAMS)
def test_an_error_of_status_200_is_raised(case: Fault, kind_name: str, tmp_path: Path) -> None:
    judge(case, KINDS[kind_name], tmp_path)


def answered(body: bytes, *path: str, media_type: bytes = b"application/json") -> Any:
    """Return what a call of the path gives for a reply."""
    with Faulty(*reply(body, media_type)) as server, client_of(server, max_retries=0) as client:
        return _called(client, *path)


def _called(client: Client, method: str, path: str) -> Any:
    found = client.request(method, path, stream=path == "/stream")
    return list(found) if path == "/stream" else found


FAILED = {"code": "server_error", "message": "no luck"}


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"id": "r", "object": "response", "status": "failed", "error": FAILED}, ("GET", "/responses/r")),
        ({"id": "f", "object": "fine_tuning.job", "error": FAILED}, ("GET", "/fine_tuning/jobs/f")),
        ({"id": "v", "object": "video", "status": "failed", "error": FAILED}, ("GET", "/videos/v")),
        ({"id": "j", "status": "failed", "error": FAILED}, ("GET", "/jobs/j")),
        ({"object": "list", "data": [{"error": FAILED}]}, ("GET", "/models")),
        ({"object": "list", "data": [], "error": None}, ("GET", "/models")),
        ({"object": "list", "data": [], "error": ""}, ("GET", "/models")),
        ({"object": "list", "data": [], "error": {}}, ("GET", "/models")),
        ({"object": "list", "data": [], "error": False}, ("GET", "/models")),
        ([{"error": FAILED}], ("GET", "/jobs")),
    ],
)
def test_a_result_with_an_error_of_its_own_is_a_result(value: object, path: tuple[str, ...]) -> None:
    assert answered(json.dumps(value).encode(), *path) == value


@pytest.mark.slow(seconds=1)
def test_an_error_in_place_of_such_a_result_is_raised() -> None:
    with pytest.raises(APIStatusError, match="no luck"):
        answered(json.dumps({"error": FAILED}).encode(), "GET", "/responses/r")


def test_a_field_of_the_name_without_an_object_is_ignored_as_the_standard_has_it() -> None:
    body = b"error: slow\n\n" + ONE_EVENT + DONE
    assert answered(body, "POST", "/stream", media_type=b"text/event-stream") == [{"n": 1}]
