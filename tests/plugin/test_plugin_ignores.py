"""``# type: ignore`` works with our code and with mypy's, and unused ones are still reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

Check: TypeAlias = Callable[[str], list[str]]

HEAD = 'from typed_openai import Client\n\nchat = Client().chat\nhello = "hello"\n'
MISTAKE = 'chat.create_chat_completion([{"role": "user", "content": 3}], "gpt-4o")'
KEYWORD = 'chat.create_chat_completion([{"role": "user", "content": "hi"}], "gpt-4o", temprature=1)'
OVER_LINES = """\
chat.create_chat_completion(
    [
        {
            "role": "user",
            "content": 3,{inside}
        }
    ],
    "gpt-4o",
){end}
"""


@pytest.fixture
def check(tmp_path: Path, run_mypy: RunMypy) -> Check:
    def run(source: str) -> list[str]:
        (tmp_path / "example.py").write_text(HEAD + source + "\n")
        return run_mypy(["example.py"], folder=tmp_path).diagnostics

    return run


@pytest.mark.parametrize("comment", ["# type: ignore", "# type: ignore[openai-arg]"])
@pytest.mark.parametrize("mistake", [MISTAKE, KEYWORD])
def test_an_ignore_of_ours_or_of_everything_silences(check: Check, mistake: str, comment: str) -> None:
    assert check(f"{mistake}  {comment}") == []


def test_an_ignore_of_the_native_code_silences(check: Check) -> None:
    assert check(f"{KEYWORD}  # type: ignore[call-overload]") == []


@pytest.mark.parametrize("mark", ["inside", "end"])
def test_an_ignore_silences_on_the_mistake_s_line_and_on_the_call_s(check: Check, mark: str) -> None:
    comments = dict.fromkeys(("inside", "end"), "")
    comments[mark] = "  # type: ignore[openai-arg]"
    source = OVER_LINES
    for name, comment in comments.items():
        source = source.replace(f"{{{name}}}", comment)
    assert check(source) == []


def test_an_unused_ignore_is_reported(check: Check) -> None:
    (line,) = check("chat.list_chat_completions()  # type: ignore[openai-arg]")
    assert 'Unused "type: ignore" comment' in line


def test_an_ignore_of_another_code_does_not_silence(check: Check) -> None:
    lines = check(f"{MISTAKE}  # type: ignore[attr-defined]")
    assert any(line.endswith("[openai-arg]") for line in lines)
    assert any('"openai-arg" not covered by "type: ignore' in line for line in lines)
    assert any('Unused "type: ignore" comment' in line for line in lines)


def test_where_our_code_is_disabled_mypy_s_words_stand(check: Check) -> None:
    lines = check(f"{MISTAKE}\n# mypy: disable-error-code=openai-arg")
    assert lines
    assert not any("openai-arg" in line for line in lines)
