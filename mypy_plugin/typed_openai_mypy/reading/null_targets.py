"""A value that may be None where it gets another type: assigned, returned or unpacked.

The mistake is the same as that of :mod:`.null_reads`, and is reported at the same place: where the value was
read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import (
    ArgKind,
    AssignmentStmt,
    CallExpr,
    Expression,
    FuncDef,
    ListExpr,
    NameExpr,
    ReturnStmt,
    SetExpr,
    StarExpr,
    TupleExpr,
    Var,
)
from mypy.types import CallableType, Instance, NoneType, Type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Problem
from typed_openai_mypy.reading.null_reads import may_be_none, read_of, without_none
from typed_openai_mypy.syntax.tree import Site


def may_explain(info: ErrorInfo) -> bool:
    """Return whether an error may be about a value that is None, by its code and text."""
    text, _ = _RULES.get(info.code.code if info.code is not None else "", (None, None))
    return text is not None and text.search(info.message) is not None


def explain(checker: Checker, site: Site, info: ErrorInfo) -> Sequence[Problem]:
    """The read that an error about a value comes from; empty if it has another reason."""
    code = info.code.code if info.code is not None else ""
    text, used_in = _RULES.get(code, (None, None))
    if text is None or used_in is None or text.search(info.message) is None:
        return ()
    used = used_in(checker, site)
    return () if used is None else read_of(checker, site, used)


def _assigned(checker: Checker, site: Site) -> Expression | None:
    """The value of an assignment that all targets would take without None."""
    statement = site.parent
    if not isinstance(statement, AssignmentStmt):
        return None
    targets = [_type_of_target(checker, one) for one in statement.lvalues]
    is_right = all(one is not None and _fits(checker, statement.rvalue, one) for one in targets)
    return statement.rvalue if is_right else None


def _type_of_target(checker: Checker, target: Expression) -> Type | None:
    if isinstance(target, NameExpr):
        return target.node.type if isinstance(target.node, Var) else None
    return checker.known_type(target) if checker.allows_evaluation else checker.stored_type(target)


def _returned(checker: Checker, site: Site) -> Expression | None:
    """The returned value that would fit the declared result without None."""
    statement, function = site.parent, site.function
    declared = function.type if isinstance(function, FuncDef) else None
    if not isinstance(statement, ReturnStmt) or not isinstance(declared, CallableType):
        return None
    used = statement.expr
    is_right = used is site.node and used is not None
    return (
        used
        if is_right and used is not None and _fits(checker, used, shapes.awaited(declared.ret_type))
        else None
    )


def _unpacked(checker: Checker, site: Site) -> Expression | None:
    """The value that is unpacked into targets, or into the arguments of a call."""
    if isinstance(site.parent, AssignmentStmt) and site.node is site.parent.rvalue:
        return site.parent.rvalue
    used = [one for one in _starred(site) if may_be_none(checker.stored_type(one))]
    others = [one for one in _starred(site) if one not in used]
    if len(used) != 1 or not all(_is_iterable(checker, one) for one in [*used, *others]):
        return None
    return used[0]


def _starred(site: Site) -> Iterator[Expression]:
    """The values that are unpacked into the arguments of a call, or into the items of a display."""
    node = site.node
    if isinstance(node, CallExpr):
        pairs = zip(node.args, node.arg_kinds, strict=True)
        yield from (one for one, kind in pairs if kind is ArgKind.ARG_STAR)
    elif isinstance(node, (ListExpr, SetExpr, TupleExpr)):
        yield from (one.expr for one in node.items if isinstance(one, StarExpr))


def _is_iterable(checker: Checker, used: Expression) -> bool:
    """Return whether a value can be iterated over, unless it is None."""
    found = checker.stored_type(used)
    members = () if found is None else shapes.members(found)
    others = [one for one in members if not isinstance(one, NoneType)]
    return bool(others) and all(isinstance(one, Instance) and one.type.get("__iter__") for one in others)


def _fits(checker: Checker, used: Expression, expected: Type) -> bool:
    """Return whether a value has the expected type, unless it is None."""
    found = checker.stored_type(used)
    return found is not None and checker.fits(without_none(found), expected)


_Rule = tuple[re.Pattern[str], Callable[[Checker, Site], Expression | None]]

_RULES: Final[Mapping[str, _Rule]] = {
    "assignment": (
        re.compile(r'\(expression has type ".*\bNone\b.*", (?:target|variable) has type'),
        _assigned,
    ),
    "return-value": (re.compile(r'^Incompatible return value type \(got ".*\bNone\b'), _returned),
    "misc": (
        re.compile('^"None" object is not iterable$|^Expected iterable as variadic argument$'),
        _unpacked,
    ),
}
"""mypy's texts about None, by their codes, with the search for the value that they are about."""
