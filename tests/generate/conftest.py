"""Generated packages of several APIs, made once for all tests of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from typed_openai.cli import main

FIXTURES = Path(__file__).parents[1] / "fixtures"

PACKAGES = {
    "shop": "shop.yaml",
    "library": "library.yaml",
    "odd": "odd_names.yaml",
    "filters": "filters.yaml",
    "wire": "wire_forms.yaml",
}
"""Each package, and the description that it is generated from."""

RunTool: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the project of each package, in a folder of the package's name."""
    root = tmp_path_factory.mktemp("projects")
    for package, file in PACKAGES.items():
        spec = str(FIXTURES / file)
        assert main(["generate", "--spec", spec, "--package", package, "--out", str(root / package)]) == 0
    return root


@pytest.fixture(scope="session")
def paths(projects: Path) -> str:
    """Return the folders to import the packages from, in the form of MYPYPATH and PYTHONPATH."""
    return os.pathsep.join(str(projects / one) for one in PACKAGES)


@pytest.fixture(scope="session")
def run_tool(paths: str) -> RunTool:
    """Return a function that runs a module in a folder in which the packages can be imported."""

    def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": paths, "MYPYPATH": paths},
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )

    return run
