"""The place of a display in its statement, such as ``messages[1].content[0]``, from the syntax around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
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
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.syntax.tree import display_of, index_of
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.value_places import Place, render


@dataclass(frozen=True, slots=True)
class Around:
    """The place of an expression in its statement: a name, and the steps from what it names."""

    name: str = ""
    steps: Place = ()

    def __str__(self) -> str:
        return render(self.steps, self.name, key_path)

    def outside(self, key: str) -> Around:
        """The place without its last step, if that is ``key``."""
        return replace(self, steps=self.steps[:-1]) if self.steps[-1:] == (key,) else self


def place_of(api: object, display: Expression) -> Around:
    """The place of an expression in its statement; empty if no part around it has a name."""
    trail = trail_to(api, display)
    return _named(api, trail) if trail else Around()


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


def _named(api: object, trail: tuple[Node, ...]) -> Around:
    steps: Place = ()
    for parent, child in zip(trail[-2::-1], trail[:0:-1], strict=True):
        if isinstance(parent, CallExpr) and display_of(parent) is parent:
            return Around(_argument(api, parent, child), steps)
        start = _STARTS.get(type(parent))
        if start is not None:
            if isinstance(parent, OperatorAssignmentStmt) and steps and isinstance(steps[0], int):
                steps = (..., *steps[1:])  # the index of an item that is added is not known
            found = start(parent, child)
            return replace(found, steps=(*found.steps, *steps))
        step = _STEPS.get(type(parent))
        steps = (*step(parent, child), *steps) if step is not None else steps
    return Around("", steps)


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


def _item(parent: Node, child: Node) -> Place:
    assert isinstance(parent, (ListExpr, TupleExpr))
    return (next((number for number, one in enumerate(parent.items) if one is child), ...),)


def _key(parent: Node, child: Node) -> Place:
    assert isinstance(parent, DictExpr)
    key = next((key for key, value in parent.items if value is child), None)
    return (key.value,) if isinstance(key, StrExpr) else ()


def _target(parent: Node, child: Node) -> Around:
    assert isinstance(parent, AssignmentStmt)
    target = parent.lvalues[0]
    if not isinstance(target, IndexExpr):
        return Around(target_name(target))
    key = target.index
    return Around(target_name(target.base), (key.value if isinstance(key, StrExpr) else ...,))


def _extended(parent: Node, child: Node) -> Around:
    assert isinstance(parent, OperatorAssignmentStmt)
    return Around(target_name(parent.lvalue))


def _default(parent: Node, child: Node) -> Around:
    assert isinstance(parent, Argument)
    return Around(parent.variable.name)


_STEPS: Final[Mapping[type[Node], Callable[[Node, Node], Place]]] = {
    ListExpr: _item,
    TupleExpr: _item,
    DictExpr: _key,
    GeneratorExpr: lambda parent, child: (...,),
}
"""The steps from a display to what is in it."""

_STARTS: Final[Mapping[type[Node], Callable[[Node, Node], Around]]] = {
    AssignmentStmt: _target,
    OperatorAssignmentStmt: _extended,
    Argument: _default,
    ReturnStmt: lambda parent, child: Around("return value"),
    YieldExpr: lambda parent, child: Around("yielded value"),
}
"""The places that a statement gives what is in it."""
