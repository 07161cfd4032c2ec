"""Streams that a description declares in other ways than OpenAI's, or does not declare at all."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from typed_openai import (
    APIError,
    BinaryReply,
    Client,
    InvalidReplyError,
    Stream,
    StreamTruncatedError,
)

Described = Callable[..., Client]

# The forms in which frameworks declare a handler that may stream.
UNDECLARED = {
    "an empty schema": "{'200': {description: Ok, content: {application/json: {schema: {}}}}}",
    "no schema": "{'200': {description: Ok, content: {application/json: {}}}}",
    "no content": "{'200': {description: Ok}}",
    "nothing": "{}",
}
POST = """
    paths:
      /chat:
        post:
          operationId: chat
          requestBody:
            required: true
            content:
              application/json:
                schema: {properties: {q: {type: string}, stream: {type: boolean%s}}, required: [q]}
          responses: %s
"""
BOTH = """
            '200':
              description: Ok
              content:
                application/json: {schema: {type: object, properties: {text: {type: string}}}}
                application/x-ndjson: {schema: {type: object, properties: {piece: {type: string}}}}
"""
DEFAULT = ", default: true"
LINES = b'{"piece": "a"}\n{"piece": "b"}\r\n\n{"piece": "c"}'
PIECES = [{"piece": one} for one in "abc"]


@pytest.fixture(params=UNDECLARED)
def undeclared(request: pytest.FixtureRequest, described_client: Described) -> Client:
    return described_client(POST % ("", UNDECLARED[request.param]))


def test_events_are_a_stream_where_nothing_is_declared(server: Any, undeclared: Client) -> None:
    server.events(b'data: {"a": 1}\n\ndata: plain text\n\n', b'data: {"a": 2}\n\ndata: [DONE]\n\n')
    reply = undeclared.chat.chat("Hi")
    assert isinstance(reply, Stream)
    assert list(reply) == [{"a": 1}, "plain text", {"a": 2}]


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/jsonl; charset=utf-8"])
def test_lines_are_a_stream_where_nothing_is_declared(
    server: Any, undeclared: Client, content_type: str
) -> None:
    server.events(LINES[:5], LINES[5:], content_type=content_type)
    reply = undeclared.chat.chat("Hi")
    assert isinstance(reply, Stream)
    assert list(reply) == PIECES


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/problem+json", b"[1]", [1]),
        ("text/plain", b"Hello", "Hello"),
        ("text/csv; charset=utf-8", b"a,b", "a,b"),
    ],
)
def test_other_replies_are_what_they_say(
    server: Any, undeclared: Client, content_type: str, body: bytes, value: object
) -> None:
    server.reply(body, content_type=content_type)
    assert undeclared.chat.chat("Hi") == value


def test_a_file_is_a_file_where_nothing_is_declared(server: Any, undeclared: Client) -> None:
    server.reply(b"%PDF", content_type="application/pdf")
    reply = undeclared.chat.chat("Hi")
    assert isinstance(reply, BinaryReply)
    assert reply.read() == b"%PDF"


def test_an_error_in_an_undeclared_stream_is_raised(server: Any, undeclared: Client) -> None:
    server.events(b'{"piece": "a"}\n{"error": "out of memory"}\n', content_type="application/x-ndjson")
    stream = undeclared.chat.chat("Hi")
    assert next(stream) == {"piece": "a"}
    with pytest.raises(APIError, match="out of memory"):
        next(stream)


# Declared as JSON with a schema, and a stream if it is asked for: many servers do not declare the stream.
JSON_ONLY = (
    "{'200': {description: Ok, content: {application/json: {schema: {properties: {a: {type: string}}}}}}}"
)


def test_a_stream_that_the_call_requests_is_a_stream(server: Any, described_client: Described) -> None:
    client = described_client(POST % ("", JSON_ONLY))
    server.events(b'data: {"a": "1"}\n\n')
    assert list(client.chat.chat("Hi", stream=True)) == [{"a": "1"}]
    assert list(client.chat.chat("Hi", extra_body={"stream": True})) == [{"a": "1"}]
    with pytest.raises(InvalidReplyError, match="expected JSON, got text/event-stream"):
        client.chat.chat("Hi")


def test_the_default_of_stream_decides(server: Any, described_client: Described) -> None:
    client = described_client(POST % (DEFAULT, BOTH))
    server.events(LINES, content_type="application/x-ndjson")
    with client.chat.chat("Hi") as stream:
        assert list(stream) == PIECES
    assert server.seen[-1].headers["accept"] == "application/x-ndjson"
    assert server.seen[-1].json == {"q": "Hi"}
    received: list[Any] = []
    client.chat.chat("Hi", stream_to=received.append).wait(5)
    assert [one.data for one in received[:-1]] == PIECES
    server.answers.clear()
    server.reply({"text": "Hello"})
    assert client.chat.chat("Hi", stream=False) == {"text": "Hello"}
    assert server.seen[-1].headers["accept"] == "application/json"


def test_without_a_default_stream_must_be_requested(server: Any, described_client: Described) -> None:
    client = described_client(POST % ("", BOTH))
    server.reply({"text": "Hello"})
    assert client.chat.chat("Hi") == {"text": "Hello"}
    server.answers.clear()
    server.events(LINES, content_type="application/x-ndjson")
    assert list(client.chat.chat("Hi", stream=True)) == PIECES
    assert "stream_to" in inspect.signature(client.chat.chat).parameters


def test_a_line_that_is_cut_off_truncates_the_stream(server: Any, described_client: Described) -> None:
    client = described_client(POST % (DEFAULT, BOTH))
    server.events(LINES[:-3], content_type="application/x-ndjson")
    with pytest.raises(StreamTruncatedError) as caught:
        list(client.chat.chat("Hi"))
    assert caught.value.events == PIECES[:2]


def test_lines_with_the_name_of_json_are_lines(server: Any, described_client: Described) -> None:
    client = described_client(POST % (DEFAULT, BOTH))
    server.events(LINES, content_type="application/json")
    assert list(client.chat.chat("Hi")) == PIECES


def test_records_of_a_text_sequence_are_events(server: Any, described_client: Described) -> None:
    declared = "{'200': {description: Ok, content: {application/json-seq: {schema: {type: object}}}}}"
    client = described_client(POST % ("", declared))
    server.events(b'\x1e{"piece": "a"}\n\x1e{"piece": "b"}\n', content_type="application/json-seq")
    assert list(client.chat.chat("Hi")) == PIECES[:2]


def test_a_handler_without_a_declared_body_takes_an_extra_one(
    server: Any, described_client: Described
) -> None:
    client = described_client("paths: {/chat: {post: {operationId: chat, responses: {}}}}")
    server.events(b'data: {"a": 1}\n\n')
    stream = client.chat.chat(extra_body={"messages": [], "stream": True})
    assert (list(stream), server.seen[-1].json) == ([{"a": 1}], {"messages": [], "stream": True})
