"""Files of lines for the API: mistakes are found with line and place before anything is uploaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from typed_openai import BatchJob, CallError, Client, LineKind, check_lines, guess_line_kind, types
from typed_openai._batches import judged_lines
from typed_openai._batches.batch_limits import BatchLimits
from typed_openai.cli import main

USER = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "Ho"}
TOOL = {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}
RIGHT: dict[LineKind, list[dict[str, Any]]] = {
    "supervised": [
        {"messages": [{"role": "system", "content": "x"}, USER, {**ANSWER, "weight": 1}], "tools": [TOOL]},
        {"messages": [USER, {**ANSWER, "weight": 0}, USER, ANSWER], "parallel_tool_calls": False},
    ],
    "dpo": [
        {
            "input": {"messages": [USER], "tools": [TOOL]},
            "preferred_output": [ANSWER],
            "non_preferred_output": [ANSWER],
        }
    ],
    "reinforcement": [
        {"messages": [{"role": "developer", "content": "x"}, USER], "answer": 7, "notes": {"a": [1]}}
    ],
    "batch": [
        {
            "custom_id": one,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"messages": [USER], "model": "gpt-5.5"},
        }
        for one in ("a", "-", "b")
    ],
}


def written(path: Path, *lines: object) -> Path:
    path.write_bytes(
        b"".join(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in lines)
    )
    return path


def found(path: Path, kind: LineKind) -> list[str]:
    return [str(one).removeprefix(f"{path}:") for one in check_lines(path, kind)]


@pytest.mark.parametrize("kind", get_args(LineKind))
def test_right_lines_have_no_mistakes_and_tell_their_kind(tmp_path: Path, kind: LineKind) -> None:
    path = written(tmp_path / "lines.jsonl", *RIGHT[kind])
    assert found(path, kind) == []
    assert guess_line_kind(path) == kind


@pytest.mark.parametrize("kind", get_args(LineKind))
def test_lines_of_another_kind_are_wrong(tmp_path: Path, kind: LineKind) -> None:
    for other, lines in RIGHT.items():
        if other != kind and (kind, other) != ("reinforcement", "supervised"):
            assert found(written(tmp_path / "lines.jsonl", *lines), kind), (kind, other)


@pytest.mark.parametrize(
    ("kind", "line", "mistakes"),
    [
        ("supervised", {"messages": [USER]}, ['messages: expected a message']),
        ("supervised", {"messages": [{**ANSWER, "weight": 0}]}, ["messages: expected a message"]),
        ("supervised", {"messages": [ANSWER, {**ANSWER, "weight": 2}]}, ["messages[1].weight: expected one"]),
        ("supervised", {"messages": []}, ["messages: expected at least 1 item, got 0"]),
        ("supervised", {"messages": [{"role": "usr"}]}, ["messages[0].role: expected one of"]),
        ("supervised", {"mesages": [ANSWER]}, ["messages: ", 'mesages: unknown parameter; did']),
        ("supervised", {"messages": [ANSWER], "tools": [{"type": "function"}]}, ["tools[0].function: req"]),
        ("dpo", RIGHT["dpo"][0] | {"preferred_output": []}, ["preferred_output: expected at least"]),
        ("dpo", RIGHT["dpo"][0] | {"preferred_output": [ANSWER] * 2}, ["preferred_output: expected at most"]),
        ("dpo", RIGHT["dpo"][0] | {"non_preferred_output": [USER]}, ["non_preferred_output[0].role: exp"]),
        ("dpo", {"input": {}}, ["input.messages: ", "preferred_output: ", "non_preferred_output: "]),
        ("reinforcement", {"answer": 7}, ["messages: "]),
        ("reinforcement", {"messages": [{"role": "user", "content": 5}]}, ["messages[0].content: expected"]),
    ],
)  # fmt: skip
def test_a_wrong_example_is_reported_with_its_line_and_place(
    tmp_path: Path, kind: LineKind, line: object, mistakes: list[str]
) -> None:
    path = written(tmp_path / "lines.jsonl", RIGHT[kind][0], line)
    texts = sorted(found(path, kind))
    assert len(texts) == len(mistakes), texts
    for text, mistake in zip(texts, sorted(mistakes), strict=True):
        assert text.startswith(f"2: {mistake}")


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (b'{"custom_id": NaN}', "the line is not JSON: NaN is no number"),
        (b'{"custom_id": -Infinity}', "the line is not JSON: -Infinity is no number"),
        (b'\xef\xbb\xbf{}', "the line begins with a byte order mark"),
        (b'{"custom_id": "\xff"}', "byte 16 is not UTF-8"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_json_is_reported(tmp_path: Path, line: bytes, mistake: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(line + b"\n")
    assert found(path, "batch") == [f"1: {mistake}"]


def test_any_id_is_used_once(tmp_path: Path) -> None:
    line = {**RIGHT["batch"][0], "custom_id": "-"}
    path = written(tmp_path / "lines.jsonl", line, line)
    assert found(path, "batch") == ['2: custom_id: "-" is used twice']


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"custom_id": "b"}, 'custom_id: "b" is used twice'),
        ({"custom_id": ""}, 'custom_id: expected a text of 1 to 512 characters, got ""'),
        ({"method": "GET"}, 'method: expected "POST", got "GET"'),
        ({"url": "/v1/chat/completion"}, 'url: batches do not support "/v1/chat/completion"; did you '),
        ({"url": "/v1/models"}, 'url: batches do not support "/v1/models"'),
        ({"url": 5}, "url: batches do not support 5"),
        ({"body": []}, "body: expected an object, got []"),
        ({"body": {"messages": [USER], "model": "gpt-4o"}}, 'body.model: expected "gpt-5.5", as in the'),
        ({"body": {"messages": [USER], "model": "gpt-5.5", "stream": True}}, "body.stream: the requests"),
        ({"body": {"messages": [{}], "model": "gpt-5.5"}}, "body.messages[0].role: "),
        ({"body": {"messages": [USER], "model": "gpt-5.5", "temprature": 1}}, "body.temprature: unknown"),
        ({"ids": 1}, "ids: unknown key"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_reported_with_its_line_and_place(
    tmp_path: Path, change: dict[str, Any], mistake: str
) -> None:
    lines = RIGHT["batch"]
    (text,) = found(
        written(tmp_path / "lines.jsonl", *lines, lines[0] | {"custom_id": "c"} | change), "batch"
    )
    assert text.startswith(f"4: {mistake}")


def test_missing_keys_and_another_operation_are_reported(tmp_path: Path) -> None:
    other: dict[str, Any] = {
        "custom_id": "x",
        "method": "POST",
        "url": "/v1/embeddings",
        "body": {"input": "x", "model": "gpt-5.5"},
    }
    path = written(tmp_path / "lines.jsonl", RIGHT["batch"][0], {}, other)
    assert found(path, "batch") == [
        "2: custom_id: missing",
        "2: method: missing",
        "2: url: missing",
        "2: body: missing",
        '3: url: expected "/v1/chat/completions", as in the lines before, got "/v1/embeddings"',
    ]


def test_the_limits_of_a_file_are_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged_lines, "LIMITS", BatchLimits(requests=2, size=450))
    lines = [{**RIGHT["batch"][0], "custom_id": f"row-{number}"} for number in range(5)]
    path = written(tmp_path / "lines.jsonl", *lines)
    assert found(path, "batch") == ["3: a file can have 2 requests", "3: a file can have 450 bytes"]


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (b"\n", "the line is empty"),
        (b'{"messages": [}\n', "column 15: the line is not JSON: Expecting value"),
        (b"[1]\n", 'expected a JSON object, got "list"'),
        (b'{"a": "\xff"}\n', "byte 8 is not UTF-8"),
        (b'{"a":' + b"[" * 100_000, "the line is too deeply nested"),
    ],
)
def test_a_line_that_is_no_object_is_reported(tmp_path: Path, line: bytes, mistake: str) -> None:
    path = written(tmp_path / "lines.jsonl", RIGHT["supervised"][0], line)
    assert found(path, "supervised") == [f"2: {mistake}"]


def test_an_empty_file_an_unknown_kind_and_no_file_are_reported(tmp_path: Path) -> None:
    path = written(tmp_path / "lines.jsonl")
    assert [str(one) for one in check_lines(path, "dpo")] == [f"{path}: the file is empty"]
    kind: Any = "dop"
    with pytest.raises(CallError, match=r"kind: expected one of supervised, dpo, .* got 'dop'; did you mean"):
        check_lines(path, kind)
    with pytest.raises(FileNotFoundError):
        list(check_lines(tmp_path / "none", "dpo"))


def test_what_a_job_writes_has_no_mistakes(tmp_path: Path) -> None:
    with BatchJob(tmp_path, Client(api_key="k").responses.create_response) as job:
        for number in range(3):
            job.add(f"row-{number}", "Hi", "gpt-5.5", temperature=0)
    assert found(tmp_path / "requests/0001.jsonl", "batch") == []


def test_examples_are_types_of_their_own() -> None:
    assert types.FineTuneChatRequestInput.__required_keys__ == {"messages"}
    assert "tools" in types.FineTuneChatRequestInput.__optional_keys__
    assert len(types.FineTunePreferenceRequestInput.__required_keys__) == 3
    assert types.FineTuneReinforcementRequestInput.__required_keys__ == {"messages"}


def test_the_command_prints_mistakes_by_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = written(tmp_path / "right.jsonl", *RIGHT["dpo"])
    wrong = written(tmp_path / "wrong.jsonl", *[b"[]\n"] * 30)
    assert main(["validate", str(right)]) == 0
    assert capsys.readouterr().out == f"{right}: dpo, no mistakes\n"
    assert main(["validate", "--kind", "batch", str(right), str(wrong)]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == f'{wrong}:20: expected a JSON object, got "list"'
    assert printed.err == f"{wrong}: 10 more mistakes; --all prints them\n"
    assert main(["validate", "--kind", "batch", "--all", str(wrong)]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 30
    assert main(["validate", str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl" in capsys.readouterr().err
