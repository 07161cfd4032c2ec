"""Objects with further keys: their type has it in the form of PEP 728."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai_spec.openapi.document import read_api
from typed_openai_stubgen import generate_package

SCHEMAS = {
    "Open": {
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
        "additionalProperties": {"type": "integer"},
    },
    "Closed": {"properties": {"name": {"type": "string"}}, "additionalProperties": False},
}
PROGRAM = """\
from open.types import Closed, Open

one: Open = {"name": "a", "more": 1}
print(one["other"] + 1)
two: Closed = {"name": "a", "more": 1}
three: Open = {"name": "a", "more": "b"}
"""


@pytest.mark.slow(seconds=8)
def test_further_keys_are_accepted_and_read_by_checkers_that_know_them(tmp_path: Path) -> None:
    document = {"openapi": "3.1.0", "info": {"title": "Open", "version": "1"}, "paths": {}}
    api, problems = read_api({**document, "components": {"schemas": SCHEMAS}})
    assert problems == ()
    for name, text in generate_package(api, "open").items():
        path = tmp_path / "open" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", "program.py"]
    printed = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=200)
    found = json.loads(printed.stdout)["generalDiagnostics"]
    assert [one["range"]["start"]["line"] + 1 for one in found] == [5, 6], found
