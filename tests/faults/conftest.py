"""Every test of this folder ends with as many threads and open files as it began with, and shows no key."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.judging import hold_nothing_left, snapshot, without_collection
from tests.faults.kinds import KEY

_VARIABLES = (
    *("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORGANIZATION_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
    *("OPENAI_API_URL", "OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_CUSTOM_HEADERS"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"),
)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the machine's own settings away from the tests; ``~/.netrc`` has credentials for every host."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("default login stranger password netrc-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    return netrc


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses between tries, which are real."""
    monkeypatch.setattr("typed_openai._calls.retry.FIRST_DELAY", 0.01)


@pytest.fixture(autouse=True)
def nothing_left_and_no_key_told(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    before = snapshot()
    with warnings.catch_warnings(record=True) as told, without_collection():
        warnings.simplefilter("always", ResourceWarning)
        yield
        hold_nothing_left(before)
    assert not [str(one.message) for one in told if issubclass(one.category, ResourceWarning)]
    assert KEY not in caplog.text
