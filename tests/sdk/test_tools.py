"""Functions as tools: their schemas, the calls in replies, and the loop that answers them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypedDict

import pydantic
import pytest
from pydantic import BaseModel
from tests.sdk.conftest import Loopback
from tests.sdk.tool_replies import SAID, item, response

from typed_openai import BadRequestError, CallError, Client, InternalServerError
from typed_openai.aio import AsyncClient
from typed_openai.tool_errors import RunError, ToolError
from typed_openai.tool_functions import Injected, tool
from typed_openai.tool_kits import Tools
from typed_openai.tool_runs import ToolCall

MESSAGES: list[Any] = [{"role": "user", "content": "How warm is it in Rome?"}]


class Place(TypedDict):
    city: str
    day: date


@dataclass
class Weather:
    warm: float
    day: date


@tool
def weather(place: Place, unit: str = "C") -> Weather:
    """Look up the weather.

    Args:
        place: The city, and
            the day.
        unit (str): C or F.

    Returns:
        The weather.
    """
    assert isinstance(place["day"], date)
    return Weather(21.5, place["day"])


@tool(name="remove", description="Remove a file.")
def delete(name: str, disk: Injected[list[str]]) -> str:
    if name not in disk:
        raise ToolError(f"there is no file {name}")
    disk.remove(name)
    return "gone"


ARGUMENTS = {"place": {"city": "Rome", "day": "2030-01-31"}, "unit": "C"}


THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}


def completion(**message: Any) -> dict[str, Any]:
    return {
        "id": "c",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}],
        "usage": {"total_tokens": 10},
    }


def client_of(server: Loopback) -> Client:
    return Client(api_key="k", base_url=server.base_url)


def test_a_tool_is_its_function() -> None:
    found = weather({"city": "Rome", "day": date(2030, 1, 31)})
    assert found == Weather(21.5, date(2030, 1, 31))
    assert weather.__doc__ is not None


def test_the_schema_is_made_of_the_signature_and_the_docstring() -> None:
    assert weather.name == "weather"
    assert weather.description == "Look up the weather."
    properties = weather.parameters["properties"]
    assert properties["unit"] == {"type": "string", "description": "C or F."}
    assert properties["place"]["description"] == "The city, and the day."
    assert weather.parameters["required"] == ["place", "unit"]
    assert weather.parameters["additionalProperties"] is False


def test_injected_parameters_are_left_out() -> None:
    assert delete.parameters["required"] == ["name"]


def numpy_style(first: int, second: int) -> None:
    """Add.

    More about it.

    Parameters
    ----------
    first : int
        The first number.
    second : int, optional
        The second
        number.

    Returns
    -------
    None
    """


def sphinx_style(first: int, second: Annotated[int, "Its own text."]) -> None:
    """Add.

    More about it.

    :param int first: The first
        number.
    :param second: Not this.
    :return: Nothing.
    """


@pytest.mark.parametrize("function", [numpy_style, sphinx_style])
def test_other_forms_of_docstrings_are_read(function: Any) -> None:
    made = tool(function)
    assert made.description == "Add.\n\nMore about it."
    assert made.parameters["properties"]["first"]["description"] == "The first number."
    second = made.parameters["properties"]["second"]["description"]
    assert second == ("The second number." if function is numpy_style else "Its own text.")


def unannotated(city):  # type: ignore[no-untyped-def]  # on purpose
    return city


def starred(*cities: str) -> None: ...


def untold(scores: dict[str, int]) -> None: ...


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (unannotated, "unannotated.city: the parameter has no type; annotate it"),
        (
            starred,
            "starred.cities: the model passes arguments by name; expected a parameter with one",
        ),
        (untold, "untold.scores: dict[str, int] has no strict schema; use a list of {key, value}"),
    ],
)
def test_a_function_that_is_no_tool_is_an_error(function: Any, text: str) -> None:
    with pytest.raises(CallError) as caught:
        tool(function)
    assert str(caught.value) == text


def test_wrong_kits_are_errors() -> None:
    with pytest.raises(CallError, match=r'^Tools: two tools have the name "weather"$'):
        Tools(weather, weather)
    with pytest.raises(CallError, match=r'^Tools: remove.disk: expected a value in "inject"$'):
        Tools(delete)
    with pytest.raises(CallError, match=r'^Tools: expected a tool, got "function"; decorate it with @tool$'):
        Tools(untold)  # type: ignore[arg-type]  # on purpose


def test_a_kit_is_data_for_both_kinds_of_requests() -> None:
    kit = Tools(weather)
    assert kit.responses == [
        {
            "type": "function",
            "name": "weather",
            "description": "Look up the weather.",
            "parameters": weather.parameters,
            "strict": True,
        }
    ]
    function = {name: one for name, one in kit.responses[0].items() if name != "type"}
    assert kit.chat == [{"type": "function", "function": function}]


def test_the_calls_of_a_reply_have_their_arguments_read() -> None:
    kit = Tools(weather)
    function = {"name": "weather", "arguments": json.dumps(ARGUMENTS)}
    chat = completion(content=None, tool_calls=[{"id": "call_1", "type": "function", "function": function}])
    for reply in (response(THOUGHT, item("weather", ARGUMENTS)), chat):
        (call,) = kit.calls(reply)
        assert (call.id, call.name, call.text) == ("call_1", "weather", json.dumps(ARGUMENTS))
        assert call.arguments == {"place": {"city": "Rome", "day": date(2030, 1, 31)}, "unit": "C"}
        assert kit.call(call) == Weather(21.5, date(2030, 1, 31))


def test_calls_of_one_tool_are_told_apart() -> None:
    kit = Tools(weather, delete, inject={"disk": ["a.txt"]})
    reply = response(item("weather", ARGUMENTS), item("remove", {"name": "a.txt"}, "call_2"))
    (removed,) = kit.calls(reply, delete)
    assert removed.id == "call_2"
    assert removed.apply(lambda name, disk: (name, disk)) == ("a.txt", ["a.txt"])
    assert [delete.is_called_by(one) for one in kit.calls(reply)] == [False, True]
    (wrong,) = kit.calls(response(item("remove", {})), delete)
    with pytest.raises(ToolError, match=r"^invalid arguments: name: required, but missing$"):
        wrong.apply(lambda name, disk: name)
    with pytest.raises(CallError, match=r'^calls: "weather" is not in the kit$'):
        Tools().calls(reply, weather)


class Model(BaseModel):
    """A model."""

    day: date
    number: int = pydantic.Field(alias="no")


class Pair(NamedTuple):
    first: int
    second: date


@dataclass
class Recent:
    day: date
    name: str = "today"

    def __post_init__(self) -> None:
        if self.day.year < 2000:
            raise ValueError("too long ago")


@pytest.mark.parametrize(
    ("cls", "arguments", "expected"),
    [
        (Place, {"city": "Rome", "day": "2030-01-31"}, {"city": "Rome", "day": date(2030, 1, 31)}),
        (Recent, {"day": "2030-01-31", "name": "then"}, Recent(date(2030, 1, 31), "then")),
        (Pair, {"first": 1.0, "second": "2030-01-31"}, Pair(1, date(2030, 1, 31))),
        (Model, {"day": "2030-01-31", "no": 3}, Model(day=date(2030, 1, 31), no=3)),
    ],
)
def test_a_class_is_a_tool_that_returns_an_instance(cls: type[Any], arguments: Any, expected: object) -> None:
    kit = Tools(tool(cls))
    assert kit.responses[0]["name"] == cls.__name__
    assert kit.responses[0].get("description") == ("A model." if cls is Model else None)
    (call,) = kit.calls(response(item(cls.__name__, arguments)))
    assert kit.call(call) == expected
    assert type(kit.call(call)) is type(expected)
    (call,) = kit.calls(response(item(cls.__name__, {})))
    assert call.problem.startswith("invalid arguments: ")


def test_the_constructor_of_a_class_has_the_last_word() -> None:
    kit = Tools(tool(name="recent")(Recent))
    (call,) = kit.calls(response(item("recent", {"day": "1999-01-31", "name": ""})))
    assert call.problem == "invalid arguments: too long ago"
    with pytest.raises(CallError, match=r'^tool: "int" has no fields; expected a function or a class'):
        tool(int)


def test_the_instance_of_a_class_is_the_output_of_a_run(server: Loopback) -> None:
    server.reply(response(item("Recent", {"day": "2030-01-31", "name": "then"})))
    server.reply(response(SAID))
    run = Tools(tool(Recent)).run(client_of(server).responses.create_response, "Hi", "gpt-5.5")
    assert run.outputs == {"call_1": '{"day": "2030-01-31", "name": "then"}'}


def test_a_call_that_cannot_be_read_has_a_problem() -> None:
    reply = response(item("weather", {"place": {}}), item("wether", {}), item("weather", "{"))
    problems = [one.problem for one in Tools(weather).calls(reply)]
    assert problems == [
        "invalid arguments: place.city: required, but missing",
        'there is no tool "wether"; did you mean "weather"?',
        "invalid arguments: expected JSON, got '{'",
    ]


def test_a_run_answers_calls_until_a_reply_has_none(server: Loopback) -> None:
    disk = ["a.txt"]
    server.reply(response(THOUGHT, item("weather", ARGUMENTS), item("remove", {"name": "b.txt"}, "call_2")))
    server.reply(response(SAID))
    kit = Tools(weather, delete, inject={"disk": disk})
    run = kit.run(client_of(server).responses.create_response, "How warm is it in Rome?", "gpt-5.5")
    assert run.reply["output"] == [SAID]
    assert (run.turns, run.tokens) == (2, 20)
    assert run.outputs == {
        "call_1": '{"warm": 21.5, "day": "2030-01-31"}',
        "call_2": "there is no file b.txt",
    }
    first, second = server.seen[0].json, server.seen[1].json
    assert [one["name"] for one in first["tools"]] == ["weather", "remove"]
    assert second["input"] == [
        {"role": "user", "content": "How warm is it in Rome?"},
        THOUGHT,
        item("weather", ARGUMENTS),
        item("remove", {"name": "b.txt"}, "call_2"),
        {"type": "function_call_output", "call_id": "call_1", "output": run.outputs["call_1"]},
        {"type": "function_call_output", "call_id": "call_2", "output": run.outputs["call_2"]},
    ]


def test_a_run_of_a_chat_answers_with_messages(server: Loopback) -> None:
    function = {"name": "weather", "arguments": json.dumps(ARGUMENTS)}
    calls = [{"id": "call_1", "type": "function", "function": function}]
    server.reply(completion(content=None, refusal=None, annotations=[], tool_calls=calls))
    server.reply(completion(content="Warm."))
    run = Tools(weather).run(client_of(server).chat.create_chat_completion, MESSAGES, "gpt-5.5")
    assert run.reply["choices"][0]["message"]["content"] == "Warm."
    assert server.seen[1].json["messages"] == [
        *MESSAGES,
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"warm": 21.5, "day": "2030-01-31"}'},
    ]


def test_an_async_run_awaits_its_tools(server: Loopback) -> None:
    @tool
    async def slow(number: int) -> int:
        await asyncio.sleep(0)
        return number + 1

    async def approve(call: ToolCall) -> bool:
        return bool(call.arguments["number"] > 0)

    server.reply(response(item("slow", {"number": 1}), item("slow", {"number": 0}, "call_2")))
    server.reply(response(SAID))

    async def main() -> dict[str, str]:
        async with AsyncClient(api_key="k", base_url=server.base_url) as client:
            kit = Tools(slow, approve=approve)
            run = await kit.run(client.responses.create_response, "Add.", "gpt-5.5")
            assert run.reply["output"] == [SAID]
            return dict(run.outputs)

    assert asyncio.run(main()) == {"call_1": "2", "call_2": "the call was not approved"}


def test_wrong_arguments_are_answered_to_the_model(server: Loopback) -> None:
    server.reply(response(item("weather", {}), item("other", {}, "call_2")))
    server.reply(response(SAID))
    Tools(weather).run(client_of(server).responses.create_response, "Hi", "gpt-5.5")
    outputs = [one["output"] for one in server.seen[1].json["input"] if "output" in one]
    assert outputs == [
        "invalid arguments: place: required, but missing",
        'there is no tool "other"',
    ]


def test_a_failure_of_a_tool_is_not_shown_to_the_model(server: Loopback) -> None:
    @tool
    def broken() -> None:
        raise RuntimeError("password=1234")

    server.reply(response(item("broken", {})))
    with pytest.raises(RuntimeError, match="password"):
        Tools(broken).run(client_of(server).responses.create_response, "Hi", "gpt-5.5")
    assert len(server.seen) == 1


def test_a_call_is_made_only_if_it_is_approved(server: Loopback) -> None:
    disk = ["a.txt", "b.txt"]
    seen: list[str] = []

    def approve(call: ToolCall) -> bool | str:
        seen.append(call.arguments["name"])
        return True if call.arguments["name"] == "a.txt" else "ask an admin"

    server.reply(response(item("remove", {"name": "a.txt"}), item("remove", {"name": "b.txt"}, "call_2")))
    server.reply(response(SAID))
    kit = Tools(delete, inject={"disk": disk}, approve=approve)
    run = kit.run(client_of(server).responses.create_response, "Clean up.", "gpt-5.5")
    assert (disk, seen) == (["b.txt"], ["a.txt", "b.txt"])
    assert run.outputs == {"call_1": "gone", "call_2": "ask an admin"}


def test_a_run_has_limits(server: Loopback) -> None:
    server.reply(response(item("weather", ARGUMENTS), tokens=60))
    create = client_of(server).responses.create_response
    with pytest.raises(RunError, match=r"^the run is not finished after 3 turns$") as caught:
        Tools(weather, max_turns=3).run(create, "Hi", "gpt-5.5")
    assert caught.value.reason == "turns"
    assert len(server.seen) == 3
    with pytest.raises(RunError, match=r"^the run is not finished after 120 tokens$") as caught:
        Tools(weather, max_tokens=100).run(create, "Hi", "gpt-5.5")
    assert caught.value.reason == "tokens"


def test_a_forced_call_is_forced_once(server: Loopback) -> None:
    server.reply(response(item("weather", ARGUMENTS)))
    server.reply(response(SAID))
    create = client_of(server).responses.create_response
    Tools(weather).run(create, "Hi", "gpt-5.5", tool_choice="required")
    assert [one.json["tool_choice"] for one in server.seen] == ["required", "auto"]


def test_a_conversation_that_the_server_keeps_is_continued_by_what_is_new(server: Loopback) -> None:
    output = {"type": "function_call_output", "call_id": "call_1"}
    create = client_of(server).responses.create_response
    for given in ({"previous_response_id": "resp_0"}, {"conversation": "conv_1"}):
        server.seen.clear()
        server.answers.clear()
        server.reply(response(item("weather", ARGUMENTS)))
        server.reply(response(SAID))
        Tools(weather).run(create, "Hi", "gpt-5.5", **given)
        sent = server.seen[1].json
        assert [{name: one[name] for name in output} for one in sent["input"]] == [output]
        if "previous_response_id" in given:
            assert sent["previous_response_id"] == "resp_1"


def test_reasoning_is_asked_for_if_nothing_is_stored(server: Loopback) -> None:
    server.reply(response(SAID))
    create = client_of(server).responses.create_response
    Tools(weather).run(create, "Hi", "gpt-5.5", store=False)
    assert server.seen[0].json["include"] == ["reasoning.encrypted_content"]


def test_a_call_of_a_function_of_the_program_ends_the_run(server: Loopback) -> None:
    own: Any = {"type": "function", "name": "own", "parameters": None}
    server.reply(response(item("own", {})))
    create = client_of(server).responses.create_response
    run = Tools(weather).run(create, "Hi", "gpt-5.5", tools=[own])
    assert run.reply["output"] == [item("own", {})]
    assert [one["name"] for one in server.seen[0].json["tools"]] == ["own", "weather"]


def test_a_request_is_not_repeated_once_a_tool_was_called(server: Loopback) -> None:
    create = client_of(server).responses.create_response
    server.reply({"error": {"message": "Broken."}}, status=500)
    server.reply(response(item("weather", ARGUMENTS)))
    server.reply({"error": {"message": "Broken."}}, status=500)
    with pytest.raises(InternalServerError):
        Tools(weather).run(create, "Hi", "gpt-5.5")
    assert len(server.seen) == 3


def test_a_finished_run_is_not_repeated(server: Loopback, tmp_path: Path) -> None:
    place = tmp_path / "run.json"
    create = client_of(server).responses.create_response
    server.reply(response(item("weather", ARGUMENTS)))
    server.reply(response(SAID))
    first = Tools(weather, save=place).run(create, "Hi", "gpt-5.5", openai_api_key="sk-secret")
    second = Tools(weather, save=place).run(create, "Hi", "gpt-5.5")
    assert (first.reply, first.outputs, first.turns) == (second.reply, second.outputs, second.turns)
    assert len(server.seen) == 2
    assert "sk-secret" not in place.read_text()
    assert place.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CallError, match=r"^save: the saved state is that of a run with other arguments"):
        Tools(weather, save=place).run(create, "Hello", "gpt-5.5")
    place.write_text("[]")
    with pytest.raises(CallError, match=r"^save: the saved state is not that of a run$"):
        Tools(weather, save=place).run(create, "Hi", "gpt-5.5")


def test_a_run_goes_on_after_a_failed_request(server: Loopback, tmp_path: Path) -> None:
    disk = ["a.txt"]
    create = client_of(server).responses.create_response
    server.reply(response(item("remove", {"name": "a.txt"})))
    server.reply({"error": {"message": "Bad."}}, status=400)
    kit = Tools(delete, inject={"disk": disk}, save=tmp_path / "run.json")
    with pytest.raises(BadRequestError):
        kit.run(create, "Hi", "gpt-5.5")
    server.answers.clear()
    server.reply(response(SAID))
    assert kit.run(create, "Hi", "gpt-5.5").outputs == {"call_1": "gone"}
    assert disk == []


_CRASHING = """
import os, signal, sys
from typed_openai import Client, Tools, tool

