"""Answers in the replies of both kinds of operations: asked for, parsed, and missing."""

from __future__ import annotations

import asyncio
import copy
import functools
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from tests.sdk.conftest import Loopback
from typing_extensions import TypedDict

from typed_openai import (
    Answer,
    CallError,
    Client,
    Incomplete,
    Misfit,
    OutputError,
    Refused,
    aio,
    ask,
    json_schema_of,
    output_items,
    output_text,
    parse,
    text_of,
)
from typed_openai.aio import AsyncClient


class Event(TypedDict):
    """A meeting."""

    name: str
    participants: list[str]


EVENT = {"name": "Lunch", "participants": ["Alice", "Bob"]}
MESSAGES: list[Any] = [{"role": "user", "content": "Alice and Bob have lunch."}]


def completion(content: str | None, reason: str = "stop", **message: Any) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": content}}
    choice["message"] |= message  # type: ignore[operator]  # a dict
    return {"id": "c", "object": "chat.completion", "choices": [choice]}


def message(*parts: tuple[str, str], phase: str | None = None) -> dict[str, Any]:
    content = [{"type": kind, "refusal" if kind == "refusal" else "text": text} for kind, text in parts]
    found: dict[str, Any] = {"type": "message", "role": "assistant", "content": content}
    return found if phase is None else {**found, "phase": phase}


def response(*output: dict[str, Any], status: str = "completed", **more: Any) -> dict[str, Any]:
    return {"id": "r", "object": "response", "status": status, "output": [*output], **more}


def test_the_format_is_sent_and_the_answer_parsed_for_a_response(server: Loopback) -> None:
    server.reply(response(message(("output_text", json.dumps(EVENT)))))
    client = Client(api_key="k", base_url=server.base_url)
    answer = ask(Event, client.responses.create_response, "Alice and Bob ...", "gpt-5.5", temperature=0)
    assert answer.value == EVENT
    assert answer.reply["id"] == "r"
    sent = server.seen[0].json
    assert sent["text"]["format"] == {
        "type": "json_schema",
        "name": "Event",
        "description": "A meeting.",
        "strict": True,
        "schema": json_schema_of(Event),
    }
    assert (sent["input"], sent["model"], sent["temperature"]) == ("Alice and Bob ...", "gpt-5.5", 0)


def test_the_format_is_sent_and_the_answer_parsed_for_a_chat_completion(server: Loopback) -> None:
    server.reply(completion(json.dumps({"value": [EVENT]})))
    client = Client(api_key="k", base_url=server.base_url)
    answer = ask(list[Event], client.chat.create_chat_completion, MESSAGES, "gpt-5.5")
    assert answer.value == [EVENT]
    form = server.seen[0].json["response_format"]
    assert (form["type"], form["json_schema"]["name"]) == ("json_schema", "list_Event")


def test_other_settings_of_the_text_are_kept(server: Loopback) -> None:
    server.reply(response(message(("output_text", json.dumps(EVENT)))))
    client = Client(api_key="k", base_url=server.base_url)
    given: Any = {"verbosity": "low"}
    ask(Event, client.responses.create_response, "Hi", "gpt-5.5", text=given)
    assert sorted(server.seen[0].json["text"]) == ["format", "verbosity"]
    assert given == {"verbosity": "low"}


def test_a_partial_method_can_be_asked(server: Loopback) -> None:
    server.reply(response(message(("output_text", json.dumps(EVENT)))))
    client = Client(api_key="k", base_url=server.base_url)
    method = functools.partial(client.responses.create_response, model="gpt-5.5", text={"verbosity": "low"})
    assert ask(Event, method, "Hi").value == EVENT
    assert sorted(server.seen[0].json["text"]) == ["format", "verbosity"]


@pytest.mark.parametrize("function", [ask, aio.ask])
def test_a_method_of_an_async_client_is_awaited(server: Loopback, function: Callable[..., Any]) -> None:
    server.reply(response(message(("output_text", json.dumps(EVENT)))))

    async def main() -> Answer[Event, Any]:
        client = AsyncClient(api_key="k", base_url=server.base_url)
        found: Answer[Event, Any] = await function(Event, client.responses.create_response, "Hi", "gpt-5.5")
        await client.aclose()
        return found

    assert asyncio.run(main()).value == EVENT


_WRONG: list[tuple[Callable[[Client], Any], str]] = [
    (lambda one: ask(Event, one.files.list_files), "ask: files.list_files takes no format for its answer"),
    (
        lambda one: ask(Event, print),
        "ask: expected a method of a client, as client.responses.create_response; got print",
    ),
    (
        lambda one: ask(Event, one.responses.create_response, "Hi", "gpt-5.5", stream=True),
        "ask: stream: a stream has no answer until its end; leave it out",
    ),
    (
        lambda one: ask(Event, one.responses.create_response, "Hi", text={"format": {"type": "text"}}),
        "text.format: the type of the answer sets it; leave it out",
    ),
    (
        lambda one: ask(
            Event, one.chat.create_chat_completion, MESSAGES, "gpt-5.5", response_format={"type": "text"}
        ),
        "response_format: the type of the answer sets it; leave it out",
    ),
    (
        lambda one: ask(dict[str, int], one.responses.create_response, "Hi"),
        "dict[str, int] has no strict schema; use a list of {key, value}",
    ),
]


