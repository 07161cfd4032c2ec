"""The literals in the cases of ``match`` statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from mypy.nodes import Expression, MatchStmt, MypyFile, Node
from mypy.patterns import AsPattern, OrPattern, Pattern, ValuePattern

from typed_openai_mypy.syntax.tree import children

_MATCH: Final = re.compile(rb"^[ \t]*match\b", re.MULTILINE)


def matches_in(tree: MypyFile) -> Iterator[MatchStmt]:
    """The ``match`` statements of a module; a module without that word is not searched."""
    try:
        if _MATCH.search(Path(tree.path).read_bytes()) is None:
            return
    except OSError:  # a program on the command line, for example
        pass
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, MatchStmt):
            yield node
        waiting += [one for one in children(node) if not isinstance(one, Expression)]


def literals_in(pattern: Pattern) -> Sequence[Expression]:
    """The values that a pattern compares the subject itself with."""
    if isinstance(pattern, ValuePattern):
        return [pattern.expr]
    if isinstance(pattern, OrPattern):
        return [one for each in pattern.patterns for one in literals_in(each)]
    if isinstance(pattern, AsPattern) and pattern.pattern is not None:
        return literals_in(pattern.pattern)
    return []
