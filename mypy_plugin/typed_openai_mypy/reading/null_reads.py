"""A value that may be None because the key it was read from may be null: one mistake, at the read.

mypy reports each use of such a value. All of them are about the line where it was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import (
    AssignmentExpr,
    CallExpr,
    ComparisonExpr,
    ConditionalExpr,
    DictExpr,
    Expression,
    IfStmt,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    TupleExpr,
    UnaryExpr,
)
from mypy.types import AnyType, FunctionLike, Instance, NoneType, Type, TypedDictType, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.api.ownership import is_api_type
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Problem
from typed_openai_mypy.messages import read_messages
from typed_openai_mypy.messages.fragments import ELLIPSIS, key_path, written
from typed_openai_mypy.reading.reads import name_of, taken_from
from typed_openai_mypy.syntax.origins import origin_of, origins_of
from typed_openai_mypy.syntax.tree import Site, children, start_of

_ABOUT_NONE: Final[Mapping[str, re.Pattern[str]]] = {
    "arg-type": re.compile(r'(?:has incompatible type|must be a mapping, not) ".*\bNone'),
    "call-overload": re.compile(r"No overload variant .*\bNone"),
    "index": re.compile(r'Value of type ".* \| None" is not indexable'),
    "dict-item": re.compile(r'has incompatible type ".*\bNone'),
    "list-item": re.compile(r'has incompatible type ".*\bNone'),
    "operator": re.compile(r'\bNone"'),
    "type-var": re.compile(r'cannot be ".*\bNone'),
    "union-attr": re.compile('Item "None" of '),
}
"""mypy's texts about None, by their codes. Other texts may show a type with None, and be about the rest."""

_CERTAIN: Final = re.compile(
    r'\("None"\)|\("None" and |and "None"\)|type for in \(".* \| None"\)|not indexable|Item "None" of'
)
"""Texts that are about None alone. For all others, mypy judges the expression again, without None."""

_METHODS: Final = ("__getitem__", "__contains__")
"""The methods of which a value must have one to be indexed, or searched by ``in``."""

_ABOUT_KEYS: Final = "typeddict-item"
_NOT_ITERABLE: Final = '"__iter__"'
"""mypy's error about an iteration over None names this attribute."""


def may_explain(info: ErrorInfo) -> bool:
    """Return whether an error may be about a value that is None, by its code and text."""
    code = info.code.code if info.code is not None else ""
    about = _ABOUT_NONE.get(code)
    return code == _ABOUT_KEYS or (about is not None and about.search(info.message) is not None)


def explain(checker: Checker, site: Site, info: ErrorInfo) -> Sequence[Problem]:
    """The reads that an error about a value comes from; empty if it has another reason."""
    code = info.code.code if info.code is not None else ""
    if code == _ABOUT_KEYS and isinstance(site.parent, IndexExpr):
        return _follows(checker, site, site.parent.base)
    about = _ABOUT_NONE.get(code)
    if about is None or about.search(info.message) is None:
        return ()
    if _CERTAIN.search(info.message) is None:
        return _excluded(checker, site, info)
    if _NOT_ITERABLE in info.message and isinstance(site.node, Expression):
        return read_of(checker, site, site.node)
    used = [*_USED.get(type(site.node), _itself)(site, info)]
    if "| None" in info.message and code != "union-attr":
        used = [one for one in used if _has_items(checker.stored_type(one))]
    return next((found for one in used if (found := read_of(checker, site, one))), ())


def _excluded(checker: Checker, site: Site, info: ErrorInfo) -> Sequence[Problem]:
    """The reads of the operands without which mypy has no error, once None is excluded from them."""
    whole, used = _whole_of(site)
    if whole is None or not checker.allows_evaluation or _is_of_ours(checker, whole):
        return ()
    reads = [(one, found) for one in used if (found := read_of(checker, site, one))]
    narrowed = {one: without_none(checker.stored_type(one)) for one, _ in reads}
    if not reads or checker.is_wrong_with(whole, narrowed, info):
        return ()
    return [one for _, found in reads for one in found]


def _whole_of(site: Site) -> tuple[Expression | None, Sequence[Expression]]:
    """The call or operation that an error is about, and its parts that the error may be about."""
    node = site.node
    if isinstance(node, CallExpr):
        return node, node.args
    if isinstance(node, OperatorAssignmentStmt):
        total = OpExpr(node.op, node.lvalue, node.rvalue)
        total.set_line(node)
        return total, [node.lvalue, node.rvalue]
    if isinstance(node, (ComparisonExpr, OpExpr, UnaryExpr)):
        return node, [one for one in children(node) if isinstance(one, Expression)]
    for inner, around in pairwise(one.node for one in site.around()):
        if isinstance(around, CallExpr) and inner is not around.callee and isinstance(node, Expression):
            return around, [node]
        if not isinstance(inner, (ConditionalExpr, DictExpr, ListExpr, TupleExpr)) and inner is not node:
            break
    return None, ()


def _is_of_ours(checker: Checker, whole: Expression) -> bool:
    """Return whether a call is one of a client package, whose arguments have names and hints."""
    callee = checker.callee_type(whole) if isinstance(whole, CallExpr) else None
    definition = callee.items[0].definition if isinstance(callee, FunctionLike) else None
    return definition is not None and is_ours(definition.fullname)


