"""Streams of compatible servers, and of the API itself, that are not as the description has them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sdk.streamed import chat_chunks, response_events
from tests.sdk.test_accumulation_of_recordings import accumulated

CHUNK = {"id": "c_1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def chunk(*choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**CHUNK, "choices": [*choices], **more}


def delta(index: int | None = 0, **fields: Any) -> dict[str, Any]:
    place = {} if index is None else {"index": index}
    return {**place, "delta": fields, "finish_reason": None}


def call(arguments: str, **fields: Any) -> dict[str, Any]:
    name = {"name": fields.pop("name")} if "name" in fields else {}
    return {**fields, "function": {**name, "arguments": arguments}}


def chat(*chunks: Any) -> Any:
    return accumulated("createChatCompletion", iter(chunks))


def calls(*pieces: list[dict[str, Any]]) -> list[Any]:
    """Return the id, name and arguments of the calls that pieces make up."""
    reply = chat(*(chunk(delta(tool_calls=one)) for one in pieces))
    made = reply["choices"][0]["message"]["tool_calls"]
    assert all("index" not in one and one["type"] == "function" for one in made)
    return [(one.get("id"), one["function"]["name"], one["function"]["arguments"]) for one in made]


def test_a_chunk_may_have_several_pieces_of_one_choice() -> None:
    reply = chat(
        chunk(delta(content="a"), delta(content="b"), delta(1, content="x")), chunk(delta(content="c"))
    )
    assert [one["message"]["content"] for one in reply["choices"]] == ["abc", "x"]


def test_choices_without_numbers_are_one_choice_or_in_their_order() -> None:
    reply = chat(chunk(delta(None, content="a")), chunk(delta(None, content="b")))
    assert [one["message"]["content"] for one in reply["choices"]] == ["ab"]
    pair = delta(None, content="a"), delta(None, content="x")
    reply = chat(chunk(*pair), chunk(*pair))
    assert [one["message"]["content"] for one in reply["choices"]] == ["aa", "xx"]


def test_choices_are_in_the_order_of_their_numbers() -> None:
    reply = chat(chunk(delta(2, content="c")), chunk(delta(0, content="a")), chunk(delta(1, content="b")))
    assert [(one["index"], one["message"]["content"]) for one in reply["choices"]] == [
        (0, "a"),
        (1, "b"),
        (2, "c"),
    ]


FIRST = {"id": "call_1", "name": "f", "type": "function"}
SECOND = {"id": "call_2", "name": "g", "type": "function"}


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(
            [
                [call("", index=0, **FIRST)],
                [call("{", index=0), call("}", index=0)],
                [call("[]", index=1, **SECOND)],
            ],
            id="several pieces of one call",
        ),
        pytest.param(
            [[call("{}", index=0, **FIRST)], [call("[]", index=0, **SECOND)]],
            id="all calls have the number 0",
        ),
        pytest.param(
            [[call("{}", index=0, **FIRST), call("[]", index=0, **SECOND)]], id="the same in one chunk"
        ),
        pytest.param(
            [[call("{", **FIRST)], [call("}")], [call("[", **SECOND)], [call("]")]], id="no numbers"
        ),
        pytest.param(
            [[call("{", **FIRST), call("[", **SECOND)], [call("}", id="call_1"), call("]", id="call_2")]],
            id="no numbers, but ids",
        ),
        pytest.param(
            [
                [call("{", index=0, **FIRST)],
                [call("}", index=0, id="call_1", type="function")],
                [call("[]", index=1, **SECOND)],
            ],
            id="the id in each piece",
        ),
        pytest.param(
            [[call("{", index=0, **FIRST)], [call("}", index=0, **FIRST)], [call("[]", index=1, **SECOND)]],
            id="id and name in each piece",
        ),
        pytest.param(
            [
                [call("{", index=0, **FIRST)],
                [call("}", index=0, id="call_other")],
                [call("[]", index=1, **SECOND)],
            ],
            id="another id in each piece",
        ),
        pytest.param(
            [[call("{}", index=0, id="call_1", name="f")], [call("[]", index=1, id="call_2", name="g")]],
            id="no types",
        ),
        pytest.param(
            [
                [call("{}", index=0, **FIRST)],
                [call("", index=0, id="", name="", type="")],
                [call("[]", index=1, **SECOND)],
            ],
            id="empty fields",
        ),
    ],
)
def test_calls_of_tools_are_told_apart(pieces: list[list[dict[str, Any]]]) -> None:
    assert calls(*pieces) == [("call_1", "f", "{}"), ("call_2", "g", "[]")]


def test_calls_with_the_same_id_are_told_apart_by_their_numbers() -> None:
    first, second = call("{}", index=0, id="call", name="f"), call("[]", index=1, id="call", name="g")
    assert calls([first], [second]) == [("call", "f", "{}"), ("call", "g", "[]")]


def test_a_custom_tool_keeps_its_type() -> None:
    begin = {"index": 0, "id": "call_1", "type": "custom", "custom": {"name": "f", "input": "a"}}
    reply = chat(
        chunk(delta(tool_calls=[begin])), chunk(delta(tool_calls=[{"index": 0, "custom": {"input": "b"}}]))
    )
    assert reply["choices"][0]["message"]["tool_calls"] == [
        {"id": "call_1", "type": "custom", "custom": {"name": "f", "input": "ab"}}
    ]


def test_usage_comes_in_a_chunk_without_choices_or_in_every_chunk() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    assert chat(chunk(delta(content="a"), usage=None), chunk(usage=usage))["usage"] == usage
    less = {**usage, "completion_tokens": 1, "total_tokens": 2}
    assert (
        chat(chunk(delta(content="a"), usage=less), chunk(delta(content="b"), usage=usage))["usage"] == usage
    )


def test_the_head_of_the_reply_is_in_any_chunk() -> None:
    filtered = {
        "choices": [],
        "created": 0,
        "id": "",
        "model": "",
        "object": "",
        "prompt_filter_results": [{"a": 1}],
    }
    reply = chat(filtered, chunk(delta(content="a"), system_fingerprint="fp", obfuscation="xyz"))
    assert reply == {
        **CHUNK,
        "object": "chat.completion",
        "system_fingerprint": "fp",
        "prompt_filter_results": [{"a": 1}],
        "choices": [{"index": 0, "finish_reason": None, "message": {"role": "assistant", "content": "a"}}],
    }


def test_strings_of_other_servers_grow_like_the_content() -> None:
    reply = chat(chunk(delta(reasoning="Let ", content="")), chunk(delta(reasoning="me.", content=None)))
    assert reply["choices"][0]["message"] == {"role": "assistant", "content": "", "reasoning": "Let me."}


def test_details_of_other_servers_are_merged_by_their_numbers() -> None:
    details = {"type": "reasoning.text", "index": 0, "format": "unknown"}
    reply = chat(
        chunk(delta(reasoning_details=[{**details, "text": "Let "}])),
        chunk(delta(reasoning_details=[{**details, "text": "me."}])),
    )
    assert reply["choices"][0]["message"]["reasoning_details"] == [{**details, "text": "Let me."}]


def test_a_message_so_far_beside_the_delta_is_left_out() -> None:
    both = [
        {"index": 0, "delta": {"content": "a"}, "message": {"role": "assistant", "content": "a"}},
        {"index": 0, "delta": {"content": "b"}, "message": {"role": "assistant", "content": "ab"}},
    ]
    assert chat(*map(chunk, both))["choices"][0]["message"]["content"] == "ab"


def test_a_message_in_place_of_the_delta_is_the_message() -> None:
    whole = {"index": 0, "message": {"content": "all"}, "finish_reason": "stop"}
    assert chat(chunk(delta(content="a")), chunk(whole))["choices"] == [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "all"}}
    ]


def test_content_may_be_a_list_of_parts() -> None:
    thought = {"type": "thinking", "thinking": "Hm."}
    reply = chat(chunk(delta(content=[thought])), chunk(delta(content="Yes.")))
    assert reply["choices"][0]["message"]["content"] == [thought, "Yes."]
    reply = chat(chunk(delta(content="Yes.")), chunk(delta(content=[thought])))
    assert reply["choices"][0]["message"]["content"] == ["Yes.", thought]


def test_speech_is_joined_whether_its_pieces_are_cut_or_encoded_by_themselves() -> None:
    whole = base64.b64encode(b"abcdefg").decode()
    for pieces in (["YWI=", "Y2RlZmc="], [whole[:4], whole[4:]], [whole[:3], whole[3:5], whole[5:]]):
        reply = chat(*(chunk(delta(audio={"id": "audio_1", "data": one})) for one in pieces))
        assert reply["choices"][0]["message"]["audio"] == {"id": "audio_1", "data": whole}


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        "text",
        {"choices": None},
        {"choices": {}},
        {"choices": [None, 1, "a", []]},
        {"choices": [{"index": "x", "delta": None}]},
        {"choices": [{"index": -1, "delta": []}]},
        {"choices": [{"delta": {"tool_calls": None, "content": None}}]},
        {"choices": [{"delta": {"tool_calls": [{"function": None}]}}]},
    ],
)
def test_odd_chunks_lose_nothing(odd: Any) -> None:
    reply = chat(chunk(delta(content="a")), odd, chunk(delta(content="b")))
    assert reply["choices"][0]["message"]["content"] == "ab"
    assert reply["id"] == "c_1"


# Responses

ITEM = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
TEXT = {"type": "output_text", "annotations": [], "text": "Hello"}
REPLY: dict[str, Any] = {
    "id": "resp_1",
    "status": "completed",
    "usage": None,
    "output": [{**ITEM, "content": [TEXT]}],
}


def response(*events: Any) -> Any:
    return accumulated("createResponse", iter(events))


def ended_without_output(events: Any) -> Any:
    *rest, end = events
    return response(*rest, {**end, "response": {**end["response"], "output": []}})


def test_the_output_may_be_missing_at_the_end() -> None:
    assert ended_without_output(response_events(REPLY)) == REPLY


def test_numbers_may_be_missing_or_begin_after_an_empty_item() -> None:
    events = [*response_events(REPLY)]
    for place in ({}, {"output_index": 3}):
        moved = [
            {key: one for key, one in event.items() if key != "output_index"} | place for event in events
        ]
        moved = [
            {**one} if "item" in one or "item_id" in one else event
            for one, event in zip(moved, events, strict=True)
        ]
        assert ended_without_output(moved) == REPLY


def test_items_are_told_apart_if_all_have_the_number_0() -> None:
    second = {**ITEM, "id": "msg_2", "content": [{**TEXT, "text": "Bye"}]}
    reply = {**REPLY, "output": [*REPLY["output"], second]}
    events = [{**one, "output_index": 0} if "output_index" in one else one for one in response_events(reply)]
    assert ended_without_output(events) == reply


def test_items_are_told_apart_if_all_have_the_same_id() -> None:
    second = {**ITEM, "content": [{**TEXT, "text": "Bye"}]}
    reply = {**REPLY, "output": [*REPLY["output"], second]}
    assert ended_without_output(response_events(reply)) == reply


def test_an_item_may_have_another_id_in_each_event() -> None:
    events = []
    for number, event in enumerate(response_events(REPLY)):
        changed = {**event, "item_id": f"x{number}"} if "item_id" in event else event
        if "item" in event:
            changed = {**event, "item": {**event["item"], "id": f"y{number}"}}
        events.append(changed)
    (item,) = ended_without_output(events)["output"]
    assert item["content"] == [TEXT]


def test_a_text_whose_item_was_not_announced_makes_one() -> None:
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    deltas = [{"type": "response.output_text.delta", **where, "delta": one} for one in ("He", "llo")]
    assert response(*deltas) == {"output": [{**ITEM, "status": "in_progress", "content": [TEXT]}]}


def test_an_item_that_is_done_without_its_parts_keeps_those_that_came() -> None:
    events = [
        {**one, "item": {**one["item"], "content": []}} if one["type"] == "response.output_item.done" else one
        for one in response_events(REPLY)
    ]
    assert ended_without_output(events) == REPLY


def test_states_of_an_item_are_those_of_its_events() -> None:
    item = {"type": "web_search_call", "id": "ws_1", "status": "in_progress"}
    begin = {"type": "response.output_item.added", "output_index": 0, "item": item}
    search = {"type": "response.web_search_call.searching", "output_index": 0, "item_id": "ws_1"}
    assert response(begin, search)["output"] == [{**item, "status": "searching"}]
    assert item["status"] == "in_progress"


def test_commands_and_outputs_of_a_shell_grow() -> None:
    item = {"type": "shell_call", "id": "sh_1", "action": {"commands": []}}
    place = {"output_index": 0}
    command = {"type": "response.shell_call_command.delta", **place}
    output = {"type": "response.shell_call_output_content.delta", "output_index": 1, "item_id": "sho_1"}
    reply = response(
        {"type": "response.output_item.added", **place, "item": item},
        {"type": "response.shell_call_command.added", **place, "command_index": 0, "command": ""},
        {**command, "command_index": 0, "delta": "l"},
        {**command, "command_index": 1, "delta": "pwd"},
        {**command, "command_index": 0, "delta": "s"},
        {
            "type": "response.output_item.added",
            "output_index": 1,
            "item": {"type": "shell_call_output", "id": "sho_1"},
        },
        {**output, "command_index": 0, "delta": {"stdout": "a\n"}},
        {**output, "command_index": 0, "delta": {"stdout": "b\n", "stderr": "!"}},
    )
    assert reply["output"][0]["action"]["commands"] == ["ls", "pwd"]
    assert reply["output"][1]["output"] == [{"stdout": "a\nb\n", "stderr": "!"}]


@pytest.mark.parametrize(
    "odd", [None, 3, {}, {"type": []}, {"type": "response.unknown"}, {"type": "response.created"}]
)
def test_odd_events_lose_nothing(odd: Any) -> None:
    *events, end = response_events(REPLY)
    assert response(*events, odd, end) == REPLY


# Others


def test_partial_images_stand_for_the_image_until_it_comes() -> None:
    def event(name: str, data: str) -> dict[str, Any]:
        return {"type": f"image_generation.{name}", "b64_json": data, "created_at": 1, "size": "1024x1024"}

    begun = accumulated("createImage", iter([event("partial_image", "A")]))
    assert begun == {"created": 1, "size": "1024x1024", "data": [{"b64_json": "A"}]}
    events = [
        event("partial_image", "A"),
        event("completed", "B"),
        event("partial_image", "C"),
        event("completed", "D"),
    ]
    assert accumulated("createImage", iter(events))["data"] == [{"b64_json": "B"}, {"b64_json": "D"}]


def test_a_transcription_has_its_text_or_its_segments() -> None:
    deltas = [{"type": "transcript.text.delta", "delta": one, "logprobs": [one]} for one in ("He", "llo")]
    assert accumulated("createTranscription", iter(deltas)) == {"text": "Hello", "logprobs": ["He", "llo"]}
    segment = {
        "type": "transcript.text.segment",
        "id": "s",
        "text": "Hello",
        "speaker": "A",
        "start": 0,
        "end": 1,
    }
    done = {"type": "transcript.text.done", "text": "Hello"}
    assert accumulated("createTranscription", iter([segment, done])) == {
        "text": "Hello",
        "segments": [segment],
    }


def test_speech_is_the_content_of_the_file() -> None:
    whole = base64.b64encode(b"abcdefg").decode()
    for pieces in (["YWI=", "Y2RlZmc="], [whole[:3], whole[3:]], [whole[:4], "====", whole[4:]]):
        events = [{"type": "speech.audio.delta", "audio": one} for one in pieces]
        assert accumulated("createSpeech", iter(events)) == b"abcdefg"


# Generated

TEXTS = st.text(max_size=8)
CALLS = st.builds(
    lambda name, text: {
        "id": f"call_{name}",
        "type": "function",
        "function": {"name": name, "arguments": text},
    },
    st.text("abc", min_size=1, max_size=3),
    TEXTS,
)
LOGPROBS = st.one_of(
    st.none(), st.fixed_dictionaries({"content": st.lists(st.just({"token": "a"})), "refusal": st.none()})
)
MESSAGES = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none() | TEXTS, "refusal": st.none() | TEXTS},
    optional={"tool_calls": st.lists(CALLS, min_size=1, max_size=3), "reasoning": TEXTS.filter(bool)},
)


@pytest.mark.slow(seconds=1)
@settings(max_examples=60)
@given(
    st.lists(st.tuples(MESSAGES, LOGPROBS), min_size=1, max_size=3),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_generated_replies_are_what_their_chunks_make_up(
    made: list[Any], has_usage: bool, random: Any
) -> None:
    choices = [
        {"index": index, "message": message, "logprobs": logprobs, "finish_reason": "stop"}
        for index, (message, logprobs) in enumerate(made)
    ]
    reply = {**CHUNK, "object": "chat.completion", "choices": choices}
    reply |= {"usage": {"total_tokens": 3}} if has_usage else {}
    chunks = [*chat_chunks(reply, size=2)]
    # Choices are generated at the same time: chunks of different ones come in any order.
    by_choice = [
        [one for one in chunks if one["choices"] and one["choices"][0]["index"] == n]
        for n in range(len(made))
    ]
    mixed = []
    while any(by_choice):
        mixed.append(random.choice([one for one in by_choice if one]).pop(0))
    assert json.loads(json.dumps(chat(*mixed, *(one for one in chunks if not one["choices"])))) == reply
