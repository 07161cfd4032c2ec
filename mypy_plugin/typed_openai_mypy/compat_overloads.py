"""Which overload a call means, and its result where the call is wrong; like :mod:`.compat`, by private parts.

Where no overload fits, mypy gives up: the result is ``Any``, and nothing after it is judged. A literal
argument such as ``stream=True`` says which overload is meant whatever else is wrong, so the result is known.

What is used: ``arg_approximate_similarity``, by which mypy decides whether to give up, and
``MessageBuilder.no_variant_matches_arguments``, which prints that it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mypy import types
from mypy.checker import TypeChecker
from mypy.checkexpr import arg_approximate_similarity
from mypy.nodes import ArgKind, CallExpr

from typed_openai_mypy.compat import Checker, without_variables
from typed_openai_mypy.compat_state import is_explaining
from typed_openai_mypy.compat_tap import without_other_watchers

_NEVER_GIVEN: Final = "\0"
"""The name of an argument that no call can give."""


def is_similar(found: types.Type, wanted: types.Type) -> bool:
    """Return whether mypy takes an overload into account for an argument of that type."""
    return arg_approximate_similarity(found, wanted)


def excluded(overload: types.CallableType) -> types.CallableType:
    """An overload that no call can mean: it requires an argument that cannot be given."""
    return overload.copy_modified(
        arg_types=[*overload.arg_types, types.AnyType(types.TypeOfAny.special_form)],
        arg_kinds=[*overload.arg_kinds, ArgKind.ARG_NAMED],
        arg_names=[*overload.arg_names, _NEVER_GIVEN],
    )


def loosened(overload: types.CallableType) -> types.CallableType:
    """An overload that takes any arguments, for a call whose mistakes have been reported."""
    unknown = types.AnyType(types.TypeOfAny.special_form)
    return overload.copy_modified(
        arg_types=[unknown, unknown],
        arg_kinds=[ArgKind.ARG_STAR, ArgKind.ARG_STAR2],
        arg_names=[None, None],
        ret_type=without_variables(overload).ret_type,
        variables=(),
    )


def report_no_overload(api: object, overloaded: types.Overloaded, call: CallExpr) -> None:
    """Report what mypy reports where no overload fits, whatever it is trying out around the call.

    An error in a trial would make mypy reject what is tried, although the result of the call is known. A
    lambda is tried with parameters of other types, whose errors may not be errors in the end.
    """
    if not isinstance(api, TypeChecker) or is_explaining():
        return
    checker = Checker(api)
    found = [checker.type_of(one) for one in call.args]
    if api.expr_checker.in_lambda_expr:
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
    except TypeError:  # before mypy 2.3 it does not ask for the names
        report(overloaded, list(found), call)
