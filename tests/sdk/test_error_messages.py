"""Each error of a call has the operation, the status, the API's message and the request id, and pickles."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import dataclass
from typing import Any

import pytest

from typed_openai import errors
from typed_openai._calls.error_pages import line_of
from typed_openai._streams.error_bodies import error_details
from typed_openai.client import Client

MESSAGES = [{"role": "user", "content": "Hello"}]
SAID = {"error": {"message": "what the API says", "code": "c", "param": "p", "type": "t"}}
BROKEN = b'data: {"n": 1}\n\n'


@dataclass(frozen=True)
class Case:
    """A reply, its call, and the resulting error with the required parts of its message."""

    kind: type[errors.APIError]
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    stream: bool = False
    says: str = ""
    more: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.kind.__name__} {self.status} {self.content_type} {self.body[:12]!r}"


def status(number: int, kind: type[errors.APIError]) -> Case:
    return Case(kind, number, json.dumps(SAID).encode(), says=f"{number}")


def event(text: str, kind: type[errors.APIError], says: str) -> Case:
    return Case(kind, 200, text.encode(), "text/event-stream", True, says)


CASES = [
    status(400, errors.BadRequestError),
    status(401, errors.AuthenticationError),
    status(403, errors.PermissionDeniedError),
    status(404, errors.NotFoundError),
    status(409, errors.ConflictError),
    status(418, errors.APIStatusError),
    status(422, errors.UnprocessableEntityError),
    status(429, errors.RateLimitError),
    status(500, errors.InternalServerError),
    status(503, errors.InternalServerError),
    Case(
        errors.InvalidReplyError, 200, b"<!doctype html><title>Sign in", "text/html", says="<!doctype html>"
    ),
    Case(errors.InvalidReplyError, 200, b"<!doctype html>", "text/html", True, "<!doctype html>"),
    Case(errors.InvalidReplyError, 200, b'{"cut', says='{"cut'),
    Case(errors.InvalidReplyError, 200, b"", says="an empty reply"),
    Case(errors.InvalidReplyError, 201, b"3", says="(status 201)"),
    event("data: {]\n\n", errors.InvalidReplyError, "{]"),
    event('{"id": 1}', errors.InvalidReplyError, "expected an event stream"),
    event(f"data: {json.dumps(SAID)}\n\n", errors.APIError, "what the API says"),
    event("event: error\ndata: what the API says\n\n", errors.APIError, "what the API says"),
    event('data: {"n": 1}\n\n', errors.StreamTruncatedError, "after 1 events"),
    Case(errors.APIConnectionError, 200, b"{", says="", more=(("Content-Length", "100"),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_error_tells_all_that_is_known(server: Any, case: Case) -> None:
    client = Client(api_key="sk-test", base_url=server.base_url, max_retries=0, timeout=20)

    def answer(handler: Any) -> None:
        handler.send_response(case.status)
        headers = {"Content-Type": case.content_type, "X-Request-Id": "req_7", "Connection": "close"}
        for name, value in (headers | dict(case.more)).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(case.body)
        handler.close_connection = True

    server.answer(answer)
    with pytest.raises(errors.APIError) as caught:
        list(client.chat.create_chat_completion(MESSAGES, "m", stream=case.stream))
    error = caught.value
    assert type(error) is case.kind
    assert str(error).startswith("chat.create_chat_completion: ")
    assert str(error).endswith(" (request id req_7)")
    assert str(error) == error.message
    assert (error.operation, error.request_id) == ("chat.create_chat_completion", "req_7")
    assert case.says in str(error)
    if isinstance(error, errors.APIStatusError):
        assert (error.status, error.code, error.param, error.type) == (case.status, "c", "p", "t")
    if isinstance(error, errors.InvalidReplyError):
        assert error.status == case.status
        assert f"status {case.status}" in str(error)
    for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (type(copied), str(copied), vars(copied)) == (type(error), str(error), vars(error))


def test_every_class_of_error_that_a_reply_ends_in_is_here() -> None:
    kinds = {
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.APIError)
    }
    # A timeout has no reply, and therefore no request id; a call without a token is not sent.
    assert kinds - {one.kind for one in CASES} == {errors.APITimeoutError, errors.TokenError}


PAGE = (
    b"""<!DOCTYPE html>
<html><head><title>Page not found &amp; gone at /books</title>
<style>body { color: red }</style><script>alert(1)</script></head>
<body>
  <h1>Page not found &amp; gone at /books</h1>
  <p>Using the \x1b[31mURLconf</p>
"""
    + b"<li>a route</li>" * 100
)


def test_a_page_is_told_on_one_line_and_kept_in_the_body(server: Any) -> None:
    server.reply(PAGE, status=404, content_type="text/html")
    with pytest.raises(errors.APIStatusError) as caught:
        Client("key", base_url=server.base_url).models.list_models()
    told = str(caught.value)
    beginning = (
        "models.list_models: 404 Not Found: Page not found & gone at /books: Using the [31mURLconf a route"
    )
    assert told.startswith(beginning)
    assert told.isprintable()
    assert len(told) < 260
    assert caught.value.body == PAGE.decode()


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("upstream failed\n\tat line 1", "upstream failed at line 1"),
        ("1 < 2 and <b>", "1 < 2 and <b>"),
        ("<html></html>", "an HTML page"),
        ("<title>Gone", "<title>Gone"),
        ("<html><title>Gone</title>Gone", "Gone"),
        ("<html>" + "<script>" * 5_000, "an HTML page"),
        ("x" * 500, "x" * 200 + "..."),
    ],
)
def test_what_is_no_json_is_told_by_its_beginning(page: str, told: str) -> None:
    assert line_of(page) == told


PROBLEM = {"type": "https://a.test/invalid", "title": "Invalid."}
SHAPES: dict[str, tuple[object, dict[str, str | None]]] = {
    "problem details": (
        {**PROBLEM, "status": 403, "detail": "Your balance is 30."},
        {"message": "Your balance is 30.", "type": "https://a.test/invalid"},
    ),
    "problem details with a title only": ({"title": "Not Found", "status": 404}, {"message": "Not Found"}),
    "problem details with places": (
        {**PROBLEM, "errors": [{"detail": "must be positive", "pointer": "#/age"}]},
        {"message": "#/age: must be positive", "type": "https://a.test/invalid"},
    ),
    "ASP.NET": (
        {**PROBLEM, "status": 400, "errors": {"Name": ["is required.", "x"], "Age": ["is too low."]}},
        {"message": "Name: is required.; Age: is too low.", "type": "https://a.test/invalid"},
    ),
    "Asana": ({"errors": [{"message": "project: Missing", "help": "h"}]}, {"message": "project: Missing"}),
    "Plaid": (
        {"error_code": "INVALID_KEYS", "error_message": "invalid id", "error_type": "INVALID_INPUT"},
        {"message": "invalid id", "code": "INVALID_KEYS", "type": "INVALID_INPUT"},
    ),
    "Elasticsearch": (
        {
            "error": {"root_cause": [{"reason": "no index"}], "type": "missing", "reason": "no index"},
            "status": 404,
        },
        {"message": "no index", "type": "missing"},
    ),
    "Elasticsearch with a cause": (
        {"error": {"root_cause": [{"reason": "bad date"}], "type": "phase", "reason": "all failed"}},
        {"message": "all failed: bad date", "type": "phase"},
    ),
    "Qdrant": ({"status": {"error": "Not found: x"}, "time": 0.1}, {"message": "Not found: x"}),
    "Stripe": (
        {"error": {"code": "missing", "message": "Missing: amount.", "param": "amount", "type": "invalid"}},
        {"message": "Missing: amount.", "code": "missing", "param": "amount", "type": "invalid"},
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_errors_of_other_makers_are_told_with_their_details(shape: str) -> None:
    body, expected = SHAPES[shape]
    details = error_details(body)
    assert {name: one for name, one in details.items() if one is not None} == expected
