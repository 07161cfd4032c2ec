"""What the tests of several rooms share."""

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
    "docs/test_page_examples.py",
    "plugin/test_plugin_codes.py",
    "plugin/test_plugin_limits.py",
    "generate/test_generated_checking.py",
    "docs/test_site.py",
)
"""The files whose tests run longest together, most of it in checkers; the longest first."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the tests, by the file, the long ones go first: none is left over at the end."""
    if hasattr(config, "workerinput"):
        here = Path(__file__).parent
        first = {here / name: position for position, name in enumerate(LONGEST)}
        items.sort(key=lambda one: first.get(one.path, len(LONGEST)))


@pytest.fixture(scope="session", autouse=True)
def plain_output() -> Iterator[None]:
    """Programs print plain text, also where CI forces colours: argparse has had them since Python 3.14."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("FORCE_COLOR", "PYTHON_COLORS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Programs started by the test can be interrupted, also where the tests run in the background.

    A shell has what runs in the background ignore SIGINT, and children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
