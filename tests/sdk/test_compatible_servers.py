"""Servers with their own variant of the API: any JSON in a reply is returned unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from typed_openai.client import Client
from typed_openai.errors import InvalidReplyError

MESSAGES = [{"role": "user", "content": "Hello"}]
PAGE = b"<!doctype html>\n<html><head><title>Welcome to the proxy</title></head></html>" + b" " * 5000

CALLS: dict[str, Callable[[Client], Any]] = {
    "json": lambda client: client.chat.create_chat_completion(MESSAGES, "m"),
    "list": lambda client: client.models.list_models(),
    "delete": lambda client: client.files.delete_file("f"),
    "text": lambda client: client.audio.create_transcription(("a.mp3", b"ID3"), "m", response_format="text"),
    "file": lambda client: client.audio.create_speech("hi", "m", "alloy").read(),
    "stream": lambda client: list(client.chat.create_chat_completion(MESSAGES, "m", stream=True)),
    "unknown": lambda client: client.request("GET", "/health"),
}

REPLIES: list[dict[str, Any]] = [
    {},
    {"object": "chat.completion.of.ours", "choices": None, "x_extra": {"a": [1, {"b": None}]}},
    {"choices": [{"finish_reason": "eos_token", "message": {"role": "bot"}}], "usage": "unknown"},
    {"choices": {"0": "not an array"}, "id": 17, "created": "yesterday", "error": None},
    {"data": [], "has_more": "maybe", "deep": [[[[{}]]]], "big": 2**80, "number": 1e-300},
    {"\u00e4 \U0001f600": "\u2028", "": "", "choices[0]": 1, "error": False},
]


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="sk-test", base_url=server.base_url, max_retries=0, timeout=20)


@pytest.mark.parametrize("call", ["json", "list", "delete", "unknown"])
@pytest.mark.parametrize("value", REPLIES, ids=range(len(REPLIES)))
def test_fields_that_are_unknown_missing_or_of_other_values_pass_untouched(
    server: Any, client: Client, call: str, value: dict[str, Any]
) -> None:
    server.reply(value)
    reply = CALLS[call](client)
    assert json.dumps(reply) == json.dumps(value)


@pytest.mark.parametrize("status", [200, 201, 202, 207])
def test_any_status_of_success_is_one(server: Any, client: Client, status: int) -> None:
    server.reply({"ok": True}, status=status)
    assert CALLS["json"](client) == {"ok": True}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/octet-stream", "", "application/x-ndjson"]
)
def test_json_by_another_name_is_json(server: Any, client: Client, content_type: str) -> None:
    server.reply({"ok": True}, content_type=content_type)
    assert CALLS["json"](client) == {"ok": True}


@pytest.mark.filterwarnings("ignore:.* is deprecated; use :DeprecationWarning")  # of threads
@pytest.mark.parametrize("operation", ["chat", "responses", "threads"])
def test_additional_events_pass_untouched_and_in_order(server: Any, client: Client, operation: str) -> None:
    events: list[Any] = [
        *REPLIES,
        {"type": "response.telepathy.delta", "delta": 1},
        {"type": 7},
        {"type": None, "choices": "none"},
        ["an", "array"],
        "text",
        3,
        None,
        True,
    ]
    server.events(*(f"data: {json.dumps(one)}\n\n".encode() for one in events), b"data: [DONE]\n\n")
    streams = {
        "chat": lambda: client.chat.create_chat_completion(MESSAGES, "m", stream=True),
        "responses": lambda: client.responses.create_response("hi", "m", stream=True),
        "threads": lambda: client.threads.create_run("t", "a", stream=True),
    }
    assert [json.dumps(one) for one in streams[operation]()] == [json.dumps(one) for one in events]


@pytest.mark.filterwarnings("ignore:.* is deprecated; use :DeprecationWarning")  # of threads
def test_event_names_that_are_unknown_are_kept_where_names_are_part_of_the_event(
    server: Any, client: Client
) -> None:
    server.events(b'event: thread.telepathy\ndata: {"id": 1}\n\nevent: done\ndata: [DONE]\n\n')
    assert list(client.threads.create_run("t", "a", stream=True)) == [
        {"event": "thread.telepathy", "data": {"id": 1}}
    ]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-8", "application/xhtml+xml"])
def test_a_page_with_status_200_is_an_error_that_shows_its_beginning(
    server: Any, client: Client, call: str, content_type: str
) -> None:
    server.reply(PAGE, content_type=content_type)
    with pytest.raises(InvalidReplyError, match="Welcome to the proxy") as caught:
        CALLS[call](client)
    assert caught.value.status == 200
    assert caught.value.preview.startswith("<!doctype html>")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson", "text/html"])
@pytest.mark.parametrize("begin", [b"", b": ping\n\n", b"\n", b"\xef\xbb\xbf", b"event: chunk\n", b"id: 1\n"])
def test_events_are_read_whatever_their_declared_type(
    server: Any, client: Client, content_type: str, begin: bytes
) -> None:
    server.reply(begin + b'data: {"n": 1}\n\ndata: [DONE]\n\n', content_type=content_type)
    assert CALLS["stream"](client) == [{"n": 1}]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson", "application/jsonl"])
def test_documents_instead_of_events_are_an_error_that_shows_their_beginning(
    server: Any, client: Client, content_type: str
) -> None:
    server.reply(b'{"a": 1}\n{"a": 2}\n', content_type=content_type)
    with pytest.raises(InvalidReplyError, match="expected an event stream, got " + content_type) as caught:
        CALLS["stream"](client)
    assert caught.value.preview == '{"a": 1}\n{"a": 2}\n'
