"""Checks that are commands of their own, run as a user of the project would run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

GATES = {
    "ruff's rules hold": ["ruff", "check"],
    "the code is in ruff's form": ["ruff", "format", "--check"],
    "our own code is strictly typed": ["mypy"],
    "regenerating changes no byte": ["typed-openai", "spec", "build", "--check"],
}


@pytest.mark.parametrize("command", GATES.values(), ids=GATES)
def test_gate(command: list[str]) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
