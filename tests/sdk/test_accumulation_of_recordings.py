"""Recorded replies are what streams of the same content make up, wherever the stream is cut."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
from tests.evidence.judging import Judge
from tests.evidence.shapes import Shape, recorded
from tests.sdk.streamed import chat_chunks, completion_chunks, response_events

from typed_openai._accumulating.growing_replies import GrowingReply, growing_reply
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Operation, Ref

API = packaged()


def growing(operation_id: str) -> GrowingReply:
    stream = API.by_id(operation_id).stream
    assert stream is not None
    assert isinstance(stream.result.schema, Ref)
    return growing_reply(API.accumulations[stream.result.schema.name])


def replies(operation_id: str) -> list[Any]:
    found = [one.value for one in recorded() if one.owner == operation_id and one.direction == "reply"]
    assert found
    return found


def accumulated(operation_id: str, events: Iterator[Any]) -> Any:
    reply = growing(operation_id)
    for event in events:
        before = json.dumps(event)
        assert reply.add(event) is event
        # What has been handed out does not change, and reading the reply changes nothing.
        reply.value()
        assert json.dumps(event) == before
    return reply.value()


SPLIT: dict[str, Callable[..., Iterator[Any]]] = {
    "createChatCompletion": chat_chunks,
    "createCompletion": completion_chunks,
    "createResponse": response_events,
}


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("operation_id", sorted(SPLIT))
def test_a_recorded_reply_is_what_its_stream_makes_up(operation_id: str, size: int) -> None:
    for reply in replies(operation_id):
        choices = reply.get("choices", ())
        is_numbered = [one["index"] for one in choices] == [*range(len(choices))]
        if is_numbered and all("finish_reason" in one for one in choices):
            assert accumulated(operation_id, SPLIT[operation_id](reply, size=size)) == reply


def test_a_response_without_output_at_its_end_has_what_its_items_had() -> None:
    for reply in replies("createResponse"):
        events = response_events(reply, has_output_at_end=False)
        assert accumulated("createResponse", events) == (
            {**reply, "output": None} if not reply["output"] else reply
        )


@pytest.mark.parametrize("operation_id", sorted(SPLIT))
def test_reading_the_reply_at_every_event_changes_nothing(operation_id: str) -> None:
    for reply in replies(operation_id)[:40]:
        events = list(SPLIT[operation_id](reply))
        read = growing(operation_id)
        states = [deepcopy((read.add(one), read.value())[1]) for one in events]
        for cut in range(len(events)):
            unread = growing(operation_id)
            for event in events[: cut + 1]:
                unread.add(event)
            assert unread.value() == states[cut]
            if len(events) > 60:
                break


LOGS: Final = frozenset({"AgentSessionStreamEvent"})
"""Events of streams that go on as long as what they are about: no reply is made of them."""


def makes_a_reply(operation: Operation) -> bool:
    stream = operation.stream
    schema = None if stream is None else stream.result.schema
    return schema is not None and not (isinstance(schema, Ref) and schema.name in LOGS)


STREAMING = [one for one in API.operations() if makes_a_reply(one)]


@pytest.mark.parametrize("operation", STREAMING, ids=lambda one: one.qualified_name)
def test_every_streaming_operation_says_how_its_events_make_up_a_reply(operation: Operation) -> None:
    stream = operation.stream
    assert stream is not None
    assert isinstance(stream.result.schema, Ref)
    makes = API.accumulations[stream.result.schema.name].makes
    expected = operation.result.schema.name if isinstance(operation.result.schema, Ref) else "bytes"
    assert expected in makes


@pytest.mark.parametrize("operation", STREAMING, ids=lambda one: one.qualified_name)
def test_recorded_events_in_any_order_and_number_are_accepted(operation: Operation) -> None:
    events = [one.value for one in recorded() if one.owner == operation.id and one.direction == "event"]
    for order in (events, events[::-1], events * 2):
        reply = growing(operation.id)
        for event in order:
            reply.add(event)
        json.dumps(reply.value()) if operation.result.kind == "json" else reply.value()


def test_the_reply_of_recorded_chunks_fits_the_type_of_the_reply() -> None:
    judge = Judge(API.api())
    for shape in recorded():
        if shape.owner == "createChatCompletion" and shape.direction == "event" and shape.year >= 2024:
            end = {**shape.value, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
            reply = accumulated("createChatCompletion", iter([shape.value, end]))
            found = judge.mismatches(Shape("createChatCompletion", "reply", reply, shape.year))
            assert {(one.component, one.field) for one in found} <= LACKING, (found, shape.value)


# What a chunk lacks that continues the call of a tool, or the speech.
LACKING = {
    ("ChatCompletionResponseMessageAudio", "data"),
    ("ChatCompletionResponseMessageAudio", "expires_at"),
    ("ChatCompletionResponseMessageAudio", "id"),
    ("ChatCompletionResponseMessageAudio", "transcript"),
    ("ChatCompletionMessageToolCall", "id"),
    ("ChatCompletionMessageToolCall", "function"),
    ("ChatCompletionMessageToolCallFunction", "name"),
}
