"""Calls that are written alike are explained once, and each gets its messages at its own place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

PLUGIN = "typed_openai_mypy.plugin"
HEADER = """\
from typed_openai import Client

client = Client()
"""
WRONG = (
    "client.models.retrieve_model(3)",
    "client.models.retrieve_model(modle='gpt-4o')",
    "client.models.retrieve_model()",
    "client.chat.create_chat_completion([{'role': 'usr', 'content': 'Hi'}], 'gpt-4o')",
    "client.chat.create_chat_completion([{'role': 'user', 'contents': 'Hi'}], 'gpt-4o')",
    "client.chat.create_chat_completion([{'role': 'user', 'content': 'Hi'}], 'gpt-4o', temperature='1')",
    "client.chat.create_chat_completion([{'role': 'user', 'content': 'Hi'}], 'gpt-4o', stream=True, n='2')",
    "client.chat.create_chat_completion([{'role': 'user', 'content': 'Hi'}, 3], -1, stop=(None,))",
)
COUNTING = """\
import sys

import mypy.types
from typed_openai_mypy.watching import watcher
from typed_openai_mypy.plugin import plugin

explained = watcher._explained


def count(scope, owner):
    print("explained", file=sys.stderr, flush=True)
    return explained(scope, owner)


watcher._explained = count
"""


def check(run_mypy: RunMypy, folder: Path, text: str, plugin: str = PLUGIN) -> Run:
    (folder / "example.py").write_text(f"{HEADER}{text}")
    return run_mypy(["example.py"], folder=folder, plugin=plugin)


def texts(run: Run) -> list[str]:
    """The lines without their places."""
    return [re.sub(r"^example\.py:\d+:\d+: ", "", one) for one in run.diagnostics]


@pytest.fixture(scope="module")
def alone(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The output about each wrong call in a file of its own."""
    return check_each(run_mypy, tmp_path_factory.mktemp("alone"), {one: f"{one}\n" for one in WRONG})


@pytest.fixture(scope="module")
def again(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The output about each wrong call in a file that has it four times."""
    return check_each(run_mypy, tmp_path_factory.mktemp("again"), {one: four_times(one) for one in WRONG})


def four_times(call: str) -> str:
    spread = call.replace("(", "(\n        ", 1)
    return f"{call}\n{call}\nresult = {call}\n\ndef use() -> None:\n    if result:\n        {spread}\n"


def check_each(run_mypy: RunMypy, folder: Path, programs: dict[str, str]) -> dict[str, Run]:
    """Check each program as ``example.py``, in one run."""
    files = {f"{folder.name}_{number}.py": call for number, call in enumerate(programs)}
    for file, call in files.items():
        (folder / file).write_text(f"{HEADER}{programs[call]}")
    run = run_mypy([*files], folder=folder)
    lines = {file: [line for line in run.lines if line.startswith(f"{file}:")] for file in files}
    return {
        call: replace(run, lines=tuple(line.replace(file, "example.py", 1) for line in lines[file]))
        for file, call in files.items()
    }


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("call", WRONG)
def test_an_equal_call_gets_the_same_lines_wherever_it_stands(
    call: str, alone: dict[str, Run], again: dict[str, Run]
) -> None:
    once = texts(alone[call])
    assert once
    assert Counter(texts(again[call])) == Counter(once * 4)
    assert {len(lines) for lines in again[call].by_line(HEADER).values()} <= {1, len(once)}


@pytest.mark.slow(seconds=2)
def test_equal_calls_are_explained_once(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "counting.py").write_text(COUNTING)
    plugin = str(tmp_path / "counting.py")
    once = check(run_mypy, tmp_path, f"{WRONG[0]}\n{WRONG[3]}\n", plugin)
    often = check(run_mypy, tmp_path, f"{WRONG[0]}\n{WRONG[3]}\n" * 20, plugin)
    assert len(often.diagnostics) == 20 * len(once.diagnostics) == 40
    assert once.stderr.startswith("explained")
    assert often.stderr == once.stderr


@pytest.mark.slow(seconds=2)
def test_an_ignore_comment_silences_one_of_equal_calls(run_mypy: RunMypy, tmp_path: Path) -> None:
    call = WRONG[0]
    comments = ("", "  # type: ignore[openai-arg]", "", "  # type: ignore[arg-type]", "")
    run = check(run_mypy, tmp_path, "".join(f"{call}{one}\n" for one in comments))
    assert set(run.by_line(HEADER)) == {0, 2, 4}


@pytest.mark.slow(seconds=4)
def test_calls_that_differ_in_anything_keep_their_own_lines(run_mypy: RunMypy, tmp_path: Path) -> None:
    calls = (
        "client.models.retrieve_model(1)",
        "client.models.retrieve_model(True)",
        "client.models.retrieve_model(1.0)",
        "client.models.retrieve_model(b'1')",
        "client.models.retrieve_model(None)",
        "client.models.retrieve_model([1])",
        "client.models.retrieve_model((1,))",
        "client.models.retrieve_model(model=1)",
        "client.models.retrieve_model(mode=1)",
        "client.models.delete_model(1)",
        "client.files.retrieve_file(1)",
    )
    # mypy takes a file of the same size and second for the one in its cache.
    sized = [f"{one}\n{'#' * 100 * number}\n" for number, one in enumerate(calls)]
    alone = [text for one in sized for text in texts(check(run_mypy, tmp_path, one))]
    together = check(run_mypy, tmp_path, "".join(f"{one}\n" for one in calls * 2))
    assert texts(together) == alone * 2
