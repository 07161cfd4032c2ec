"""Folders in which mypy checks a program with or without the plugin."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from measuring import measure

STRICT: Final = "strict = True\n"
_PLUGIN: Final = "plugins = typed_openai_mypy.plugin\n"


@dataclass(frozen=True)
class Program:
    """The files of a program and the errors that mypy is expected to report.

    ``cached`` are the files that fill the cache before the first measured run (default: ``files``).
    ``edited`` are the names of the files that change before each run (default: all).
    """

    files: Mapping[str, str]
    wrong: bool = False
    cached: Mapping[str, str] = field(default_factory=dict)
    edited: tuple[str, ...] = ()
    options: str = STRICT


class Project:
    """A folder with a program, a configuration and a cache, which the next program takes over."""

    def __init__(self, folder: Path, *, plugin: bool, limit: int) -> None:
        self.folder = folder
        self.program = Program({})
        self._plugin = plugin
        self._limit = limit
        self._edits = 0
        folder.mkdir()

    def configure(self, program: Program) -> None:
        """Take a program and write its configuration."""
        self.program = program
        options = program.options + (_PLUGIN if self._plugin else "")
        (self.folder / "mypy.ini").write_text(f"[mypy]\n{options}")

    def write(self, files: Mapping[str, str]) -> None:
        """Write the files of a program."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")

    def edit(self) -> None:
        """Write the changing files with a longer last line: mypy compares sizes and whole seconds."""
        self._edits += 1
        files, names = self.program.files, self.program.edited or self.program.files
        self.write({name: f"{files[name]}#{'.' * self._edits}\n" for name in names})

    def fill_cache(self) -> None:
        """Check the program that the cache is filled with."""
        files = self.program.cached or self.program.files
        self.write(files)
        self.check(wrong=self.program.wrong and files is self.program.files)

    def check(self, *options: str, wrong: bool | None = None) -> float:
        """Check the program and return the seconds of CPU time. Raise for an unexpected exit status."""
        status = int(self.program.wrong if wrong is None else wrong)
        command = (sys.executable, "-m", "mypy", *options, ".")
        return measure(command, self.folder, statuses=(status,), limit=self._limit).processor
