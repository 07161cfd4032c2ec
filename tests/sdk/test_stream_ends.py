"""The end of a complete stream: the events that its description names, or else a clean end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from typed_openai.client import Client
from typed_openai.errors import StreamTruncatedError
from typed_openai_spec.index.reader import packaged

DONE = "[DONE]"
FIRST = b'data: {"n": 1}\n\n'
STREAMS = [one for one in packaged().operations() if one.stream]
ENDS = [
    (one.qualified_name, name)
    for one in STREAMS
    if one.stream
    for name in (*one.stream.result.terminal, DONE)
    if "[]" not in name
]


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="sk-test", base_url=server.base_url, max_retries=0, timeout=20)


def stream(client: Client, operation: str) -> Any:
    """Return the stream of an operation with any required arguments."""
    found = next(one for one in STREAMS if one.qualified_name == operation)
    assert found.stream is not None
    required = {
        one.name: b"x" if one.name in ("file", "image") else "x" for one in found.arguments if one.required
    }
    return client.call(operation, **required, **{found.stream.argument: found.stream.values[0]})


def encoded(name: str, with_event_line: bool) -> bytes:
    if name == DONE:
        return b"data: [DONE]\n\n"
    return f"event: {name}\ndata: {{}}\n\n".encode() if with_event_line else typed(name)


def typed(name: str) -> bytes:
    return b"data: %s\n\n" % json.dumps({"type": name}).encode()


CHUNK = {"object": "chat.completion.chunk"}


def chat(*events: Sequence[tuple[int, str | None]]) -> bytes:
    """Return the events of a chat without its end; each has the finish reasons of some choices."""
    choices = ([{"index": index, "finish_reason": reason} for index, reason in one] for one in events)
    return b"".join(b"data: %s\n\n" % json.dumps({**CHUNK, "choices": one}).encode() for one in choices)


@pytest.mark.parametrize(
    "events",
    [
        chat([(0, None)], [(0, "stop")]),
        chat([(0, None)], [(0, "stop")], []),
        chat([(0, "length")])[:-2],
        chat([(0, None), (1, None)], [(1, "stop")], [(0, "tool_calls")]),
        chat([(0, "stop")], *[[(0, None)]] * 3),
    ],
)
def test_a_chat_whose_choices_are_finished_is_complete_without_its_end(
    server: Any, client: Client, events: bytes
) -> None:
    server.events(events)
    assert len(list(stream(client, "chat.create_chat_completion"))) == events.count(b"data:")


@pytest.mark.parametrize(
    "events",
    [
        b"",
        chat([]),
        chat([(0, None)]),
        chat([(0, None), (1, None)], [(0, "stop")]),
        b'data: {"choices": {"0": 1}}\n\n',
    ],
)
def test_a_chat_with_an_unfinished_choice_is_cut(server: Any, client: Client, events: bytes) -> None:
    server.events(events)
    with pytest.raises(StreamTruncatedError):
        list(stream(client, "chat.create_chat_completion"))


def test_every_stream_of_the_api_has_a_known_end() -> None:
    assert len(STREAMS) > 10
    assert [one.qualified_name for one in STREAMS if one.stream and not one.stream.result.terminal] == []


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(("operation", "name"), ENDS, ids=lambda value: value)
def test_each_terminal_event_ends_its_stream_well_whatever_line_ends_are_missing(
    server: Any, client: Client, operation: str, name: str
) -> None:
    for last in {encoded(name, True), encoded(name, False)}:
        for missing in range(3):
            server.answers.clear()
            server.events(FIRST, last.removesuffix(b"\n\n") + b"\n\n"[missing:])
            events = list(stream(client, operation))
            assert (events[0], len(events)) == ({"n": 1}, 1 if name == DONE else 2)


@pytest.mark.parametrize("operation", sorted({one for one, _ in ENDS}))
def test_no_other_event_ends_a_stream_of_the_api(server: Any, client: Client, operation: str) -> None:
    server.events(FIRST, typed("something.completed"))
    with pytest.raises(StreamTruncatedError, match="after 2 events"):
        list(stream(client, operation))


def raw(server: Any, client: Client, body: bytes, **headers: str) -> list[Any]:
    """Return the events of a stream without a description."""

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        for header, value in (headers or {"Connection": "close"}).items():
            handler.send_header(header.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    server.answer(answer)
    return list(client.request("POST", "/gateway/stream", json={}, stream=True))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (FIRST, {}),
        (FIRST, {"Content_Length": str(len(FIRST))}),
        (b"%x\r\n%s\r\n0\r\n\r\n" % (len(FIRST), FIRST), {"Transfer_Encoding": "chunked"}),
        (FIRST + b"data: [DONE]\n\n", {}),
        (FIRST.rstrip(), {}),
        (FIRST + b": bye", {}),
    ],
)
def test_a_stream_of_unknown_end_ends_with_its_connection(
    server: Any, client: Client, body: bytes, headers: dict[str, str]
) -> None:
    assert raw(server, client, body, **headers) == [{"n": 1}]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (FIRST, {"Content_Length": "1000"}),
        (b"%x\r\n%s\r\n" % (len(FIRST), FIRST), {"Transfer_Encoding": "chunked"}),
        (b"ff\r\n" + FIRST, {"Transfer_Encoding": "chunked"}),
        (FIRST + b'data: {"n":', {}),
    ],
    ids=["short", "no last chunk", "inside a chunk", "inside an event"],
)
def test_a_stream_of_unknown_end_that_is_visibly_cut_is_truncated(
    server: Any, client: Client, body: bytes, headers: dict[str, str]
) -> None:
    with pytest.raises(StreamTruncatedError) as caught:
        raw(server, client, body, **headers)
    assert caught.value.events == [{"n": 1}]


def test_a_known_path_has_its_operation_s_end(server: Any, client: Client) -> None:
    server.events(FIRST, typed("response.completed"))
    assert len(list(client.request("POST", "/responses", json={}, stream=True))) == 2
    server.answers.clear()
    server.events(FIRST)
    with pytest.raises(StreamTruncatedError):
        list(client.request("POST", "/responses", json={}, stream=True))