@tool
def pay(amount: int) -> str:
    with open(sys.argv[2], "a") as effects:
        effects.write(f"{amount}\\n")
    os.kill(os.getpid(), signal.SIGKILL)

client = Client(api_key="k", base_url=sys.argv[1])
Tools(pay, save=sys.argv[3]).run(client.responses.create_response, "Pay 5.", "gpt-5.5")
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_an_effect_before_a_crash_is_not_repeated_silently(server: Loopback, tmp_path: Path) -> None:
    effects, place = tmp_path / "effects", tmp_path / "run.json"
    server.reply(response(item("pay", {"amount": 5})))
    command = [sys.executable, "-c", _CRASHING, server.base_url, str(effects), str(place)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    server.answers.clear()
    server.reply(response(SAID))

    @tool
    def pay(amount: int) -> str:
        with effects.open("a") as file:
            file.write(f"{amount}\n")
        return "paid"

    create = client_of(server).responses.create_response
    with pytest.raises(RunError, match=r"^pay: the call call_1 was begun and not finished") as caught:
        Tools(pay, save=place).run(create, "Pay 5.", "gpt-5.5")
    assert caught.value.reason == "unsettled"
    run = Tools(pay, save=place, settle=lambda call: "paid before").run(create, "Pay 5.", "gpt-5.5")
    assert effects.read_text() == "5\n"
    assert run.outputs == {"call_1": "paid before"}
    sent = server.seen[-1].json["input"][-1]
    assert sent == {"type": "function_call_output", "call_id": "call_1", "output": "paid before"}


def test_a_repeatable_tool_is_called_again_after_a_crash(server: Loopback, tmp_path: Path) -> None:
    calls: list[int] = []

    @tool(repeatable=True)
    def look(number: int) -> int:
        calls.append(number)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return number

    create = client_of(server).responses.create_response
    server.reply(response(item("look", {"number": 1})))
    kit = Tools(look, save=tmp_path / "run.json")
    with pytest.raises(KeyboardInterrupt):
        kit.run(create, "Hi", "gpt-5.5")
    server.answers.clear()
    server.reply(response(SAID))
    assert kit.run(create, "Hi", "gpt-5.5").outputs == {"call_1": "1"}
    assert calls == [1, 1]


def test_an_id_that_is_used_again_is_another_call(server: Loopback) -> None:
    numbers: list[int] = []

    @tool
    def count(number: int) -> int:
        numbers.append(number)
        return number

    server.reply(response(item("count", {"number": 1})))
    server.reply(response(item("count", {"number": 2})))
    server.reply(response(SAID))
    Tools(count).run(client_of(server).responses.create_response, "Hi", "gpt-5.5")
    assert numbers == [1, 2]


def test_a_result_that_is_no_json_is_an_error(server: Loopback) -> None:
    @tool
    def strange() -> object:
        return object()

    server.reply(response(item("strange", {})))
    with pytest.raises(CallError, match=r'^strange: the result cannot be written as JSON: got "object"$'):
        Tools(strange).run(client_of(server).responses.create_response, "Hi", "gpt-5.5")


def test_a_wrong_run_is_not_sent(server: Loopback) -> None:
    client = client_of(server)
    with pytest.raises(CallError, match=r"^run: files.list_files takes no tools$"):
        Tools(weather).run(client.files.list_files)
    with pytest.raises(CallError, match=r"^run: stream: a run needs whole replies; leave it out$"):
        Tools(weather).run(client.responses.create_response, "Hi", "gpt-5.5", stream=True)
    assert server.seen == []
