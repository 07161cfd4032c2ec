"""The strings that a value is compared with: literals, displays of them, and names that stand for these.

A name stands for its value if it is assigned once, in the same module: ``DONE = ("response.completed",)``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Expression,
    FuncItem,
    ListExpr,
    MypyFile,
    NameExpr,
    Node,
    RefExpr,
    SetExpr,
    StrExpr,
    SymbolNode,
    TupleExpr,
)

from typed_openai_mypy.syntax.bound_names import names_in, targets_of
from typed_openai_mypy.syntax.tree import children, display_of, index_of
from typed_openai_spec.records import dataclass

_CONTAINERS: Final = frozenset(f"builtins.{name}" for name in ("frozenset", "list", "set", "tuple"))


@dataclass(frozen=True, slots=True)
class Given:
    """A string that a value is compared with; ``node`` is what stands for it in the comparison."""

    text: str
    node: Expression


def value_of(expression: Expression, tree: MypyFile) -> Sequence[Given]:
    """The string that an expression is; empty if it is not known."""
    found = _followed(expression, tree)
    return [Given(found.value, expression)] if isinstance(found, StrExpr) else ()


def items_of(container: Expression, tree: MypyFile) -> Sequence[Given]:
    """The strings among the items of a container; a name is blamed for all that it stands for."""
    found = _followed(container, tree)
    if isinstance(found, CallExpr) and isinstance(found.callee, RefExpr) and len(found.args) == 1:
        found = found.args[0] if found.callee.fullname in _CONTAINERS else found
    if not isinstance(found, (ListExpr, SetExpr, TupleExpr)):
        return ()
    texts = [(_followed(one, tree), one) for one in found.items]
    is_named = isinstance(container, NameExpr)
    return [
        Given(text.value, container if is_named else one) for text, one in texts if isinstance(text, StrExpr)
    ]


def _followed(expression: Expression, tree: MypyFile) -> Expression:
    """The value that a name stands for; any other expression as it is."""
    if not isinstance(expression, NameExpr) or expression.node is None:
        return display_of(expression)
    own = index_of(tree).once("assigned once", lambda: _assigned_once(tree))
    return display_of(own.get(expression.node, expression))


def _assigned_once(tree: MypyFile) -> Mapping[SymbolNode, Expression]:
    """The values of all variables of a module that have only one."""
    counts: Counter[SymbolNode | None] = Counter()
    values: dict[SymbolNode, Expression] = {}
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FuncItem):
            counts.update(one.variable for one in node.arguments)
        counts.update(name.node for target in targets_of(node) for name in names_in(target))
        if isinstance(node, AssignmentStmt):
            given = (one.node for one in node.lvalues if isinstance(one, NameExpr))
            values.update((one, node.rvalue) for one in given if one is not None)
        waiting += children(node)
    return {variable: value for variable, value in values.items() if counts[variable] == 1}
