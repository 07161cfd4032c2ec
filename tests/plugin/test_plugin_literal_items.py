"""Errors about the literals of long displays are answered by one explanation, and no line changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

PLUGIN: Final = "typed_openai_mypy.plugin"
HEADER: Final = """\
from typed_openai import Client
from typed_openai.types import CreateVectorStoreRequest

client = Client()
number = 3
"""
WITHOUT: Final = """\
from typed_openai_mypy.plugin import plugin
from typed_openai_mypy.watching.literal_items import LiteralItems

LiteralItems.note = lambda self, explanation, found, info: None
"""
COUNTING: Final = """\
import sys

import mypy.types
from typed_openai_mypy.plugin import plugin
from typed_openai_mypy.watching import watcher

explained = watcher._explained


def count(scope, owner):
    print("explained", file=sys.stderr, flush=True)
    return explained(scope, owner)


watcher._explained = count
"""
CHAT: Final = "client.chat.create_chat_completion([{{'role': 'user', 'content': 'Hi'}}], 'gpt-4o', {})"
STORE: Final = "client.vector_stores.create_vector_store(file_ids={})"
TEXT: Final = "'1'"
VALUES: Final = ("'1'", "1", "1.5", "None", "-1", "b'1'", "[1]", "number", "'1' if number else 1", "True")


def mapped(*values: str, between: str = ",\n") -> str:
    """A dict display of thirty entries with these values in turn."""
    return "{" + between.join(f"'key {one}': {values[one % len(values)]}" for one in range(30)) + "}"


def listed(*values: str, between: str = ",\n") -> str:
    """A list display of thirty items with these values in turn."""
    return f"[{between.join(values[one % len(values)] for one in range(30))}]"


ON_ONE_LINE: Final = listed(*VALUES, between=", ")
KEYS: Final = ", ".join(f"{one}: {one}" for one in range(30))
IGNORED: Final = listed("1", between=",  # type: ignore[list-item]\n")

DISPLAYS: Final = {
    "equal values": CHAT.format(f"logit_bias={mapped(TEXT)}"),
    "different values": CHAT.format(f"logit_bias={mapped(*VALUES)}"),
    "values on one line": CHAT.format(f"logit_bias={mapped(*VALUES, between=', ')}"),
    "equal items": STORE.format(listed("1")),
    "different items": STORE.format(listed(*VALUES)),
    "items on one line": STORE.format(ON_ONE_LINE),
    "items after an unpacked list": STORE.format(f"[*[], {listed('1', '1.5')[1:]}"),
    "items of a tuple": STORE.format(f"({listed('1', '1.5')[1:-1]})"),
    "keys and values": CHAT.format(f"metadata={{{KEYS}}}"),
    "items of a union": CHAT.format(f"stop={listed('1', TEXT, '1.5')}"),
    "names that the API does not know": CHAT.format(f"modalities={listed(TEXT, '1')}"),
    "items of a list in a list": f"client.embeddings.create_embedding([[1], {listed(TEXT, '1')}], 'a')",
    "two displays": CHAT.format(f"logit_bias={mapped(TEXT)}, metadata={mapped('1')}"),
    "a variable": f"wanted: CreateVectorStoreRequest = {{'file_ids': {listed('1', TEXT, '1.5')}}}",
    "a loop": f"for _ in range(3):\n    {STORE.format(ON_ONE_LINE)}",
    "a function": f"def use() -> None:\n    {STORE.format(ON_ONE_LINE)}",
    "ignored items": STORE.format(IGNORED),
    "a conditional": STORE.format(f"{listed('1')} if number else {listed('1.5')}"),
}


@pytest.fixture(scope="module")
def outputs(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """The output about all displays, with the answers and without them."""
    folder = tmp_path_factory.mktemp("displays")
    (folder / "without.py").write_text(WITHOUT)
    files = {f"display_{number}.py": text for number, text in enumerate(DISPLAYS.values())}
    for file, text in files.items():
        (folder / file).write_text(f"{HEADER}{text}\n")
    runs = (run_mypy([*files], folder=folder, plugin=one) for one in (PLUGIN, str(folder / "without.py")))
    with_answers, without = runs
    return with_answers, without


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize("name", DISPLAYS)
def test_an_answer_is_what_a_look_at_the_literal_finds(name: str, outputs: tuple[Run, Run]) -> None:
    start = f"display_{[*DISPLAYS].index(name)}.py:"
    with_answers, without = ([one for one in run.lines if one.startswith(start)] for run in outputs)
    assert with_answers == without
    assert with_answers or name == "ignored items"


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("display", ["equal values", "equal items"])
def test_a_long_display_is_explained_once(display: str, run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "counting.py").write_text(COUNTING)
    (tmp_path / "example.py").write_text(f"{HEADER}{DISPLAYS[display]}\n")
    run = run_mypy(["example.py"], folder=tmp_path, plugin=str(tmp_path / "counting.py"))
    assert sum("openai-arg" in one for one in run.lines) == 30
    assert run.stderr.splitlines() == ["explained"]
