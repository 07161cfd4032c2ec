"""Blocks of code that share modules, so that one run of mypy checks many, and the messages about each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from tests.plugin.conftest import Run

_PRINTED: Final = re.compile(r"(\w+)\.py:(\d+):(?:(\d+):)? (error|note): (.*?)(?:  \[([\w-]+)\])?")

NUMBER: Final = 77777
"""The placeholder in names that a block defines; each block of a module gets a number of as many digits."""

UNUSED: Final = "unused-ignore"
FINISHED: Final = frozenset({0, 1})
"""Exit statuses of mypy after it has checked everything."""

Block: TypeAlias = tuple[str, ...]
"""Lines of code on the top level of a module."""

Place: TypeAlias = tuple[str, int]
"""A module's name and the number of a block in it."""

Span: TypeAlias = tuple[int, int]
"""The first and the last line of a statement."""


class Message(NamedTuple):
    """One line of mypy's output. Its line is counted from the first of the block, from 0."""

    line: int
    column: int
    severity: str
    text: str
    code: str

    @property
    def is_error(self) -> bool:
        """True for errors except unused ignore comments."""
        return self.severity == "error" and self.code != UNUSED


@dataclass(frozen=True)
class Module:
    """A file: a head that has no errors, then blocks."""

    name: str
    head: str
    blocks: tuple[Block, ...]
    options: str = ""
    """Lines of its own section in mypy.ini."""

    def text(self, tail: str = "") -> str:
        """The file; a ``tail`` makes mypy check it again and changes no line."""
        blocks = (_numbered(one, at) for at, one in enumerate(self.blocks))
        return "\n".join([self.head.rstrip("\n"), *blocks, tail]) + "\n"

    def write(self, folder: Path, tail: str = "") -> None:
        """Write the file."""
        (folder / f"{self.name}.py").write_text(self.text(tail))

    def starts(self) -> list[int]:
        """The line of the file on which each block starts, counted from 1."""
        starts = [self.head.rstrip("\n").count("\n") + 2]
        for one in self.blocks:
            starts.append(starts[-1] + len(one))
        return starts[:-1]


Printed: TypeAlias = Mapping[Place, Sequence[Message]]
"""mypy's messages about each block; block -1 is the head."""


def sections(modules: Iterable[Module]) -> str:
    """The modules' own sections of mypy.ini."""
    return "\n".join(f"[mypy-{one.name}]\n{one.options}" for one in modules if one.options)


def read(run: Run, modules: Sequence[Module]) -> dict[Place, list[Message]]:
    """Group mypy's messages by block. Raise if the run stopped early."""
    if run.status not in FINISHED:
        raise AssertionError("\n".join(["mypy stops", *run.lines[-20:], run.stderr]))
    starts = {one.name: one.starts() for one in modules}
    found: dict[Place, list[Message]] = {}
    for printed in filter(None, map(_PRINTED.fullmatch, run.diagnostics)):
        name, number, column, severity, text, code = printed.groups()
        block = _block_at(starts[name], int(number))
        first = starts[name][block] if block >= 0 else 1
        text = text.replace(_number(block), str(NUMBER))
        message = Message(int(number) - first, int(column or 0), severity, text, code or "")
        found.setdefault((name, block), []).append(message)
    return found


def _numbered(block: Block, at: int) -> str:
    return "\n".join(block).replace("$N", str(NUMBER)).replace(str(NUMBER), _number(at))


def _number(block: int) -> str:
    return str(10000 + block)


def _block_at(starts: Sequence[int], line: int) -> int:
    return sum(start <= line for start in starts) - 1


@cache
def statements(block: Block) -> tuple[Span, ...]:
    """The spans of a block's statements, inner ones first. That of a compound statement is its header."""
    spans = list(_spans(ast.parse("\n".join(block))))
    return tuple(sorted(spans, key=lambda span: span[1] - span[0]))


def _spans(tree: ast.Module) -> Iterator[Span]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.match_case)):
            first = node.pattern if isinstance(node, ast.match_case) else node
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if isinstance(body, list) and body else first.end_lineno
            yield first.lineno - 1, max(first.lineno, end or 0) - 1


def statement_at(block: Block, line: int) -> Span:
    """The innermost statement on a line."""
    return next((one for one in statements(block) if one[0] <= line <= one[1]), (line, line))


def wrong_statements(block: Block, messages: Iterable[Message]) -> set[Span]:
    """The statements that have errors."""
    return {statement_at(block, one.line) for one in messages if one.is_error}


def shown(block: Block, **printed: Sequence[Message]) -> str:
    """The block with its messages, for the report of a failed test."""
    lines = [f"{number:3} {line}" for number, line in enumerate(block)]
    for name, messages in printed.items():
        lines += [f"  {name}:", *(f"    {one.line}:{one.column} {one.text} [{one.code}]" for one in messages)]
    return "\n".join(lines)
