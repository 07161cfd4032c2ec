"""Unions of records that refer to each other: how they are written, and what they cost."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from typed_openai_spec.openapi.document import read_api
from typed_openai_stubgen import generate_package

_MOST_SECONDS = 3.0
"""Of CPU time above that of an empty file; without a limit on the cost, twelve unions take minutes."""


def _described(count: int) -> dict[str, Any]:
    """Return a description of records and of unions of two of them each, which all reach one another."""
    prefix = "#/components/schemas/"
    schemas: dict[str, Any] = {"Json": {"anyOf": [{"type": "string"}, {"items": {"$ref": f"{prefix}Json"}}]}}
    for i in range(count):
        others = {
            f"f{j}": {"anyOf": [{"type": "string"}, {"$ref": f"{prefix}T{(i * 7 + j * 13 + 1) % count}"}]}
            for j in range(4)
        }
        union = {"$ref": f"{prefix}U{(i + 3) % count}"}
        schemas[f"T{i}"] = {"properties": {**others, "u": union, "json": {"$ref": f"{prefix}Json"}}}
        schemas[f"U{i}"] = {"oneOf": [{"$ref": f"{prefix}T{one % count}"} for one in (i, i + 1)]}
    reply = {"description": "Ok", "content": {"application/json": {"schema": {"$ref": f"{prefix}T0"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Recursive", "version": "1"},
        "paths": {"/t": {"get": {"operationId": "getT", "responses": {"200": reply}}}},
        "components": {"schemas": schemas},
    }


def test_recursive_unions_are_written_out_where_they_are_used() -> None:
    api, problems = read_api(_described(12))
    assert problems == ()
    text = generate_package(api, "recursive")["_recursive.pyi"]
    assert "u: NotRequired[T3 | T4]" in text
    assert "json: NotRequired[Json]" in text
    assert text.index("U0: TypeAlias = T0 | T1") > max(text.index(f"class T{i}(") for i in range(12))


@pytest.mark.slow(seconds=10)
def test_twelve_recursive_unions_cost_a_checker_next_to_nothing(tmp_path: Path) -> None:
    for name, text in generate_package(read_api(_described(12))[0], "recursive").items():
        path = tmp_path / "recursive" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    seconds = [_checked(tmp_path, text) for text in ("", "import recursive\n")]
    assert seconds[1] - seconds[0] < _MOST_SECONDS


def _checked(folder: Path, program: str) -> float:
    """Return the CPU time of mypy for a program in the folder."""
    (folder / "program.py").write_text(program)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = [sys.executable, "-m", "mypy", "--config-file=", "--cache-dir=/dev/null", "program.py"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
