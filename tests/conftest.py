"""Fixtures and hooks that several test folders share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

LONGEST: Final = (
    "proof/test_proof_requests.py",
    "proof/test_proof_replies.py",
    "plugin/test_plugin_cases.py",
    "plugin/test_plugin_differential.py",
    "plugin/test_plugin_corpus.py",
    "plugin/test_plugin_ignore_fuzz.py",
    "proof/test_proof_cases.py",
    "plugin/test_plugin_runs.py",
    "plugin/test_plugin_disabled_fuzz.py",
    "plugin/test_plugin_edits.py",
    "plugin/test_plugin_stability.py",
    "plugin/test_plugin_realistic.py",
    "proof/test_proof_round_trips.py",
    "gates/test_gates.py",
    "stubs/test_stub_checkers.py",
    "plugin/test_plugin_codes.py",
    "plugin/test_plugin_limits.py",
    "generate/test_generated_checking.py",
)
"""The files whose tests take longest, most of it in checkers; the longest first."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers that share the tests by file start with the longest files, so that none is left last."""
    if hasattr(config, "workerinput"):
        here = Path(__file__).parent
        first = {here / name: position for position, name in enumerate(LONGEST)}
        items.sort(key=lambda one: first.get(one.path, len(LONGEST)))


@pytest.fixture(scope="session", autouse=True)
def plain_output() -> Iterator[None]:
    """Let programs print plain text, even if CI forces colours: argparse has them since Python 3.14."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("FORCE_COLOR", "PYTHON_COLORS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let the programs that a test starts receive SIGINT, even if the tests run in the background.

    A shell makes background processes ignore SIGINT, and their children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
