"""The typing cases in every checker: good lines pass and bad ones are rejected, except for known differences.

The bad cases contain the output of mypy with the plugin. Here only the wrong statements count, without
those that no type can express. The plugin's own tests judge mypy on the bad cases.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import copy

import pytest
from tests.proof.case_differences import CASES
from tests.proof.checkers import ALL, MYPY, Checker

from typed_openai_mypy import codes

pytestmark = pytest.mark.slow(seconds=15)

ROOT = Path(__file__).parents[1] / "cases"
FOLDERS = {one.name: ("good",) if one is MYPY else ("good", "bad") for one in ALL}
ANNOUNCED = re.compile(r"\s*# E:\d+: ")
BEYOND_TYPES = (*codes.BEYOND, *codes.READING)
"""The codes of what types cannot say; pyright follows which keys are present."""


def first_lines(source: str) -> Mapping[int, int]:
    """Return, for each line, the first line of the innermost statement that contains it."""
    first = {number: number for number in range(1, source.count("\n") + 2)}
    for node in ast.walk(ast.parse(source)):  # outer statements come first
        if isinstance(node, ast.stmt):
            first.update(dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), node.lineno))
    return first


def wrong_statements(source: str, checker: str) -> set[int]:
    """Return the first lines of the statements with an announced type error."""
    lines = source.splitlines()
    others = [one for one in BEYOND_TYPES if not (checker == "pyright" and one is codes.ABSENT)]
    ends = tuple(f"[{one.code}]" for one in others)
    code, found = 0, set()
    for number, line in enumerate(lines, 1):
        if ANNOUNCED.match(line):
            if not line.endswith(ends):
                found.add(first_lines(source)[code])
        else:
            code = number
    return found


@pytest.mark.parametrize("checker", ALL, ids=lambda one: one.name)
def test_the_checker_refuses_what_is_wrong_and_nothing_else(checker: Checker, tmp_path: Path) -> None:
    cases = [path for folder in FOLDERS[checker.name] for path in sorted((ROOT / folder).glob("*.py"))]
    for path in cases:
        copy(path, tmp_path / name_of(path))
    said = checker.lines(tmp_path)
    found = {one for path in cases for one in differences(path, said.get(name_of(path), {}), checker.name)}
    known = {(one.file, one.line) for one in CASES if one.checker == checker.name}
    assert sorted(found - known) == []
    assert sorted(known - found) == [], "these are no differences any more"


def name_of(path: Path) -> str:
    """The name of a case beside those of the other folder."""
    return f"{path.parent.name}_{path.name}"


def differences(path: Path, said: Mapping[int, str], checker: str) -> Iterator[tuple[str, str]]:
    """Yield the file and the first line of each statement that the checker judges differently."""
    source = path.read_text()
    first, lines = first_lines(source), source.splitlines()
    for line in {first[line] for line in said} ^ wrong_statements(source, checker):
        yield f"{path.parent.name}/{path.name}", lines[line - 1].strip()


def test_mypy_and_pyright_accept_every_good_case_that_is_not_for_the_plugin() -> None:
    both = [one for one in CASES if one.checker in ("mypy", "pyright") and one.file.startswith("good/")]
    assert [one for one in both if not one.file.startswith("good/plugin_")] == []
