"""``# type: ignore`` works with the plugin's code and with mypy's, and unused ones are still reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

Check: TypeAlias = Callable[[str], list[str]]

HEAD = 'from typed_openai import Client\n\nchat = Client().chat\nhello = "hello"\n'
MISTAKE = 'chat.create_chat_completion([{"role": "user", "content": 3}], "gpt-4o")'
KEYWORD = 'chat.create_chat_completion([{"role": "user", "content": "hi"}], "gpt-4o", temprature=1)'
OVER_LINES = """\
chat.create_chat_completion(
    [
        {
            "role": "user",
            "content": 3,{inside}
        }
    ],
    "gpt-4o",
){end}
"""


@pytest.fixture
def check(tmp_path: Path, run_mypy: RunMypy) -> Check:
    def run(source: str) -> list[str]:
        return run_mypy([written(tmp_path, HEAD + source + "\n")], folder=tmp_path).diagnostics

    return run


def written(folder: Path, source: str) -> str:
    """Write a new file and return its name; to mypy, an equal name, size and second mean the same file."""
    name = f"{folder.name.replace('-', '_')}.py"
    (folder / name).write_text(source)
    return name


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("comment", ["# type: ignore", "# type: ignore[openai-arg]"])
@pytest.mark.parametrize("mistake", [MISTAKE, KEYWORD])
def test_an_ignore_of_ours_or_of_everything_silences(check: Check, mistake: str, comment: str) -> None:
    assert check(f"{mistake}  {comment}") == []


def test_an_ignore_of_the_native_code_silences(check: Check) -> None:
    assert check(f"{KEYWORD}  # type: ignore[call-overload]") == []


@pytest.mark.parametrize(("mark", "silent"), [("inside", True), ("end", False)])
def test_an_ignore_of_ours_silences_where_one_of_mypy_s_error_would(
    check: Check, mark: str, silent: bool
) -> None:
    comments = dict.fromkeys(("inside", "end"), "")
    comments[mark] = "  # type: ignore[openai-arg]"
    source = OVER_LINES
    for name, comment in comments.items():
        source = source.replace(f"{{{name}}}", comment)
    lines = check(source)
    assert (lines == []) is silent
    assert any('Unused "type: ignore" comment' in line for line in lines) is not silent


SEVERAL = """\
from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

c = Client()
c.batches.create_batch(
    "24h",  # type: ignore
    "/v1/embeddingss",
    "f",
)
c.batches.create_batch(
    "24",  # type: ignore[arg-type]
    "/v1/embeddingss",
    "f",
)
c.batches.create_batch(
    "24",  # type: ignore
    "/v1/embeddingss",  # type: ignore
    "f",
)
c.batches.create_batch(  # type: ignore
    "24",
    "f",
    "f",
)
c.batches.create_batch(
    "24",
    "f",
    "f",
)  # type: ignore
c.models.list_models(
    timeout="x",
    colour=2,  # type: ignore
)
c.models.list_models(
    timeout="x",  # type: ignore
    max_retries="x",
)
c.chat.create_chat_completion(
    [
        {"role": "user", "content": 3},  # type: ignore
        {"role": "user", "content": 4},
    ],
    "gpt-4o",
)
c.chat.create_chat_completion(
    [{"role": "user", "content": "x"}],  # type: ignore
    "gpt-4o",
    temperature="hot",
)
c.chat.create_chat_completion(
    [{"role": "user", "content": "x"}],
    "gpt-4o",  # type: ignore
    stream="yes",
)
c.responses.create_response(
    [
        {"type": "function_call_output", "call_id": "c", "output": 3},  # type: ignore
        {"type": "function_call_output", "call_id": "c", "output": 3},
    ],
    "gpt-4o",
)
c.responses.create_response(
    [
        {
            "type": "function_call_output",  # type: ignore
            "call_id": "c",
            "output": 3,
        }
    ],
    "gpt-4o",
)
messages: list[ChatCompletionRequestMessage] = [
    {"role": "user", "content": 3},  # type: ignore
    {"role": "user", "content": 4},
]
messages = [
    {"role": "user", "content": 3},  # type: ignore
    {"role": "user", "content": 4},  # type: ignore
]
"""


@pytest.mark.slow(seconds=1)
def test_of_several_mistakes_an_ignore_silences_those_that_it_silences_without_the_plugin(
    tmp_path: Path, run_mypy: RunMypy
) -> None:
    name = written(tmp_path, SEVERAL)
    ours = run_mypy([name], folder=tmp_path).diagnostics
    native = run_mypy([name], folder=tmp_path, plugin=None).diagnostics

    def places(lines: list[str], word: str) -> set[int]:
        return {int(line.split(":")[1]) for line in lines if ": error: " in line and word in line}

    assert places(ours, "Unused") == places(native, "Unused")
    told = places(native, "") - places(native, "Unused")
    assert places(ours, "[openai-arg]") == told
    assert len(told) > 6


NATIVE_CODES = """\
from typed_openai.types import InputItem, Response

