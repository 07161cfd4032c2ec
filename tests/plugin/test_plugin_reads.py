"""Reads of keys that may be absent are reported at the places where pyright reports them.

The functions are random (:mod:`tests.plugin.fuzz_reads`). ``FUZZ_SEED`` and ``FUZZ_READS`` select others, or
more of them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from tests.plugin.fuzz_reads import HEAD, Reads
from tests.plugin.read_shapes import SHAPES

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

pytestmark = [pytest.mark.slow(seconds=10), pytest.mark.explored]

SEED: Final = int(os.environ.get("FUZZ_SEED", "2"))
FUNCTIONS: Final = int(os.environ.get("FUZZ_READS", "150"))
RULE: Final = "reportTypedDictNotRequiredAccess"
PRINTED: Final = re.compile(r"[^:]+:(\d+):(\d+): error: .*\[([\w-]+)\]")
ABSENT: Final = re.compile(r"\[openai-absent\]$| may be absent or None; .*\[openai-arg\]$")

UNREACHED: Final = frozenset({"unreachable"})
"""mypy's code for code that it does not check. In such functions the checkers differ."""


class Place(NamedTuple):
    """A line and a column, counted from 1."""

    line: int
    column: int


def by_pyright(folder: Path, name: str) -> set[Place]:
    """The places that pyright reports."""
    (folder / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict", "include": [name]}))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = json.loads(run.stdout)["generalDiagnostics"]
    starts = [one["range"]["start"] for one in found if one.get("rule") == RULE]
    return {Place(one["line"] + 1, one["character"] + 1) for one in starts}


def by_mypy(run_mypy: RunMypy, folder: Path, name: str) -> tuple[set[Place], set[int]]:
    """The places that the plugin reports, and the lines with code that mypy does not check."""
    run = run_mypy([name], folder=folder, options="warn_unreachable = True")
    ours: set[Place] = set()
    unreached: set[int] = set()
    for line in run.lines:
        if found := PRINTED.fullmatch(line):
            ours |= {Place(int(found[1]), int(found[2]))} if ABSENT.search(line) else set()
            unreached |= {int(found[1])} if found[3] in UNREACHED else set()
    return ours, unreached


def functions(lines: Sequence[str]) -> Iterator[range]:
    """The line numbers of each function."""
    starts = [number for number, line in enumerate(lines, 1) if re.match(r"def f\d+\(", line)]
    yield from map(range, starts, [*starts[1:], len(lines) + 1])


def test_the_places_are_those_of_pyright(run_mypy: RunMypy, tmp_path: Path) -> None:
    text = HEAD + "\n\n".join(Reads(SEED).functions(FUNCTIONS)) + "\n"
    (tmp_path / "reads.py").write_text(text)
    theirs, (ours, unreached) = by_pyright(tmp_path, "reads.py"), by_mypy(run_mypy, tmp_path, "reads.py")
    lines = text.splitlines()
    compared = [one for one in functions(lines) if unreached.isdisjoint(one)]
    both = {number for one in compared for number in one}
    more = [f"{one}: {lines[one.line - 1]}" for one in sorted(ours - theirs) if one.line in both]
    fewer = [lines[one.line - 1] for one in sorted(theirs - ours) if one.line in both]
    assert len(compared) > FUNCTIONS / 2
    assert len(theirs) > FUNCTIONS
    assert more == []
    # pyright reads functions in code that it does not reach, and after ``finally`` it forgets assignments.
    assert len(fewer) <= len(theirs) / 400, "\n".join(fewer)


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_the_places_in_found_shapes_are_those_of_pyright(
    run_mypy: RunMypy, tmp_path: Path, shape: str
) -> None:
    (tmp_path / "shapes.py").write_text(HEAD + SHAPES[shape])
    ours, _ = by_mypy(run_mypy, tmp_path, "shapes.py")
    assert sorted(ours) == sorted(by_pyright(tmp_path, "shapes.py"))


HANDLED = """\
from contextlib import suppress
from typed_openai.types import ChatCompletionResponseMessage as Message

def f(message: Message) -> None:
    {}
"""


@pytest.mark.parametrize(
    ("body", "is_reported"),
    [
        ("try: print(message['tool_calls'])\n    except KeyError: pass", False),
        ("try: print(message['tool_calls'])\n    except (ValueError, LookupError): pass", False),
        ("try: print(message['tool_calls'])\n    except ValueError: pass", True),
        ("try: pass\n    except KeyError: print(message['tool_calls'])", True),
        ("with suppress(KeyError): print(message['tool_calls'])", False),
        ("with suppress(ValueError): print(message['tool_calls'])", True),
        (
            "if 'tool_calls' in message:\n        del message['tool_calls']; print(message['tool_calls'])",
            True,
        ),
        (
            "if 'tool_calls' in message:\n        message.pop('tool_calls'); print(message['tool_calls'])",
            True,
        ),
        ("del message['tool_calls']", True),
        ("print(message.pop('tool_calls'))", True),
        ("print(message.pop('tool_calls', None))", False),
        ("if 'tool_calls' in message: print(message.pop('tool_calls'))", False),
        ("if 'tool_calls' in message: del message['tool_calls']", False),
        ("with suppress(KeyError): del message['tool_calls']", False),
    ],
)
def test_a_handled_or_removed_key_is_judged_better(
    run_mypy: RunMypy, tmp_path: Path, body: str, is_reported: bool
) -> None:
    (tmp_path / "example.py").write_text(HANDLED.format(body))
    found = run_mypy(["example.py"], folder=tmp_path).diagnostics
    assert [line.endswith("[openai-absent]") for line in found] == [True] * is_reported
