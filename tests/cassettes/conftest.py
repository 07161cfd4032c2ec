"""A server that answers as a test configures it, and no settings of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sdk.conftest import VARIABLES, clean_environment, server

__all__ = ["VARIABLES", "clean_environment", "server"]


@pytest.fixture(autouse=True)
def no_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TYPED_OPENAI_CASSETTES", raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a cassette that does not exist yet."""
    return tmp_path / "cassettes" / "test.jsonl"
