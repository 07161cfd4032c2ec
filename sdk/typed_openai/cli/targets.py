"""The paths, modules and packages on a command line for mypy."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TAKE_VALUES: Final = frozenset(
    "-O --cache-dir --custom-typeshed-dir --exclude --junit-xml --python-executable --shadow-file".split()
)
"""Options of mypy whose value may look like a path to check, and the short ones with a value."""


def _package(name: str) -> str:
    return rf"(^|/){re.escape(name.replace('.', '/'))}(\.pyi?$|/)"


def _module(name: str) -> str:
    return rf"(^|/){re.escape(name.replace('.', '/'))}(/__init__)?\.pyi?$"


def _command(_text: str) -> str:
    return r"(?!)"  # a program on the command line is in no file


_OPTIONS: Final[Mapping[str, Callable[[str], str]]] = {
    "-c": _command,
    "--command": _command,
    "-m": _module,
    "--module": _module,
    "-p": _package,
    "--package": _package,
}
"""The options of mypy that select what to check, with a pattern for the files that they cover."""


@dataclass(frozen=True, slots=True)
class Target:
    """A path to check, or an option with its value; ``option`` is empty for a path."""

    option: str
    value: str

    def covers(self, file: Path) -> bool:
        """Return True if a file is checked because of this target."""
        if self.option:
            return re.search(_OPTIONS[self.option](self.value), file.as_posix()) is not None
        return file.is_relative_to(os.path.realpath(self.value))


def targets(words: Sequence[str]) -> Iterator[Target]:
    """Yield the targets among the words of a command line for mypy.

    A word that follows an option is the option's value if it can be.
    """
    before = ""
    for word, following in zip(words, [*words, ""][1:], strict=True):
        name, is_joined, value = word.partition("=")
        if name in _OPTIONS:
            yield Target(name, value if is_joined else following)
        elif not word.startswith("-") and not _is_value(word, before):
            yield Target("", word)
        before = word


def _is_value(word: str, before: str) -> bool:
    """Return True if a word is the value of the option before it."""
    if before in _OPTIONS:
        return True
    may_be = before in _TAKE_VALUES or (before.startswith("--") and not Path(word).exists())
    return may_be and "=" not in before


@dataclass(frozen=True, slots=True)
class Scope:
    """The files that a run of mypy checks; without targets, all of them."""

    targets: tuple[Target, ...] = ()

    @classmethod
    def of(cls, words: Iterable[str]) -> Scope:
        """The scope of a command line for mypy."""
        return cls(tuple(targets([*words])))

    def covers(self, file: Path) -> bool:
        """Return True if a file is checked. A file that no longer exists counts as checked."""
        return not self.targets or not file.exists() or any(one.covers(file) for one in self.targets)
