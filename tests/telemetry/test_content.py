"""Messages are recorded only on request, in the form of the conventions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.telemetry.conftest import CHAT, KEY, MESSAGES, Recorded, data

CALL = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}


def content(recorded: Recorded, attribute: str) -> Any:
    return json.loads(recorded.found[f"gen_ai.{attribute}"])


@pytest.mark.parametrize("stream", [False, True])
def test_nothing_is_captured_unless_asked(stream: bool, server: Any, recorded: Recorded) -> None:
    if stream:
        server.events(data(json.dumps(CHAT), "[DONE]"))
        list(recorded.client(server).chat.create_chat_completion(MESSAGES, "m", stream=True))
    else:
        server.reply(CHAT)
        recorded.client(server).chat.create_chat_completion(MESSAGES, "m")
    shown = recorded.span.to_json()
    assert not [one for one in ("secret", "Hello", "messages", KEY) if one in shown]


def test_messages_of_a_chat(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    messages: list[Any] = [
        {"role": "system", "content": "Be kind."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Hi"},
                {"type": "image_url", "image_url": {"url": "https://a.test/b.png"}},
            ],
        },
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "2"},
    ]
    recorded.client(server, capture_content=True).chat.create_chat_completion(messages, "m")
    assert content(recorded, "input.messages") == [
        {"role": "system", "parts": [{"type": "text", "content": "Be kind."}]},
        {
            "role": "user",
            "parts": [
                {"type": "text", "content": "Hi"},
                {"type": "image_url", "image_url": {"url": "https://a.test/b.png"}},
            ],
        },
        {
            "role": "assistant",
            "parts": [{"type": "tool_call", "id": "call_1", "name": "add", "arguments": {"a": 1}}],
        },
        {
            "role": "tool",
            "parts": [{"type": "tool_call_response", "id": "call_1", "response": "2"}],
        },
    ]
    assert content(recorded, "output.messages") == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "Hello"}],
            "finish_reason": "stop",
        },
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "Hi"}],
            "finish_reason": "length",
        },
    ]
    assert KEY not in recorded.span.to_json()


def test_the_pieces_of_a_stream_are_joined(server: Any, recorded: Recorded) -> None:
    deltas: list[dict[str, Any]] = [
        {"role": "assistant", "content": "He"},
        {"content": "llo"},
        {"tool_calls": [{"index": 0, "id": "call_1", "function": {"name": "add", "arguments": '{"a"'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": ": 1}"}}]},
    ]
    events: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": one, "finish_reason": None}]} for one in deltas
    ]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    server.events(data(*map(json.dumps, events), "[DONE]"))
    client = recorded.client(server, capture_content=True)
    list(client.chat.create_chat_completion(MESSAGES, "m", stream=True))
    assert content(recorded, "output.messages") == [
        {
            "role": "assistant",
            "parts": [
                {"type": "text", "content": "Hello"},
                {"type": "tool_call", "id": "call_1", "name": "add", "arguments": {"a": 1}},
            ],
            "finish_reason": "tool_calls",
        }
    ]


def test_items_of_a_response(server: Any, recorded: Recorded) -> None:
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "3"}]}
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    server.reply({"id": "r", "model": "m", "status": "completed", "output": [search, said]})
    items: list[Any] = [
        {"role": "user", "content": "1 + 2?"},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "3"},
    ]
    client = recorded.client(server, capture_content=True)
    client.responses.create_response(items, "m", instructions="Be kind.")
    assert content(recorded, "system_instructions") == [{"type": "text", "content": "Be kind."}]
    parts = [one["parts"][0] for one in content(recorded, "input.messages")]
    assert parts == [
        {"type": "text", "content": "1 + 2?"},
        {"type": "reasoning", "content": "Hm."},
        {"type": "tool_call", "id": "call_1", "name": "add", "arguments": {}},
        {"type": "tool_call_response", "id": "call_1", "response": "3"},
    ]
    assert content(recorded, "output.messages") == [
        {"role": "assistant", "parts": [search, {"type": "text", "content": "3"}]}
    ]


def test_a_text_as_input_and_output(server: Any, recorded: Recorded) -> None:
    reply = {"id": "c", "model": "m", "choices": [{"index": 0, "text": "Ho", "finish_reason": "stop"}]}
    server.reply(reply)
    recorded.client(server, capture_content=True).completions.create_completion("m", "Hi")
    assert content(recorded, "input.messages") == [
        {"role": "user", "parts": [{"type": "text", "content": "Hi"}]}
    ]
    (message,) = content(recorded, "output.messages")
    assert message["parts"] == [{"type": "text", "content": "Ho"}]


def test_texts_that_are_embedded_are_no_messages(server: Any, recorded: Recorded) -> None:
    server.reply({"object": "list", "data": [], "model": "m"})
    recorded.client(server, capture_content=True).embeddings.create_embedding("A secret", "m")
    assert "secret" not in recorded.span.to_json()
