"""A variable that may be None because the key it was read from may be null: one mistake, at the read.

mypy reports each use of such a variable. All of them are about the line where it was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import (
    CallExpr,
    ComparisonExpr,
    ConditionalExpr,
    Expression,
    IfStmt,
    IndexExpr,
    MemberExpr,
    NameExpr,
    Node,
    OpExpr,
    StrExpr,
)
from mypy.types import AnyType, Instance, NoneType, Type, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.ownership import is_api_type
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Problem
from typed_openai_mypy.messages import replies
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.reading.reads import key_of_get
from typed_openai_mypy.syntax.origins import origin_of
from typed_openai_mypy.syntax.tree import Site, children

_ABOUT_NONE: Final[Mapping[str, re.Pattern[str]]] = {
    "index": re.compile(r'Value of type ".* \| None" is not indexable'),
    "operator": re.compile(r'\("None"\)|\("None" and |and "None"\)|type for in \(".* \| None"\)'),
    "union-attr": re.compile('Item "None" of '),
}
"""mypy's texts about None, by their codes. Other texts may show a type with None, and be about the rest."""

_METHODS: Final = ("__getitem__", "__contains__")
"""The methods of which a value must have one to be indexed, or searched by ``in``."""

_ABOUT_KEYS: Final = "typeddict-item"
_NOT_ITERABLE: Final = '"__iter__"'
"""mypy's error about an iteration over None names this attribute."""


def explain(checker: Checker, site: Site, info: ErrorInfo) -> Problem | None:
    """The read that an error about a variable comes from; None if it has another reason."""
    code = info.code.code if info.code is not None else ""
    if code == _ABOUT_KEYS and isinstance(site.parent, IndexExpr):
        return _follows(checker, site, site.parent.base)
    about = _ABOUT_NONE.get(code)
    if about is None or about.search(info.message) is None:
        return None
    if _NOT_ITERABLE in info.message and isinstance(site.node, Expression):
        return _nullable(checker, site.node) or _read(checker, site, site.node)
    used = [*_USED.get(type(site.node), _itself)(site, info)]
    if "| None" in info.message and code != "union-attr":
        used = [one for one in used if _has_items(checker.stored_type(one))]
    return next((found for one in used if (found := _read(checker, site, one)) is not None), None)


def _has_items(found: Type | None) -> bool:
    """Return whether a value can be indexed or searched, unless it is None."""
    return all(
        isinstance(one, (NoneType, TypedDictType))
        or (isinstance(one, Instance) and any(one.type.get(name) for name in _METHODS))
        for one in (() if found is None else shapes.members(found))
    )


def _read(checker: Checker, site: Site, used: Expression) -> Problem | None:
    """The read of a nullable key that a used variable was assigned from."""
    if not isinstance(used, NameExpr) or not _may_be_none(checker.stored_type(used)):
        return None
    origin = origin_of(checker.tree, site, used)
    if origin is None or origin.is_iterated:
        return None
    return _nullable(checker, origin.expression)


def _follows(checker: Checker, site: Site, item: Expression) -> Problem | None:
    """The read of a nullable list, if an error about one of its items follows from it.

    mypy does not narrow such an item: the iteration over None made its type uncertain.
    """
    found = checker.stored_type(item)
    if not isinstance(item, NameExpr) or found is None:
        return None
    if not any(isinstance(one, AnyType) for one in shapes.members(found)) or not _is_narrowed(site, item):
        return None
    origin = origin_of(checker.tree, site, item)
    return _nullable(checker, origin.expression) if origin is not None and origin.is_iterated else None


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


def _nullable(checker: Checker, read: Expression) -> Problem | None:
    """The problem of a read of a key that may be null, if it is one of the API."""
    owner, key = _taken(read)
    found = None if owner is None else checker.stored_type(owner)
    owners = () if found is None else shapes.typed_dicts(found)
    if owner is None or not owners or not all(map(is_api_type, owners)):
        return None
    if not _may_be_none(checker.stored_type(read)) or not any(
        _may_be_none(one.items.get(key)) for one in owners
    ):
        return None
    return Problem(read, replies.null_read(key_path(_name_of(owner), key)))


def _taken(read: Expression) -> tuple[Expression | None, str]:
    """The owner and the key of ``owner["key"]`` and ``owner.get("key")``."""
    if isinstance(read, IndexExpr) and isinstance(read.index, StrExpr):
        return read.base, read.index.value
    if isinstance(read, CallExpr) and isinstance(read.callee, MemberExpr):
        key = key_of_get(read)
        return (None, "") if key is None else (read.callee.expr, key)
    return None, ""


def _name_of(owner: Expression) -> str:
    """The name of a variable, or the last key that leads to a value; empty for anything else."""
    if isinstance(owner, NameExpr):
        return owner.name
    _, key = _taken(owner)
    return key


def _may_be_none(found: Type | None) -> bool:
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
    assert isinstance(site.node, (ComparisonExpr, OpExpr))
    yield from (
        site.node.operands if isinstance(site.node, ComparisonExpr) else (site.node.left, site.node.right)
    )


def _itself(site: Site, info: ErrorInfo) -> Iterator[Expression]:
    """The iterated expression, or the left operand of an operation around it."""
    if isinstance(site.node, Expression):
        yield site.node
    around = site.parent
    if isinstance(around, (ComparisonExpr, OpExpr)):
        yield from _operands(Site(site.trail[:-1]), info)
    elif isinstance(around, (IndexExpr, MemberExpr)):
        yield around.base if isinstance(around, IndexExpr) else around.expr


_USED: Final[Mapping[type[Node], Callable[[Site, ErrorInfo], Iterator[Expression]]]] = {
    MemberExpr: _owner_of_member,
    IndexExpr: _base,
    OpExpr: _operands,
    ComparisonExpr: _operands,
}
"""The expressions in a piece of syntax that may be None where they must not be."""
