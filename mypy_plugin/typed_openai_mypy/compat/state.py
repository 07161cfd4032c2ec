"""Evaluation without a trace: the state of mypy's checker is restored after each explanation.

To explain an error, the plugin lets mypy evaluate parts of the code again. An evaluation writes to the
checker: narrowed types, partial types, deferred nodes, and the inferred types of lambda parameters and
comprehension variables. :func:`untouched` saves all of it and restores it, even if an exception is raised.

Private parts used: the attributes named in the tables below, ``binder.Frame`` and ``typestate.type_state``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from mypy import types
from mypy.binder import Frame
from mypy.checker import TypeChecker
from mypy.nodes import Expression, Var
from mypy.typestate import type_state

from typed_openai_mypy.compat.bound_variables import Variables

Undo = Callable[[], None]

_VALUES: Final = (
    "binder",
    "current_node_deferred",
    "pass_num",
    "no_partial_types",
    "allow_abstract_call",
    "checking_missing_await",
    "_is_final_def",
    "assignment_expression_effect",
    "_unique_id",
)
"""Attributes of the checker whose values are restored."""

_LISTS: Final = (
    "_type_maps",
    "return_types",
    "dynamic_funcs",
    "partial_types",
    "deferred_nodes",
    "overload_impl_stack",
    "widened_vars",
    "_globals_widened_in_func",
)
"""Lists on the checker whose contents are restored."""

_SETS: Final = ("module_refs", "partial_reported")

_EXPRESSION_VALUES: Final = ("is_callee", "in_expression", "in_lambda_expr")
"""Attributes of the expression checker whose values are restored."""

_active: Final[list[tuple[TypeChecker, Variables]]] = []
"""The checkers whose state is saved, innermost last, with the variables that evaluations may change."""


def is_explaining() -> bool:
    """Return whether mypy is evaluating an expression for the plugin."""
    return bool(_active)


def allows_evaluation(checker: TypeChecker) -> bool:
    """Return whether evaluating an expression now gives the result that mypy gets at its place.

    It does not once mypy has left the last frame of narrowed types, or if mypy will check the function again.
    """
    return len(checker.binder.frames) > 1 and not checker.current_node_deferred


def note_evaluated(expression: Expression) -> None:
    """Save the variables that evaluating an expression may change."""
    if _active:
        _active[-1][1].add(expression)


@contextmanager
def untouched(checker: TypeChecker) -> Iterator[None]:
    """Save the state of a checker and restore it on exit. Nested blocks of the same checker do nothing."""
    if _active and _active[-1][0] is checker:
        yield
        return
    variables = Variables(checker.binder, checker.var_decl_frames)
    undo: list[Undo] = [variables.restore]
    _active.append((checker, variables))
    try:
        for save in _SAVES:
            undo.append(save(checker))
        yield
    finally:
        # No function of its own: an exception at its call would leave everything as it is.
        _active.pop()
        interrupted: BaseException | None = None
        for one in undo:
            try:
                one()
            except BaseException as error:
                one()  # a step that is interrupted runs again, so that the state is restored completely
                interrupted = error
        if interrupted is not None:
            raise interrupted


def _save_checker(checker: TypeChecker) -> Undo:
    values = {name: getattr(checker, name) for name in _VALUES if hasattr(checker, name)}
    lists = [(found, list(found)) for name in _LISTS if (found := getattr(checker, name, None)) is not None]
    sets = [(found, set(found)) for name in _SETS if (found := getattr(checker, name, None)) is not None]
    lists.append((checker.scope.stack, list(checker.scope.stack)))
    scope = {name: getattr(checker.tscope, name) for name in ("module", "function", "ignored")}
    lists += [(one, list(one)) for one in (checker.tscope.classes, checker.tscope.functions)]
    tscope_lists = checker.tscope.classes, checker.tscope.functions
    inferred = checker.inferred_attribute_types
    saved_inferred = None if inferred is None else dict(inferred)

    def undo() -> None:
        for name, value in values.items():
            setattr(checker, name, value)
        for name, value in scope.items():
            setattr(checker.tscope, name, value)
        checker.tscope.classes, checker.tscope.functions = tscope_lists
        for found, before in lists:
            found[:] = before
        for known, names in sets:
            known.intersection_update(names)
        checker.inferred_attribute_types = saved_inferred

    return undo


def _save_binder(checker: TypeChecker) -> Undo:
    """Push an empty frame for the types that are narrowed; the frames below it are only read.

    The exception is ``:=``, which may remove narrowed types from them: :class:`Variables` saves those.
    """
    binder = checker.binder
    version, next_id, changed = binder.version, binder.next_id, binder.last_pop_changed
    frames, returns = list(binder.frames), [list(one) for one in binder.options_on_return]
    jumps = list(binder.break_frames), list(binder.continue_frames), set(binder.try_frames)
    declarations, assignments = len(binder.declarations), binder.type_assignments
    binder.frames.append(Frame(next_id))
    binder.options_on_return.append([])

    def undo() -> None:
        binder.frames[:] = frames
        binder.options_on_return[:] = returns
        binder.break_frames, binder.continue_frames, binder.try_frames = jumps
        binder.type_assignments = assignments
        binder.version, binder.next_id, binder.last_pop_changed = version, next_id, changed
        while len(binder.declarations) > declarations:
            key, _ = binder.declarations.popitem()
            binder.dependencies.pop(key, None)
            for dependent in binder.dependencies.values():
                dependent.discard(key)

    return undo


def _save_partial_types(checker: TypeChecker) -> Undo:
    """Save the variables with partial types: evaluating a call on one completes its type."""
    scopes = [(scope.map, dict(scope.map)) for scope in checker.partial_types]
    known: list[tuple[Var, types.Type | None]] = [(one, one.type) for _, saved in scopes for one in saved]

    def undo() -> None:
        for found, saved in scopes:
            found.clear()
            found.update(saved)
        for variable, before in known:
            variable.type = before

    return undo


def _save_expression_checker(checker: TypeChecker) -> Undo:
    inner = checker.expr_checker
    values = {name: getattr(inner, name) for name in _EXPRESSION_VALUES if hasattr(inner, name)}
    contexts, overrides, cache = list(inner.type_context), dict(inner.type_overrides), inner.expr_cache
    inner.expr_cache = {}

    def undo() -> None:
        inner.type_context[:] = contexts
        inner.type_overrides.clear()
        inner.type_overrides.update(overrides)
        inner.expr_cache = cache
        for name, value in values.items():
            setattr(inner, name, value)

    return undo


def _save_errors(checker: TypeChecker) -> Undo:
    """Save the recorded errors, and silence mypy's crash handler, which would print them all and exit."""
    errors, options = checker.errors, checker.options
    watchers, recorded, watching = list(errors._watchers), errors.error_info_map, errors.global_watcher
    raising, stderr = options.raise_exceptions, sys.stderr
    errors.error_info_map = {}
    errors.global_watcher = False
    options.raise_exceptions = True
    sys.stderr = _Silence()

    def undo() -> None:
        sys.stderr = stderr
        options.raise_exceptions = raising
        errors.error_info_map, errors.global_watcher = recorded, watching
        errors._watchers[:] = watchers

    return undo


def _save_type_state(checker: TypeChecker) -> Undo:
    """Save mypy's assumptions about recursive types, which it records while it compares them."""
    stacks = [
        found
        for name in ("_assuming", "_assuming_proper", "inferring")
        if (found := getattr(type_state, name, None)) is not None
    ]
    lengths = [len(one) for one in stacks]

    def undo() -> None:
        for stack, length in zip(stacks, lengths, strict=True):
            del stack[length:]

    return undo


_SAVES: Final[tuple[Callable[[TypeChecker], Undo], ...]] = (
    _save_errors,
    _save_checker,
    _save_expression_checker,
    _save_partial_types,
    _save_type_state,
    _save_binder,
)
"""Functions that save a part of the state and return a function that restores it."""


class _Silence:
    """A stream that discards everything written to it."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass
