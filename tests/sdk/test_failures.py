"""Replies and connections that fail: the error, its message, and the retries."""

from __future__ import annotations

import pickle
import socket
import traceback
from datetime import UTC, datetime
from typing import Any

import pytest

import typed_openai
from typed_openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    Client,
    InternalServerError,
    InvalidReplyError,
    OpenAIError,
    RateLimitError,
    errors,
)
from typed_openai._calls import retry
from typed_openai._calls.status_errors import status_error
from typed_openai._security.credentials import Secret
from typed_openai.timeouts import Timeout

KEY = "sk-very-secret"
MESSAGES = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key=KEY, base_url=server.base_url)


def completion(client: Client, **options: Any) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "m", **options)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (402, "APIStatusError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (422, "UnprocessableEntityError"),
        (429, "RateLimitError"),
        (500, "InternalServerError"),
        (503, "InternalServerError"),
        (599, "InternalServerError"),
    ],
)
def test_each_status_has_its_error_with_what_the_server_told(
    server: Any, client: Client, status: int, name: str
) -> None:
    error = {"message": "no luck", "type": "t", "param": "p", "code": "c"}
    server.reply({"error": error}, status=status, X_Request_Id="req_1")
    with pytest.raises(APIStatusError) as caught:
        completion(client, max_retries=0)
    got = caught.value
    assert type(got) is getattr(errors, name)
    assert (got.status, got.code, got.param, got.type, got.request_id) == (status, "c", "p", "t", "req_1")
    assert got.body == {"error": error}
    assert got.headers["x-request-id"] == "req_1"
    assert str(got).startswith(f"chat.create_chat_completion: {status}")
    assert str(got).endswith(": no luck (request id req_1)")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": "plain"}', "plain"),
        (b'{"object": "error", "message": "flat", "code": 40303}', "flat"),
        (b'{"detail": "fast"}', "fast"),
        (b'{"error": null, "message": "beside it"}', "beside it"),
        (b'{"error": "Bad Request", "message": ["n is too small", "no model"]}', "n is too small; no model"),
        (b'[{"error": {"code": 400, "message": "in a list", "status": "INVALID_ARGUMENT"}}]', "in a list"),
        (b'{"errors": [{"message": "one"}, {"message": "two"}]}', "one; two"),
        (b'{"errors": ["one", "two"]}', "one; two"),
        (b'{"errors": {"model": ["is unknown"]}}', "model: is unknown"),
        (b'{"code": 400, "msg": "short"}', "short"),
        (b'{"error": "invalid_token", "error_description": "expired"}', "expired"),
        (b'{"error": {"error": {"message": "inside"}}}', "inside"),
        (b'{"error": {"message": {"hue": 1}}}', "{'hue': 1}"),
        (b'{"error": {"message": {"text": "in a text"}}}', "400 Bad Request: in a text"),
        (b'{"meta": {"error": "far inside"}}', '400 Bad Request: {"meta": {"error": "far inside"}}'),
        (b'{"error": {}}', "400 Bad Request"),
        (b'{"detail": [{"loc": ["body", "n"], "msg": "too small", "type": "gt"}]}', "body.n: too small"),
        (b'{"type": "about:blank", "title": "Bad", "detail": "a problem"}', "a problem"),
        (b'{"fault": {"faultstring": "quota"}}', "quota"),
        (b'{"base_resp": {"status_code": 1004, "status_msg": "login"}}', "login"),
        (b"<html>Bad gateway</html>", "400 Bad Request: Bad gateway"),
        (b"", "chat.create_chat_completion: 400 Bad Request"),
        (b"[1]", "[1]"),
    ],
)
def test_error_bodies_of_compatible_servers_and_gateways_are_understood(
    server: Any, client: Client, body: bytes, said: str
) -> None:
    server.reply(body, status=400, content_type="text/plain")
    with pytest.raises(errors.BadRequestError) as caught:
        completion(client)
    assert said in str(caught.value)


def test_a_key_that_the_server_quotes_is_not_shown(server: Any, client: Client) -> None:
    server.reply({"error": {"message": f"Incorrect API key: {KEY}", "param": KEY}}, status=401)
    with pytest.raises(errors.AuthenticationError) as caught:
        completion(client)
    assert KEY not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.__dict__)
    assert "Incorrect API key: [key]" in str(caught.value)


