"""Comparisons of a value of the API with a literal that it never is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from mypy.nodes import (
    AssignmentExpr,
    ComparisonExpr,
    Expression,
    MatchStmt,
    MypyFile,
    NameExpr,
    StrExpr,
    Var,
)
from mypy.types import Type, TypeAliasType, UnionType

from typed_openai_mypy import codes
from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.api.ownership import is_api_type
from typed_openai_mypy.compat.checked_modules import Types
from typed_openai_mypy.messages import read_messages
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.reading import constants
from typed_openai_mypy.reading.constants import Given
from typed_openai_mypy.reading.match_cases import literals_in
from typed_openai_mypy.reading.reads import Finding, name_of, taken_from
from typed_openai_mypy.syntax.origins import origin_of
from typed_openai_mypy.syntax.tree import end_of, index_of, start_of
from typed_openai_spec import spelling

_EQUALITIES = frozenset({"==", "!="})
_MEMBERSHIPS = frozenset({"in", "not in"})


def in_comparison(
    comparison: ComparisonExpr, types: Types, tree: MypyFile, *, native_equality: bool
) -> Iterator[Finding]:
    """``value == "literal"`` and ``value in ("literal", ...)``, or with a constant in place of these.

    With ``native_equality``, mypy itself reports an equality with a literal that never holds.
    """
    for number, operator in enumerate(comparison.operators):
        left, right = comparison.operands[number : number + 2]
        if operator in _MEMBERSHIPS:
            yield from judged(left, partial(constants.items_of, right, tree), types, tree)
        elif operator in _EQUALITIES:
            for value, given in ((left, right), (right, left)):
                if not (native_equality and isinstance(given, StrExpr)):
                    yield from judged(value, partial(constants.value_of, given, tree), types, tree)


def in_match(statement: MatchStmt, types: Types, tree: MypyFile) -> Iterator[Finding]:
    """``match value: case "literal" | ...``."""
    cases = [one for pattern in statement.patterns for one in literals_in(pattern)]
    given = [Given(one.value, one) for one in cases if isinstance(one, StrExpr)]
    yield from judged(statement.subject, lambda: given, types, tree)


def judged(
    value: Expression, give: Callable[[], Sequence[Given]], types: Types, tree: MypyFile
) -> Iterator[Finding]:
    """The literals of a comparison that a value of the API never is; ``give`` finds them."""
    found = None if isinstance(value, StrExpr) else _widest(value, types)
    known = None if found is None else shapes.literals(found)
    given = () if known is None else give()
    if known is None or not given:
        return
    wrong = [one for one in given if one.text not in known]
    if wrong and _is_of_api(value, types, tree):
        yield from _findings(wrong, known, _place(value, types))


def never(given: Sequence[StrExpr], field: Type, place: str) -> Iterator[Finding]:
    """The literals that a field of a value of the API never is; ``place`` is its name in messages."""
    known = shapes.literals(field)
    if known is not None:
        yield from _findings([Given(one.value, one) for one in given if one.value not in known], known, place)


def _findings(wrong: Sequence[Given], known: Sequence[shapes.Value], place: str) -> Iterator[Finding]:
    allowed = [one for one in known if one is not None]
    for one in wrong:
        near = spelling.nearest(one.text, [each for each in allowed if isinstance(each, str)])
        near = near if len(allowed) > 1 else None
        text = read_messages.impossible_value(place, allowed, one.text, near)
        yield Finding(one.node, codes.VALUE, text)


def _widest(value: Expression, types: Types) -> Type | None:
    """The type of a value before anything is known of it: a comparison may repeat an earlier one."""
    value = value.value if isinstance(value, AssignmentExpr) else value
    if isinstance(value, NameExpr) and isinstance(value.node, Var):
        return value.node.type
    key, owner = taken_from(value)
    whole = None if owner is None else _widest(owner, types)
    owners = [] if whole is None else shapes.typed_dicts(whole)
    found = [one.items[key] for one in owners if key in one.items]
    return UnionType.make_union(found) if found else types.get(value)


def _place(value: Expression, types: Types) -> str:
    """The name of a value, with that of its owner."""
    value = value.value if isinstance(value, AssignmentExpr) else value
    key, owner = taken_from(value)
    return name_of(value, types) if owner is None else key_path(name_of(owner, types), key)


def _is_of_api(value: Expression, types: Types, tree: MypyFile) -> bool:
    """Return whether a value is taken from one of the API, or has the type of an alias of the API."""
    value = value.value if isinstance(value, AssignmentExpr) else value
    if isinstance(value, NameExpr):
        declared = value.node.type if isinstance(value.node, Var) else None
        if isinstance(declared, TypeAliasType):
            return declared.alias is not None and is_ours(declared.alias.fullname)
        origin = origin_of(tree, index_of(tree).site(start_of(value), end_of(value)), value)
        return (
            origin is not None
            and origin.expression is not value
            and _is_of_api(origin.expression, types, tree)
        )
    owner = taken_from(value)[1]
    found = None if owner is None else types.get(owner)
    owners = [] if found is None else shapes.typed_dicts(found)
    return bool(owners) and all(map(is_api_type, owners))
