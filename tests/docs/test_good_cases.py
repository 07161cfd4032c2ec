"""The good cases run without errors, and the embedded server accepts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai.testing import serve

GOOD = sorted((Path(__file__).parents[1] / "cases" / "good").glob("*.py"))


@pytest.mark.slow(seconds=12)
@pytest.mark.parametrize("case", GOOD, ids=[case.stem for case in GOOD])
def test_good_case_runs(case: Path, tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text("{}\n")
    with serve() as server:
        environment = {
            **os.environ,
            "OPENAI_API_KEY": "test",
            "OPENAI_ADMIN_KEY": "test",
            "OPENAI_BASE_URL": server.base_url,
        }
        done = subprocess.run(
            [sys.executable, case],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert [one.message for one in server.requests if one.status != 200] == []
