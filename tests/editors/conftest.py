"""The editors: pyright's language server, one for all tests of a worker, and jedi."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import jedi  # type: ignore[import-untyped]  # it has neither types nor stubs
import pytest
from parso.cache import parser_cache
from tests.editors.language_server import LanguageServer, running


@pytest.fixture(scope="session")
def pyright_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    command = [sys.executable, "-m", "pyright.langserver", "--stdio"]
    settings = {"python": {"pythonPath": sys.executable}}
    with running(command, tmp_path_factory.mktemp("editor"), settings) as server:
        yield server


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[jedi.Project]:
    """A project for jedi, with a cache of its own: a file that another worker writes cannot be read."""
    before = jedi.settings.cache_directory
    jedi.settings.cache_directory = str(tmp_path_factory.mktemp("jedi"))
    yield jedi.Project(tmp_path_factory.mktemp("editor"))
    jedi.settings.cache_directory = before
    # Hundreds of thousands of nodes of the stubs would slow down every garbage collection of later tests.
    parser_cache.clear()
