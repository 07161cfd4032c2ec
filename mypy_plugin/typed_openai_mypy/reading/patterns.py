"""Effects of ``match`` on the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from mypy.nodes import (
    Expression,
    ListExpr,
    MatchStmt,
    Node,
    Statement,
    StrExpr,
    TupleExpr,
)
from mypy.patterns import (
    AsPattern,
    ClassPattern,
    MappingPattern,
    OrPattern,
    Pattern,
    SequencePattern,
    StarredPattern,
    ValuePattern,
)

from typed_openai_mypy.reading.assigned_targets import assign_to
from typed_openai_mypy.reading.conditions import discriminated
from typed_openai_mypy.reading.contents import UNKNOWN
from typed_openai_mypy.reading.flow import Flow
from typed_openai_mypy.reading.references import reference_of
from typed_openai_mypy.reading.ways import Way


def _match(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, MatchStmt)
    flow.value(statement.subject)
    start = flow.state.mark()
    ends: list[Way] = []
    for pattern, guard, body in zip(statement.patterns, statement.guards, statement.bodies, strict=True):
        mark = flow.state.mark()
        _matched(flow, statement.subject, pattern)
        if guard is not None and flow.state.is_reached:
            flow.state.go(flow.branch(guard)[0])
        if flow.state.is_reached and not body.is_unreachable:
            flow.block(body.body)
            ends.append(flow.state.since(start))
        flow.state.go_back(mark)
        flow.state.go({} if guard is not None else _unmatched(flow, statement.subject, pattern))
        if not flow.state.is_reached:
            break
    ends.append(flow.state.since(start))
    flow.state.go_back(start)
    flow.state.go(flow.state.met(ends))


def _matched(flow: Flow, subject: Expression | None, pattern: Pattern) -> None:
    """Change the state to the one in which a pattern matches."""
    match = _PATTERNS.get(type(pattern))
    if match is not None:
        match(flow, subject, pattern)


def _mapping(flow: Flow, subject: Expression | None, pattern: Pattern) -> None:
    assert isinstance(pattern, MappingPattern)
    reference = None if subject is None else reference_of(subject)
    if subject is not None and reference is not None and (owners := flow.typed_dicts(subject)):
        content = flow.content_of(subject)
        for key in pattern.keys:
            if isinstance(key, StrExpr):
                content = content.with_key(key.value, [one for one in owners if key.value in one.items])
        flow.state.narrow(reference, content)
    for one in pattern.values:
        _matched(flow, None, one)
    if pattern.rest is not None:
        assign_to(flow, pattern.rest, UNKNOWN)


def _either(flow: Flow, subject: Expression | None, pattern: Pattern) -> None:
    assert isinstance(pattern, OrPattern)
    ways = [flow.way({}, partial(_matched, flow, subject, one)) for one in pattern.patterns]
    flow.state.go(flow.state.met(ways))


def _named(flow: Flow, subject: Expression | None, pattern: Pattern) -> None:
    assert isinstance(pattern, AsPattern)
    if pattern.pattern is not None:
        _matched(flow, subject, pattern.pattern)
    if pattern.name is not None:
        assign_to(flow, pattern.name, UNKNOWN if subject is None else flow.content_of(subject))


def _sequence(flow: Flow, subject: Expression | None, pattern: Pattern) -> None:
    assert isinstance(pattern, SequencePattern)
    is_display = isinstance(subject, (TupleExpr, ListExpr)) and len(subject.items) == len(pattern.patterns)
    parts = subject.items if is_display and isinstance(subject, (TupleExpr, ListExpr)) else ()
    for number, one in enumerate(pattern.patterns):
        _matched(flow, parts[number] if parts else None, one)


def _starred(flow: Flow, _subject: Expression | None, pattern: Pattern) -> None:
    assert isinstance(pattern, StarredPattern)
    if pattern.capture is not None:
        assign_to(flow, pattern.capture, UNKNOWN)


def _instance(flow: Flow, _subject: Expression | None, pattern: Pattern) -> None:
    assert isinstance(pattern, ClassPattern)
    for one in [*pattern.positionals, *pattern.keyword_values]:
        _matched(flow, None, one)


def _value(flow: Flow, subject: Expression | None, pattern: Pattern) -> None:
    assert isinstance(pattern, ValuePattern)
    if subject is not None:
        flow.state.go(discriminated(flow, subject, [pattern.expr])[0])


def _unmatched(flow: Flow, subject: Expression, pattern: Pattern) -> Way:
    """The changes if a pattern does not match."""
    if isinstance(pattern, AsPattern):
        return None if pattern.pattern is None else _unmatched(flow, subject, pattern.pattern)
    alternatives = pattern.patterns if isinstance(pattern, OrPattern) else [pattern]
    values = [one.expr for one in alternatives if isinstance(one, ValuePattern)]
    return discriminated(flow, subject, values)[1] if len(values) == len(alternatives) else {}


_PATTERNS: Final[Mapping[type[Node], Callable[[Flow, Expression | None, Pattern], None]]] = {
    MappingPattern: _mapping,
    OrPattern: _either,
    AsPattern: _named,
    SequencePattern: _sequence,
    StarredPattern: _starred,
    ClassPattern: _instance,
    ValuePattern: _value,
}

MATCHES: Final[Mapping[type[Node], Callable[[Flow, Statement], None]]] = {MatchStmt: _match}
