"""Findings beyond types are reported exactly where mypy reports its own errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.conftest import RunMypy

LIMIT = 'create([{"role": "user", "content": "x"}], "gpt-4o", temperature=3.5)'
"""A call with a finding that mypy alone does not have."""

WRONG = "client.models.retrieve_model(3)"
"""A call with an error of mypy's."""

DISPLAY = '{"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}], "temperature": 3.5}'

HEADER = """\
import sys
from typing import TYPE_CHECKING, Literal, assert_never
from typed_openai import Client
from typed_openai.types import CreateChatCompletionRequest as Request

client = Client()
create = client.chat.create_chat_completion

def main(value: str, kind: Literal["a"], request: Request) -> None:
"""

EXPRESSIONS = {
    "if": "print({} if isinstance(value, int) else 1)",
    "else": "print(1 if isinstance(value, str) else {})",
    "and": "print(isinstance(value, int) and {})",
    "or": "print(isinstance(value, str) or {})",
    "nested": "print([*map(print, [{} if isinstance(value, int) else 1])])",
    "inside a reached branch": "print((1 if isinstance(value, str) else {}) if value else 2)",
    "comprehension": "print([1 if isinstance(one, str) else {} for one in [value]])",
    "reached if": "print({} if value else 1)",
    "reached or": "print(value or {})",
    "generic call": "print(max([{}], key=str))",
    "comprehension that is empty": "print([{} for one in [value] if isinstance(one, int)])",
    "platform in an expression": 'print({} if sys.platform == "nowhere" else 1)',
}
"""Expressions with a place for a call. mypy decides which of the calls is reached."""

STATEMENTS = {
    "if": "if isinstance(value, int): {}",
    "platform": 'if sys.platform == "nowhere": {}',
    "version": "if sys.version_info < (3, 8): {}",
    "type checking": "if not TYPE_CHECKING: {}",
    "assert_never": 'if kind != "a": assert_never(kind); {}',
    "after return": "return; {}",
    "after raise": "raise ValueError; {}",
    "match": "match value:\n        case int(): {}",
    "reached": "if value: {}",
}


def findings(forms: dict[str, str], call: str, folder: Path, run_mypy: RunMypy) -> set[str]:
    """Return the names of the forms in which a call has an error."""
    text = HEADER
    lines: dict[str, range] = {}
    for name, form in forms.items():
        head = f"def function_{len(lines)}(value: str, kind: Literal['a'], request: Request) -> None:"
        text += f"    pass\n{head}\n    {form.format(call)}\n"
        lines[name] = range(text.count("\n") - form.count("\n"), text.count("\n") + 1)
    folder.mkdir()
    (folder / "example.py").write_text(text)
    printed = run_mypy(["example.py"], folder=folder).diagnostics
    found = {int(number) for line in printed for number in re.findall(r"^example\.py:(\d+):.*\[openai", line)}
    return {name for name, where in lines.items() if found & {*where}}


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("forms", [EXPRESSIONS, STATEMENTS], ids=["expressions", "statements"])
def test_findings_are_where_mypy_has_errors(forms: dict[str, str], run_mypy: RunMypy, tmp_path: Path) -> None:
    reached = findings(forms, WRONG, tmp_path / "wrong", run_mypy)
    assert {name for name in forms if name.startswith("reached")} <= reached < forms.keys()
    assert findings(forms, LIMIT, tmp_path / "limit", run_mypy) == reached


def test_findings_in_displays_are_where_mypy_has_errors(run_mypy: RunMypy, tmp_path: Path) -> None:
    forms = {
        "else": "request = request if isinstance(value, str) else {}",
        "reached else": "request = request if value else {}",
    }
    assert findings(forms, DISPLAY, tmp_path / "display", run_mypy) == {"reached else"}
