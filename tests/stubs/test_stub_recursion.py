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
from typed_openai_stubgen.field_aliases import LARGE, MANY

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
        further = {"u": union, "json": {"$ref": f"{prefix}Json"}, "note": {"type": ["string", "null"]}}
        schemas[f"T{i}"] = {"properties": {**others, **further}}
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


@pytest.mark.parametrize(("count", "expected"), [(12, "str | None"), (MANY, "_str_or_None")])
def test_unions_with_none_have_aliases_in_large_recursions(count: int, expected: str) -> None:
    text = generate_package(read_api(_described(count))[0], "recursive")["_recursive.pyi"]
    assert text.count(f"note: NotRequired[{expected}]") == count
    assert text.count("_str_or_None: TypeAlias = str | None") == (expected == "_str_or_None")


@pytest.mark.slow(seconds=10)
def test_twelve_recursive_unions_cost_a_checker_next_to_nothing(tmp_path: Path) -> None:
    _write(_described(12), "recursive", tmp_path)
    seconds = [_checked(tmp_path, text) for text in ("", "import recursive\n")]
    assert seconds[1] - seconds[0] < _MOST_SECONDS


def _dense(count: int) -> dict[str, Any]:
    """Return a description of records that all have fields named like the others.

    Its operation is deprecated, and takes an object or a text.
    """
    schemas: dict[str, Any] = {
        f"r{i}": {
            "properties": {
                **{f"r{j}": {"$ref": f"#/components/schemas/r{j}"} for j in range(count)},
                "code": {"enum": [f"c{k}" for k in range(LARGE)], "description": "A code."},
            }
        }
        for i in range(count)
    }
    body = {"schema": {"required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}}
    reply = {
        "description": "Ok",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/r0"}}},
    }
    operation = {
        "operationId": "addR",
        "deprecated": True,
        "requestBody": {"required": True, "content": {"application/json": body, "text/csv": {}}},
        "responses": {"200": reply},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dense", "version": "1"},
        "paths": {"/r": {"post": operation}},
        "components": {"schemas": schemas},
    }


def test_fields_named_like_types_are_fields_of_a_class() -> None:
    text = generate_package(read_api(_dense(3))[0], "dense")["_recursive.pyi"]
    assert "import dense._recursive as _own" in text
    assert "    r1: NotRequired[_own.r1]\n" in text
    assert '    code: NotRequired[_r0_code]\n    """A code."""\n' in text
    assert text.count("_code: TypeAlias = Literal[") == 1


_PROGRAM = """\
from dense import Client
from dense.types import r0
def use(one: r0) -> None:
    one.get("r1", {}).get("r2", {}).get("code", "").startswith("c")
    one.get("r1", {})["r2"] = {"code": "c"}
"""


@pytest.mark.slow(seconds=12)
@pytest.mark.parametrize("tool", ["mypy", "pyright"])
def test_checkers_know_the_fields_of_many_records_that_refer_to_each_other(tmp_path: Path, tool: str) -> None:
    _write(_dense(12), "dense", tmp_path)
    (tmp_path / "program.py").write_text(_PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", tool, "program.py"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    errors = [line for line in done.stdout.splitlines() if "error" in line and "program.py:" in line]
    assert [line.split(":")[1] for line in errors] == ["5"], done.stdout


def _write(description: dict[str, Any], package: str, folder: Path) -> None:
    for name, text in generate_package(read_api(description)[0], package).items():
        path = folder / package / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _checked(folder: Path, program: str) -> float:
    """Return the CPU time of mypy for a program in the folder."""
    (folder / "program.py").write_text(program)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = [sys.executable, "-m", "mypy", "--config-file=", "--cache-dir=/dev/null", "program.py"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
