"""Tools of unusual functions, calls of unusual replies, and files of runs that are in use."""

from __future__ import annotations

import functools
import json
import os
import stat
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import pydantic
import pytest
from tests.sdk.conftest import Loopback
from tests.sdk.foreign_decorators import decorated_elsewhere
from tests.sdk.tool_replies import SAID, item, response

from typed_openai.client import Client
from typed_openai.errors import CallError
from typed_openai.tool_errors import RunError
from typed_openai.tool_functions import Injected, tool
from typed_openai.tool_kits import Tools

Item = TypeVar("Item")
HELLO: list[Any] = [{"role": "user", "content": "Hi"}]


class Color(Enum):
    RED = "red"


@dataclass
class Shape:
    """A name that another module has, too."""

    color: Color


@dataclass
class Page(Generic[Item]):
    """A page."""

    items: list[Item]


class Pair(NamedTuple):
    first: int
    second: date


class Row(pydantic.RootModel[Shape]): ...


class Greeter:
    """Greets people."""

    def greet(self, name: str, shape: Shape) -> str:
        return f"Hello, {name}: {shape.color.name}"

    def __call__(self, name: str) -> str:
        """Greet somebody."""
        return f"Hello, {name}"


@tool
def wipe(everything: bool = True) -> str:
    raise AssertionError("the call was cut off")


def add(first: int, second: int) -> int:
    """Add.

    Args:
        first: The first one.

    Overflow is no problem.
    """
    return first + second


def create_of(server: Loopback, *, chat: bool = False) -> Any:
    client = Client(api_key="k", base_url=server.base_url)
    return client.chat.create_chat_completion if chat else client.responses.create_response


def completion(finish_reason: str, *calls: Any, **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": None, **message, **({"tool_calls": [*calls]} if calls else {})}
    return {"choices": [{"index": 0, "finish_reason": finish_reason, "message": said}]}


def asked(name: str, arguments: str, **fields: Any) -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}, **fields}


@pytest.mark.parametrize(
    ("cut", "chat"),
    [
        ({**response(item("wipe", "")), "status": "incomplete"}, False),
        (response({**item("wipe", "{}"), "status": "incomplete"}), False),
        (completion("length", asked("wipe", "")), True),
    ],
)
def test_a_call_that_was_cut_off_is_not_made(server: Loopback, cut: Any, chat: bool) -> None:
    server.reply(cut)
    server.reply(completion("stop", content="Done.") if chat else response(SAID))
    given: Any = HELLO if chat else "Hi"
    Tools(wipe).run(create_of(server, chat=chat), given, "gpt-5.5")
    last = server.seen[1].json["messages" if chat else "input"][-1]
    assert last["content" if chat else "output"] == "the call was cut off before its end"


def test_a_call_without_an_id_is_a_call(server: Loopback) -> None:
    server.reply(
        completion("tool_calls", {"function": {"name": "add", "arguments": '{"first":1,"second":2}'}})
    )
    server.reply(completion("stop", content="3"))
    run = Tools(tool(add)).run(create_of(server, chat=True), HELLO, "gpt-5.5")
    assert run.outputs == {"": "3"}


def test_arguments_may_be_an_object_and_tokens_in_parts(server: Loopback) -> None:
    call = {"id": "1", "function": {"name": "add", "arguments": {"first": 1, "second": 2}}}
    server.reply(completion("tool_calls", call) | {"usage": {"prompt_tokens": 3, "completion_tokens": 4.0}})
    server.reply(completion("stop", content="3"))
    run = Tools(tool(add)).run(create_of(server, chat=True), HELLO, "gpt-5.5")
    assert (run.outputs, run.tokens) == ({"1": "3"}, 7)


def test_a_reply_without_choices_calls_nothing(server: Loopback) -> None:
    server.reply({"choices": []})
    assert Tools(wipe).run(create_of(server, chat=True), HELLO, "gpt-5.5").turns == 1


@pytest.mark.parametrize("other", ["custom_tool_call", "computer_call", "mcp_approval_request"])
def test_calls_that_the_program_has_to_answer_end_the_run(server: Loopback, other: str) -> None:
    server.reply(response(item("wipe", {}), {"type": other, "id": "o_1", "call_id": "call_2"}))
    run = Tools(wipe).run(create_of(server), "Hi", "gpt-5.5")
    assert (run.turns, run.outputs) == (1, {})


def test_calls_that_the_server_has_answered_do_not_end_the_run(server: Loopback) -> None:
    shell = [{"type": one, "call_id": "call_2"} for one in ("shell_call", "shell_call_output")]
    server.reply(response(*shell, item("add", {"first": 1, "second": 2})))
    server.reply(response(SAID))
    assert Tools(tool(add)).run(create_of(server), "Hi", "gpt-5.5").outputs == {"call_1": "3"}


