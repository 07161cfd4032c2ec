"""``await client.chat...``, ``async for`` and ``async with`` on the synchronous client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mypy.nodes import AwaitExpr, CallExpr, Expression, ForStmt, GeneratorExpr, Node, WithStmt
from mypy.types import FunctionLike, Instance

from typed_openai_mypy import codes
from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Problem
from typed_openai_mypy.messages import replies
from typed_openai_mypy.messages.fragments import written
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.syntax.tree import Site


def explain_await(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``await client.models.list_models()``: the call returns the reply itself."""
    assert isinstance(site.node, AwaitExpr)
    given = site.node.expr
    if not _is_wanted(explainer) or not _is_ours(explainer.checker, given):
        return None
    found = explainer.checker.known_type(given)
    explainer.skip(given)
    if any(_has(one, "__await__") for one in shapes.members(found)):
        return None
    method = written(given.callee) if isinstance(given, CallExpr) else ""
    text = replies.not_awaitable(type_text(found), method)
    return [Problem(site.node, text, code=codes.ASYNC)]


def explain_loop(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``async for event in stream``, as a statement or in a comprehension."""
    node = site.node
    if isinstance(node, GeneratorExpr):
        loops = zip(node.sequences, node.is_async, strict=True)
        iterated = [sequence for sequence, is_async in loops if is_async]
    else:
        assert isinstance(node, ForStmt)
        iterated = [node.expr] if node.is_async else []
    return _explain(explainer, iterated, "__aiter__", "for")


def explain_with(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``async with Client() as client``."""
    assert isinstance(site.node, WithStmt)
    entered = site.node.expr if site.node.is_async else []
    return _explain(explainer, entered, "__aenter__", "with")


def _explain(
    explainer: Explainer, given: Sequence[Expression], method: str, statement: str
) -> list[Problem] | None:
    problems = []
    for one in given if _is_wanted(explainer) else ():
        found = explainer.checker.known_type(one)
        if _is_ours(explainer.checker, one) and not any(
            _has(member, method) for member in shapes.members(found)
        ):
            explainer.skip(one)
            text = replies.not_asynchronous(type_text(found), statement)
            problems.append(Problem(one, text, code=codes.ASYNC))
    return problems or None


def _is_wanted(explainer: Explainer) -> bool:
    return explainer.checker.is_enabled(codes.ASYNC) and not explainer.program.is_disabled(codes.ASYNC)


def _is_ours(checker: Checker, given: Expression) -> bool:
    """Return whether an expression is a call of a client package or a value of one of its types."""
    if isinstance(given, CallExpr):
        callee = checker.callee_type(given)
        definition = callee.items[0].definition if isinstance(callee, FunctionLike) else None
        if definition is not None and is_ours(definition.fullname):
            return True
    return shapes.mentions_ours(checker.known_type(given))


def _has(member: object, method: str) -> bool:
    return isinstance(member, Instance) and member.type.get(method) is not None


ANCHORS: Final[Mapping[type[Node], Anchor]] = {
    AwaitExpr: explain_await,
    ForStmt: explain_loop,
    GeneratorExpr: explain_loop,
    WithStmt: explain_with,
}
