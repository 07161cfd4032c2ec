"""Known mistakes are rejected before anything is sent, with their place and a correction."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

import pytest

import typed_openai
from typed_openai import CallError, Client
from typed_openai.streaming import StreamingClient

MESSAGES = [{"role": "user", "content": "Hello"}]
CYCLE: list[Any] = []
CYCLE.append(CYCLE)

Call = Callable[[Client], Any]


class Stateless(StreamingClient[Any, Any]):
    def __init__(self) -> None:
        pass


class OnlyData:
    def handle_data(self, data: Any, state: Any) -> Any:
        return state


def closed_file() -> io.BytesIO:
    file = io.BytesIO(b"x")
    file.close()
    return file


WRONG: list[tuple[Call, str]] = [
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", temprature=1),
        'unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", qqq=1),
        'unexpected keyword "qqq" for chat.create_chat_completion',
    ),
    (
        lambda ai: ai.models.list_models(stream_to=print),
        'unexpected keyword "stream_to" for models.list_models',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES),
        'missing required argument "model" for chat.create_chat_completion',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(),
        'missing required arguments "messages", "model" for chat.create_chat_completion',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", 1),
        'chat.create_chat_completion takes 2 positional arguments ("messages", "model"), got 3',
    ),
    (lambda ai: ai.models.list_models("x"), "models.list_models takes 0 positional arguments, got 1"),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", model="n"),
        'argument "model" for chat.create_chat_completion is passed twice: by position and by keyword',
    ),
    (lambda ai: ai.models.retrieve_model(""), "model: a path parameter cannot be empty"),
    (
        lambda ai: ai.models.retrieve_model(".."),
        "model: a path parameter cannot be '..', which leads to another endpoint",
    ),
    (lambda ai: ai.models.retrieve_model(None), "model: expected a path parameter, got None"),
    (
        lambda ai: ai.models.retrieve_model(["a"]),
        'model: expected a string, a number or a boolean, got "list"',
    ),
    (
        lambda ai: ai.chat.create_chat_completion([{"role": "user", "content": {1, 2}}], "m"),
        'messages[0].content: expected a JSON value, got "set"',
    ),
    (
        lambda ai: ai.chat.create_chat_completion((one for one in [MESSAGES[0], {"content": b"x"}]), "m"),
        'messages[1].content: expected a JSON value, got "bytes"',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", top_p=float("nan")),
        "top_p: JSON cannot hold nan",
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "\ud800"),
        "model: the text contains a lone surrogate",
    ),
    (lambda ai: ai.chat.create_chat_completion(CYCLE, "m"), "messages[0]: the value contains itself"),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", metadata={(1,): "x"}),
        'metadata: expected keys of type "str", got "tuple"',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, b"m"),
        "model: a file cannot be sent here (chat.create_chat_completion)",
    ),
    (
        lambda ai: ai.audio.create_transcription(b"x", b"whisper-1"),
        "model: a file cannot be sent here (audio.create_transcription)",
    ),
    (lambda ai: ai.audio.create_transcription("no-such.wav", "m"), "file: no such file: 'no-such.wav'"),
    (lambda ai: ai.audio.create_transcription(io.StringIO("x"), "m"), "file: the file is open in text mode"),
    (
        lambda ai: ai.files.create_file(("n.txt", "hello"), "batch"),
        'a path, got a tuple of two "str"; its content must be bytes',
    ),
    (lambda ai: ai.files.create_file([b"a", b"b"], "batch"), "file: expected bytes, a (name, bytes) tuple"),
    (lambda ai: ai.files.create_file(["a.txt"], "batch"), 'or a path, got "list"'),
    (lambda ai: ai.files.create_file((b"a", b"b"), "batch"), 'or a path, got "tuple"'),
    (lambda ai: ai.files.create_file(None, "batch"), "file: expected bytes, a (name, bytes) tuple"),
    (lambda ai: ai.files.create_file(b"x", None), "purpose: expected a value, got None"),
    (lambda ai: ai.files.create_file(closed_file(), "batch"), "file: the file is closed"),
    (lambda ai: ai.call(5), 'call: expected an operation\'s name, got "int"'),
    (lambda ai: ai.request(5, "/files"), "expected an HTTP method, got 5"),
    (lambda ai: ai.request("GET", 5), 'expected a path such as "/chat/completions", got 5'),
    (lambda ai: ai.models.list_models(timeout=math.inf), "timeout: expected a Timeout, a positive number"),
    (lambda ai: ai.models.list_models(openai_organization_key="a\nb"), "openai_organization_key: expected"),
    (lambda ai: ai.audio.create_transcription(7, "m"), "file: expected bytes, a (name, bytes) tuple"),
    (
        lambda ai: ai.models.list_models(timeout=0),
        "timeout: expected a Timeout, a positive number of seconds or None, at most 2000000, got 0",
    ),
    (lambda ai: ai.models.list_models(max_retries=-1), "max_retries: expected 0 or more, got -1"),
    (
        lambda ai: ai.models.list_models(base_url="localhost:80"),
        "base_url: expected an http or https URL",
    ),
    (
        lambda ai: ai.models.list_models(extra_headers={"X": "a\r\nY: b"}),
        "header X: the value contains a line break",
    ),
    (lambda ai: ai.models.list_models(extra_headers={"X Y": "a"}), "'X Y' is not a header name"),
    (
        lambda ai: ai.models.list_models(extra_headers=["a"]),
        'extra_headers: expected a mapping of "str" keys',
    ),
    (lambda ai: ai.models.list_models(extra_body={"a": 1}), "models.list_models sends no body"),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", stream_to=3),
        'stream_to: expected a callable or a StreamingClient, got "int"',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", stream_to=StreamingClient),
        "stream_to: expected an instance of StreamingClient, got the class itself",
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", stream_to=Stateless()),
        'stream_to: "Stateless" has no state; call super().__init__(state) in its __init__',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", stream_to=OnlyData()),
        'stream_to: "OnlyData" has no method handle_error nor handle_finish',
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "m", stream=False, stream_to=print),
        'chat.create_chat_completion: "stream_to" requires a stream, but the other arguments disable it',
    ),
    (
        lambda ai: ai.call("createChatCompletio"),
        'the API has no operation "createChatCompletio"; did you mean "createChatCompletion"?',
    ),
    (
        lambda ai: ai.call("chat.create_chat_completions"),
        'no operation "chat.create_chat_completions"; did you mean "chat.create_chat_completion"?',
    ),
    (lambda ai: ai.request("POST", "chat/completions"), 'expected a path such as "/chat/completions"'),
    (lambda ai: ai.request("POST", "//evil.example/x"), 'expected a path such as "/chat/completions"'),
    (lambda ai: ai.request("POST", "https://evil.example/x"), 'expected a path such as "/chat/completions"'),
    (lambda ai: ai.request("GET", "/files/../models"), "cannot be sent as it is"),
    (lambda ai: ai.request("GTE", "/files"), "expected an HTTP method, got 'GTE'"),
    (lambda ai: ai.request("GET", "/files", jsn={}), 'unexpected keyword "jsn" for request'),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[one[1][:60] for one in WRONG])
def test_a_wrong_call_says_what_is_wrong_and_sends_nothing(server: Any, call: Call, message: str) -> None:
    server.reply({})
    client = Client(api_key="k", base_url=server.base_url)
    with pytest.raises(CallError) as caught:
        call(client)
    assert message in str(caught.value)
    assert isinstance(caught.value, TypeError)
    assert server.seen == []


@pytest.mark.parametrize("key", ["", "sk-a\n", "sk a", "sk-\u00e4"])
def test_a_key_that_cannot_be_one_is_refused_without_being_quoted(key: str) -> None:
    with pytest.raises(CallError) as caught:
        Client(api_key=key)
    assert "api_key: a key is" in str(caught.value)
    assert len(key) < 2 or key not in str(caught.value)


def test_credentials_in_an_address_are_refused_without_being_quoted() -> None:
    with pytest.raises(CallError) as caught:
        Client(base_url="https://me:secret@gateway.example/v1")
    assert "http_headers" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_http_options_cannot_take_over_what_a_call_decides() -> None:
    with pytest.raises(CallError, match='http_options: "data" is set by each call'):
        Client(http_options={"data": b""})


def test_an_unknown_group_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean 'chat'"):
        _ = Client().chatt
    with pytest.raises(AttributeError, match="did you mean 'chat'"):
        _ = typed_openai.chats


WRONG_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"http_headers": ["a"]}, 'http_headers: expected a mapping of "str" keys, got "list"'),
    ({"http_headers": {"A": "x\ny"}}, "header A: the value contains a line break"),
    (
        {"timeout": math.inf},
        "timeout: expected a Timeout, a positive number of seconds or None, at most 2000000, got inf",
    ),
    (
        {"timeout": math.nan},
        "timeout: expected a Timeout, a positive number of seconds or None, at most 2000000, got nan",
    ),
    (
        {"timeout": -1},
        "timeout: expected a Timeout, a positive number of seconds or None, at most 2000000, got -1",
    ),
    (
        {"http_options": {"verfy": False}},
        'http_options: requests has no option "verfy"; did you mean "verify"?',
    ),
    ({"http_options": [1]}, 'http_options: expected a mapping of "str" keys, got "list"'),
    ({"http_client": object()}, 'got "object", which has no method "request"'),
    ({"http_client": Client}, "http_client: expected a session, got the class Client itself"),
    ({"organization": ""}, "organization: expected a non-empty text of printable ASCII characters, got ''"),
    ({"organization": 5}, 'organization: expected "str", got "int"'),
    ({"project": "a\r\nX: y"}, "project: expected a non-empty text of printable ASCII characters"),
    ({"base_url": 5}, 'base_url: expected "str", got "int"'),
    ({"max_retries": 1.5}, "max_retries: expected 0 or more, got 1.5"),
    ({"api_key": 5}, 'api_key: expected "str", got "int"'),
]


@pytest.mark.parametrize(("settings", "message"), WRONG_SETTINGS, ids=[one[1][:60] for one in WRONG_SETTINGS])
def test_a_wrong_setting_is_refused_when_the_client_is_made(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(CallError) as caught:
        Client(**settings)
    assert message in str(caught.value)