def test_an_argument_of_the_method_is_not_a_setting_of_the_run(server: Loopback) -> None:
    server.reply(
        completion("tool_calls", asked("add", '{"first":1,"second":2}')) | {"usage": {"total_tokens": 9}}
    )
    server.reply(completion("stop", content="3"))
    run = Tools(tool(add)).run(create_of(server, chat=True), HELLO, "gpt-5.5", max_tokens=5, max_turns=2)
    assert run.turns == 2
    assert server.seen[0].json["max_tokens"] == 5
    server.answers.clear()
    server.reply(response(item("add", {"first": 1, "second": 2})))
    with pytest.raises(RunError, match="after 10 tokens"):
        Tools(tool(add)).run(create_of(server), "Hi", "gpt-5.5", max_tokens=5)


def test_a_run_needs_replies_that_are_made_while_it_waits(server: Loopback) -> None:
    with pytest.raises(CallError, match=r"^run: background: a run needs whole replies; leave it out$"):
        Tools(wipe).run(create_of(server), "Hi", "gpt-5.5", background=True)
    assert not server.seen


def test_a_coroutine_function_is_refused_before_the_first_request(server: Loopback) -> None:
    async def later(call: object) -> bool:
        return True

    @tool
    async def slow() -> str:
        return ""

    for kit, name in ((Tools(slow), "slow"), (Tools(wipe, approve=later), "approve")):
        with pytest.raises(
            CallError, match=rf"^run: {name} is a coroutine function; use a method of an async"
        ):
            kit.run(create_of(server), "Hi", "gpt-5.5")
    assert not server.seen


