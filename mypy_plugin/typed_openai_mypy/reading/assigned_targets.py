"""Assignments to targets: names, attributes, items, and tuples of them."""

from __future__ import annotations

from mypy.nodes import Expression, IndexExpr, ListExpr, MemberExpr, StarExpr, TupleExpr

from typed_openai_mypy.reading.contents import UNKNOWN, Content
from typed_openai_mypy.reading.flow import Flow
from typed_openai_mypy.reading.references import literal_index, reference_of


def assign_to(flow: Flow, target: Expression, content: Content, value: Expression | None = None) -> None:
    """Assign a value to a target; ``value`` is the expression that was evaluated, if there is one."""
    if isinstance(target, (TupleExpr, ListExpr)):
        _assign_each(flow, target, content, value)
        return
    if isinstance(target, StarExpr):
        assign_to(flow, target.expr, UNKNOWN)
        return
    if isinstance(target, IndexExpr):
        _give_key(flow, target)
    elif isinstance(target, MemberExpr):
        flow.value(target.expr)
    flow.assign(target, content, value)


def _assign_each(
    flow: Flow, target: TupleExpr | ListExpr, content: Content, value: Expression | None
) -> None:
    is_display = isinstance(value, (TupleExpr, ListExpr)) and len(value.items) == len(target.items)
    given = value.items if is_display and isinstance(value, (TupleExpr, ListExpr)) else None
    for number, one in enumerate(target.items):
        assign_to(flow, one, content.item(number), None if given is None else given[number])


def _give_key(flow: Flow, target: IndexExpr) -> None:
    """Evaluate the owner of an assigned item, which has that key from now on."""
    owner = flow.value(target.base)
    flow.value(target.index)
    reference, key = reference_of(target.base), literal_index(target.index)
    if reference is not None and isinstance(key, str):
        flow.state.narrow(reference, owner.with_key(key, flow.typed_dicts(target.base)))
