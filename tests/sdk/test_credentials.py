"""No key is shown: not by an error, its cause or its traceback, whatever the server sends."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import typed_openai
from typed_openai import APIConnectionError, APIError, CallError, Client, InvalidReplyError, OpenAIError

# Joined here, so that no frame of this file has a constant that a traceback shows.
KEY = "-".join(("sk", "very", "secret", "key"))
MESSAGES = [{"role": "user", "content": "Hello"}]

Call = Callable[[str], Any]


def walked(value: object, depth: int = 6) -> Iterator[str]:
    """Yield the texts of everything that an object refers to by its attributes and items."""
    if isinstance(value, (str, bytes)):
        yield str(value)
    elif depth and isinstance(value, dict):
        for one in value.items():
            yield from walked(one, depth - 1)
    elif depth and isinstance(value, (list, tuple, set)):
        for one in value:
            yield from walked(one, depth - 1)
    elif depth and not isinstance(value, (type, int, float)) and not callable(value):
        yield from walked(getattr(value, "__dict__", None) or {}, depth - 1)
        yield from walked(getattr(value, "args", ()), depth - 1)
        if hasattr(value, "headers"):
            yield from walked(dict(value.headers), depth - 1)


def shown(error: BaseException) -> str:
    """Return the error with all its causes, as a tool that shows local variables would show them."""
    text = "".join(
        line
        for one in causes(error)
        for frame in traceback.TracebackException.from_exception(one, capture_locals=True).stack
        if "/tests/" not in frame.filename
        for line in (frame.locals or {}).values()
    )
    return text + "".join(traceback.format_exception(error)) + "".join(map(str, map(repr, causes(error))))


def causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


CALLS: dict[str, Call] = {
    "a client's key": lambda url: Client(api_key=KEY, base_url=url).models.list_models(),
    "a call's key": lambda url: Client(base_url=url).models.list_models(openai_api_key=KEY),
    "a call's header": lambda url: Client(base_url=url).models.list_models(
        extra_headers={"Authorization": f"Bearer {KEY}"}
    ),
    "a client's header": lambda url: Client(
        base_url=url, http_headers={"authorization": f"Bearer {KEY}"}
    ).models.list_models(),
    "a raw request's header": lambda url: Client(base_url=url).request(
        "GET", "/models", headers={"Authorization": f"Bearer {KEY}"}
    ),
    "the module": lambda url: typed_openai.call("listModels", base_url=url, openai_api_key=KEY),
    "the module's request": lambda url: typed_openai.request(
        "GET", "/models", base_url=url, openai_api_key=KEY
    ),
    "a wrong keyword": lambda url: Client(base_url=url).models.list_models(openai_api_key=KEY, nope=1),
    "a wrong header": lambda url: Client(base_url=url).models.list_models(
        extra_headers={"Authorization": KEY, "X": "\n"}
    ),
    "a wrong setting": lambda url: Client(api_key=KEY, base_url="nonsense"),
    "a wrong header of the client": lambda url: Client(http_headers={"Authorization": KEY, "X": "\n"}),
    "an unknown operation": lambda url: Client().call("nope", openai_api_key=KEY),
    "a stream": lambda url: list(
        Client(api_key=KEY, base_url=url).chat.create_chat_completion(MESSAGES, "m", stream=True)
    ),
}


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("failure", ["no server", "no answer", "no HTTP", "half an answer", "a refusal"])
@pytest.mark.parametrize("call", CALLS)
def test_no_error_leads_to_the_key(server: Any, call: str, failure: str) -> None:
    def no_http(handler: Any) -> None:
        handler.wfile.write(b"garbage " + handler.headers["Authorization"].encode() + b"\r\n\r\n")
        handler.close_connection = True

    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"data: 1\n\n")
        handler.close_connection = True

    def refusal(handler: Any) -> None:
        server.answers.clear()
        server.reply({"error": {"message": handler.headers["Authorization"]}}, status=401)
        server.answers[0](handler)

    answers = {"no HTTP": no_http, "half an answer": half, "a refusal": refusal}
    if failure in answers:
        server.answer(answers[failure])
    else:
        server.hang_up()
    with pytest.raises(OpenAIError) as caught:
        CALLS[call](server.base_url if failure != "no server" else "http://127.0.0.1:1/v1")
    assert KEY not in shown(caught.value)
    assert KEY not in "".join(text for one in causes(caught.value) for text in walked(one))
    assert "\n" not in str(caught.value)


def test_what_an_unreachable_server_leaves_is_a_cause_without_the_header() -> None:
    with pytest.raises(APIConnectionError) as caught:
        Client(api_key=KEY, base_url="http://127.0.0.1:1/v1").models.list_models()
    request = caught.value.__cause__.request
    assert request.url == "http://127.0.0.1:1/v1/models"
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(
    "event",
    [
        b'data: {"error": {"message": "bad key %s"}}\n\n',
        b"event: error\ndata: bad key %s\n\n",
        b'{"error": {"message": "bad key %s"}}',
        b"data: {bad key %s\n\n",
    ],
)
def test_a_key_that_a_stream_quotes_is_not_shown(server: Any, event: bytes) -> None:
    server.events(event % KEY.encode())
    client = Client(api_key=KEY, base_url=server.base_url)
    with pytest.raises(APIError, match=r"bad key \[key\]") as caught:
        list(client.chat.create_chat_completion(MESSAGES, "m", stream=True))
    assert KEY not in str(caught.value.body)


def test_a_key_that_is_a_word_of_json_does_not_hide_the_error(server: Any) -> None:
    server.events(b'data: {"error": {"message": "no luck", "code": 1}}\n\n')
    client = Client(api_key="1", base_url=server.base_url)
    with pytest.raises(APIError, match="no luck"):
        list(client.chat.create_chat_completion(MESSAGES, "m", stream=True))


def test_a_plain_error_in_place_of_a_stream_does_not_show_the_key(server: Any) -> None:
    server.reply({"error": {"message": f"bad key {KEY}"}})
    with pytest.raises(APIError, match=r"bad key \[key\]") as caught:
        Client(api_key=KEY, base_url=server.base_url).chat.create_chat_completion(MESSAGES, "m", stream=True)
    assert KEY not in str(caught.value.body)


@pytest.mark.parametrize("body", [b"5", b"null", b'"text"', b""])
def test_a_reply_that_is_no_object_where_one_is_promised_is_refused(server: Any, body: bytes) -> None:
    server.reply(body, status=200 if body else 204)
    client = Client(api_key="k", base_url=server.base_url)
    with pytest.raises(InvalidReplyError, match=r"expected (a JSON object|JSON), got"):
        client.models.list_models()
    with pytest.raises(CallError):
        client.models.list_models(5)


def test_odd_objects_of_compatible_servers_pass_and_so_does_anything_on_unknown_paths(server: Any) -> None:
    server.reply({"whatever": 1})
    server.reply([1])
    server.reply(5)
    server.reply(b"", status=204)
    client = Client(api_key="k", base_url=server.base_url)
    assert client.models.list_models() == {"whatever": 1}
    assert client.models.list_models() == [1]
    assert client.request("GET", "/unknown") == 5
    assert client.request("DELETE", "/unknown") is None
