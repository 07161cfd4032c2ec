"""Texts of a description reach a terminal as text, never as control sequences."""

from __future__ import annotations

import json
import re
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn
from unittest.mock import Mock

import pytest
from tests.spec.hostile import description, tame

from typed_openai._calls.descriptions import described
from typed_openai.cli import main

pytestmark = pytest.mark.filterwarnings("ignore::typed_openai.DescriptionWarning")

NASTY = "\x1b]0;x\x07\x1b[2J\u202e\r\n::error::x `$(id)` ``x`` <script> \x9b"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A description with a hostile text in each place."""
    path = tmp_path_factory.mktemp("nasty") / "nasty.json"
    path.write_text(json.dumps(description(lambda place: f"{place} {NASTY}")))
    return str(path)


def _is_harmless(text: str) -> bool:
    return all(one.isprintable() or one == "\n" for one in text) and "\n::error::" not in text


@pytest.mark.parametrize("words", [[], ["segment"], ["--search", "operation"], ["Word"]])
def test_explain_prints_no_commands_to_a_terminal(
    place: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", "--spec", place, *words])
    printed = capsys.readouterr()
    assert printed.out + printed.err
    assert _is_harmless(printed.out + printed.err)


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_changes_print_no_commands_to_a_terminal(
    place: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps(description(tame)))
    for old, new in ((str(other), place), (place, str(other))):
        assert main(["spec", "diff", old, new, "--format", form]) == 0
        printed = capsys.readouterr()
        assert printed.out
        assert _is_harmless(printed.out + printed.err)
        if form == "markdown":
            spans = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
            assert not re.search(r"(?<!\\)<script", spans.sub("", printed.out.replace("\\`", "")))


def test_generating_prints_no_commands_and_writes_nowhere_else(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "here" / "out"
    assert main(["generate", "--spec", place, "--package", "my_api", "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert _is_harmless(printed.out + printed.err)
    assert [one.name for one in tmp_path.iterdir()] == ["here"]
    assert [one.name for one in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("words", [["--help"], ["segment", "--help"], ["Operation"], ["no_such_operation"]])
def test_call_prints_no_commands_to_a_terminal(
    place: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["call", "--spec", place, *words])
    printed = capsys.readouterr()
    assert printed.out + printed.err
    assert _is_harmless(printed.out + printed.err)


def test_every_operation_s_help_is_harmless(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    for operation in described(place).index.operations():
        main(["call", "--spec", place, operation.id, "--help"])
    printed = capsys.readouterr()
    assert printed.out
    assert _is_harmless(printed.out + printed.err)


def test_serve_prints_no_commands_to_a_terminal(
    place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading.Event, "wait", _interrupted)
    monkeypatch.setattr(
        "typed_openai.cli.serve.serve", lambda *_, **__: nullcontext(Mock(base_url="http://a"))
    )
    main(["serve", "--spec", place])
    printed = capsys.readouterr()
    assert "is running at http://a" in printed.out
    assert _is_harmless(printed.out + printed.err)


def _interrupted(event: threading.Event) -> NoReturn:
    raise KeyboardInterrupt
