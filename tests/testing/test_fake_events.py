"""Generated streams: the order of events follows from the schema's tags alone."""

from __future__ import annotations

from typing import Any

import pytest

from typed_openai.testing.event_streams import EventMaker, ServerEvent
from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec.model import (
    Array,
    Component,
    Field,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)

STRING, INTEGER = Scalar("string"), Scalar("integer")


def tagged(tag: str, *fields: Field, name: str = "type") -> Schema:
    return Object((Field(name, Literals((tag,)), required=True), *fields))


def required(name: str, schema: Schema) -> Field:
    return Field(name, schema, required=True)


def stream(*members: Schema, **components: Schema) -> list[ServerEvent]:
    refs = {f"Event{number}": member for number, member in enumerate(members)}
    known = {name: Component(name, schema) for name, schema in {**refs, **components}.items()}
    schema = Union(tuple(Ref(name) for name in refs)) if len(refs) > 1 else Ref("Event0")
    maker = EventMaker(known, Faker(known))
    return list(maker.events(schema, Wishes(text="one two three", echo={"model": "mine"})))


def data(event: ServerEvent) -> Any:
    return event.data


def test_events_without_a_tag_are_pieces_and_then_done() -> None:
    reason = Union((Literals(("stop",)), Null()))
    choice = Object((required("finish_reason", reason), required("text", STRING)))
    events = stream(
        Object((required("choices", Array(Ref("Choice"))), required("model", STRING))), Choice=choice
    )
    assert events[-1].encode() == b"data: [DONE]\n\n"
    choices = [data(one)["choices"][0] for one in events[:-1]]
    assert "".join(one["text"] for one in choices) == "one two three"
    assert [one["finish_reason"] for one in choices] == [None, None, None, None, "stop"]
    assert {data(one)["model"] for one in events[:-1]} == {"mine"}


def test_frames_open_before_the_text_and_close_after_it() -> None:
    number = required("sequence_number", INTEGER)
    index = required("index", INTEGER)
    events = stream(
        tagged("thing.part.added", number, index),
        tagged("thing.part.done", number, index),
        tagged("thing.completed", number),
        tagged("thing.reasoning.delta", number),
        tagged("thing.failed", number),
        tagged("thing.item.added", number),
        tagged("thing.item.done", number),
        tagged("thing.text.done", number, required("text", STRING)),
        tagged("thing.text.delta", number, required("delta", STRING)),
        tagged("thing.in_progress", number),
        tagged("thing.created", number),
        tagged("thing.reasoning_part.added", number),
    )
    assert [one.name.removeprefix("thing.") for one in events] == [
        *("created", "in_progress", "item.added", "part.added"),
        *("text.delta", "text.delta", "text.delta", "text.done"),
        *("part.done", "item.done", "completed"),
    ]
    assert [data(one)["sequence_number"] for one in events] == list(range(len(events)))
    pieces = [data(one)["delta"] for one in events if one.name == "thing.text.delta"]
    assert "".join(pieces) == "one two three"
    assert next(data(one)["text"] for one in events if one.name == "thing.text.done") == "one two three"


def test_an_envelope_is_unpacked_into_name_and_data() -> None:
    events = stream(
        tagged("run.created", required("data", Ref("Run")), name="event"),
        tagged("run.completed", required("data", Ref("Run")), name="event"),
        tagged("done", required("data", Literals(("[DONE]",))), name="event"),
        Run=Object((required("status", Literals(("in_progress", "completed"))),)),
    )
    assert [one.encode() for one in events] == [
        b'event: run.created\ndata: {"status": "in_progress"}\n\n',
        b'event: run.completed\ndata: {"status": "completed"}\n\n',
        b"event: done\ndata: [DONE]\n\n",
    ]


@pytest.mark.parametrize("aside", ["speech.audio.delta", "image.partial_image"])
def test_what_is_elsewhere_an_aside_is_told_where_there_is_nothing_else(aside: str) -> None:
    end = aside.rpartition(".")[0] + ".done"
    names = [one.name for one in stream(tagged(end), tagged(aside))]
    assert names[0] == aside
    assert names.count(aside) > 1
    assert names[-1] == end


def test_a_single_kind_of_tagged_event_is_repeated() -> None:
    events = stream(tagged("tick", required("text", STRING)))
    assert [one.name for one in events] == [""] * len(events)
    assert events[-1].data == "[DONE]"