def test_keys_are_not_in_reprs_nor_in_pickles(server: Any) -> None:
    client = Client(
        api_key=KEY,
        admin_api_key=KEY + "2",
        base_url=server.base_url,
        http_headers={"Authorization": KEY, "X-A": "1"},
    )
    assert KEY not in repr(client) + repr(client.chat) + repr(client._settings)
    pickled = pickle.dumps(client)
    assert KEY.encode() not in pickled
    server.reply({})
    pickle.loads(pickled).models.list_models(openai_api_key="k")
    assert server.seen[0].headers["x-a"] == "1"


@pytest.mark.parametrize(
    ("body", "content_type", "found"),
    [
        (
            b"<html>Welcome</html>",
            "text/html; charset=utf-8",
            "got text/html; charset=utf-8: '<html>Welcome</html>'",
        ),
        (b"{oops", "application/json", "got application/json: '{oops'"),
        (b"", "application/json", "got an empty reply"),
        (b"\xff\xfe\xff", "application/json", "got application/json"),
    ],
)
def test_a_reply_that_is_not_json_shows_its_beginning(
    server: Any, client: Client, body: bytes, content_type: str, found: str
) -> None:
    server.reply(body, content_type=content_type)
    with pytest.raises(InvalidReplyError) as caught:
        client.models.list_models()
    assert str(caught.value).startswith("models.list_models: expected JSON, ")
    assert found in str(caught.value)
    assert caught.value.status == 200
    assert len(server.seen) == 1


def test_html_is_neither_text_nor_a_file(server: Any, client: Client) -> None:
    server.reply(b"<html>Sign in</html>", content_type="text/html")
    with pytest.raises(InvalidReplyError, match="expected text, got text/html: '<html>Sign in"):
        client.audio.create_transcription(b"x", "m", response_format="text")
    with pytest.raises(InvalidReplyError, match="expected a file, got text/html"):
        client.audio.create_speech("x", "m", "v")


def test_a_refused_connection_names_the_operation_and_the_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    with pytest.raises(APIConnectionError) as caught:
        completion(Client(api_key=KEY, base_url=address, max_retries=1))
    assert type(caught.value) is APIConnectionError
    assert str(caught.value) == (
        f"chat.create_chat_completion: no connection to {address}/chat/completions: Connection refused"
    )
    assert not caught.value.was_sent


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", r"/v1/models closed the connection: Remote end closed connection without response$"),
        (b"garbage\x00\r\nmore\r\n\r\n", r"/v1/models did not answer with HTTP: garbage\x00$"),
    ],
)
def test_a_server_that_was_reached_is_not_said_to_be_without_connection(
    server: Any, client: Client, answer: bytes, said: str
) -> None:
    def send(handler: Any) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    server.answer(send)
    with pytest.raises(APIConnectionError, match=said) as caught:
        client.models.list_models()
    assert caught.value.was_sent


def test_no_answer_in_time_is_a_timeout_and_a_post_is_not_sent_twice(
    server: Any, client: Client, no_pauses: list[float]
) -> None:
    server.answer(lambda handler: server.disconnected.wait(1))
    with pytest.raises(
        APITimeoutError, match=r"no answer from http://.*/v1/chat/completions within total=0\.1 seconds"
    ):
        completion(client, timeout=0.1)
    assert (len(server.seen), no_pauses) == (1, [])


def test_no_answer_in_time_is_tried_again_for_a_get(server: Any, client: Client) -> None:
    server.answer(lambda handler: server.disconnected.wait(1))
    with pytest.raises(APITimeoutError):
        client.models.list_models(timeout=Timeout(first_byte=0.1))
    assert len(server.seen) == 3


def test_a_body_that_stops_half_way_is_a_connection_error(server: Any, client: Client) -> None:
    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"data": ')
        handler.close_connection = True

    server.answer(answer)
    with pytest.raises(APIConnectionError, match=r"models\.list_models: the connection to .* broke"):
        client.models.list_models()


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_with_the_same_key_for_the_call(
    server: Any, client: Client, no_pauses: list[float], status: int
) -> None:
    server.hang_up()
    server.reply({}, status=status)
    server.reply({"ok": 1})
    assert completion(client) == {"ok": 1}
    keys = {one.headers["idempotency-key"] for one in server.seen}
    assert (len(server.seen), len(keys), len(no_pauses)) == (3, 1, 2)
    completion(client)
    assert server.seen[3].headers["idempotency-key"] not in keys


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_lasting_failure_is_not_tried_again(server: Any, client: Client, status: int) -> None:
    server.reply({}, status=status)
    with pytest.raises(APIStatusError):
        completion(client)
    assert len(server.seen) == 1


