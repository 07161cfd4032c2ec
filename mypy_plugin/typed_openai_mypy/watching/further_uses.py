"""Errors about further keys of open objects: the API allows them, so mypy's error is dropped.

Where mypy stops at such a key, this module does the rest of its work: the value of the key is checked, and
a read has the type of the values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mypy.errorcodes import TYPEDDICT_UNKNOWN_KEY
from mypy.errors import ErrorInfo
from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    DictExpr,
    Expression,
    IndexExpr,
    ListExpr,
    NameExpr,
    Node,
    OpExpr,
    ReturnStmt,
    StrExpr,
    TupleExpr,
)
from mypy.types import AnyType, Overloaded, Type, TypedDictType, TypeOfAny, UnionType, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat import further_keys
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Further
from typed_openai_mypy.explain.repeated import Explanation
from typed_openai_mypy.messages.shortening import place_of
from typed_openai_mypy.syntax.owners import Owner
from typed_openai_mypy.syntax.tree import Site, contains, end_of, start_of
from typed_openai_spec.records import dataclass

AMBIGUOUS: Final = "Type of TypedDict is ambiguous"
"""The beginning of mypy's text if a display fits none of several members, as a part is wrong in itself."""

_EXTRA: Final = "Extra key"
_MISSING: Final = "Missing key"
_NO_KEY: Final = " has no key "

_FOLLOWING: Final = frozenset(
    {"arg-type", "assignment", "call-overload", "dict-item", "list-item", "return-value", "typeddict-item"}
)
"""Codes of the errors that follow from a display that fits no TypedDict."""


_TRIED: Final = (CallExpr, DictExpr, ListExpr, OpExpr, TupleExpr)
"""Expressions that mypy judges as a whole before it reports the errors inside them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An expression that mypy has judged without the type of a read, and the statement that passes it on."""

    whole: Expression
    statement: AssignmentStmt | ReturnStmt | None

    @property
    def returning_lines(self) -> Sequence[int]:
        """The line of a ``return`` statement."""
        return [self.statement.line] if isinstance(self.statement, ReturnStmt) else []


def in_display(explanation: Explanation, info: ErrorInfo) -> Sequence[Further]:
    """The keys of a display that mypy reports as extra ones; empty if the error is about something else."""
    return _named(explanation, info) if info.message.startswith(_EXTRA) else ()


def at_index(explanation: Explanation, info: ErrorInfo) -> Sequence[Further]:
    """The key that mypy does not find; empty if the error is about something else."""
    return _named(explanation, info) if _NO_KEY in info.message else ()


def writes(info: ErrorInfo) -> bool:
    """Return whether an error is about a key that is assigned to, not one that is read or removed."""
    return info.code is TYPEDDICT_UNKNOWN_KEY


def _named(explanation: Explanation, info: ErrorInfo) -> Sequence[Further]:
    """The further keys exactly at the place of an error, in a TypedDict that it names."""
    span = (info.line, info.column), (info.end_line, info.end_column)
    return [
        one
        for one in explanation.further
        if (start_of(one.place), end_of(one.place)) == span
        and f'"{shapes.name_of(one.owner)}"' in info.message
    ]


def follows(checker: Checker, explanation: Explanation, owner: Owner, info: ErrorInfo) -> bool:
    """Return whether an error only follows from further keys: nothing else is wrong at its place."""
    if explanation.problems or explanation.own_errors or explanation.broken:
        return False
    code = info.code.code if info.code is not None else ""
    if code not in _FOLLOWING and not info.message.startswith(AMBIGUOUS):
        return False
    if info.message.startswith((_EXTRA, _MISSING)) or _NO_KEY in info.message:
        return False
    place = place_of(info)
    displays = (one.place for one in explanation.further if isinstance(one.place, (CallExpr, DictExpr)))
    inside = [one for one in displays if contains(place, one)]
    call = owner.site.node
    if not inside or not isinstance(call, CallExpr):
        return bool(inside)
    known: dict[Expression, Type] = dict.fromkeys(inside, AnyType(TypeOfAny.special_form))
    with checker.untouched(), checker.inside(owner.site.trail):
        return not checker.is_wrong_with(call, known, info)


