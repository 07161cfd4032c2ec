"""Find unreachable cases of ``match`` statements: mypy reports the first statement in each of them.

The plugin compares the subject with the constants of a case. mypy reports unreachable statements after any
pattern; outside of cases, these merely repeat the report about the comparison before them.
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
"""The option with which mypy reports unreachable statements."""

_CODE: Final = "unreachable"


def in_cases(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings; of unreachable statements, only those that begin a case, moved to the case.

    A case that never matches, as the plugin found, is reported once.
    """
    findings = list(findings)
    known = {(one.file, one.line, one.column) for one in findings}
    for one in findings:
        if one.code != _CODE:
            yield one
        elif (pattern := _patterns(one.file).get(one.line)) is not None:
            line, column = pattern
            if (one.file, line, column) not in known:
                yield replace(one, line=line, column=column, text="unreachable case")


@cache
def _patterns(file: str) -> dict[int, tuple[int, int]]:
    """Return the place of the pattern for the first line in each case, with columns from 1 as in mypy."""
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
