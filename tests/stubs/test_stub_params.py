"""Only programs that import the stub of the operations' params pay for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def modules_read(code: str, folder: Path) -> set[str]:
    """Return the modules that mypy reads to check a program."""
    (folder / "program.py").write_text(code)
    options = ["--config-file=", "--cache-dir=", "--verbose"]
    command = [sys.executable, "-m", "mypy", *options, "program.py"]
    run = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    loaded = (line.partition("Parsing ") for line in run.stderr.splitlines())
    return {rest.rpartition("(")[2].strip(") ") for _, found, rest in loaded if found}


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import typed_openai\nfrom typed_openai import Client, paginate, types\ntyped_openai.chat", False),
        ("from typed_openai import params", True),
    ],
)
def test_only_who_imports_params_has_them_read(code: str, expected: bool, tmp_path: Path) -> None:
    read = modules_read(code, tmp_path)
    assert "typed_openai.resources" in read
    assert ("typed_openai.params" in read) is expected
