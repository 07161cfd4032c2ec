"""Statements that are searched for in the syntax tree, and the literals in the cases of ``match``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from mypy.nodes import DelStmt, Expression, MatchStmt, MypyFile, Node
from mypy.patterns import AsPattern, OrPattern, Pattern, ValuePattern

from typed_openai_mypy.syntax.file_text import may_contain
from typed_openai_mypy.syntax.tree import children

T = TypeVar("T", MatchStmt, DelStmt)

_MATCH: Final = re.compile(rb"^[ \t]*match\b", re.MULTILINE)


def matches_in(tree: MypyFile) -> Iterator[MatchStmt]:
    """The ``match`` statements of a module; a module without that word is not searched."""
    if may_contain(tree, b"match", _MATCH):
        yield from statements_in(tree, MatchStmt)


def statements_in(tree: MypyFile, kind: type[T]) -> Iterator[T]:
    """The statements of a kind in a module."""
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
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