def check_values(found: Sequence[Further]) -> None:
    """Check the values that mypy has skipped, and report what is wrong with them."""
    for one in found:
        if one.value is not None:
            further_keys.check_value(one.value, one.type, one.key)


def read_at(site: Site) -> IndexExpr | None:
    """The item around a key."""
    return next((one.node for one in site.around() if isinstance(one.node, IndexExpr)), None)


def judged_before(site: Site) -> Judged | None:
    """The outermost expression around a read whose parts mypy judges before it reports an error of them."""
    tried = (one for one in site.trail if isinstance(one, _TRIED))
    # ``reveal_type`` and ``cast`` look like calls.
    whole = next((one for one in tried if not (isinstance(one, CallExpr) and one.analyzed)), None)
    return None if whole is None else Judged(whole, _passing_on(whole, site))


def check_again(checker: Checker, judged: Judged) -> None:
    """Report the errors that an expression has because of the type of a read in it.

    A statement that passes the expression on is checked again, and a variable gets the type.
    """
    statement = judged.statement
    further_keys.check_again(judged.whole if statement is None else statement)
    found = checker.stored_type(judged.whole)
    if found is None or not isinstance(statement, AssignmentStmt) or statement.type is not None:
        return
    for target in statement.lvalues:
        if isinstance(target, NameExpr):
            further_keys.read_as(target, found)


def _passing_on(whole: Expression, site: Site) -> AssignmentStmt | ReturnStmt | None:
    """The statement that returns or assigns an expression."""
    for one in site.around():
        if isinstance(one.node, AssignmentStmt):
            return one.node if one.node.rvalue is whole else None
        if isinstance(one.node, ReturnStmt):
            return one.node if one.node.expr is whole else None
    return None


def assignment_to(site: Site) -> Site | None:
    """The assignment to the item with a key; None if the item is changed in another way."""
    read = read_at(site)
    assignments = (one for one in site.around() if isinstance(one.node, AssignmentStmt))
    return next((one for one in assignments if read in getattr(one.node, "lvalues", ())), None)


def type_read(checker: Checker, read: IndexExpr) -> Type | None:
    """Give an index with a further key the type of its value, if all that is indexed may have the key."""
    # The type of a part of an expression that mypy tries is not stored yet.
    owners, index = shapes.members(checker.known_type(read.base)), read.index
    keys = [index.value] if isinstance(index, StrExpr) else shapes.texts(checker.known_type(index))
    found = [
        further_keys.type_of_key(one, key) if isinstance(one, TypedDictType) else None
        for one in owners
        for key in keys
    ]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return None
    value = get_proper_type(UnionType.make_union(known))
    further_keys.read_as(read, value)
    return value


def is_of_rejected(checker: Checker, typed: Mapping[Expression, Type], site: Site, info: ErrorInfo) -> bool:
    """Return whether an error is about an overload that mypy rejected only because of reads in a display."""
    if info.code is None or info.code.code not in _FOLLOWING:
        return False
    calls = (one for one in site.around() if isinstance(one.node, CallExpr))
    overloaded = next((one for one in calls if _is_overloaded(checker, one.node)), None)
    if overloaded is None:
        return False
    call = overloaded.node
    known = {one: found for one, found in typed.items() if contains(call, one)}
    if not known or not isinstance(call, CallExpr):
        return False
    with checker.untouched(), checker.inside(overloaded.trail):
        return not checker.is_wrong_with(call, known, info)


def _is_overloaded(checker: Checker, call: Node) -> bool:
    return isinstance(call, CallExpr) and isinstance(checker.callee_type(call, anew=True), Overloaded)
