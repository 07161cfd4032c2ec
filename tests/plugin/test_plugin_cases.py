"""The typing cases: the output of mypy with the plugin for each file under tests/cases.

In a bad case the expected errors are comments under the line they are about, one line each::

    chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)
    # E:57: unexpected keyword "temprature" for ...  [openai-arg]

``UPDATE_CASES=1 pytest tests/plugin/test_plugin_cases.py`` rewrites them; review the difference.

mypy runs once, over the files whose tests were selected: all of them, or those of the fast loop or of ``-k``.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mypy.version import __version__

from typed_openai_mypy import codes

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

CASES = Path(__file__).parents[1] / "cases"
BAD = sorted((CASES / "bad").glob("*.py"))
GOOD = sorted((CASES / "good").glob("*.py"))
LONG: Mapping[str, int] = {
    "async_client": 1,
    "call_arguments": 2,
    "mistaken_names": 1,
    "nested_values": 2,
    "places": 1,
    "reads": 2,
    "replies": 5,
    "shapes": 2,
    "streams": 3,
}
"""The bad cases that mypy needs more than a second of CPU time for. The others are in the fast loop."""

EXPECTED = re.compile(r"\s*# E:(\d+): (.*)")
PRINTED = re.compile(r"(?P<file>[^:]+):(?P<line>\d+):(?:(?P<column>\d+):)? error: (?P<text>.*)")
OURS = "[openai-arg]"
BEYOND = tuple(f"[{one.code}]" for one in (*codes.BEYOND, *codes.READING))
"""The ends of errors that mypy alone does not have."""

HOOKS_FOR_DISPLAYS = tuple(map(int, __version__.split(".")[:2])) >= (2, 2)
"""True if mypy asks plugins about each display that it checks against a TypedDict."""


def parsed(lines: list[str], path: Path) -> Iterator[tuple[int, int, str]]:
    for line in lines:
        found = PRINTED.fullmatch(line)
        if found and Path(found["file"]).name == path.name:
            yield int(found["line"]), int(found["column"] or 0), found["text"]


def expected(path: Path) -> list[tuple[int, int, str]]:
    """Return the errors in the comments: each belongs to the code line above it."""
    found: list[tuple[int, int, str]] = []
    code = 0
    for number, line in enumerate(path.read_text().splitlines(), 1):
        comment = EXPECTED.fullmatch(line)
        if comment is None:
            code = number
        else:
            found.append((code, int(comment[1]), comment[2]))
    return found


def rewrite(path: Path, errors: list[tuple[int, int, str]]) -> None:
    """Replace the comments by the found errors, each under its line."""
    lines = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if EXPECTED.fullmatch(line):
            continue
        lines.append(line)
        indent = line[: len(line) - len(line.lstrip())]
        here = sorted((column, text) for at, column, text in errors if at == number)
        lines += [f"{indent}# E:{column}: {text}" for column, text in here]
    path.write_text("\n".join(lines) + "\n")


def each(path: Path) -> object:
    """Return a bad case as a parameter, marked if it is a long one."""
    seconds = LONG.get(path.stem)
    return pytest.param(path, id=path.stem, marks=[pytest.mark.slow(seconds=seconds)] if seconds else [])


@pytest.fixture(scope="module")
def selected(request: pytest.FixtureRequest) -> list[Path]:
    """The bad cases that a selected test is about, or all if none is about a single one."""
    calls = [
        one.callspec.params
        for one in request.session.items
        if isinstance(one, pytest.Function) and hasattr(one, "callspec")
    ]
    paths = {one.get("path") for one in calls}
    return [one for one in BAD if one in paths] or BAD


@pytest.fixture(scope="module")
def with_plugin(
    run_mypy: RunMypy, selected: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    return run_mypy(selected, folder=tmp_path_factory.mktemp("bad")).diagnostics


@pytest.fixture(scope="module")
def without_plugin(
    run_mypy: RunMypy, selected: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    return run_mypy(selected, plugin=None, folder=tmp_path_factory.mktemp("bad")).diagnostics


@pytest.fixture(scope="module")
def good_run(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_mypy(GOOD, folder=tmp_path_factory.mktemp("good"))


@pytest.mark.parametrize("path", [each(path) for path in BAD])
def test_each_mistake_gives_exactly_its_line(path: Path, with_plugin: list[str]) -> None:
    errors = sorted(parsed(with_plugin, path))
    if not HOOKS_FOR_DISPLAYS:  # mistakes outside API calls are not found
        assert set(errors) <= set(expected(path))
        assert [one for one in expected(path) if one[2].endswith(OURS)] == [
            one for one in errors if one[2].endswith(OURS)
        ]
        return
    if os.environ.get("UPDATE_CASES"):
        rewrite(path, errors)
        pytest.skip("rewritten")
    assert errors == expected(path)


def test_of_our_mistakes_nothing_else_is_printed(with_plugin: list[str]) -> None:
    assert [line for line in with_plugin if ": note: " in line] == []


@pytest.mark.slow(seconds=10)
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_errors_are_where_mypy_alone_has_them(
    path: Path, with_plugin: list[str], without_plugin: list[str]
) -> None:
    statements = statements_of(path)
    ours = {statements[line] for line, _, text in parsed(with_plugin, path) if not text.endswith(BEYOND)}
    native = {statements[line] for line, _, _ in parsed(without_plugin, path)}
    assert ours == native


def statements_of(path: Path) -> Mapping[int, int]:
    """Return, for each line, the first line of the innermost statement that contains it."""
    source = path.read_text()
    first = {number: number for number in range(1, source.count("\n") + 2)}
    for node in ast.walk(ast.parse(source)):  # outer statements come first
        if isinstance(node, ast.stmt):
            first.update(dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), node.lineno))
    return first


def test_messages_are_short(with_plugin: list[str]) -> None:
    lengths = sorted(
        len(match["text"].removesuffix(OURS).strip())
        for match in map(PRINTED.fullmatch, with_plugin)
        if match and match["text"].endswith(OURS)
    )
    assert lengths[-1] < 400
    assert lengths[len(lengths) // 2] < 160


@pytest.mark.slow(seconds=12)
@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_correct_code_is_silent(path: Path, good_run: Run) -> None:
    printed = [line for line in good_run.diagnostics if Path(line.partition(":")[0]).name == path.name]
    assert printed == []


@pytest.mark.slow(seconds=10)
def test_mypy_succeeds_on_correct_code(good_run: Run) -> None:
    assert (good_run.status, good_run.diagnostics) == (0, [])


UNCERTAIN = """\
from typing import overload
from typed_openai.types import ChatCompletionRequestMessage as Message

@overload
def send(message: Message, times: int) -> int: ...
@overload
def send(message: str, times: str) -> str: ...
def send(message: Message | str, times: int | str) -> int | str:
    return times

send("hello", 3)
"""


@pytest.mark.slow(seconds=2)
def test_where_the_overload_is_not_certain_mypy_s_words_stand(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(UNCERTAIN)
    run = run_mypy(["example.py"], folder=tmp_path)
    assert run.diagnostics == run_mypy(["example.py"], folder=tmp_path, plugin=None).diagnostics
    assert "[call-overload]" in run.diagnostics[0]
