"""The user's options, and the words that a mistake in them gets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from typed_openai_mypy import config

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_without_a_file_nothing_is_switched_off() -> None:
    assert config.read(None) == config.Config()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.typed_openai_mypy]\ndisable = ["openai-arg"]\n'),
        ("mypy.ini", "[mypy]\n[typed_openai_mypy]\ndisable = openai-arg\n"),
        ("setup.cfg", "[typed_openai_mypy]\ndisable =\n  openai-arg,\n"),
    ],
)
def test_codes_are_switched_off_in_any_file_that_mypy_reads(tmp_path: Path, name: str, text: str) -> None:
    assert config.read(write(tmp_path / name, text)).disable == {"openai-arg"}


def test_pyproject_beside_mypy_ini_is_read_too(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.typed_openai_mypy]\ndisable = ["openai-arg"]\n')
    assert config.read(write(tmp_path / "mypy.ini", "[mypy]\n")).disable == {"openai-arg"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('disabel = ["openai-arg"]', ['unknown option "disabel"', 'did you mean "disable"?']),
        ('disable = ["openai-agr"]', ["'openai-agr' is not one of openai-arg"]),
        ("disable = 3", ["3 is not a list of error codes"]),
    ],
)
def test_a_mistake_names_the_file_what_was_found_and_what_is_expected(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = write(tmp_path / "pyproject.toml", f"[tool.typed_openai_mypy]\n{text}\n")
    with pytest.raises(config.ConfigError) as caught:
        config.read(path)
    for word in [path, *words, 'disable = ["openai-arg"]']:
        assert word in str(caught.value)


def test_a_section_that_is_no_table_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match="must be a table"):
        config.read(write(tmp_path / "pyproject.toml", "[tool]\ntyped_openai_mypy = 3\n"))


def test_a_mistake_stops_mypy_without_a_traceback(tmp_path: Path, run_mypy: RunMypy) -> None:
    (tmp_path / "example.py").write_text("x: int = 'a'\n")
    run = run_mypy(["example.py"], folder=tmp_path, options="[typed_openai_mypy]\ndisabel = openai-arg")
    assert run.status == 2
    assert 'unknown option "disabel"; did you mean "disable"?' in "\n".join(run.lines)
    assert "Traceback" not in run.stderr + "\n".join(run.lines)
    assert run.diagnostics[0].startswith("typed_openai_mypy: error: ")
