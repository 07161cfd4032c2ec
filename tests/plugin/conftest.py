"""Runs mypy in a process of its own, as users do, with and without the plugin."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from zlib import crc32

import pytest

PLUGIN = "typed_openai_mypy.plugin"


@dataclass(frozen=True)
class Run:
    """The output of mypy."""

    status: int
    lines: tuple[str, ...]
    stderr: str

    @property
    def diagnostics(self) -> list[str]:
        """Errors and notes, without the closing summary."""
        return [line for line in self.lines if ": error: " in line or ": note: " in line]

    def by_line(self, header: str) -> dict[int, list[str]]:
        """Return the messages in ``example.py`` by the line number after ``header``, counted from 0."""
        found: dict[int, list[str]] = {}
        for one in self.diagnostics:
            match = re.match(r"example\.py:(\d+):(.*)", one)
            assert match, one
            found.setdefault(int(match[1]) - header.count("\n") - 1, []).append(match[2])
        return found


@dataclass(frozen=True)
class RunMypy:
    """Runs mypy; calls without a cache of their own share one, so that the stubs are read once.

    There is one for each set of options, because mypy checks the stubs again when options change. If only
    the plugin's own options differ, it begins as a copy, as they do not concern the standard library.
    """

    shared: Path

    def __call__(
        self,
        paths: Sequence[Path | str],
        *arguments: str,
        folder: Path,
        plugin: str | None = PLUGIN,
        options: str = "",
        sections: str = "",
        cache: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """Run mypy; ``options`` are more lines of mypy.ini, which is written into ``folder``.

        ``sections`` are further ones that concern single modules, never the stubs.
        """
        cache = cache or self._shared_cache(plugin, options)
        config = self.configure(folder, plugin, f"{options}\n{sections}")
        command = ["--config-file", str(config), "--cache-dir", str(cache), *arguments, *map(str, paths)]
        return self.bare("mypy", *command, folder=folder, environment=environment)

    def _shared_cache(self, plugin: str | None, options: str) -> Path:
        """Return the folder of the cache for these options."""
        name = "with" if plugin else "without"
        of_mypy = options.partition("[typed_openai_mypy]")[0].strip()
        base, cache = (self.shared / f"{name}-{crc32(one.encode()):08x}" for one in (of_mypy, options))
        if base.exists() and not cache.exists():
            copytree(base, cache)
        return cache

    def configure(self, folder: Path, plugin: str | None = PLUGIN, options: str = "") -> Path:
        """Write mypy.ini."""
        lines = [
            "[mypy]",
            "strict = True",
            "show_column_numbers = True",
            f"plugins = {plugin or ''}",
            options,
        ]
        (folder / "mypy.ini").write_text("\n".join(lines))
        return folder / "mypy.ini"

    def bare(
        self, module: str, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None
    ) -> Run:
        """Run a module of mypy's with only these arguments."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        return Run(done.returncode, tuple(done.stdout.splitlines()), done.stderr)


@pytest.fixture(scope="session")
def run_mypy(tmp_path_factory: pytest.TempPathFactory) -> RunMypy:
    return RunMypy(tmp_path_factory.mktemp("mypy-cache"))
