"""The text and the items in the events of streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from tests.sdk.conftest import Loopback

from typed_openai.accumulation import accumulate
from typed_openai.aio import AsyncClient
from typed_openai.client import Client
from typed_openai.errors import CallError
from typed_openai.event_outputs import finished_items, text_deltas
from typed_openai.outputs import output_items, output_text
from typed_openai.testing import serve

STREAM = "text/event-stream"
COMMENT = {"id": "msg_1", "type": "message", "role": "assistant", "phase": "commentary", "content": []}
ANSWER = {"id": "msg_2", "type": "message", "role": "assistant", "phase": "final_answer", "content": []}
CALL = {"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "add", "arguments": "{}"}


def event(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "output_index": number, **fields}


def said(item: dict[str, Any], number: int, *texts: str) -> list[dict[str, Any]]:
    content = [{"type": "output_text", "text": "".join(texts), "annotations": []}]
    place = {"item_id": item["id"], "content_index": 0}
    return [
        event("output_item.added", number, item=item),
        *(event("output_text.delta", number, delta=one, **place) for one in texts),
        event("output_item.done", number, item={**item, "content": content}),
    ]


EVENTS = [
    {"type": "response.created", "response": {"id": "resp_1", "output": []}},
    *said(COMMENT, 0, "Let me ", "see. "),
    event("output_item.added", 1, item=CALL),
    event("output_item.done", 1, item=CALL),
    *said(ANSWER, 2, "It is ", "warm."),
]


def chunk(*choices: Any) -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [*choices]}


def test_comments_are_not_the_answer() -> None:
    assert [*text_deltas(EVENTS)] == ["It is ", "warm."]
    assert [*text_deltas(EVENTS, phase="commentary")] == ["Let me ", "see. "]
    wrong: Any = "final"
    for read in (lambda: text_deltas(EVENTS, phase=wrong), lambda: output_text({"output": []}, phase=wrong)):
        with pytest.raises(
            CallError, match=r'^phase: expected "final_answer" or "commentary", got \'final\'$'
        ):
            read()


@pytest.mark.parametrize("left_out", ["output_index", "item_id"])
def test_a_comment_is_known_by_its_number_or_its_id(left_out: str) -> None:
    events = [{name: one for name, one in event.items() if name != left_out} for event in EVENTS]
    assert "".join(text_deltas(events)) == "It is warm."


def test_a_message_without_a_phase_is_an_answer() -> None:
    events = said({"id": "msg_1", "type": "message"}, 0, "Warm.")
    assert [*text_deltas(events)] == ["Warm."]
    assert [*text_deltas(events[1:])] == ["Warm."]
    assert [*text_deltas(events, phase="commentary")] == []


def test_the_choices_of_a_chat_are_told_apart() -> None:
    chunks = [
        chunk(),
        chunk({"index": 0, "delta": {"role": "assistant", "content": ""}}),
        chunk({"index": 0, "delta": {"content": "a"}}, {"index": 1, "delta": {"content": "b"}}),
        chunk(
            {"index": 1, "delta": {"content": None}}, {"delta": {"content": "c"}}, {"index": 0, "delta": None}
        ),
        chunk(),
    ]
    assert [*text_deltas(chunks)] == ["a", "c"]
    assert [*text_deltas(chunks, choice=1)] == ["b"]


def test_items_arrive_when_they_are_finished() -> None:
    seen: list[str] = []

    def events() -> Iterator[Any]:
        for one in EVENTS:
            seen.append(one["type"])
            yield one

    items = finished_items(events(), "function_call")
    assert next(items)["call_id"] == "call_1"
    assert len(seen) == EVENTS.index(event("output_item.done", 1, item=CALL)) + 1
    assert [one["id"] for one in finished_items(iter(EVENTS), "message")] == ["msg_1", "msg_2"]


def test_other_events_are_an_error() -> None:
    other: Any = [{"type": "transcript.text.delta", "delta": "Hi"}]
    with pytest.raises(
        CallError, match=r'of a chat completion or a response, got the event "transcript.text'
    ):
        next(text_deltas(other))
    for wrong, found in (
        (other, 'the event "transcript.text.delta"'),
        ([chunk()], '"dict"'),
        ([b""], '"bytes"'),
    ):
        with pytest.raises(CallError, match=f"^expected the events of a response, got {found}$"):
            next(finished_items(wrong, "message"))


def test_the_deltas_of_a_stream_are_the_text_of_its_reply() -> None:
    with serve() as server:
        create = Client(api_key="k", base_url=server.base_url).responses.create_response
        _compare_with_the_reply(create)


def _compare_with_the_reply(create: Any) -> None:
    events = accumulate(create("Say hello.", "gpt-5.5", stream=True))
    text = "".join(text_deltas(events))
    assert text == output_text(events.value) != ""
    items = [*finished_items(create("Say hello.", "gpt-5.5", stream=True), "message")]
    assert [one["type"] for one in items] == [one["type"] for one in output_items(events.value, "message")]


def test_leaving_the_loop_closes_the_stream(server: Loopback) -> None:
    client = Client(api_key="k", base_url=server.base_url)
    server.reply(
        b"".join(b"data: %s\n\n" % str(one).replace("'", '"').encode() for one in EVENTS * 500),
        content_type=STREAM,
    )
    stream: Any = client.responses.create_response("Hi", "gpt-5.5", stream=True)
    for _ in text_deltas(stream):
        break
    with pytest.raises(ValueError, match="finished or closed"):
        iter(stream)


def test_the_events_of_an_async_client_are_read_as_well(server: Loopback) -> None:
    async def events() -> AsyncIterator[Any]:
        for one in EVENTS:
            yield one

    async def main() -> None:
        assert [one async for one in text_deltas(events())] == ["It is ", "warm."]
        assert [one["id"] async for one in finished_items(events(), "function_call")] == ["fc_1"]
        async with AsyncClient(api_key="k", base_url=server.base_url) as client:
            data = b"".join(b"data: %s\n\n" % str(one).replace("'", '"').encode() for one in EVENTS)
            server.reply(data + b"data: [DONE]\n\n", content_type=STREAM)
            grown = accumulate(await client.responses.create_response("Hi", "gpt-5.5", stream=True))
            assert [one async for one in text_deltas(grown)] == ["It is ", "warm."]
            assert output_text(grown.value) == "It is warm."

    asyncio.run(main())
