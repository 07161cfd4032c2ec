"""Finds the owner of an error: the call, assignment or access that sets the expected type at its place.

An error has a place and a code, and the owner follows from these and the syntax alone: an ``arg-type``
belongs to the call around the argument, an ``assignment`` to the statement around the value, an
``attr-defined`` to the access itself. An error of a statement is therefore never assigned to a call inside
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import (
    Argument,
    AssignmentExpr,
    AssignmentStmt,
    AwaitExpr,
    CallExpr,
    ClassDef,
    ComparisonExpr,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    IndexExpr,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    ReturnStmt,
    SetComprehension,
    SetExpr,
    StarExpr,
    TupleExpr,
    WithStmt,
    YieldExpr,
    YieldFromExpr,
)

from typed_openai_mypy.syntax.tree import Site, end_of, parts_of, start_of
from typed_openai_spec.records import dataclass

VALUE: Final = frozenset(
    {
        "arg-type",
        "dict-item",
        "list-item",
        "misc",
        "return-value",
        "typeddict-item",
        "typeddict-unknown-key",
    }
)
"""mypy's codes for a value that does not fit the expected type."""

ARITY: Final = frozenset({"call-arg"})
"""mypy's codes for mistakes in the number or the names of a call's arguments."""

_ATTRIBUTE: Final = frozenset({"attr-defined", "misc", "union-attr"})
"""mypy's codes for a value without the method that a statement calls on it."""

_NONE: Final = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Claim:
    """The codes of the errors that belong to a kind of syntax.

    ``own`` are codes of errors at the syntax itself, ``inside`` those of errors in the named ``parts``. With
    ``is_direct``, only errors at the parts themselves belong to it, not those deeper inside.
    """

    own: frozenset[str] = _NONE
    inside: frozenset[str] = _NONE
    parts: tuple[str, ...] = ()
    is_direct: bool = False


_CLAIMS: Final[Mapping[type[Node], Claim]] = {
    CallExpr: Claim(
        ARITY | {"call-overload", "misc", "type-var", "typeddict-item", "typeddict-unknown-key"},
        VALUE | ARITY,
        ("args",),
    ),
    IndexExpr: Claim(
        frozenset({"arg-type", "call-overload", "index", "misc", "operator", "typeddict-item", "union-attr"}),
        VALUE | {"index"},
        ("index",),
    ),
    MemberExpr: Claim(frozenset({"attr-defined", "union-attr"})),
    ComparisonExpr: Claim(
        frozenset({"comparison-overlap", "misc", "operator"}), VALUE | {"operator"}, ("operands",)
    ),
    OpExpr: Claim(frozenset({"misc", "operator"}), VALUE | {"operator"}, ("left", "right")),
    AwaitExpr: Claim(frozenset({"misc"})),
    AssignmentExpr: Claim(_NONE, VALUE | {"assignment"}, ("value",)),
    AssignmentStmt: Claim(
        frozenset({"assignment"}),
        VALUE | {"assignment", "index", "union-attr", "call-overload"},
        ("rvalue", "lvalues"),
    ),
    OperatorAssignmentStmt: Claim(
        frozenset({"assignment", "misc", "operator"}),
        VALUE | {"assignment", "operator"},
        ("rvalue", "lvalue"),
    ),
    Argument: Claim(_NONE, VALUE | {"assignment"}, ("initializer",)),
    ReturnStmt: Claim(frozenset({"return-value"}), VALUE, ("expr",)),
    YieldExpr: Claim(frozenset({"misc"}), VALUE, ("expr",)),
    YieldFromExpr: Claim(frozenset({"misc"}), VALUE, ("expr",)),
    ForStmt: Claim(_NONE, _ATTRIBUTE, ("expr",), is_direct=True),
    GeneratorExpr: Claim(_NONE, _ATTRIBUTE, ("sequences",), is_direct=True),
    WithStmt: Claim(_NONE, _ATTRIBUTE, ("expr",), is_direct=True),
    ClassDef: Claim(frozenset({"misc"}), VALUE | ARITY, ("keywords",)),
    FuncDef: Claim(frozenset({"override"}), frozenset({"override"}), ("arguments",)),
}

