"""Tools that record the replies of a server and replay them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import requests
import vcr
from betamax import Betamax
from tests.nested_pytest import command
from tests.sdk.conftest import Loopback
from tests.tools.calls import KEY, Case

from typed_openai.testing import cassette


def own_cassettes(case: Case, server: Loopback, folder: Path) -> list[Any]:
    options = {"api_key": KEY, "base_url": server.base_url}
    values = []
    for _ in range(2):
        with cassette(folder / "a.jsonl", strict=True):
            values.append(case.call(options))
    assert KEY not in (folder / "a.jsonl").read_text()
    return values


def vcrpy(case: Case, server: Loopback, folder: Path) -> list[Any]:
    options = {"api_key": KEY, "base_url": server.base_url}
    values = []
    for mode in ("once", "none"):
        with vcr.use_cassette(
            str(folder / "a.yaml"), record_mode=mode, filter_headers=["authorization"]
        ) as tape:
            values.append(case.call(options))
    assert tape.play_count == case.requests
    assert KEY not in (folder / "a.yaml").read_text()
    return values


def betamax(case: Case, server: Loopback, folder: Path) -> list[Any]:
    values = []
    for mode in ("once", "none"):
        session = requests.Session()
        options = {"api_key": KEY, "base_url": server.base_url, "http_client": session}
        recorder = Betamax(session, cassette_library_dir=str(folder))
        # Without this, it records bytes as text; and it replays each reply as often as it is asked for.
        with recorder.use_cassette(
            "a", record=mode, preserve_exact_body_bytes=True, allow_playback_repeats=True
        ):
            values.append(case.call(options))
    return values


_CONFTEST = """
import pytest

@pytest.fixture(scope="module")
def vcr_config():
    return {"filter_headers": ["authorization"]}
"""

_TEST = """
import os, pytest
from tests.tools.calls import CASES, KEY

@pytest.mark.vcr
def test_it():
    value = CASES[os.environ["CASE"]].call({"api_key": KEY, "base_url": os.environ["URL"]})
    print(f"<{value!r}>")
"""


def pytest_recording(case: Case, server: Loopback, folder: Path) -> list[Any]:
    """Run a test of its own twice: with the server, and with the network blocked."""
    from tests.tools.calls import CASES  # noqa: PLC0415  # the name of the case is found by identity

    (folder / "conftest.py").write_text(_CONFTEST)
    (folder / "test_it.py").write_text(_TEST)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "CASE": next(name for name, one in CASES.items() if one is case),
        "URL": server.base_url,
    }
    values = []
    for mode in (["--record-mode=once"], ["--record-mode=none", "--block-network"]):
        words = [*command("recording"), "-s", *mode, "test_it.py"]
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        values.append(done.stdout.partition("<")[2].rpartition(">")[0])
    assert KEY not in (folder / "cassettes" / "test_it" / "test_it.yaml").read_text()
    return values
