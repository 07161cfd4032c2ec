"""The editors: pyright's language server, one for all tests of a worker."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from tests.editors.language_server import LanguageServer, running


@pytest.fixture(scope="session")
def pyright_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    command = [sys.executable, "-m", "pyright.langserver", "--stdio"]
    settings = {"python": {"pythonPath": sys.executable}}
    with running(command, tmp_path_factory.mktemp("editor"), settings) as server:
        yield server
