"""The typing cases in every checker: good lines pass and bad ones are rejected, except for known differences.

The bad cases contain the output of mypy with the plugin. Here only the wrong statements count, without
those that no type can express.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from shutil import copy

import pytest
from tests.proof.checkers import ALL, Checker, Lines
from tests.proof.differences import CASES

from typed_openai_mypy import codes

pytestmark = pytest.mark.slow(seconds=40)

ROOT = Path(__file__).parents[1] / "cases"
CASE_FILES = sorted(path for folder in ("good", "bad") for path in (ROOT / folder).glob("*.py"))
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


@pytest.fixture(scope="module", params=ALL, ids=lambda one: one.name)
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Checker, Lines]:
    """A checker, and the lines of all cases that it complains about, in files called as ``name_of`` says."""
    checker: Checker = request.param
    folder = tmp_path_factory.mktemp(checker.name)
    for path in CASE_FILES:
        copy(path, folder / name_of(path))
    return checker, checker.lines(folder)


def name_of(path: Path) -> str:
    """The name of a case beside those of the other folder."""
    return f"{path.parent.name}_{path.name}"


@pytest.mark.parametrize("folder", ["good", "bad"])
def test_the_checker_refuses_what_is_wrong_and_nothing_else(
    judged: tuple[Checker, Lines], folder: str
) -> None:
    checker, said = judged
    found = set()
    for path in sorted((ROOT / folder).glob("*.py")):
        source = path.read_text()
        first = first_lines(source)
        refused = {first[line] for line in said.get(name_of(path), {})}
        lines = source.splitlines()
        for line in refused ^ wrong_statements(source, checker.name):
            found.add((f"{folder}/{path.name}", lines[line - 1].strip()))
    known = {
        (one.file, one.line)
        for one in CASES
        if one.checker == checker.name and one.file.startswith(f"{folder}/")
    }
    assert sorted(found - known) == []
    assert sorted(known - found) == [], "these are no differences any more"
