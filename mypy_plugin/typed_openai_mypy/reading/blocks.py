"""Effects of ``if``, loops, ``try`` and ``with`` on the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mypy.nodes import (
    Block,
    CallExpr,
    Expression,
    ForStmt,
    IfStmt,
    Node,
    RaiseStmt,
    RefExpr,
    Statement,
    TryStmt,
    TupleExpr,
    WhileStmt,
    WithStmt,
)
from mypy.types import FunctionLike, Instance, LiteralType, get_proper_type

from typed_openai_mypy.api.declared import member_type
from typed_openai_mypy.reading.assigned_targets import assign_to
from typed_openai_mypy.reading.contents import UNKNOWN
from typed_openai_mypy.reading.flow import Flow, Loop
from typed_openai_mypy.reading.ways import Attempt, Way

_MOST_ROUNDS: Final = 8
"""The number of times that a loop is followed at most: what is known can only become less."""

_CATCHING: Final = frozenset({"builtins.KeyError", "builtins.LookupError"})
"""The exceptions whose handlers expect a missing key; those of broader ones hide it."""

_SUPPRESS: Final = "contextlib.suppress"


def _if(flow: Flow, statement: Statement) -> None:
    """Follow the branches of ``if`` and ``elif``; each condition is evaluated if those before are false."""
    assert isinstance(statement, IfStmt)
    start = flow.state.mark()
    ends: list[Way] = []
    for condition, body in zip(statement.expr, statement.body, strict=True):
        true, false = flow.branch(condition)
        mark = flow.state.mark()
        flow.state.go(None if body.is_unreachable else true)
        flow.block(body.body)
        ends.append(flow.state.since(start))
        flow.state.go_back(mark)
        flow.state.go(false)
        if not flow.state.is_reached:
            break
    if statement.else_body is not None and not statement.else_body.is_unreachable:
        flow.block(statement.else_body.body)
    elif statement.else_body is not None:
        flow.state.is_reached = False
    ends.append(flow.state.since(start))
    flow.state.go_back(start)
    flow.state.go(flow.state.met(ends))


def _while(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, WhileStmt)
    _loop(flow, statement.body, statement.else_body, lambda: flow.branch(statement.expr))


def _for(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, ForStmt)
    items = flow.value(statement.expr).item()

    def next_item() -> tuple[Way, Way]:
        mark = flow.state.mark()
        assign_to(flow, statement.index, items)
        way = flow.state.since(mark)
        flow.state.go_back(mark)
        return way, {}

    flow.state.note_raising()
    _loop(flow, statement.body, statement.else_body, next_item)


def _loop(flow: Flow, body: Block, after: Block | None, enter: Callable[[], tuple[Way, Way]]) -> None:
    """Follow a loop until another round would find nothing new."""
    start = flow.state.mark()
    head: Way = {}
    for _ in range(_MOST_ROUNDS):
        flow.state.go(head)
        loop = Loop(start)
        flow.loops.append(loop)
        begin, leave = enter()
        inside = flow.state.mark()
        flow.state.go(begin)
        flow.block(body.body)
        again = flow.state.met([flow.state.since(start), *loop.continues])
        flow.state.go_back(inside)
        flow.loops.pop()
        flow.state.go_back(start)
        met = flow.state.met([head, again])
        if flow.state.is_same(head, met):
            break
        head = met
    flow.state.go(head)
    flow.state.go(leave)
    if after is not None:
        flow.block(after.body)
    ends = [flow.state.since(start), *loop.breaks]
    flow.state.go_back(start)
    flow.state.go(flow.state.met(ends))


def _try(flow: Flow, statement: Statement) -> None:
    """Follow ``try``: a handler begins with any state in which the block may have raised."""
    assert isinstance(statement, TryStmt)
    start = flow.state.mark()
    attempt = Attempt()
    flow.state.attempts.append(attempt)
    _attempt(flow, statement)
    flow.state.attempts.pop()
    if statement.else_body is not None and flow.state.is_reached:
        flow.block(statement.else_body.body)
    ends = [flow.state.since(start)]
    flow.state.go_back(start)
    raised = dict(attempt.raised)
    for number, handler in enumerate(statement.handlers):
        flow.state.go(raised)
        _handle(flow, statement, number)
        flow.block(handler.body)
        ends.append(flow.state.since(start))
        flow.state.go_back(start)
    end = flow.state.met(ends)
    if statement.finally_body is not None:
        _finish(flow, statement.finally_body, flow.state.met([raised, end]) if end else raised)
    flow.state.go(end)
    if statement.finally_body is not None and flow.state.is_reached:
        flow.block(statement.finally_body.body)


def _attempt(flow: Flow, statement: TryStmt) -> None:
    """Follow the block of ``try``."""
    handlers = zip(statement.types, statement.handlers, strict=True)
    if any(_catches_missing_key(caught) and not _raises_again(body) for caught, body in handlers):
        with flow.caught():
            flow.block(statement.body.body)
    else:
        flow.block(statement.body.body)


def _finish(flow: Flow, body: Block, raised: Way) -> None:
    """Follow ``finally`` after an exception, or after any other end."""
    mark = flow.state.mark()
    flow.state.go(raised)
    flow.block(body.body)
    flow.state.go_back(mark)


def _handle(flow: Flow, statement: TryStmt, number: int) -> None:
    caught, variable = statement.types[number], statement.vars[number]
    if caught is not None:
        flow.value(caught)
    if variable is not None:
        assign_to(flow, variable, UNKNOWN)


def _catches_missing_key(caught: Expression | None) -> bool:
    """Return whether a handler is for ``KeyError``."""
    if isinstance(caught, TupleExpr):
        return any(map(_catches_missing_key, caught.items))
    return isinstance(caught, RefExpr) and caught.fullname in _CATCHING


def _raises_again(handler: Block) -> bool:
    """Return whether a handler raises the exception that it has caught."""
    return any(isinstance(one, RaiseStmt) and one.expr is None for one in handler.body)


def _with(flow: Flow, statement: Statement) -> None:
    """Follow ``with``; after one that swallows exceptions, the block may have ended anywhere."""
    assert isinstance(statement, WithStmt)
    for manager, target in zip(statement.expr, statement.target, strict=True):
        flow.value(manager)
        if target is not None:
            assign_to(flow, target, UNKNOWN)
    if not any(_swallows(flow, one) for one in statement.expr):
        flow.block(statement.body.body)
        return
    inside = flow.state.mark()
    attempt = Attempt()
    flow.state.attempts.append(attempt)
    if any(map(_suppresses_missing_key, statement.expr)):
        with flow.caught():
            flow.block(statement.body.body)
    else:
        flow.block(statement.body.body)
    end = flow.state.since(inside)
    flow.state.attempts.pop()
    flow.state.go_back(inside)
    flow.state.go(flow.state.met([end, dict(attempt.raised)]))


def _suppresses_missing_key(manager: Expression) -> bool:
    callee = manager.callee if isinstance(manager, CallExpr) else None
    is_suppress = isinstance(callee, RefExpr) and callee.fullname == _SUPPRESS
    return is_suppress and isinstance(manager, CallExpr) and any(map(_catches_missing_key, manager.args))


def _swallows(flow: Flow, manager: Expression) -> bool:
    """Return whether a context manager may swallow exceptions: its ``__exit__`` returns a boolean."""
    found = get_proper_type(flow.types.get(manager))
    if not isinstance(found, Instance):
        return False
    for name in ("__exit__", "__aexit__"):
        exits = get_proper_type(member_type(found.type, name))
        for one in exits.items if isinstance(exits, FunctionLike) else ():
            result = get_proper_type(one.ret_type)
            result = result.fallback if isinstance(result, LiteralType) and result.value is True else result
            if isinstance(result, Instance) and result.type.fullname == "builtins.bool":
                return True
    return False


BLOCKS: Final[Mapping[type[Node], Callable[[Flow, Statement], None]]] = {
    IfStmt: _if,
    WhileStmt: _while,
    ForStmt: _for,
    TryStmt: _try,
    WithStmt: _with,
}
