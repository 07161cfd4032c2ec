"""The names of the tools of a kit, ``Tools(look, delete)``, if this file makes it and defines them all."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import ArgKind, CallExpr, Expression, FuncDef, MypyFile, NameExpr, RefExpr

from typed_openai_mypy.api.fullnames import KIT, TOOL
from typed_openai_mypy.packages import canonical
from typed_openai_mypy.syntax.single_assignments import decorated, only_value
from typed_openai_mypy.values.known_values import Known


def tools_of(tree: MypyFile, kit: Expression) -> list[str] | None:
    """Return the names of a kit's tools; None if they are not all known."""
    made = _made(tree, kit)
    if not isinstance(made, CallExpr) or not _is_called(made, {KIT}):
        return None
    pairs = zip(made.args, made.arg_kinds, strict=True)
    if any(kind is ArgKind.ARG_STAR for kind in made.arg_kinds):
        return None
    names = [_name(tree, one) for one, kind in pairs if kind is ArgKind.ARG_POS]
    known = [one for one in names if one is not None]
    return known if len(known) == len(names) else None


def _made(tree: MypyFile, expression: Expression) -> Expression | None:
    return only_value(tree, expression) if isinstance(expression, NameExpr) else expression


def _name(tree: MypyFile, given: Expression) -> str | None:
    """Return the name of one tool."""
    if isinstance(given, NameExpr) and (function := decorated(tree, given)) is not None:
        return _name_by(function.original_decorators, function.func.name)
    made = _made(tree, given)
    if not isinstance(made, CallExpr) or len(made.args) != 1:
        return None
    function_given = made.args[0]
    node = function_given.node if isinstance(function_given, NameExpr) else None
    is_plain = isinstance(node, FuncDef) and made.arg_kinds == [ArgKind.ARG_POS]
    return _name_by([made.callee], node.name) if is_plain and isinstance(node, FuncDef) else None


def _name_by(decorators: Sequence[Expression], own: str) -> str | None:
    """Return the name that the outermost decorator gives to a function that is called ``own``."""
    first = decorators[0] if decorators else None
    if isinstance(first, RefExpr) and canonical(first.fullname) in TOOL:
        return own if len(decorators) == 1 else None  # another decorator may rename the function
    if not isinstance(first, CallExpr) or not _is_called(first, TOOL):
        return None
    given = dict(zip(first.arg_names, first.args, strict=True))
    if "name" not in given:
        is_own = len(decorators) == 1 and None not in given
        return own if is_own else None
    name = Known().value(given["name"], ())
    return name or own if isinstance(name, str) else None


def _is_called(call: CallExpr, fullnames: frozenset[str] | set[str]) -> bool:
    return isinstance(call.callee, RefExpr) and canonical(call.callee.fullname) in fullnames
