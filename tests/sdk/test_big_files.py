"""The memory for big files, measured by the benchmark of files with a smaller file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "files.py"


@pytest.mark.slow(seconds=4)
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_a_transfer_adds_little_memory_whatever_the_size_of_the_file() -> None:
    command = [sys.executable, str(BENCHMARK), "--mebibytes", "256", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    added = {name: mebibytes for name, (_, mebibytes) in json.loads(done.stdout).items()}
    ours = {name: mebibytes for name, mebibytes in added.items() if "openai" not in name}
    assert len(ours) == 4
    assert max(ours.values()) < 8