inputs: list[InputItem] = [{"type": "message", "role": "usr", "content": "x"}]  # type: ignore[list-item,misc]
inputs = [{"type": "message", "role": "usr", "content": "x"}]  # type: ignore[list-item,misc]
inputs.append({"type": "message", "role": "usr", "content": "x"})  # type: ignore[arg-type,misc]
chat.create_chat_completion([{"role": "usr", "content": "x"}], "m")  # type: ignore[list-item,misc]
chat.create_chat_completion({"role": "user", "content": "x"}, "m")  # type: ignore[dict-item]
def read(r: Response) -> Response:
    print(r.output)  # type: ignore[attr-defined]
    print(r["output"][0].content)  # type: ignore[union-attr]
    print(r["output"][0]["contents"])  # type: ignore[typeddict-item]
    print(r["error"]["message"])  # type: ignore[index]
    print(r["object"] == "x")  # type: ignore[comparison-overlap]
    return Client().responses.create_response("x", "m", stream=3)  # type: ignore[call-overload,no-any-return]
"""


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("ours", [False, True], ids=["native codes", "our code"])
def test_an_ignore_of_any_code_of_mypy_s_silences_all_lines_at_the_place(check: Check, ours: bool) -> None:
    source = re.sub(r"ignore\[[^]]*\]", "ignore[openai-arg]", NATIVE_CODES) if ours else NATIVE_CODES
    assert check(source) == []


def test_an_unused_ignore_is_reported(check: Check) -> None:
    (line,) = check("chat.list_chat_completions()  # type: ignore[openai-arg]")
    assert 'Unused "type: ignore" comment' in line


def test_an_ignore_of_another_code_does_not_silence(check: Check) -> None:
    lines = check(f"{MISTAKE}  # type: ignore[attr-defined]")
    assert any(line.endswith("[openai-arg]") for line in lines)
    assert any('"openai-arg" not covered by "type: ignore' in line for line in lines)
    assert any('Unused "type: ignore" comment' in line for line in lines)


def test_where_our_code_is_disabled_mypy_s_words_stand(check: Check) -> None:
    lines = check(f"{MISTAKE}\n# mypy: disable-error-code=openai-arg")
    assert lines
    assert not any("openai-arg" in line for line in lines)


ELSEWHERE = """\
from concurrent.futures import ThreadPoolExecutor
from typed_openai.params import DeleteFileParams

def part(values: list[DeleteFileParams]) -> None:
    values[0] = {
        "file_id": [
            "text",
        ],  # type: ignore
    }
ThreadPoolExecutor().submit(  # type: ignore
    Client().embeddings.create_embedding,
    input="text",
)
"""


def test_a_comment_where_mypy_has_no_error_silences_nothing(check: Check) -> None:
    lines = check(ELSEWHERE)
    assert sum(line.endswith("[openai-arg]") for line in lines) == 2
    assert sum('Unused "type: ignore" comment' in line for line in lines) == 2
