"""``await`` and ``async`` on the synchronous client, and a missing one on the async client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from mypy.nodes import AwaitExpr, CallExpr, Expression, ForStmt, GeneratorExpr, Node, WithStmt
from mypy.types import FunctionLike, Instance, get_proper_type

from typed_openai_mypy import codes
from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import STREAMS, is_ours
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Problem
from typed_openai_mypy.messages import replies
from typed_openai_mypy.messages.fragments import written
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.syntax.origins import origin_of
from typed_openai_mypy.syntax.tree import Site


def explain_await(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``await client.models.list_models()``: the call returns the reply itself."""
    assert isinstance(site.node, AwaitExpr)
    given = site.node.expr
    if not _is_wanted(explainer) or not _is_ours(explainer.checker, given):
        return None
    found = explainer.checker.known_type(given)
    explainer.skip(given)
    members = shapes.members(found)
    if any(_has(one, "__await__") for one in members):
        return None
    if all(_has(one, "__aiter__") for one in members):
        return [Problem(site.node, replies.awaited_loop(type_text(found)), code=codes.ASYNC)]
    if not _is_synchronous(explainer, site, given):
        return [Problem(site.node, replies.awaited_before(type_text(found)), code=codes.ASYNC)]
    method = written(given.callee) if isinstance(given, CallExpr) else ""
    text = replies.not_awaitable(type_text(found), method)
    return [Problem(site.node, text, code=codes.ASYNC)]


def explain_loop(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``async for event in stream``, as a statement or in a comprehension."""
    node = site.node
    if isinstance(node, GeneratorExpr):
        loops = zip(node.sequences, node.is_async, strict=True)
        return _explain(explainer, site, loops, _FOR)
    assert isinstance(node, ForStmt)
    return _explain(explainer, site, [(node.expr, node.is_async)], _FOR)


def explain_with(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``async with Client() as client``."""
    assert isinstance(site.node, WithStmt)
    return _explain(explainer, site, [(one, site.node.is_async) for one in site.node.expr], _WITH)


class _Statement(NamedTuple):
    """A statement, and the methods that it needs of a value, without and with ``async``."""

    name: str
    plain: str
    asynchronous: str


_FOR: Final = _Statement("for", "__iter__", "__aiter__")
_WITH: Final = _Statement("with", "__enter__", "__aenter__")


def _explain(
    explainer: Explainer, site: Site, given: Iterable[tuple[Expression, bool]], statement: _Statement
) -> list[Problem] | None:
    problems = []
    for one, is_async in given if _is_wanted(explainer) else ():
        text = _text(explainer, site, one, statement, is_async=is_async)
        if text is not None:
            explainer.skip(one)
            problems.append(Problem(one, text, code=codes.ASYNC))
    return problems or None


def _text(
    explainer: Explainer, site: Site, given: Expression, statement: _Statement, *, is_async: bool
) -> str | None:
    """The message about a value of the other client, or about one that is not awaited; None without one."""
    if not _is_ours(explainer.checker, given):
        return None
    if (missing := missing_await(explainer, given)) is not None:
        return missing.text
    found = explainer.checker.known_type(given)
    members = shapes.members(found)
    wanted, other = (
        (statement.asynchronous, statement.plain) if is_async else (statement.plain, statement.asynchronous)
    )
    if any(_has(one, wanted) for one in members):
        return None
    if is_async:
        call = awaited_call(explainer.checker, site, given)
        if call is not None and statement is _FOR and may_stream(explainer.checker, call):
            return replies.no_stream(type_text(found))
        is_synchronous = _is_synchronous(explainer, site, given)
        return replies.not_asynchronous(type_text(found), statement.name, is_synchronous=is_synchronous)
    is_other = all(_has(one, other) for one in members)
    return replies.not_synchronous(type_text(found), statement.name) if is_other else None


def missing_await(explainer: Explainer, given: Expression) -> Problem | None:
    """The mistake of using a coroutine of the async client in place of its result; None if it is none."""
    members = shapes.members(explainer.checker.known_type(given))
    is_coroutine = all(isinstance(one, Instance) and one.type.fullname == shapes.COROUTINE for one in members)
    if not is_coroutine or not _is_wanted(explainer) or not _is_ours(explainer.checker, given):
        return None
    method = written(given.callee) if isinstance(given, CallExpr) else ""
    return Problem(given, replies.not_awaited(method), code=codes.ASYNC)


def awaited_call(checker: Checker, site: Site, given: Expression) -> CallExpr | None:
    """The awaited call that a value is the result of; None without one."""
    origin = origin_of(checker.tree, site, given)
    awaited = origin.expression if origin is not None and not origin.is_iterated else None
    call = awaited.expr if isinstance(awaited, AwaitExpr) else None
    return call if isinstance(call, CallExpr) else None


def may_stream(checker: Checker, call: CallExpr) -> bool:
    """Return whether a called method has an overload that gives a stream."""
    return any(
        isinstance(result, Instance) and result.type.fullname in STREAMS
        for one in shapes.members(checker.type_of(call.callee))
        for item in (one.items if isinstance(one, FunctionLike) else ())
        for result in (get_proper_type(shapes.awaited(item.ret_type)),)
    )


def _is_synchronous(explainer: Explainer, site: Site, given: Expression) -> bool:
    """Return whether a value is an object of the synchronous client, or the result of one of its calls."""
    members = shapes.members(explainer.checker.known_type(given))
    if any(isinstance(one, Instance) and is_ours(one.type.fullname) for one in members):
        return True
    origin = origin_of(explainer.checker.tree, site, given)
    return origin is not None and isinstance(origin.expression, CallExpr)


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
