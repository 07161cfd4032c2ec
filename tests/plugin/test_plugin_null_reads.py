"""A value that may be None because its key may be null is reported once, where it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

HEAD = """\
from typed_openai.types import CodeInterpreterToolCall, CreateChatCompletionResponse as Reply

"""

SEVERAL_USES = """\
def f(reply: Reply) -> None:
    text = reply["choices"][0]["message"]["content"]
    print(text.strip(), text.split(), text + "!", text[0])
    for letter in text:
        print(letter)
"""

ITEMS = """\
def f(call: CodeInterpreterToolCall) -> None:
    for output in call["outputs"]:
        print(output["logs"] if output["type"] == "logs" else output["url"])
"""

EXCLUDED = """\
def f(reply: Reply, call: CodeInterpreterToolCall) -> None:
    text = reply["choices"][0]["message"]["content"]
    if text is not None:
        print(text.strip())
    for output in call["outputs"] or []:
        print(output["logs"] if output["type"] == "logs" else output["url"])
"""

OTHERS = """\
def f(reply: Reply) -> None:
    text = reply["choices"][0]["message"]["content"]
    print(text.strip(), text.unknown)
"""


@pytest.fixture(scope="module")
def printed(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The lines that mypy prints for each program, without the file."""
    folder = tmp_path_factory.mktemp("nulls")
    programs = {"several": SEVERAL_USES, "items": ITEMS, "excluded": EXCLUDED, "others": OTHERS}
    for name, source in programs.items():
        (folder / f"{name}.py").write_text(HEAD + source)
    lines = run_mypy([f"{one}.py" for one in programs], folder=folder).diagnostics
    return {
        name: [one.removeprefix(f"{name}.py:") for one in lines if one.startswith(f"{name}.py")]
        for name in programs
    }


def test_several_uses_of_one_read_are_one_mistake(printed: dict[str, list[str]]) -> None:
    text = "message.content may be None; check it first: if text is not None"
    assert printed["several"] == [f"4:12: error: {text}  [openai-arg]"]


def test_uses_of_the_items_of_a_list_that_may_be_none_are_one_mistake(printed: dict[str, list[str]]) -> None:
    text = 'call.outputs may be None; check it first: if call["outputs"] is not None'
    assert printed["items"] == [f"4:19: error: {text}  [openai-arg]"]


def test_an_excluded_none_is_no_mistake(printed: dict[str, list[str]]) -> None:
    assert printed["excluded"] == []


def test_another_mistake_in_a_use_stays(printed: dict[str, list[str]]) -> None:
    assert [one.rpartition("  ")[2] for one in printed["others"]] == ["[openai-arg]", "[union-attr]"]


@pytest.mark.parametrize("code", ["union-attr", "openai-arg"])
def test_an_ignore_at_the_use_or_at_the_read_silences_it(
    run_mypy: RunMypy, tmp_path: Path, code: str
) -> None:
    source = OTHERS.replace(", text.unknown", "")
    place = 'content"]\n' if code == "openai-arg" else "strip())\n"
    source = source.replace(place, f"{place[:-1]}  # type: ignore[{code}]\n")
    (tmp_path / "example.py").write_text(HEAD + source)
    assert run_mypy(["example.py"], folder=tmp_path).diagnostics == []


PLACES = {
    "print(len(text), int(text), text.strip())": ["text"],
    "print(takes(text), takes(reply['id']))": ["text"],
    "print(len(message['content']))": ['message["content"]'],
    "print(''.join([message['content']]), ['a'] + [text])": ['message["content"]'],
    "print(max(run['completed_at'], 1), -run['completed_at'])": ['run["completed_at"]'] * 2,
    "print(run['completed_at'] - run['created_at'])": ['run["completed_at"]'],
    "print(round(run['completed_at'], 1), 'a' in message['content'])": [
        'run["completed_at"]',
        'message["content"]',
    ],
    "number = 1; number += run['completed_at']": ['run["completed_at"]'],
    "print({**run['metadata'], 'a': 'b'})": ['run["metadata"]'],
    "if reply['id']: text = 'a'\n    print(text.strip())": ["text"],
    "if (words := message['content']) or reply: print(words.split())": ["words"],
    "print(message.get('tool_calls')[0])": ["value"],
    "one: str = text; print(one)": ["text"],
    "one = 'a'; one = message['content']; print(one)": ['message["content"]'],
    "names = {'a': 'b'}; names['a'] = text": ["text"],
    "holder = Holder(); holder.text = text; print(holder)": ["text"],
    "first, second = run['required_action']; print(first, second)": ['run["required_action"]'],
    "print(*run['metadata'])": ['run["metadata"]'],
    "print([*run['metadata']])": ['run["metadata"]'],
    "return text": ["text"],
}
"""Uses of values that may be None, with what is to be checked, by the lines that are printed."""