_HOLDING = """
import sys, time
from pathlib import Path
from typed_openai import Client
from typed_openai.tool_functions import tool
from typed_openai.tool_kits import Tools

@tool
def hold() -> str:
    print("held", flush=True)
    time.sleep(60)
    return ""

create = Client(api_key="k", base_url=sys.argv[1]).responses.create_response
Tools(hold, save=sys.argv[2]).run(create, "Hi", "gpt-5.5")
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_one_run_at_a_time_has_a_file(server: Loopback, tmp_path: Path) -> None:
    place = tmp_path / "run.json"
    server.reply(response(item("hold", {})))

    @tool
    def hold() -> str:
        raise AssertionError("it may have been called before")

    command = [sys.executable, "-c", _HOLDING, server.base_url, str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(RunError, match=r"run\.json: another run has it open$") as caught:
            Tools(hold, save=place).run(create_of(server), "Hi", "gpt-5.5")
        other.kill()
    assert caught.value.reason == "locked"
    # The lock ends with the process.
    with pytest.raises(RunError) as caught:
        Tools(hold, save=place).run(create_of(server), "Hi", "gpt-5.5")
    assert caught.value.reason == "unsettled"
    assert [one.name for one in tmp_path.iterdir()] == ["run.json"]


def test_a_file_is_free_as_soon_as_its_run_has_failed(server: Loopback, tmp_path: Path) -> None:
    @tool(repeatable=True)
    def fail() -> str:
        raise ValueError

    server.reply(response(item("fail", {})))
    kit = Tools(fail, save=tmp_path / "run.json")
    try:
        kit.run(create_of(server), "Hi", "gpt-5.5")
    except ValueError:
        # The error that is being handled has the frames of the run.
        with pytest.raises(ValueError):  # noqa: PT011
            kit.run(create_of(server), "Hi", "gpt-5.5")


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be opened")
def test_a_state_is_on_the_disk_with_its_name(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(stat.S_ISDIR(os.fstat(file).st_mode)))
    server.reply(response(SAID))
    Tools(wipe, save=tmp_path / "run.json").run(create_of(server), "Hi", "gpt-5.5")
    assert synced[:2] == [False, True]


def test_a_file_that_is_no_text_is_not_that_of_a_run(server: Loopback, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(b"\xff\xfe")
    with pytest.raises(CallError, match="not that of a run"):
        Tools(wipe, save=tmp_path / "run.json").run(create_of(server), "Hi", "gpt-5.5")


@pytest.mark.parametrize(
    ("part", "damaged"),
    [
        ("calls", []),
        ("calls", {"1.0": "x"}),
        ("calls", {"x": ["call_1", None]}),
        ("turns", "1"),
        ("approved", 5),
    ],
)
def test_a_damaged_state_is_not_that_of_a_run(
    server: Loopback, tmp_path: Path, part: str, damaged: object
) -> None:
    place, kit = tmp_path / "run.json", Tools(tool(add), save=tmp_path / "run.json")
    server.reply(response(item("add", {"first": 1, "second": 2})))
    server.reply(response(SAID))
    kit.run(create_of(server), "Hi", "gpt-5.5")
    state = json.loads(place.read_text())
    place.write_text(json.dumps({**state, part: damaged, "is_finished": False}))
    with pytest.raises(CallError, match=r"^save: the saved state is not that of a run$"):
        kit.run(create_of(server), "Hi", "gpt-5.5")


def result(value: Any) -> str:
    from typed_openai._toolkit.tool_results import result_text  # noqa: PLC0415

    return result_text("look", value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(days=1, seconds=5), '"P1DT5S"'),
        (timedelta(seconds=-1.5), '"-PT1.5S"'),
        (timedelta(), '"PT0S"'),
        (deque([1]), "[1]"),
        (range(2), "[0, 1]"),
        (Pair(1, date(2030, 1, 31)), '{"first": 1, "second": "2030-01-31"}'),
        ([Pair(1, date(2030, 1, 31))], '[{"first": 1, "second": "2030-01-31"}]'),
        ({Color.RED: {date(2030, 1, 31): Color.RED}}, '{"red": {"2030-01-31": "red"}}'),
        ("a\ud800b\U0001f600", "a\ufffdb\U0001f600"),
        (["a\ud800"], '["a\ufffd"]'),
    ],
)
def test_results_are_written_as_text(value: Any, text: str) -> None:
    assert result(value) == text


@pytest.mark.parametrize("value", [b"a", Color, object(), {b"a": 1}, float("nan"), iter([1])])
def test_results_that_are_not_json_are_errors(value: Any) -> None:
    with pytest.raises(CallError, match=r"^look: the result cannot be written as JSON: "):
        result(value)


def outcome(made: Any, arguments: str) -> Any:
    kit = Tools(made)
    (call,) = kit.calls({"output": [item(made.name, arguments)]})
    return call.problem or kit.call(call)


def test_partial_functions_and_objects_are_tools() -> None:
    sized = tool(functools.partial(add, second=2))
    assert (sized.name, sized.description) == ("add", "Add.\n\nOverflow is no problem.")
    assert sized.parameters["required"] == ["first"]
    assert outcome(sized, '{"first": 1}') == 3
    assert outcome(sized, '{"first": 1, "second": 5}') == "invalid arguments: second: unexpected key"
    greeter = tool(name="greet")(Greeter())
    assert greeter.description == "Greet somebody."
    assert outcome(greeter, '{"name": "Al"}') == "Hello, Al"
    assert tool(Greeter().greet).parameters["required"] == ["name", "shape"]


def test_a_generic_class_is_a_tool() -> None:
    found = tool(Page[Color])
    assert (found.name, found.description) == ("Page_Color", "A page.")
    assert outcome(found, '{"items": ["red"]}') == Page([Color.RED])
    assert found(items=[Color.RED]) == Page([Color.RED])


def test_annotations_are_read_where_the_function_was_written() -> None:
    def paint(shape: Shape) -> str:
        return shape.color.name

    painting = tool(decorated_elsewhere(paint))
    assert painting.parameters["$defs"]["Shape"]["properties"] == {"color": {"$ref": "#/$defs/Color"}}
    assert outcome(painting, '{"shape": {"color": "red"}}') == "RED"


make: Any = tool


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: tool(lambda: 1),
            'tool: name: expected 1 to 64 letters, digits, "_" or "-", got \'<lambda>\'',
        ),
        (lambda: tool(name="a b")(add), "tool: name: expected 1 to 64 letters"),
        (lambda: tool(Greeter.greet), "greet.self: the model cannot pass the object of a method"),
        (
            lambda: make(classmethod(make)),
            'tool: expected a function or a class with fields, got "classmethod"',
        ),
        (lambda: tool(Row), 'tool: "Row" has no fields; expected a function or a class with fields'),
        (lambda: make("add"), 'tool: expected a function or a class with fields, got "str"'),
    ],
)
def test_what_is_no_tool_is_refused(wrong: Callable[[], Any], message: str) -> None:
    with pytest.raises(CallError) as caught:
        wrong()
    assert str(caught.value).startswith(message)


Disk = Injected[list[str]]


def test_injected_parameters_may_have_defaults_and_aliases() -> None:
    @tool
    def look(name: str, disk: Disk, cache: Injected[dict[str, str]] | None = None) -> str:
        return f"{name} {disk} {cache}"

    assert look.parameters["required"] == ["name"]
    kit = Tools(look, inject={"disk": ["a"]})
    (call,) = kit.calls({"output": [item("look", '{"name": "x"}')]})
    assert kit.call(call) == "x ['a'] None"
    with pytest.raises(CallError, match=r'^Tools: look\.disk: expected a value in "inject"$'):
        Tools(look)
