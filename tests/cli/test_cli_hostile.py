"""Texts of a description reach a terminal as text, never as control sequences."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.spec.hostile import description, tame

from typed_openai.cli import main

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
