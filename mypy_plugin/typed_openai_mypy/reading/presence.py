"""Reads of keys that may be absent, found by following the ways through a module.

The rules are those of pyright for ``reportTypedDictNotRequiredAccess``, which judges them in the tests.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mypy.nodes import Expression, MypyFile, Node
from mypy.types import TypedDictType

from typed_openai_mypy.reading.assignments import Assignments
from typed_openai_mypy.reading.blocks import BLOCKS
from typed_openai_mypy.reading.conditions import CONDITIONS
from typed_openai_mypy.reading.contents import Content
from typed_openai_mypy.reading.definitions import DEFINITIONS
from typed_openai_mypy.reading.expressions import VALUES
from typed_openai_mypy.reading.flow import Flow, Rules, Watch
from typed_openai_mypy.reading.patterns import MATCHES
from typed_openai_mypy.reading.plain_statements import STATEMENTS
from typed_openai_mypy.reading.reads import Types

RULES: Final = Rules(VALUES, CONDITIONS, {**STATEMENTS, **BLOCKS, **DEFINITIONS, **MATCHES})

Optional = Mapping[Expression, Sequence[tuple[TypedDictType, str]]]
"""The items that are read or removed, with the TypedDicts that may lack their key."""


def absent(tree: MypyFile, types: Types, reads: Optional) -> Iterator[tuple[Expression, str]]:
    """The reads whose key is not known to be present, in their order, with the key."""
    found: dict[Expression, str] = {}

    def look(expression: Expression, owner: Content) -> None:
        for typed_dict, key in reads.get(expression, ()):
            if not owner.has(typed_dict, key):
                found.setdefault(expression, key)

    lines = sorted(one.line for one in reads)

    def is_skipped(function: Node) -> bool:
        first = bisect_left(lines, function.line)
        return first == len(lines) or lines[first] > (function.end_line or function.line)

    Flow(types, RULES, Watch(look, is_skipped), Assignments(None)).follow(tree.defs)
    yield from sorted(found.items(), key=lambda one: (one[0].line, one[0].column))
