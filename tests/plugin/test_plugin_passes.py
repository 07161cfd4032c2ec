"""Findings beyond types are reported in every run: cold, warm, edited, by the daemon, in deferred code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mypy.version import __version__

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

SETTINGS = """\
from typing import Final

HOT: Final = 3
"""
SOURCE = """\
from settings import HOT
from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

chat = Client().chat
hello: ChatCompletionRequestMessage = {"role": "user", "content": "hello"}


class Deferred:
    def use(self) -> str:
        chat.create_chat_completion([hello], "gpt-4o", temperature=HOT)
        chat.create_chat_completion([{"role": "user", "content": []}], "gpt-4o", stream=True)
        message: ChatCompletionRequestMessage = {"role": "user", "content": []}
        print(chat.create_chat_completion([message], self.later, temperature=HOT)["choices"])
        return self.later.upper()

    def make(self) -> None:
        self.later = text()


def text() -> str:
    return "gpt-4o"


chat.create_chat_completion([hello], "gpt-4o", temperature=HOT)
"""
LINES = [11, 12, 13, 14, 25]

pytestmark = pytest.mark.skipif(
    tuple(map(int, __version__.split(".")[:2])) < (2, 2), reason="this mypy has no hook for displays"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settings.py").write_text(SETTINGS)
    (tmp_path / "example.py").write_text(SOURCE)
    return tmp_path


def places(lines: list[str]) -> list[int]:
    assert all(line.endswith("[openai-limit]") for line in lines), lines
    return [int(line.split(":")[1]) for line in lines]


@pytest.mark.slow(seconds=3)
def test_cold_warm_and_after_an_edit_the_same_is_told(folder: Path, run_mypy: RunMypy) -> None:
    cold = run_mypy(["example.py"], folder=folder, cache=folder / "cache").diagnostics
    assert places(cold) == LINES
    assert run_mypy(["example.py"], folder=folder, cache=folder / "cache").diagnostics == cold
    (folder / "example.py").write_text(SOURCE + "# edited\n")
    assert run_mypy(["example.py"], folder=folder, cache=folder / "cache").diagnostics == cold
    (folder / "settings.py").write_text(SETTINGS.replace("3", "1.5"))
    changed = run_mypy(["example.py"], folder=folder, cache=folder / "cache").diagnostics
    assert places(changed) == [12, 13]


@pytest.mark.slow(seconds=3)
def test_the_daemon_tells_it_at_every_run(folder: Path, run_mypy: RunMypy) -> None:
    config = run_mypy.configure(folder)

    def dmypy(*arguments: str) -> list[str]:
        command = ["--status-file", str(folder / "dmypy.json"), *arguments]
        return run_mypy.bare("mypy.dmypy", *command, folder=folder).diagnostics

    def check() -> list[int]:
        return places(dmypy("run", "--", "--config-file", str(config), "example.py"))

    try:
        assert check() == LINES
        (folder / "example.py").write_text(SOURCE.replace('return "gpt-4o"', 'return "gpt-5"'))
        assert check() == LINES
        (folder / "settings.py").write_text(SETTINGS.replace("3", "1.5"))
        assert check() == [12, 13]
        (folder / "settings.py").write_text(SETTINGS)
        assert check() == LINES
    finally:
        dmypy("stop")


UNREACHABLE = """\
from typed_openai import Client

client = Client()
number = len("text")
print(client.embeddings.create_embedding("x", 3) if isinstance(number, str) else None)
print(client.embeddings.create_embedding("x", modl="m") if isinstance(number, str) else None)
"""


def test_nothing_is_reported_in_a_branch_that_is_never_reached(tmp_path: Path, run_mypy: RunMypy) -> None:
    (tmp_path / "example.py").write_text(UNREACHABLE)
    assert run_mypy(["example.py"], folder=tmp_path).diagnostics == []
