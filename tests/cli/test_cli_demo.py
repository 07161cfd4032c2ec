"""``typed-openai demo``: all parts work, and the exit status reports failures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai import cli
from typed_openai.cli import demo

COMMAND = Path(sys.executable).with_name("typed-openai")


@pytest.mark.slow(seconds=2)
def test_the_demo_shows_client_and_plugin_and_succeeds() -> None:
    done = subprocess.run([COMMAND, "demo"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("[openai-arg]") == 5
    assert "gpt-4o-mini: Hello!" in done.stdout
    assert "a Person: Ada, born in 18" in done.stdout
    assert "2 requests, and the tool's answer: It is sunny in " in done.stdout
    assert "question.jsonl, 21 bytes, for batch" in done.stdout


@pytest.mark.slow(seconds=1)
def test_the_demo_fails_where_a_mistake_goes_unnoticed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "_MISTAKES", "import typed_openai\n")
    assert cli.main(["demo"]) == 1
    assert "what mypy says with the plugin (0 lines)" in capsys.readouterr().out


def test_the_demo_tells_what_it_needs_where_mypy_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert cli.main(["demo"]) == 1
    assert 'pip install "typed-openai[mypy]"' in capsys.readouterr().out
