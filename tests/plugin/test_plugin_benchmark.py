"""The plugin's benchmark: its command, and the examples of its modules."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow(seconds=8)

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
ROWS = {("start", ""), ("errors", "3"), ("items-wrong", "3")}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(BENCHMARKS)}
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )


def test_each_row_is_measured_and_has_a_verdict() -> None:
    options = ["--rounds", "1", "--sizes", "3", "--only", "start", "errors", "items-wrong"]
    done = run(str(BENCHMARKS / "plugin.py"), *options)
    lines = done.stdout.splitlines()[2:]
    assert {(line[:22].strip(), line[22:29].strip()) for line in lines} == ROWS, done.stderr
    kept = ["NOT KEPT" not in line and "kept" in line for line in lines]
    assert done.returncode == int(not all(kept))


def test_an_unknown_row_is_an_error() -> None:
    done = run(str(BENCHMARKS / "plugin.py"), "--only", "itemz")
    assert done.returncode == 2
    assert "no such row: itemz" in done.stderr


@pytest.mark.parametrize("module", ["bounds", "comparing"])
def test_examples_are_true(module: str) -> None:
    done = run("-m", "doctest", str(BENCHMARKS / "plugin_cost" / f"{module}.py"))
    assert done.returncode == 0, done.stdout
