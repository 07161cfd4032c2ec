"""Checks that are commands of their own, run as a user of the project would run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

SLOW = pytest.mark.slow(seconds=10)
GATES = [
    pytest.param(["ruff", "check"], id="ruff's rules hold"),
    pytest.param(["ruff", "format", "--check"], id="the code is in ruff's form"),
    pytest.param(["mypy"], id="our own code is strictly typed", marks=SLOW),
    pytest.param(["typed-openai", "spec", "build", "--check"], id="regenerating changes no byte"),
]


@pytest.mark.parametrize("command", GATES)
def test_gate(command: list[str]) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