def without_none(found: Type | None) -> Type:
    """The type without None."""
    members = () if found is None else shapes.members(found)
    return UnionType.make_union([one for one in members if not isinstance(one, NoneType)])


def _has_items(found: Type | None) -> bool:
    """Return whether a value can be indexed or searched, unless it is None."""
    return all(
        isinstance(one, (NoneType, TypedDictType))
        or (isinstance(one, Instance) and any(one.type.get(name) for name in _METHODS))
        for one in (() if found is None else shapes.members(found))
    )


def read_of(checker: Checker, site: Site, used: Expression) -> Sequence[Problem]:
    """The read of a nullable key that is a used value, or that a used variable was assigned from."""
    if not may_be_none(checker.stored_type(used)):
        return ()
    if not isinstance(used, NameExpr):
        return _nullable(checker, used)
    for origin in origins_of(checker.tree, site, used):
        if origin.is_iterated:
            return ()
        if found := _nullable(checker, origin.expression, used.name):
            return found
        if may_be_none(checker.stored_type(origin.expression)):
            return ()
    return ()


def _follows(checker: Checker, site: Site, item: Expression) -> Sequence[Problem]:
    """The read of a nullable list, if an error about one of its items follows from it.

    mypy does not narrow such an item: the iteration over None made its type uncertain.
    """
    found = checker.stored_type(item)
    if not isinstance(item, NameExpr) or found is None:
        return ()
    if not any(isinstance(one, AnyType) for one in shapes.members(found)) or not _is_narrowed(site, item):
        return ()
    origin = origin_of(checker.tree, site, item)
    return _nullable(checker, origin.expression) if origin is not None and origin.is_iterated else ()


def _is_narrowed(site: Site, item: NameExpr) -> bool:
    """Return whether a condition around a place compares a key of a variable."""
    for one in site.trail:
        conditions = one.expr if isinstance(one, IfStmt) else _condition(one)
        if any(_compares(condition, item) for condition in conditions):
            return True
    return False


def _condition(node: Node) -> list[Expression]:
    if isinstance(node, ConditionalExpr):
        return [node.cond]
    return [node.left] if isinstance(node, OpExpr) and node.op == "and" else []


def _compares(condition: Node, item: NameExpr) -> bool:
    if isinstance(condition, ComparisonExpr):
        bases = (one.base for one in condition.operands if isinstance(one, IndexExpr))
        return any(isinstance(one, NameExpr) and one.node is item.node for one in bases)
    return any(_compares(one, item) for one in children(condition))


def _nullable(checker: Checker, read: Expression, variable: str = "") -> Sequence[Problem]:
    """The problem of a read of a key that may be null, if it is one of the API.

    ``variable`` is the name that it is assigned to.
    """
    read = read.value if isinstance(read, AssignmentExpr) else read
    key, owner = taken_from(read)
    found = None if owner is None else checker.stored_type(owner)
    owners = () if found is None else shapes.typed_dicts(found)
    if owner is None or not owners or not all(map(is_api_type, owners)):
        return ()
    if not may_be_none(checker.stored_type(read)) or not any(
        may_be_none(one.items.get(key)) or (isinstance(read, CallExpr) and key not in one.required_keys)
        for one in owners
    ):
        return ()
    place = key_path(name_of(owner, checker.stored_types), key)
    checked = variable or written(read)
    return [Problem(read, read_messages.null_key(place, "" if checked == ELLIPSIS else checked))]


def may_be_none(found: Type | None) -> bool:
    """Return whether a type is a union with None."""
    members = () if found is None else shapes.members(found)
    return len(members) > 1 and any(isinstance(one, NoneType) for one in members)


def _owner_of_member(site: Site, info: ErrorInfo) -> Iterator[Expression]:
    assert isinstance(site.node, MemberExpr)
    yield site.node.expr
    yield site.node


def _base(site: Site, _info: ErrorInfo) -> Iterator[Expression]:
    assert isinstance(site.node, IndexExpr)
    yield site.node.base


def _operands(site: Site, _info: ErrorInfo) -> Iterator[Expression]:
    assert isinstance(site.node, (ComparisonExpr, OperatorAssignmentStmt, OpExpr))
    yield from (one for one in children(site.node) if isinstance(one, Expression))


def _itself(site: Site, info: ErrorInfo) -> Iterator[Expression]:
    """The iterated expression, or the operands of an operation that begins with it."""
    if isinstance(site.node, Expression):
        yield site.node
    for around in site.around():
        if start_of(around.node) != start_of(site.node):
            return
        if isinstance(around.node, (ComparisonExpr, OperatorAssignmentStmt, OpExpr)):
            yield from _operands(around, info)
        elif around.node is site.parent and isinstance(around.node, (IndexExpr, MemberExpr)):
            yield around.node.base if isinstance(around.node, IndexExpr) else around.node.expr


_USED: Final[Mapping[type[Node], Callable[[Site, ErrorInfo], Iterator[Expression]]]] = {
    MemberExpr: _owner_of_member,
    IndexExpr: _base,
    OpExpr: _operands,
    OperatorAssignmentStmt: _operands,
    ComparisonExpr: _operands,
}
"""The expressions in a piece of syntax that may be None where they must not be."""
