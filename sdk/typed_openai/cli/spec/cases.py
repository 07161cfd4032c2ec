"""Finds the cases of ``match`` that nothing comes to: mypy tells of the first statement in each.

mypy compares no subject with the pattern of a case. But it tells of statements that are never reached, of
which those in other places only repeat what is told of the comparison before them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from typed_openai.cli.reports import Finding

OPTION: Final = "--warn-unreachable"
"""The option with which mypy tells of them."""

_CODE: Final = "unreachable"


def in_cases(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; of unreachable statements those that begin a case, told of the case."""
    for one in findings:
        if one.code != _CODE:
            yield one
        elif (pattern := _patterns(one.file).get(one.line)) is not None:
            line, column = pattern
            yield replace(one, line=line, column=column, text="nothing comes to this case")


@cache
def _patterns(file: str) -> dict[int, tuple[int, int]]:
    """For the first line in each case of a file, where its pattern is; as mypy counts, columns from 1."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    return {
        case.body[0].lineno: (case.pattern.lineno, case.pattern.col_offset + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.Match)
        for case in node.cases
    }
