"""The path of a display, from the syntax around it: ``messages[1].content[0]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from mypy.nodes import (
    Argument,
    AssignmentStmt,
    CallExpr,
    DictExpr,
    Expression,
    GeneratorExpr,
    IndexExpr,
    ListExpr,
    MemberExpr,
    Node,
    OperatorAssignmentStmt,
    ReturnStmt,
    StrExpr,
    TupleExpr,
    YieldExpr,
)
from mypy.types import FunctionLike, Type, TypedDictType

from typed_openai_mypy.calls.callees import UNNAMED
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.displays.statements import target_name
from typed_openai_mypy.messages import sentences
from typed_openai_mypy.syntax.tree import display_of, index_of

_ANY_ITEM: Final = re.compile(r"^\[\d+\]")


def place_of(api: object, display: Expression) -> str:
    """The path of an expression in its statement; empty if nothing around it has a name."""
    trail = trail_to(api, display)
    return _named(api, trail) if trail else ""


def trail_to(api: object, display: Expression) -> tuple[Node, ...]:
    """The syntax around an expression, outermost first, including itself; empty if it is not found."""
    tree = hook_context.current_tree(api)
    if tree is None:
        return ()
    start, end = (display.line, display.column), (display.end_line or 0, display.end_column or 0)
    trail = index_of(tree).site(start, end).trail
    depth = next((i for i, node in enumerate(trail) if _is(node, display)), None)
    return () if depth is None else trail[: depth + 1]


def _is(node: Node, display: Expression) -> bool:
    return node is display or (isinstance(node, Expression) and display_of(node) is display)


def _named(api: object, trail: tuple[Node, ...]) -> str:
    steps = ""
    for parent, child in zip(trail[-2::-1], trail[:0:-1], strict=True):
        if isinstance(parent, CallExpr) and display_of(parent) is parent:
            return f"{_argument(api, parent, child)}{steps}".removeprefix(".")
        name = _NAMES.get(type(parent))
        if name is not None:
            more = isinstance(parent, OperatorAssignmentStmt)
            return f"{name(parent, child)}{_ANY_ITEM.sub('[...]', steps) if more else steps}"
        step = _STEPS.get(type(parent))
        steps = f"{step(parent, child)}{steps}" if step is not None else steps
    return steps.removeprefix(".")


def _argument(api: object, call: CallExpr, child: Node) -> str:
    """The name of the argument that an expression is, in the call or in the signature."""
    for index, (argument, name) in enumerate(zip(call.args, call.arg_names, strict=True)):
        if argument is child and not call.arg_kinds[index].is_star():
            callee = hook_context.type_of_expression(api, call.callee)
            return name or _formal(callee, index) or _unnamed(api, call)
    return ""


def _formal(callee: Type | None, index: int) -> str:
    """The name of a positional formal; empty if it has none."""
    signature = callee.items[0] if isinstance(callee, FunctionLike) else None
    if signature is None or index >= len(signature.arg_names):
        return ""
    return signature.arg_names[index] or ""


def _unnamed(api: object, call: CallExpr) -> str:
    """The path of an argument without a name; empty for methods of TypedDicts, which take keys."""
    if not isinstance(call.callee, MemberExpr):
        return ""
    owner = hook_context.type_of_expression(api, call.callee.expr)
    return "" if isinstance(owner, TypedDictType) else UNNAMED.get(call.callee.name, "")


def _item(parent: Node, child: Node) -> str:
    assert isinstance(parent, (ListExpr, TupleExpr))
    return next((f"[{number}]" for number, one in enumerate(parent.items) if one is child), "[...]")


def _key(parent: Node, child: Node) -> str:
    assert isinstance(parent, DictExpr)
    key = next((key for key, value in parent.items if value is child), None)
    if not isinstance(key, StrExpr):
        return ""
    step = sentences.key_path("", key.value)
    return step if step.startswith("[") else f".{step}"


def _target(parent: Node, child: Node) -> str:
    assert isinstance(parent, AssignmentStmt)
    target = parent.lvalues[0]
    if not isinstance(target, IndexExpr):
        return target_name(target)
    base, key = target_name(target.base), target.index
    return sentences.key_path(base, key.value) if isinstance(key, StrExpr) else f"{base}[...]"


def _extended(parent: Node, child: Node) -> str:
    assert isinstance(parent, OperatorAssignmentStmt)
    return target_name(parent.lvalue)


def _default(parent: Node, child: Node) -> str:
    assert isinstance(parent, Argument)
    return parent.variable.name


_STEPS: Final[Mapping[type[Node], Callable[[Node, Node], str]]] = {
    ListExpr: _item,
    TupleExpr: _item,
    DictExpr: _key,
    GeneratorExpr: lambda parent, child: "[...]",
}
_NAMES: Final[Mapping[type[Node], Callable[[Node, Node], str]]] = {
    AssignmentStmt: _target,
    OperatorAssignmentStmt: _extended,
    Argument: _default,
    ReturnStmt: lambda parent, child: "return value",
    YieldExpr: lambda parent, child: "yielded value",
}