FUNCTION = """\
def f{number}(reply: Reply, run: RunObject) -> {result}:
    message = reply["choices"][0]["message"]
    text = message["content"]
    {use}
"""


HELPERS = """\
class Holder:
    text: str = ""

def takes(text: str) -> int: return 1
"""


def _function(number: int, use: str) -> str:
    return FUNCTION.format(number=number, use=use, result="str" if use.startswith("return") else "None")


def test_each_use_is_one_line_that_says_what_to_check(run_mypy: RunMypy, tmp_path: Path) -> None:
    functions = (_function(number, use) for number, use in enumerate(PLACES))
    head = HEAD.replace("CreateChat", "RunObject, CreateChat") + HELPERS
    (tmp_path / "example.py").write_text(head + "\n".join(functions))
    found = run_mypy(["example.py"], folder=tmp_path).diagnostics
    checked = [
        one.partition(": if ")[2].partition(" is not None")[0] for one in found if " may be None; " in one
    ]
    assert checked == [one for each in PLACES.values() for one in each]
    assert len(found) == len(checked)


OTHER_TARGETS = """\
def f(reply: Reply) -> int:
    number: int = reply["choices"][0]["message"]["content"]
    number, text = reply["choices"][0]["message"]["content"], ""
    if text:
        return reply["choices"][0]["message"]["content"] or number
    return reply["choices"][0]["message"]["content"]
"""


def test_an_assigned_or_returned_value_that_is_wrong_without_none_keeps_its_line(
    run_mypy: RunMypy, tmp_path: Path
) -> None:
    (tmp_path / "example.py").write_text(HEAD + OTHER_TARGETS)
    found = run_mypy(["example.py"], folder=tmp_path).diagnostics
    codes = [one.rpartition("  ")[2] for one in found]
    assert codes == ["[assignment]", "[assignment]", "[return-value]", "[return-value]"]


def test_an_argument_that_is_wrong_without_none_keeps_its_line(run_mypy: RunMypy, tmp_path: Path) -> None:
    source = _function(1, "print(len(run['completed_at']), len(text, 1), len(text))")
    (tmp_path / "example.py").write_text(HEAD.replace("CreateChat", "RunObject, CreateChat") + source)
    lines = run_mypy(["example.py"], folder=tmp_path)
    found = sorted(one.rpartition("  ")[2] for one in lines.diagnostics)
    assert found == ["[arg-type]", "[call-arg]", "[openai-arg]"]


JOINED = """\
def f(reply: Reply) -> None:
    print(reply["choices"][0]["message"]["refusal"].strip()){comment}
"""
BOTH = (
    'message.refusal may be absent or None; use .get("refusal"), and check the result: if value is not None'
)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    ("ignored", "starts"),
    [
        ("", [BOTH]),
        ("openai-absent", ["message.refusal may be None; "]),
        ("openai-arg", ["message.refusal may be absent; "]),
        ("union-attr", ["message.refusal may be absent; "]),
        ("union-attr, openai-absent", []),
    ],
)
def test_a_key_that_may_be_absent_or_null_is_one_line(
    run_mypy: RunMypy, tmp_path: Path, ignored: str, starts: list[str]
) -> None:
    comment = f"  # type: ignore[{ignored}]" if ignored else ""
    (tmp_path / "example.py").write_text(HEAD + JOINED.format(comment=comment))
    found = [one for one in run_mypy(["example.py"], folder=tmp_path).diagnostics if ": error: " in one]
    texts = [one.partition(": error: ")[2] for one in found]
    assert [one.startswith(start) for one, start in zip(texts, starts, strict=True)] == [True] * len(starts)
