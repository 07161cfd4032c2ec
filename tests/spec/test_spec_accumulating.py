"""Accumulation of events and states of work: read from overrides, checked, and kept in the index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from typed_openai_spec.compile import index_files
from typed_openai_spec.index.reader import Index, packaged
from typed_openai_spec.model import Api, Waiting
from typed_openai_spec.model.accumulating_events import (
    AccumulatedList,
    AccumulationStep,
    InitialValue,
    Merging,
    parts,
)
from typed_openai_spec.model.encoding import decode, encode
from typed_openai_spec.model.renaming import with_names

Described = Callable[[str], tuple[Api, list[str]]]


def described_stream(described: Described, accumulation: str) -> tuple[Api, list[str]]:
    """Return a description with an operation that streams, whose events have an ``accumulation``."""
    return described(f"""
paths:
  /answers:
    post:
      operationId: ask
      requestBody:
        content: {{application/json: {{schema: {{properties: {{stream: {{type: boolean}}}}}}}}}}
      responses:
        '200':
          content:
            application/json: {{schema: {{$ref: '#/components/schemas/Answer'}}}}
            text/event-stream: {{schema: {{$ref: '#/components/schemas/Event'}}}}
components:
  schemas:
    Answer:
      required: [kind, parts, note]
      properties:
        kind: {{type: string, enum: [answer]}}
        note: {{type: string, nullable: true}}
        parts: {{type: array, items: {{$ref: '#/components/schemas/Part'}}}}
    Other: {{properties: {{more: {{type: string}}}}}}
    Part:
      required: [role]
      properties: {{role: {{type: string, enum: [assistant]}}, text: {{type: string}}}}
    Event:
      oneOf:
      - {{$ref: '#/components/schemas/Piece'}}
      - {{$ref: '#/components/schemas/End'}}
      x-typed:
        accumulation: {accumulation}
    Piece:
      required: [type]
      properties: {{type: {{type: string, enum: [piece]}}, at: {{type: integer}}, text: {{type: string}}}}
    End:
      required: [type]
      properties: {{type: {{type: string, enum: [end]}}, answer: {{$ref: '#/components/schemas/Answer'}}}}
""")


STEPS = """
          lists: {parts: {index: at, opened_by: [piece]}}
          new: {piece: {parts: {role: assistant}}}
          also: [Other]
          events:
            piece: {'parts[].text': {append: text}, more: {set: true}}
            end: {'': {put: answer, keep: [parts]}}"""


def test_events_change_places_of_the_reply(described: Described) -> None:
    api, problems = described_stream(described, STEPS)
    assert problems == []
    found = api.accumulations["Event"]
    assert found.tag == "type"
    assert found.steps == (
        AccumulationStep("piece", "parts[].text", "append", "text"),
        AccumulationStep("piece", "more", "set", value=True),
        AccumulationStep("end", "", "put", "answer", keep=("parts",)),
    )
    assert found.lists == (AccumulatedList("parts", "at", opened_by=("piece",)),)
    assert found.initial == (InitialValue("parts[]", {"role": "assistant"}, "piece"),)
    assert found.makes == ("Answer", "Other")
    assert found.merging is None


def test_merged_pieces_have_what_the_reply_always_has(described: Described) -> None:
    merge = "{merge: {renamed: {'parts[].delta': part}, appended: ['parts[].text'], first: ['*']}}"
    api, problems = described_stream(described, merge)
    assert problems == []
    found = api.accumulations["Event"]
    assert found.merging == Merging((("parts[].delta", "part"),), ("parts[].text",), first=("*",))
    assert found.initial == (
        InitialValue("parts[]", {"role": "assistant"}),
        InitialValue("", {"kind": "answer", "note": None, "parts": []}),
    )
    assert found.tag == ""


@pytest.mark.parametrize(
    ("accumulation", "place", "text"),
    [
        ("[]", "", "expected a mapping with also, events, lists, merge, new"),
        ("{evnts: {}}", "", "expected a mapping with also, events, lists, merge, new"),
        ("{events: {peace: {}}}", "/events/peace", "no event has this name"),
        ("{events: {piece: {parts: {take: x}}}}", "/events/piece/parts", "expected one of put, append, set"),
        (
            "{events: {piece: {parts: {put: a, set: b}}}}",
            "/events/piece/parts",
            "expected one of put, append",
        ),
        (
            "{events: {piece: {'parts.text': {put: a}}}}",
            "/events/piece/parts.text",
            "the reply has no such field",
        ),
        ("{events: {piece: {'part[]': {put: a}}}}", "/events/piece/part[]", "the reply has no such field"),
        (
            "{lists: {parts: {indx: at}}}",
            "/lists/parts",
            "expected a mapping with begins, closed_by, ids, index",
        ),
        ("{lists: {parts: {ids: at}}}", "/lists/parts/ids", "expected a list of texts"),
        ("{lists: {parts: {index: [at]}}}", "/lists/parts/index", "expected a text"),
        (
            "{merge: {append: []}}",
            "/merge",
            "expected a mapping with appended, dropped, encoded, first, whole",
        ),
        ("{merge: []}", "/merge", "expected a mapping with appended, dropped, encoded, first, whole"),
        ("{also: [Answers]}", "/also", "no component Answers"),
        ("{also: 3}", "/also", "no component 3"),
        ("{events: []}", "/events", "expected a mapping"),
        ("{events: {piece: {parts: {put: a, keep: 3}}}}", "/events/piece/parts", "expected one of put"),
    ],
)
def test_a_wrong_accumulation_is_reported_with_its_place(
    accumulation: str, place: str, text: str, described: Described
) -> None:
    _, problems = described_stream(described, accumulation)
    assert any(f"/Event/x-typed/accumulation{place}: {text}" in one for one in problems), problems


def test_an_index_keeps_accumulations(described: Described, tmp_path: Path) -> None:
    api, _ = described_stream(described, STEPS)
    for name, text in index_files(api).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    index = Index(tmp_path)
    index.verify()
    assert index.accumulations == api.accumulations == index.api().accumulations
    (tmp_path / "streams.json").unlink()
    older = Index(tmp_path)
    older.verify()
    assert older.accumulations == {}


def test_a_renamed_component_keeps_its_accumulation(described: Described) -> None:
    api, _ = described_stream(described, STEPS)
    renamed = with_names(api, {"Event": "AskEvent", "Other": "Another"})
    assert renamed.accumulations["AskEvent"].makes == ("Answer", "Another")


def test_steps_of_a_path_are_names_and_items() -> None:
    assert list(parts("")) == []
    assert list(parts("a.b[].c[]")) == ["a", "b", "[]", "c", "[]"]


# Work that takes a while


def described_work(
    described: Described, status: str, typed: str = "", method: str = "get"
) -> tuple[Api, list[str]]:
    return described(f"""
