"""Programs of many statements, one per line, that remember the statement of each line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.proof.checkers import Lines

_A_FUNCTION: Final = 40
"""The number of statements per function: checkers analyze the flow through each function."""

_HEAD: Final = "from typed_openai import Client{}\n"


class Code(str):
    """Text that is written to a program as it is."""

    __slots__ = ()
    __repr__ = str.__str__


@dataclass(frozen=True)
class Statement:
    """One line of a program.

    ``of`` is the operation or component that it is about, ``kind`` the change that was made to it. ``fits``
    is the oracle's verdict: true if checkers should accept it. ``value`` is the judged value.
    """

    text: str
    of: str
    kind: str
    fits: bool
    value: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Program:
    """One file of statements, in functions that take a client and the additional ``parameters``."""

    name: str
    statements: tuple[Statement, ...]

    @property
    def text(self) -> str:
        """The file's text."""
        used = ", types" if any(" types." in one.text for one in self.statements) else ""
        return "\n".join([_HEAD.format(used), *(line for line, _ in self._lines())]) + "\n"

    def statement(self, line: int) -> Statement | None:
        """Return the statement on a line, counted from 1."""
        return self._by_line().get(line)

    def write(self, folder: Path) -> None:
        """Write the file."""
        (folder / self.name).write_text(self.text)

    def _lines(self) -> Iterable[tuple[str, Statement | None]]:
        for position, one in enumerate(self.statements):
            if position % _A_FUNCTION == 0:
                yield f"def part_{position // _A_FUNCTION}(client: Client) -> None:", None
            yield f"    {one.text}", one

    def _by_line(self) -> dict[int, Statement]:
        first = _HEAD.count("\n") + 2
        return {number: one for number, (_, one) in enumerate(self._lines(), first) if one is not None}

    def wrong(self, lines: Lines) -> list[Statement]:
        """Return the statements on which a checker, by its reports in ``lines``, and the oracle disagree."""
        found = lines.get(self.name, {})
        known = self._by_line()
        strays = [f"{line}: {text}" for line, text in found.items() if line not in known]
        assert not strays, strays
        return [one for line, one in known.items() if one.fits is (line in found)]
