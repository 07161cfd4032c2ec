"""The installed command as its users run it: a process of its own, against the embedded server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from typed_openai.testing import Server, serve

COMMAND = Path(sys.executable).with_name("typed-openai")

Run: TypeAlias = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="session")
def begin_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Return a function that makes a project of a folder. All share the stubs in mypy's cache."""
    cache = tmp_path_factory.mktemp("mypy-cache")

    def begin(folder: Path) -> Path:
        (folder / ".git").mkdir()  # no configuration is looked for above it
        (folder / ".mypy_cache").symlink_to(cache)
        return folder

    return begin


@pytest.fixture
def project(tmp_path: Path, begin_project: Callable[[Path], Path]) -> Path:
    return begin_project(tmp_path)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def environment(server: Server) -> dict[str, str]:
    return {**os.environ, "OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test"}


@pytest.fixture
def call(environment: dict[str, str], tmp_path: Path) -> Run:
    """Return a function that runs ``typed-openai call`` in a folder and returns its output as bytes."""

    def run(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [str(COMMAND), "call", *words]
        return subprocess.run(
            command, input=stdin, capture_output=True, env=environment, cwd=tmp_path, check=False, timeout=60
        )

    return run