paths:
  /jobs/{{id}}:
    {method}:
      operationId: getJob
      {typed}
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses: {{'200': {{content: {{application/json: {{schema: {{properties: {status}}}}}}}}}}}
  /jobs/{{id}}/cancel:
    post:
      operationId: cancelJob
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses: {{'200': {{}}}}
  /jobs/{{id}}/stop:
    post:
      operationId: stopJob
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses: {{'200': {{}}}}
""")


@pytest.mark.parametrize(
    ("status", "typed", "expected"),
    [
        (
            "{status: {enum: [queued, running, done]}}",
            "",
            Waiting("status", ("queued", "running"), "cancelJob"),
        ),
        ("{status: {enum: [open, done]}}", "", None),
        ("{state: {enum: [queued, done]}}", "", None),
        ("{status: {type: string}}", "", None),
        (
            "{state: {enum: [open, done]}}",
            "x-typed: {waiting: {field: state, pending: [open], cancel: stopJob}}",
            Waiting("state", ("open",), "stopJob"),
        ),
        (
            "{state: {type: string}}",
            "x-typed: {waiting: {field: state, pending: [open]}}",
            Waiting("state", ("open",), "cancelJob"),
        ),
        ("{status: {enum: [queued, done]}}", "x-typed: {waiting: false}", None),
    ],
)
def test_states_in_which_work_goes_on(
    status: str, typed: str, expected: Waiting | None, described: Described
) -> None:
    api, problems = described_work(described, status, typed)
    assert next(one for one in api.operations if one.id == "getJob").waiting == expected
    assert problems == []


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("x-typed: {waiting: {pending: [open]}}", '"status" of the reply is never "open"'),
        ("x-typed: {waiting: {states: [open]}}", "expected cancel, field, pending, or false"),
        ("x-typed: {waiting: {cancel: endJob}}", "no operation endJob"),
    ],
)
def test_wrong_states_are_reported(typed: str, text: str, described: Described) -> None:
    _, problems = described_work(described, "{status: {enum: [queued, done]}}", typed)
    assert any(text in one for one in problems), problems


def test_only_what_retrieves_work_can_be_waited_for(described: Described) -> None:
    api, _ = described_work(described, "{status: {enum: [queued, done]}}", method="put")
    assert all(one.waiting is None for one in api.operations)


def test_every_record_survives_its_encoding() -> None:
    for one in packaged().accumulations.values():
        assert decode(type(one), encode(one)) == one
    for operation in packaged().operations():
        if operation.waiting is not None:
            assert decode(Waiting, encode(operation.waiting)) == operation.waiting
