"""Signatures that keep the result type of a wrong call of an overloaded operation.

If no overload fits, mypy infers ``Any`` for the result and finds no errors in its use. A literal argument
such as ``stream=True`` identifies the overload despite other mistakes, so the result type is known.

Private parts used: ``arg_approximate_similarity``, by which mypy decides whether an overload is a
candidate, and ``MessageBuilder.no_variant_matches_arguments``, which reports that no overload fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mypy import types
from mypy.checker import TypeChecker
from mypy.checkexpr import arg_approximate_similarity
from mypy.nodes import ArgKind, CallExpr

from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.compat.error_tap import are_dropped, without_other_watchers
from typed_openai_mypy.compat.expansion import part_without_variables
from typed_openai_mypy.compat.state import is_explaining

_NEVER_GIVEN: Final = "\0"
"""The name of an argument that no call can pass."""


def is_similar(found: types.Type, wanted: types.Type) -> bool:
    """Return whether an overload remains a candidate for mypy with an argument of type ``found``."""
    return arg_approximate_similarity(found, wanted)


def excluded(overload: types.CallableType) -> types.CallableType:
    """Return the overload with a required argument that no call can pass, so that mypy skips it."""
    return overload.copy_modified(
        arg_types=[*overload.arg_types, types.AnyType(types.TypeOfAny.special_form)],
        arg_kinds=[*overload.arg_kinds, ArgKind.ARG_NAMED],
        arg_names=[*overload.arg_names, _NEVER_GIVEN],
    )


def loosened(overload: types.CallableType) -> types.CallableType:
    """Return the overload with any arguments allowed, for a call whose mistakes have been reported."""
    unknown = types.AnyType(types.TypeOfAny.special_form)
    return overload.copy_modified(
        arg_types=[unknown, unknown],
        arg_kinds=[ArgKind.ARG_STAR, ArgKind.ARG_STAR2],
        arg_names=[None, None],
        ret_type=part_without_variables(overload.ret_type, overload),
        variables=(),
    )


def report_no_overload(api: object, overloaded: types.Overloaded, call: CallExpr) -> None:
    """Report that no overload fits, even while mypy tries out alternatives around the call.

    The result of the call is known, so the error must not make mypy reject the alternative. Inside a lambda
    it must: mypy tries lambdas with several parameter types, and drops the errors of those that it rejects.
    """
    if not isinstance(api, TypeChecker) or is_explaining():
        return
    checker = Checker(api)
    found = [checker.type_of(one) for one in call.args]
    if api.expr_checker.in_lambda_expr or are_dropped(api.errors):
        _report(api, overloaded, found, call)
        return
    with without_other_watchers(api.errors):
        _report(api, overloaded, found, call)


def _report(
    api: TypeChecker, overloaded: types.Overloaded, found: Sequence[types.Type], call: CallExpr
) -> None:
    report: Callable[..., None] = api.msg.no_variant_matches_arguments
    try:
        report(overloaded, list(found), call, arg_names=call.arg_names, arg_kinds=call.arg_kinds)
    except TypeError:  # before mypy 2.3, it takes neither names nor kinds
        report(overloaded, list(found), call)