_TRANSPARENT: Final[Mapping[type[Node], tuple[str, ...]]] = {
    AssignmentExpr: ("value",),
    CallExpr: ("args",),
    ConditionalExpr: ("if_expr", "else_expr"),
    DictExpr: ("items",),
    DictionaryComprehension: ("key", "value"),
    GeneratorExpr: ("left_expr",),
    ListComprehension: ("generator",),
    ListExpr: ("items",),
    OpExpr: ("left", "right"),
    SetComprehension: ("generator",),
    SetExpr: ("items",),
    StarExpr: ("expr",),
    TupleExpr: ("items",),
}
"""The parts of expressions whose expected type follows from that of the whole or of its items."""

_NOT_CALLABLE: Final = '"None" not callable'
"""mypy's text, without a code of its own, for a call of a value that may be None; not about any argument."""

REWRITABLE: Final = frozenset[str]().union(*(one.own | one.inside for one in _CLAIMS.values()))
"""Errors with any other code are left unchanged."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A piece of syntax that an error may belong to.

    ``focus`` is the syntax from inside the owner down to the error; empty for an error about the whole.
    """

    site: Site
    focus: tuple[Node, ...]

    @property
    def part(self) -> Node:
        """The innermost syntax that can be explained by itself: an item of a list, or else an argument."""
        for parent, child in zip(self.focus[-2::-1], self.focus[:0:-1], strict=True):
            if isinstance(parent, (ListExpr, TupleExpr)):
                return child
        return self.focus[0] if self.focus else self.site.node


def owners_of(site: Site, info: ErrorInfo) -> Iterator[Owner]:
    """The pieces of syntax that an error at a site may belong to, the most likely one first."""
    code = info.code.code if info.code is not None else ""
    if info.message == _NOT_CALLABLE:
        return
    trail = _exact(site, info)
    if (claim := _CLAIMS.get(type(trail[-1]))) is not None and code in claim.own:
        yield Owner(Site(trail), ())
    for length in range(len(trail) - 1, 0, -1):
        parent, child = trail[length - 1], trail[length]
        claim = _CLAIMS.get(type(parent))
        is_claimed = claim is not None and code in claim.inside and _is_part(parent, child, claim.parts)
        if claim is not None and is_claimed and (length == len(trail) - 1 or not claim.is_direct):
            yield Owner(Site(trail[:length]), trail[length:])
        if not _hands_on(trail, length):
            return


def _exact(site: Site, info: ErrorInfo) -> tuple[Node, ...]:
    """The way to the innermost syntax with exactly the place of the error, or to the innermost of all."""
    start, end = (info.line, info.column), (info.end_line, info.end_column)
    for length in range(len(site.trail), 0, -1):
        node = site.trail[length - 1]
        if start_of(node) == start and end_of(node) == end:
            return site.trail[:length]
    return site.trail


def _is_part(parent: Node, child: Node, names: tuple[str, ...]) -> bool:
    """Return whether a child is in one of the named parts. The other parts are searched: they are short."""
    others = (getattr(parent, name) for name in parts_of(parent) if name not in names)
    return not any(child is one or (isinstance(one, list) and child in one) for one in others)


def _hands_on(trail: tuple[Node, ...], length: int) -> bool:
    """Return whether the expected type of ``trail[length - 1]`` determines that of ``trail[length]``."""
    parent, child = trail[length - 1], trail[length]
    names = _TRANSPARENT.get(type(parent))
    if names is not None and _is_part(parent, child, names):
        return True
    return any(isinstance(one, LambdaExpr) for one in trail[:length]) and not isinstance(parent, FuncDef)
