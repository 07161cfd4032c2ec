"""Cases of ``match`` that look into a value of the API, such as ``case {"type": "response.completed"}``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mypy.nodes import MatchStmt, StrExpr
from mypy.patterns import AsPattern, MappingPattern, OrPattern, Pattern
from mypy.types import Instance, LiteralType, NoneType, ProperType, Type, TypedDictType, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.ownership import is_api_type
from typed_openai_mypy.compat.checked_modules import Types
from typed_openai_mypy.compat.further_keys import type_of_key
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.reading import impossible_values, unknown_keys
from typed_openai_mypy.reading.match_cases import literals_in
from typed_openai_mypy.reading.reads import Finding, name_of

_NO_MAPPINGS = frozenset({"builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.list"})


def in_match(statement: MatchStmt, types: Types) -> Iterator[Finding]:
    """Keys that the subject never has, and literals that the value of a key never is."""
    found = types.get(statement.subject)
    if found is not None and _owners(found):
        place = name_of(statement.subject, types)
        for pattern in statement.patterns:
            yield from _judged(pattern, found, place)


def _judged(pattern: Pattern, subject: Type, place: str) -> Iterator[Finding]:
    if isinstance(pattern, OrPattern):
        for one in pattern.patterns:
            yield from _judged(one, subject, place)
    elif isinstance(pattern, AsPattern) and pattern.pattern is not None:
        yield from _judged(pattern.pattern, subject, place)
    elif isinstance(pattern, MappingPattern) and (owners := _owners(subject)):
        yield from _keys(pattern, owners, place)


def _keys(pattern: MappingPattern, owners: Sequence[TypedDictType], place: str) -> Iterator[Finding]:
    """Judge each key by the members that have the keys and the literals before it."""
    for key, value in zip(pattern.keys, pattern.values, strict=True):
        if not isinstance(key, StrExpr):
            continue
        fields = [(one, type_of_key(one, key.value)) for one in owners]
        holding = [(one, field) for one, field in fields if field is not None]
        if not holding:
            yield unknown_keys.finding(key, key.value, owners)
            continue
        field = UnionType.make_union([known for _, known in holding])
        given = [one for one in literals_in(value) if isinstance(one, StrExpr)]
        inside = key_path(place, key.value)
        yield from impossible_values.never(given, field, inside)
        yield from _judged(value, field, inside)
        fitting = [one for one, known in holding if _may_be(known, given)]
        owners = fitting or [one for one, _ in holding]


def _may_be(field: Type, given: Sequence[StrExpr]) -> bool:
    known = shapes.literals(field)
    return not given or known is None or any(one.value in known for one in given)


def _owners(subject: Type) -> Sequence[TypedDictType]:
    """The TypedDicts of the API among the members; empty if a pattern may match another mapping."""
    members = shapes.members(subject)
    owners = [one for one in members if isinstance(one, TypedDictType)]
    others = (one for one in members if not isinstance(one, TypedDictType))
    return owners if all(map(is_api_type, owners)) and all(map(_is_no_mapping, others)) else ()


def _is_no_mapping(member: ProperType) -> bool:
    is_plain = isinstance(member, Instance) and member.type.fullname in _NO_MAPPINGS
    return is_plain or isinstance(member, (LiteralType, NoneType))
