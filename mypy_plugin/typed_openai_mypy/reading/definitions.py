"""Functions and classes inside the code that is followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mypy.nodes import Block, ClassDef, Decorator, FuncDef, Node, OverloadedFuncDef, Statement

from typed_openai_mypy.reading.flow import Flow


def _function(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, FuncDef)
    for argument in statement.arguments:
        if argument.initializer is not None:
            flow.value(argument.initializer)
    if not flow.watch.skips(statement):
        flow.defer(statement, {})


def _decorated(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, Decorator)
    for one in statement.decorators:
        flow.value(one)
    _function(flow, statement.func)


def _overloaded(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, OverloadedFuncDef)
    for one in statement.items:
        flow.run(one)
    if statement.impl is not None and statement.impl not in statement.items:
        flow.run(statement.impl)


def _class(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, ClassDef)
    for one in [*statement.decorators, *statement.base_type_exprs, *statement.keywords.values()]:
        flow.value(one)
    flow.block(statement.defs.body)


def _block(flow: Flow, statement: Statement) -> None:
    assert isinstance(statement, Block)
    if not statement.is_unreachable:
        flow.block(statement.body)


DEFINITIONS: Final[Mapping[type[Node], Callable[[Flow, Statement], None]]] = {
    FuncDef: _function,
    Decorator: _decorated,
    OverloadedFuncDef: _overloaded,
    ClassDef: _class,
    Block: _block,
}
