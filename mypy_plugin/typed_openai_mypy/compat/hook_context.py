"""Questions of a hook to the checker that calls it.

mypy passes a hook an ``api`` with few methods. Private part used: it is the checker itself, whose ``tree``,
``modules``, ``scope``, ``errors`` (with their ``options``) and ``options`` are read. For any other ``api``,
the functions return an empty result.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from mypy import types
from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode, mypy_error_codes
from mypy.errors import Errors
from mypy.nodes import (
    AwaitExpr,
    CallExpr,
    Expression,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    ListComprehension,
    MypyFile,
    Node,
    SetComprehension,
    WithStmt,
)
from mypy.options import Options
from mypy.plugin import FunctionSigContext, MethodSigContext
from mypy.subtypes import is_subtype

from typed_openai_mypy import codes
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.compat.error_tap import are_dropped, without_other_watchers
from typed_openai_mypy.compat.reporting import Reporter
from typed_openai_mypy.compat.state import is_explaining
from typed_openai_mypy.config import Config
from typed_openai_mypy.syntax.owners import REWRITABLE
from typed_openai_mypy.syntax.tree import contains, end_of, index_of, start_of

_OURS: Final = frozenset(one.code for one in codes.ALL)
_NATIVE: Final = sorted(REWRITABLE & mypy_error_codes.keys())


def call_context(
    context: MethodSigContext | FunctionSigContext, call: CallExpr, called: types.CallableType | None = None
) -> MethodSigContext:
    """Return a hook's context for another call, and optionally for another signature."""
    declared = called or context.default_signature
    return MethodSigContext(
        types.get_proper_type(declared.ret_type), context.args, declared, call, context.api
    )


def is_in_coroutine(api: object) -> bool:
    """Return whether a hook's checker is checking the body of an ``async def``, not of a lambda in it."""
    function = api.scope.current_function() if isinstance(api, TypeChecker) else None
    return isinstance(function, FuncDef) and function.is_coroutine


def is_lazy(api: object, call: CallExpr) -> bool:
    """Return whether a call is in a generator expression, which other code may iterate over."""
    return any(
        isinstance(inner, GeneratorExpr)
        and not isinstance(outer, (ListComprehension, SetComprehension))
        # The first sequence is evaluated at once.
        and not contains(inner.sequences[0], call)
        for outer, inner in pairwise(trail_of(api, call))
    )


def is_iterated(api: object, call: CallExpr) -> bool:
    """Return whether a ``for`` statement, or the loop of a list, iterates over the result of a call."""
    around = next((outer for outer, inner in pairwise(trail_of(api, call)) if inner is call), None)
    return isinstance(around, (ForStmt, GeneratorExpr)) and not is_lazy(api, call)


def is_used_asynchronously(api: object, call: CallExpr) -> bool:
    """Return whether a call is awaited, or iterated over or entered with ``async``."""
    around = next((outer for outer, inner in pairwise(trail_of(api, call)) if inner is call), None)
    return isinstance(around, AwaitExpr) or (isinstance(around, (ForStmt, WithStmt)) and around.is_async)


def trail_of(api: object, call: CallExpr) -> Sequence[Node]:
    """The nodes around a call, outermost first, and the call itself."""
    tree = current_tree(api)
    return () if tree is None else index_of(tree).site(start_of(call), end_of(call)).trail


def current_tree(api: object) -> MypyFile | None:
    """The syntax tree of the file that a hook's checker is checking."""
    return api.tree if isinstance(api, TypeChecker) else None


def current_module(api: object) -> str:
    """The full name of the module that a hook's checker is checking."""
    tree = current_tree(api)
    return "" if tree is None else tree.fullname


def is_enabled(api: object, code: ErrorCode) -> bool:
    """Return whether errors of that code are enabled in the file that a hook's checker is checking."""
    return isinstance(api, TypeChecker) and api.errors.is_error_code_enabled(code)


def is_accepted(api: object, found: types.Type, expected: types.Type) -> bool:
    """Return whether a hook's checker accepts one type for the other."""
    return isinstance(api, TypeChecker) and is_subtype(found, expected, options=api.options)


def type_of_expression(api: object, expression: Expression) -> types.ProperType | None:
    """The type that a hook's checker has stored for an expression, if any."""
    found = api.lookup_type_or_none(expression) if isinstance(api, TypeChecker) else None
    return None if found is None else types.get_proper_type(found)


def wants_native_errors(options: Config, api: object, call: CallExpr) -> bool:
    """Return whether mypy's errors about a call must be exactly those that it has without the plugin.

    They must be if an ignore comment on one of the call's lines may be about them, or if the configuration
    disables one of their codes or the plugin's.
    """
    if not isinstance(api, TypeChecker):
        return True
    if not api.errors.is_error_code_enabled(codes.ARGUMENT) or codes.ARGUMENT.code in options.disable:
        return True
    if _lacks_native_code(api.errors):
        return True
    ignored = api.errors.ignored_lines.get(api.path)
    if not ignored:
        return False
    lines = range(call.line, (call.end_line or call.line) + 1)
    return any(line in ignored and not _names_ours(ignored[line]) for line in lines)


_judged: list[tuple[Options, bool]] = []
"""The options of the current file, and whether they disable one of mypy's codes; every call needs this."""


def _lacks_native_code(errors: Errors) -> bool:
    """Return whether the options of the current file disable a code of mypy's that is rewritten."""
    if not _judged or _judged[0][0] is not errors.options:
        found = any(not errors.is_error_code_enabled(mypy_error_codes[one]) for one in _NATIVE)
        _judged[:] = [(errors.options, found)]
    return _judged[0][1]


def _names_ours(listed: Sequence[str]) -> bool:
    """Return whether an ignore comment names only codes of the plugin."""
    return bool(listed) and all(one in _OURS for one in listed)


def report_apart(
    reporter: Reporter, api: object, message: str, node: Node, code: ErrorCode, *, around: Node
) -> None:
    """Report a finding of the plugin's own at ``node``, even while mypy tries out alternatives around it.

    An error makes mypy reject the overload that it tries; a finding that is not about types must not. In an
    unreachable branch mypy reports no errors, and nothing is reported here either. An ignore comment on a
    line of ``node``, or on the first line of ``around``, silences the finding.
    """
    errors = getattr(api, "errors", None)
    if is_explaining() or not isinstance(errors, Errors):
        return
    if are_dropped(errors) and not _is_reached(api, around):
        return
    with without_other_watchers(errors):
        lines = [around.line, *range(node.line, (node.end_line or node.line) + 1)]
        reporter.report(errors, message, node, code, lines)


def _is_reached(api: object, around: Node) -> bool:
    """Return whether mypy considers the current code reachable."""
    checker = checker_of(api)
    if checker is None:
        return True
    start, end = (around.line, around.column), (around.end_line or 0, around.end_column or 0)
    return checker.is_reached(index_of(checker.tree).site(start, end).trail)


def checker_of(api: object) -> Checker | None:
    """The checker that calls a hook."""
    return Checker(api) if isinstance(api, TypeChecker) else None
