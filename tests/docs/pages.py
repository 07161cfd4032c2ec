"""The pages in ``docs``: their fenced blocks, and running these."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = tuple(sorted(path.name for path in DOCS.glob("*.md")))

_FENCED: Final = re.compile(r"(?ms)^( *)```(\w+)\n(.*?)^\1```")
_FILE: Final = re.compile(r"# file: (\S+)\n")
_STATUS: Final = re.compile(r"# exit status (\d)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, and its text."""

    language: str
    text: str

    @property
    def file(self) -> str:
        """The path of the file that the block shows; empty if it is not a file."""
        found = _FILE.match(self.text)
        return found[1] if found else ""

    def write(self, folder: Path) -> None:
        """Write the file below a folder."""
        path = folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text, encoding="utf-8")


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page that name a language."""
    return blocks_of((DOCS / page).read_text(encoding="utf-8"))


def blocks_of(text: str) -> list[Block]:
    """The fenced blocks of a text that name a language."""
    return [Block(language, dedent(inside)) for _, language, inside in _FENCED.findall(text)]


def write_files(page: str, folder: Path) -> None:
    """Write all files that a page shows."""
    for one in blocks(page):
        if one.file:
            one.write(folder)


def commands(page: str) -> list[str]:
    """The commands of a page, one for each line of its shell blocks."""
    return [line for one in blocks(page) if one.language == "sh" for line in one.text.splitlines()]


def run(command: str, folder: Path, more: Mapping[str, str] | None = None) -> str:
    """Run a command, check its exit status, and return what it prints on both streams.

    The expected status is 0, or the one in a comment: ``# exit status 1``.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        **os.environ,
        "PATH": path,
        "PYTHONPATH": str(folder / "shop"),
        "NO_COLOR": "1",
        **(more or {}),
    }
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    expected = _STATUS.search(command)
    said = f"{done.stdout}{done.stderr}"
    assert done.returncode == (int(expected[1]) if expected else 0), said
    return said


def programs(page: str) -> Iterator[tuple[str, str]]:
    """The programs of a page with a name for each: its Python blocks that are not files."""
    found = (one.text for one in blocks(page) if one.language == "python" and not one.file)
    return ((f"{Path(page).stem.replace('-', '_')}_{number}", text) for number, text in enumerate(found))