def test_tries_end_with_the_last_error(server: Any, client: Client) -> None:
    server.reply({}, status=500)
    with pytest.raises(InternalServerError):
        completion(client, max_retries=3)
    assert len(server.seen) == 4


def test_the_server_s_word_about_another_try_goes_first(server: Any, client: Client) -> None:
    server.reply({}, status=500, X_Should_Retry="false")
    with pytest.raises(InternalServerError):
        completion(client)
    server.answers.clear()
    server.reply({}, status=400, X_Should_Retry="true")
    server.reply({"ok": 1})
    assert completion(client) == {"ok": 1}
    assert len(server.seen) == 3


def test_the_asked_pause_is_kept_and_too_long_a_pause_ends_the_tries(
    server: Any, client: Client, no_pauses: list[float]
) -> None:
    server.reply({}, status=429, Retry_After="7")
    server.reply({}, status=429, Retry_After_Ms="1500", Retry_After="9")
    server.reply({}, status=429, Retry_After="3600")
    with pytest.raises(RateLimitError):
        completion(client, max_retries=5)
    assert no_pauses == [7.0, 1.5]


NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "headers", "expected"),
    [
        (1, {}, 0.5),
        (3, {}, 2.0),
        (50, {}, 8.0),
        (1, {"retry-after": "Thu, 01 Jan 2026 12:00:20 GMT"}, 20.0),
        (1, {"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0.0),
        # By the server's clock, whatever ours says.
        (
            1,
            {"retry-after": "Mon, 01 Jan 2001 00:00:20 GMT", "date": "Mon, 01 Jan 2001 00:00:00 GMT"},
            20.0,
        ),
        (1, {"retry-after": "Thu, 01 Jan 2026 12:00:20 GMT", "date": "now"}, 20.0),
        (1, {"retry-after": "soon"}, 0.5),
        (1, {"retry-after": f"Thu, 01 Jan 2026 12:00:20 +{'9' * 20}"}, 0.5),
        (1, {"retry-after": "-1"}, 0.5),
        (1, {"retry-after": "nan"}, 0.5),
        (1, {"retry-after": "61"}, 61.0),
    ],
)
def test_pauses(tries: int, headers: dict[str, str], expected: float) -> None:
    assert retry.delay(tries, headers, NOW, lambda: 1.0) == expected


def test_the_jitter_reaches_down_to_no_pause() -> None:
    assert retry.delay(9, {}, NOW, lambda: 0.0) == 0.0


def all_errors() -> list[OpenAIError]:
    return [
        errors.CallError("a"),
        errors.MissingKeyError("a.b", "api_key", "OPENAI_API_KEY"),
        APIError("a", operation="a.b", code="c", body={"x": 1}),
        APIConnectionError("a", was_sent=False),
        APITimeoutError("a", operation="a.b"),
        status_error(429, {"error": {"message": "m"}}, {"x-request-id": "r"}, "a.b"),
        InvalidReplyError("a", status=200, preview="<"),
        errors.StreamTruncatedError("a", events=[{"x": 1}]),
    ]


@pytest.mark.parametrize("error", all_errors(), ids=lambda one: type(one).__name__)
def test_every_error_pickles(error: OpenAIError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.__dict__) == (type(error), str(error), error.__dict__)


def test_every_error_is_public_and_under_one_base() -> None:
    for name in errors.__all__:
        # A warning does not end a call.
        assert issubclass(getattr(typed_openai, name), (OpenAIError, Warning))


@pytest.mark.parametrize(
    ("key", "text", "redacted"),
    [
        ("sk-0123456789abc", "bad key xsk-0123456789abc!", "bad key x[key]!"),
        ("t", 'content: expected string, got "t"', 'content: expected string, got "[key]"'),
    ],
)
def test_a_key_is_taken_out_of_texts_a_short_one_as_a_word_only(key: str, text: str, redacted: str) -> None:
    assert Secret(key).redact(text) == redacted
