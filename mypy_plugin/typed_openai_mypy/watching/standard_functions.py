"""Functions that refer only to builtins and the standard library: no value in them is of the API.

Their errors are left alone without finding their places in the syntax, which would cost more than all else.
Whatever is not known to be of the standard library counts as possibly of the API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mypy.nodes import (
    LDEF,
    BreakStmt,
    BytesExpr,
    ContinueStmt,
    FloatExpr,
    FuncDef,
    FuncItem,
    IntExpr,
    MypyFile,
    NameExpr,
    Node,
    PassStmt,
    StrExpr,
    SymbolNode,
    TypeInfo,
    Var,
)
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    Type,
    TypeAliasType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.syntax.tree import children, parts_of
from typed_openai_mypy.visibility import is_from_typeshed

_LEAVES: Final = (BreakStmt, BytesExpr, ContinueStmt, FloatExpr, IntExpr, PassStmt, StrExpr)

_OPAQUE: Final = frozenset(
    {
        "AssertTypeExpr",
        "CastExpr",
        "ClassDef",
        "Decorator",
        "FuncDef",
        "LambdaExpr",
        "MatchStmt",
        "OverloadedFuncDef",
        "RevealExpr",
        "SuperExpr",
    }
)
"""Syntax that refers to types in other ways than by its children."""

_DEEPEST: Final = 8


class StandardFunctions:
    """Knows the functions of a program that refer to the standard library alone."""

    def __init__(self) -> None:
        self._last: tuple[FuncItem, bool] | None = None

    def includes(self, function: FuncItem, modules: Mapping[str, MypyFile]) -> bool:
        """Return whether a function is one of them. The errors of a function come one after the other."""
        if self._last is None or self._last[0] is not function:
            is_standard = isinstance(function, FuncDef) and _is_standard(function, modules)
            self._last = function, is_standard
        return self._last[1]


def _is_standard(function: FuncDef, modules: Mapping[str, MypyFile]) -> bool:
    found = function.type
    if isinstance(found, CallableType) and not _are_standard((*found.arg_types, found.ret_type), modules):
        return False
    waiting: list[Node] = [*children(function)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, NameExpr):
            if not _is_standard_name(node, modules):
                return False
        elif not isinstance(node, _LEAVES):
            if type(node).__name__ in _OPAQUE or not parts_of(node):
                return False
            waiting += children(node)
    return True


def _is_standard_name(name: NameExpr, modules: Mapping[str, MypyFile]) -> bool:
    node = name.node
    if isinstance(node, Var) and name.kind == LDEF:
        return node.type is None or _is_standard_type(node.type, modules)
    return node is not None and _is_of_typeshed(node, modules)


def _is_of_typeshed(node: SymbolNode, modules: Mapping[str, MypyFile]) -> bool:
    """Return whether a module, class, function or variable is one of typeshed's."""
    module = node.module_name if isinstance(node, TypeInfo) else node.fullname
    if not isinstance(node, (MypyFile, TypeInfo)):
        module = module.rpartition(".")[0]
    tree = modules.get(module)
    return tree is not None and is_from_typeshed(tree)


def _are_standard(found: Iterable[Type], modules: Mapping[str, MypyFile], depth: int = 0) -> bool:
    return all(_is_standard_type(one, modules, depth) for one in found)


def _is_standard_type(found: Type, modules: Mapping[str, MypyFile], depth: int = 0) -> bool:
    """Return whether a type consists of classes of typeshed."""
    # An alias may be one of the API's, whatever it stands for.
    if depth > _DEEPEST or isinstance(found, TypeAliasType):
        return False
    proper = get_proper_type(found)
    if isinstance(proper, Instance):
        return _is_of_typeshed(proper.type, modules) and _are_standard(proper.args, modules, depth + 1)
    if isinstance(proper, (UnionType, TupleType)):
        return _are_standard(proper.items, modules, depth + 1)
    return isinstance(proper, (AnyType, LiteralType, NoneType, UninhabitedType))
