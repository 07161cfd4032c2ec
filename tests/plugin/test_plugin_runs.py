"""However mypy is run, the messages are the same, and a change of what they depend on is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import typed_openai_mypy

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

SOURCE = """\
from typed_openai import Client

client = Client()
client.chat.create_chat_completion([{"role": "usr", "content": "hello"}], "gpt-4o", temprature=0.5)
client.responses.create_response([{"type": "functon_call_output", "call_id": "c", "output": "42"}], "gpt-4o")
print(client.chat.create_chat_completion([{"content": "hello"}], "gpt-4o"))
client.chat.create_chat_completion()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.py").write_text(SOURCE)
    return tmp_path


@pytest.fixture
def plain(folder: Path, run_mypy: RunMypy) -> list[str]:
    """What a run from scratch prints."""
    found = run_mypy(["example.py"], folder=folder, cache=folder / "cold").diagnostics
    assert len(found) == 5
    assert all(line.endswith("[openai-arg]") for line in found)
    return found


def test_a_warm_run_prints_the_same(folder: Path, plain: list[str], run_mypy: RunMypy) -> None:
    warm = run_mypy(["example.py"], folder=folder, cache=folder / "cold")
    assert warm.diagnostics == plain


def test_an_edit_with_the_stubs_from_the_cache_prints_the_same(
    folder: Path, plain: list[str], run_mypy: RunMypy
) -> None:
    (folder / "example.py").write_text(SOURCE + "# edited\n")
    edited = run_mypy(["example.py"], folder=folder, cache=folder / "cold")
    assert edited.diagnostics == plain


@pytest.mark.parametrize("arguments", [["--no-incremental"], ["--no-sqlite-cache"], ["--output", "json"]])
def test_other_ways_to_run_find_the_same(
    folder: Path, plain: list[str], run_mypy: RunMypy, arguments: list[str]
) -> None:
    run = run_mypy(["example.py"], *arguments, folder=folder, cache=folder / "other")
    if "json" in arguments:
        assert len(run.lines) == len(plain)
        assert all('"code": "openai-arg"' in line for line in run.lines)
    else:
        assert run.diagnostics == plain


def test_the_daemon_prints_the_same_at_every_run(folder: Path, plain: list[str], run_mypy: RunMypy) -> None:
    config = run_mypy.configure(folder)

    def dmypy(*arguments: str) -> list[str]:
        command = ["--status-file", str(folder / "dmypy.json"), *arguments]
        return run_mypy.bare("mypy.dmypy", *command, folder=folder).diagnostics

    def check() -> list[str]:
        return dmypy("run", "--", "--config-file", str(config), "example.py")

    try:
        assert check() == plain
        (folder / "example.py").write_text(SOURCE + "client.models.list_models(colour=1)\n")
        *before, added = check()
        assert before == plain
        assert "colour" in added
        (folder / "example.py").write_text(SOURCE)
        assert check() == plain
    finally:
        dmypy("stop")


def test_switching_the_code_off_reaches_files_that_did_not_change(
    folder: Path, plain: list[str], run_mypy: RunMypy
) -> None:
    off = run_mypy(
        ["example.py"],
        folder=folder,
        cache=folder / "cold",
        options="[typed_openai_mypy]\ndisable = openai-arg",
    )
    native = run_mypy(["example.py"], folder=folder, cache=folder / "native", plugin=None)
    assert off.diagnostics == native.diagnostics
    again = run_mypy(["example.py"], folder=folder, cache=folder / "cold")
    assert again.diagnostics == plain


@pytest.fixture
def copied(folder: Path) -> Path:
    """A copy of the plugin, to be found before the installed one."""
    copy = folder / "changed" / "typed_openai_mypy"
    shutil.copytree(Path(typed_openai_mypy.__file__).parent, copy)
    return copy


def change(plugin: Path) -> None:
    messages = plugin / "messages.py"
    messages.write_text(messages.read_text().replace("missing required", "lacking"))


def test_a_change_of_the_plugin_reaches_files_that_did_not_change(
    folder: Path, plain: list[str], copied: Path, run_mypy: RunMypy
) -> None:
    change(copied)
    run = run_mypy(
        ["example.py"],
        folder=folder,
        cache=folder / "cold",
        environment={"PYTHONPATH": str(copied.parent)},
    )
    assert len(run.diagnostics) == len(plain)
    assert any("lacking arguments" in line for line in run.diagnostics)


def test_the_daemon_restarts_when_the_plugin_changes(folder: Path, copied: Path, run_mypy: RunMypy) -> None:
    config = run_mypy.configure(folder)

    def dmypy(*arguments: str) -> str:
        command = ["--status-file", str(folder / "dmypy.json"), *arguments]
        environment = {"PYTHONPATH": str(copied.parent)}
        run = run_mypy.bare("mypy.dmypy", *command, folder=folder, environment=environment)
        return "\n".join(run.lines)

    try:
        assert "missing required" in dmypy("run", "--", "--config-file", str(config), "example.py")
        change(copied)
        assert "lacking arguments" in dmypy("run", "--", "--config-file", str(config), "example.py")
    finally:
        dmypy("stop")
