"""Judges all reads of a module after mypy has checked it.

Nothing is evaluated: the types that mypy has stored decide. One pass over them collects what is read; the
ways through the module are followed only if a key that may be absent is among it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import field
from typing import Final

from mypy.errorcodes import TYPEDDICT_ITEM
from mypy.errors import ErrorInfo
from mypy.nodes import (
    CallExpr,
    ComparisonExpr,
    DelStmt,
    Expression,
    IndexExpr,
    IntExpr,
    MemberExpr,
    MypyFile,
    StrExpr,
    TupleExpr,
)
from mypy.types import TypedDictType

from typed_openai_mypy import codes
from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.ownership import is_api_type
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat.checked_modules import CheckedModule, Types
from typed_openai_mypy.compat.further_keys import look_in
from typed_openai_mypy.messages import read_messages
from typed_openai_mypy.reading import unknown_keys
from typed_openai_mypy.reading.match_cases import matches_in, statements_in
from typed_openai_mypy.reading.reads import Finding, name_of, popped_from, texts_of
from typed_openai_mypy.reading.relevance import uses_in
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.syntax.tree import Position, start_of
from typed_openai_spec.records import dataclass

_OF_SOME: Final = re.compile(r'members (?:have|lack) the key |^TypedDict ".*" has no key ')
"""Errors about a key that only some of several TypedDicts have."""


@dataclass(slots=True)
class _Judgement:
    """The findings about a module, and the recorded errors that are needless."""

    findings: list[Finding] = field(default_factory=list)
    needless: list[ErrorInfo] = field(default_factory=list)


def judge(program: Program, module: CheckedModule) -> None:
    """Report the wrong reads of a module. Never raises."""
    try:
        wanted = {
            one.code for one in codes.READING if not program.is_disabled(one) and module.is_enabled(one)
        }
        if not wanted:
            return
        look_in(module.modules)
        judgement = _judged(module)
        found = [one for one in judgement.findings if one.code.code in wanted]
        with module.all_or_nothing():
            for error in judgement.needless:
                module.withdraw(error)
            for one in sorted(found, key=lambda one: (one.node.line, one.node.column)):
                if one.joined is None or not module.replace(
                    program.reporter, one.node, one.code, *one.joined
                ):
                    module.report(program.reporter, one.text, one.node, one.code)
            if found:
                module.judge_ignores_again()
    except (Exception, SystemExit):  # mypy would crash; its own errors stand
        note_failure()


def _judged(module: CheckedModule) -> _Judgement:
    types = module.types
    used = uses_in(types)
    judgement = _Judgement([*_compared(module, used), *_matched(module)])
    removed = frozenset(_deleted(module.tree) if any(isinstance(one, MemberExpr) for one in used) else ())
    errors = module.recorded((codes.ARGUMENT, TYPEDDICT_ITEM), _OF_SOME)
    lacking = _lacking(types, {(one.line, one.column) for one in errors}) if errors else {}
    optional = _optional_reads(types, [*used, *removed])
    if not optional and not lacking:
        return judgement
    from typed_openai_mypy.reading.presence import Reads, follow  # noqa: PLC0415  few modules have such reads

    shown = follow(module.tree, types, Reads(optional, lacking))
    judgement.findings += [
        _absent(read, key, types, is_removed=read in removed) for read, key in shown.absent.items()
    ]
    places = {start_of(one.index) for one in shown.impossible if isinstance(one, IndexExpr)}
    judgement.needless += [one for one in errors if (one.line, one.column) in places]
    return judgement


def _lacking(types: Types, places: Collection[Position]) -> dict[Expression, Sequence[TypedDictType]]:
    """The TypedDicts that lack the key of the item whose index is at one of the places."""
    found: dict[Expression, Sequence[TypedDictType]] = {}
    for one in types:
        if isinstance(one, IndexExpr) and isinstance(one.index, StrExpr) and start_of(one.index) in places:
            owner = types.get(one.base)
            members = () if owner is None else shapes.typed_dicts(owner)
            lacking = [each for each in members if one.index.value not in each.items]
            found |= {one: lacking} if all(map(is_api_type, lacking)) else {}
    return found


def _optional_reads(
    types: Types, used: Iterable[Expression]
) -> dict[Expression, Sequence[tuple[TypedDictType, str]]]:
    """The reads and removals of keys that may be absent, among the expressions that use others."""
    found: dict[Expression, Sequence[tuple[TypedDictType, str]]] = {}
    for one in used:
        owner, index = _owner_and_index(one)
        if owner is not None and index is not None and (optional := _optional(owner, index, types)):
            found[one] = optional
    return found


def _owner_and_index(expression: Expression) -> tuple[Expression | None, Expression | None]:
    """The owner of an item that is read or removed, and the index."""
    if isinstance(expression, IndexExpr):
        return expression.base, expression.index
    if isinstance(expression, CallExpr) and (owner := popped_from(expression)) is not None:
        return owner, expression.args[0]
    return None, None


def _absent(read: Expression, key: str, types: Types, *, is_removed: bool) -> Finding:
    """The finding about a key that is read or removed."""
    owner, _ = _owner_and_index(read)
    name = "" if owner is None else name_of(owner, types)
    if is_removed or isinstance(read, CallExpr):
        return Finding(read, codes.ABSENT, read_messages.removed_key(name, key))
    joined = read_messages.null_key_start(name, key), read_messages.absent_or_null(name, key)
    return Finding(read, codes.ABSENT, read_messages.absent_key(name, key), joined)


def _deleted(tree: MypyFile) -> Iterator[IndexExpr]:
    """The items that ``del`` statements remove."""
    for one in statements_in(tree, DelStmt):
        targets = one.expr.items if isinstance(one.expr, TupleExpr) else [one.expr]
        yield from (target for target in targets if isinstance(target, IndexExpr))


def _optional(owner: Expression, index: Expression, types: Types) -> Sequence[tuple[TypedDictType, str]]:
    """The TypedDicts of the API that may lack the key which is read, with the key."""
    if isinstance(index, IntExpr):
        return ()
    found = types.get(owner)
    owners = () if found is None else shapes.typed_dicts(found)
    return [
        (one, key)
        for one in owners
        for key in texts_of(index, types)
        if key in one.items and key not in one.required_keys and is_api_type(one)
    ]


def _compared(module: CheckedModule, used: Iterable[Expression]) -> Iterator[Finding]:
    types = module.types
    for one in used:
        if isinstance(one, ComparisonExpr):
            from typed_openai_mypy.reading import impossible_values  # noqa: PLC0415  not all modules compare values

            yield from unknown_keys.in_comparison(one, types)
            yield from impossible_values.in_comparison(
                one, types, module.tree, native_equality=module.reports_equality
            )
        elif isinstance(one, CallExpr):
            yield from unknown_keys.in_call(one, types)


def _matched(module: CheckedModule) -> Iterator[Finding]:
    for statement in matches_in(module.tree):
        from typed_openai_mypy.reading import impossible_values, mapping_cases  # noqa: PLC0415  few modules match values

        yield from impossible_values.in_match(statement, module.types, module.tree)
        yield from mapping_cases.in_match(statement, module.types)
