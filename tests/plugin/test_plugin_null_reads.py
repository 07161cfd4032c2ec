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
    text = "message.content may be None; exclude None before it is used"
    assert printed["several"] == [f"4:12: error: {text}  [openai-arg]"]


def test_uses_of_the_items_of_a_list_that_may_be_none_are_one_mistake(printed: dict[str, list[str]]) -> None:
    text = "call.outputs may be None; exclude None before it is used"
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
