"""The type checkers that the stubs support: the command of each, and the lines that it reports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

Lines: TypeAlias = dict[str, dict[int, str]]
"""The first message of a checker for each reported line, by file name and line number."""

Found: TypeAlias = Iterator[tuple[str, int, str]]


@dataclass(frozen=True)
class Checker:
    """A checker: the module or program to run in a folder, and the way to read its output.

    ``files`` are configuration files that it needs. Its exit status is 0, or 1 if it found something.
    """

    name: str
    command: tuple[str, ...]
    read: Callable[[str], Found]
    files: Mapping[str, str] = field(default_factory=dict)

    def lines(self, folder: Path, *arguments: str) -> Lines:
        """Return the reported lines in the Python files of a folder."""
        for name, text in self.files.items():
            (folder / name).write_text(text)
        run = subprocess.run(
            [*self.command, *arguments], cwd=folder, check=False, capture_output=True, text=True
        )
        assert run.returncode in (0, 1), run.stdout + run.stderr
        found: Lines = {}
        for file, line, text in self.read(run.stdout):
            name = Path(file).name if Path(file).is_absolute() else file
            found.setdefault(name, {}).setdefault(line, text)
        return found


def _mypy(printed: str) -> Found:
    for name, line, text in re.findall(r"^([^:\n]+):(\d+): error: (.*)", printed, re.MULTILINE):
        yield name, int(line), text


def _pyright(printed: str) -> Found:
    for one in json.loads(printed)["generalDiagnostics"]:
        if one["severity"] == "error":
            yield one["file"], one["range"]["start"]["line"] + 1, one["message"]


def _ty(printed: str) -> Found:
    found: list[dict[str, Any]] = json.loads(printed)
    for one in found:
        yield one["location"]["path"], one["location"]["positions"]["begin"]["line"], one["description"]


def _pyrefly(printed: str) -> Found:
    for one in json.loads(printed)["errors"]:
        yield one["path"], one["line"], one["description"]


_HERE: Final = Path(sys.executable).parent

MYPY: Final = Checker(
    "mypy",
    (sys.executable, "-m", "mypy", "--config-file=", "--strict", "--no-error-summary", "."),
    _mypy,
)
PYRIGHT: Final = Checker(
    "pyright",
    (sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable),
    _pyright,
    # Strict, except for rules about the form of programs.
    {
        "pyrightconfig.json": json.dumps(
            {"typeCheckingMode": "strict", "reportDeprecated": False, "reportUnusedFunction": False}
        )
    },
)
TY: Final = Checker(
    "ty",
    (
        str(_HERE / "ty"),
        "check",
        "--python",
        sys.prefix,
        "--output-format",
        "gitlab",
        "--ignore",
        "deprecated",
        ".",
    ),
    _ty,
)
PYREFLY: Final = Checker(
    "pyrefly",
    (str(_HERE / "pyrefly"), "check", "--python-interpreter-path", sys.executable, "--output-format", "json"),
    _pyrefly,
    {"pyrefly.toml": 'project-includes = ["*.py"]\n'},
)
ALL: Final = (MYPY, PYRIGHT, TY, PYREFLY)
