"""Closed standard streams, and arguments that are too large or too deep: one line, and nothing is lost."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from typed_openai.cli import main
from typed_openai.cli.standard_streams import ClosedOutput, replace_closed
from typed_openai.testing import serve

CHAT = ["call", "chat.create_chat_completion", "--model", "m"]


@pytest.fixture(autouse=True)
def with_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")


@pytest.mark.parametrize("option", ["--extra-headers", "--extra-body", "--extra-query"])
@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "{", "9" * 10_000])
def test_a_value_that_is_no_json_is_reported_on_one_short_line(
    option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["call", "models.list_models", option, text]) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert printed.startswith(f"typed-openai call: error: {option}: expected JSON, got ")
    assert len(printed) < 200


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no file without end")
def test_a_file_without_end_is_not_read_for_ever(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typed_openai.cli.call.argument_values._LARGEST", 1 << 20)
    assert main([*CHAT, "--messages", "@/dev/zero"]) == 2
    assert capsys.readouterr().err.endswith("messages: '/dev/zero' has more than 1 MiB\n")


@pytest.mark.parametrize("failure", [MemoryError(), RecursionError()])
def test_running_out_of_memory_is_reported_on_one_line(
    failure: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr("typed_openai.cli.call.run_words", fail)
    assert main(CHAT) == 1
    assert capsys.readouterr().err == "typed-openai: error: the input is too large or too deeply nested\n"


def _closed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, name, None)


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_a_file_is_saved_though_a_standard_stream_is_closed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.bin"
    with serve() as server:
        _closed(monkeypatch, name)
        words = ["call", "files.download_file", "f", "--base-url", server.base_url, "--output", str(path)]
        assert main(words) == 0
        getattr(sys, name).close()
    assert path.stat().st_size == 4096


def test_a_result_that_cannot_be_printed_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve() as server:
        _closed(monkeypatch, "stdout")
        assert main(["call", "models.list_models", "--base-url", server.base_url]) == 1
    assert "standard output is closed" in capsys.readouterr().err


def test_the_descriptors_of_closed_streams_are_occupied(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []

    def open_(*args: Any) -> int:
        # As if the descriptors 1 and 2 were free.
        opened.append(len(opened) + 1)
        return opened[-1]

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "close", lambda number: None)
    _closed(monkeypatch, "stdout")
    replace_closed()
    assert opened == [1, 2, 3]
    assert isinstance(sys.stdout, ClosedOutput)
    with pytest.raises(OSError, match="standard output is closed") as caught:
        print("text")
    assert caught.value.errno == errno.EBADF
