"""Reads of keys that may be absent, found by following the ways through a module.

The rules are those of pyright for ``reportTypedDictNotRequiredAccess``, which judges them in the tests.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final, TypeAlias

from mypy.nodes import Expression, MypyFile, Node
from mypy.types import TypedDictType

from typed_openai_mypy.compat.checked_modules import Types
from typed_openai_mypy.reading.assignments import Assignments
from typed_openai_mypy.reading.blocks import BLOCKS
from typed_openai_mypy.reading.conditions import CONDITIONS
from typed_openai_mypy.reading.contents import Content
from typed_openai_mypy.reading.definitions import DEFINITIONS
from typed_openai_mypy.reading.expressions import VALUES
from typed_openai_mypy.reading.flow import Flow, Rules, Watch
from typed_openai_mypy.reading.patterns import MATCHES
from typed_openai_mypy.reading.plain_statements import STATEMENTS
from typed_openai_spec.records import dataclass

RULES: Final = Rules(VALUES, CONDITIONS, {**STATEMENTS, **BLOCKS, **DEFINITIONS, **MATCHES})

OptionalKey: TypeAlias = "tuple[TypedDictType, str]"
"""A TypedDict that may lack a key, and the key."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The items that are read or removed in a module.

    ``optional`` has the TypedDicts that may lack the key, ``lacking`` those that do not have it at all.
    """

    optional: Mapping[Expression, Sequence[OptionalKey]]
    lacking: Mapping[Expression, Sequence[TypedDictType]]


@dataclass(slots=True)
class Shown:
    """The result of following a module.

    ``absent`` are the reads whose key is not known to be present, with the key. ``possible`` are those of
    several TypedDicts in which the value may be one that lacks the key, ``impossible`` all others.
    """

    absent: dict[Expression, str] = field(default_factory=dict)
    possible: set[Expression] = field(default_factory=set)
    seen: set[Expression] = field(default_factory=set)

    @property
    def impossible(self) -> set[Expression]:
        """The reads in which the value is never a TypedDict that lacks the key."""
        return self.seen - self.possible


def follow(tree: MypyFile, types: Types, reads: Reads) -> Shown:
    """Follow the ways through a module to its reads."""
    shown = Shown()

    def look(expression: Expression, owner: Content) -> None:
        for typed_dict, key in reads.optional.get(expression, ()):
            if not owner.has(typed_dict, key):
                shown.absent.setdefault(expression, key)
        lacking = reads.lacking.get(expression, ())
        if lacking:
            shown.seen.add(expression)
            if not all(map(owner.excludes, lacking)):
                shown.possible.add(expression)

    lines = sorted(one.line for one in (*reads.optional, *reads.lacking))

    def is_skipped(function: Node) -> bool:
        first = bisect_left(lines, function.line)
        return first == len(lines) or lines[first] > (function.end_line or function.line)

    Flow(types, RULES, Watch(look, is_skipped), Assignments(tree)).follow(tree.defs)
    return shown