@pytest.mark.parametrize(("call", "text"), _WRONG, ids=[text for _, text in _WRONG])
def test_a_wrong_call_is_not_sent(server: Loopback, call: Callable[[Client], Any], text: str) -> None:
    with pytest.raises(CallError) as caught:
        call(Client(api_key="k", base_url=server.base_url))
    assert str(caught.value) == text
    assert server.seen == []


def test_a_refusal_is_an_error_with_the_reply() -> None:
    for reply in (
        completion(None, refusal="No."),
        response(message(("refusal", "No."))),
    ):
        with pytest.raises(Refused) as caught:
            parse(reply, Event)
        assert (caught.value.refusal, caught.value.reply) == ("No.", reply)


_CALL = {"type": "function_call", "name": "look", "arguments": "{}", "call_id": "1"}
_PART = ("output_text", '{"na')
_INCOMPLETE: list[tuple[dict[str, Any], str, str]] = [
    (completion('{"na', "length"), "length", '{"na'),
    (completion("", "content_filter"), "content_filter", ""),
    (completion(None, "tool_calls", tool_calls=[{"id": "1"}]), "tool_calls", ""),
    (
        response(
            message(_PART),
            status="incomplete",
            incomplete_details={"reason": "max_output_tokens"},
            error=None,
        ),
        "length",
        '{"na',
    ),
    (response(status="incomplete", incomplete_details={"reason": "content_filter"}), "content_filter", ""),
    (response(status="failed", error={"code": "x", "message": "Broken."}), "failed", ""),
    (response(status="in_progress"), "in_progress", ""),
    (response(_CALL), "tool_calls", ""),
    (response(message(("output_text", "Wait."), phase="commentary"), _CALL), "tool_calls", ""),
    (response(message(("output_text", "Wait."), phase="commentary")), "commentary", ""),
    (response(), "no_output", ""),
]


@pytest.mark.parametrize(("reply", "reason", "text"), _INCOMPLETE, ids=[str(n) for n in range(11)])
def test_an_incomplete_answer_has_its_reason(reply: dict[str, Any], reason: str, text: str) -> None:
    with pytest.raises(Incomplete) as caught:
        parse(reply, Event)
    assert (caught.value.reason, caught.value.text, caught.value.reply) == (reason, text, reply)


def test_the_message_of_a_failed_response_is_shown() -> None:
    with pytest.raises(Incomplete, match=r"^the answer is incomplete: failed: Broken\.$"):
        parse(response(status="failed", error={"code": "x", "message": "Broken."}), Event)


def test_the_last_message_that_is_no_commentary_is_the_answer() -> None:
    reply = response(
        message(("output_text", "Let me see.")),
        message(("output_text", json.dumps(EVENT)), phase="final_answer"),
        message(("output_text", "Done."), phase="commentary"),
    )
    assert parse(reply, Event) == EVENT


def test_another_choice_can_be_parsed() -> None:
    reply = completion("no JSON")
    reply["choices"].append(completion(json.dumps(EVENT))["choices"][0])
    assert parse(reply, Event, choice=1) == EVENT
    with pytest.raises(CallError, match=r"^choice: expected a number below 2, got 2$"):
        parse(reply, Event, choice=2)
    with pytest.raises(CallError, match=r"^choice: a response has one answer; expected 0, got 1$"):
        parse(response(), Event, choice=1)


def test_errors_can_be_pickled_and_copied() -> None:
    with pytest.raises(Misfit) as caught:
        parse(completion("{}"), Event)
    for made in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
        assert isinstance(made, OutputError)
        assert (str(made), made.reply, made.place) == (
            "Event: name: required, but missing",
            completion("{}"),
            "name",
        )


def test_the_text_of_a_response_is_that_of_its_messages() -> None:
    reply = response(
        message(("output_text", "Wait. "), phase="commentary"),
        message(("output_text", "One, "), ("output_text", "two")),
        _CALL,
        message(("output_text", ", three."), ("refusal", "No."), phase="final_answer"),
    )
    assert output_text(reply) == "One, two, three."
    assert output_text(reply, phase="commentary") == "Wait. "
    assert output_items(reply, "function_call") == [_CALL]
    assert output_text(response()) == ""
    with pytest.raises(CallError, match="expected a chat completion or a response"):
        output_text(completion("Hi"))


def test_the_text_of_a_chat_completion_is_that_of_its_message() -> None:
    assert text_of(completion("Hi")) == "Hi"
    assert text_of(completion(None)) == ""
    with pytest.raises(CallError, match="expected a chat completion or a response"):
        text_of(response())


def test_nothing_is_loaded_by_those_who_do_not_use_it() -> None:
    program = (
        "import sys, typed_openai; typed_openai.Client(api_key='k').models\n"
        "unwanted = ('_shapes', 'outputs', '_answers')\n"
        "assert not [one for one in sys.modules if any(part in one for part in unwanted)]\n"
        "typed_openai.parse"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
