"""Judges all reads of a module after mypy has checked it.

Nothing is evaluated: the types that mypy has stored decide. One pass over them collects what is read; the
ways through the module are followed only if a key that may be absent is among it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mypy.nodes import CallExpr, ComparisonExpr, IndexExpr, IntExpr
from mypy.types import TypedDictType

from typed_openai_mypy import codes
from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.ownership import is_api_type
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat.checked_modules import CheckedModule
from typed_openai_mypy.messages import read_messages
from typed_openai_mypy.reading import impossible_values, unknown_keys
from typed_openai_mypy.reading.match_cases import literals_in, matches_in
from typed_openai_mypy.reading.reads import Finding, Types, name_of, texts_of
from typed_openai_mypy.swallowed import note_failure


def judge(program: Program, module: CheckedModule) -> None:
    """Report the wrong reads of a module. Never raises."""
    try:
        wanted = {
            one.code for one in codes.READING if not program.is_disabled(one) and module.is_enabled(one)
        }
        if not wanted or module.is_silent:
            return
        found = [one for one in _found(program, module) if one.code.code in wanted]
        for one in sorted(found, key=lambda one: (one.node.line, one.node.column)):
            module.report(program.reporter, one.text, one.node, one.code)
        if found:
            module.judge_ignores_again()
    except (Exception, SystemExit):  # mypy would crash; its own errors stand
        note_failure()


def _found(program: Program, module: CheckedModule) -> Iterator[Finding]:
    types = module.types
    reads: dict[IndexExpr, Sequence[tuple[TypedDictType, str]]] = {}
    for expression in types:
        if isinstance(expression, IndexExpr):
            if optional := _optional(expression, types):
                reads[expression] = optional
        elif isinstance(expression, ComparisonExpr):
            yield from _compared(program, module, expression)
        elif isinstance(expression, CallExpr):
            yield from unknown_keys.in_call(expression, types, program.options.extra_fields)
    for statement in matches_in(module.tree):
        given = [one for pattern in statement.patterns for one in literals_in(pattern)]
        yield from impossible_values.judged(statement.subject, given, types, module.tree)
    if reads:
        from typed_openai_mypy.reading.presence import absent  # noqa: PLC0415  few modules have such reads

        for read, key in absent(module.tree, types, reads):
            yield Finding(read, codes.ABSENT, read_messages.absent_key(name_of(read.base, types), key))


def _optional(read: IndexExpr, types: Types) -> Sequence[tuple[TypedDictType, str]]:
    """The TypedDicts of the API that may lack the key which is read, with the key."""
    if isinstance(read.index, IntExpr):
        return ()
    found = types.get(read.base)
    owners = () if found is None else shapes.typed_dicts(found)
    return [
        (owner, key)
        for owner in owners
        for key in texts_of(read.index, types)
        if key in owner.items and key not in owner.required_keys and is_api_type(owner)
    ]


def _compared(program: Program, module: CheckedModule, comparison: ComparisonExpr) -> Iterator[Finding]:
    yield from unknown_keys.in_comparison(comparison, module.types, program.options.extra_fields)
    yield from impossible_values.in_comparison(
        comparison, module.types, module.tree, native_equality=module.reports_equality
    )
