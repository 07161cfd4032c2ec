"""mypy's checker as the explanations use it.

Only the modules of this package use private parts of mypy, those that are not made for plugins. Each lists
its own. Here:

- ``checker_state.type_checker``: the checker that is at work;
- ``TypeChecker.lookup_type_or_none``, ``.lookup_typeinfo``, ``.modules``: stored types and symbols;
- ``ExpressionChecker.accept``, ``TypeChecker.msg``, ``.local_type_map``, ``.binder``: evaluating an
  expression, with :mod:`.state`, which restores what that changes;
- ``ExpressionChecker.analyze_type_type_callee`` and ``checkmember.analyze_member_access``: signatures of
  classes and types of members;
- ``TypeChecker.find_isinstance_check``, ``.push_type_map`` and ``ExpressionChecker.check_for_comp``: entering
  a branch or a comprehension again, to see its variables as mypy saw them;
- ``argmap``, ``constraints``, ``expandtype`` and ``subtypes``: mypy's decisions, which the plugin follows;
- ``Errors.error_info_map``, ``.ignored_lines``, ``.used_ignored_lines``, ``.ignored_files``,
  ``.is_ignored_error``, ``.is_error_code_enabled``: recorded errors and ignore comments.

``mypy.types`` is imported first, or mypy's own import cycles break.

:mod:`.private_parts` lists all of them and checks once that they exist. If one is missing, the plugin
leaves mypy's errors unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import pairwise
from typing import TypeAlias as Alias

from mypy import errorcodes, types
from mypy.argmap import map_actuals_to_formals
from mypy.checker import TypeChecker, TypeMap, is_unreachable_map
from mypy.checker_state import checker_state
from mypy.checkmember import analyze_member_access
from mypy.errorcodes import ErrorCode
from mypy.errors import ErrorInfo, ErrorWatcher
from mypy.nodes import (
    CallExpr,
    ConditionalExpr,
    Decorator,
    DictionaryComprehension,
    Expression,
    FuncDef,
    GeneratorExpr,
    MypyFile,
    Node,
    OpExpr,
    OverloadedFuncDef,
    SymbolNode,
    TypeAlias,
    TypeInfo,
)
from mypy.subtypes import is_subtype

from typed_openai_mypy.compat.reporting import Reporter
from typed_openai_mypy.compat.state import allows_evaluation, note_evaluated, untouched
from typed_openai_spec.records import dataclass

ErrorKey: Alias = tuple[int, int, str]
"""The identity of an error inside a file: line, column and text."""


def error_key(info: ErrorInfo) -> ErrorKey:
    """The identity of an error inside its file."""
    return info.line, info.column, info.message


def has_fixed_lines(info: ErrorInfo) -> bool:
    """Return whether the ``origin_span`` of an error can be read more than once.

    The span of an incompatible override is an iterator, which mypy reads when it prints the error. Code that
    reads it first has to report the error again.
    """
    return iter(info.origin_span) is not info.origin_span


def ignore_lines(info: ErrorInfo) -> list[int]:
    """The lines on which an ignore comment silences an error."""
    info.origin_span = list(info.origin_span)
    return info.origin_span or [info.line]


def parent_of(info: ErrorInfo) -> ErrorInfo | None:
    """The error that a note belongs to, if mypy records it."""
    return getattr(info, "parent_error", None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of evaluating an expression where a type is expected.

    ``fits`` compares the types only; ``errors`` are those that mypy found in the expression.
    """

    type: types.Type
    fits: bool
    errors: frozenset[ErrorKey]

    @property
    def good(self) -> bool:
        """True if mypy has no error."""
        return self.fits and not self.errors


class Checker:
    """mypy's checker of one file. Evaluations report no errors and leave the checker unchanged."""

    def __init__(self, checker: TypeChecker) -> None:
        self._checker = checker
        self._binder = checker.binder

    @property
    def tree(self) -> MypyFile:
        """The file's syntax tree."""
        return self._checker.tree

    @property
    def path(self) -> str:
        """The file's name in mypy's output."""
        return self._checker.path

    @property
    def modules(self) -> dict[str, MypyFile]:
        """All modules of the program."""
        return self._checker.modules

    @property
    def frame(self) -> int:
        """The number of the innermost frame of narrowed types; loops and branches have their own."""
        return self._binder.frames[-1].id

    @property
    def allows_evaluation(self) -> bool:
        """True if evaluating an expression now gives the result that mypy gets at its place."""
        return allows_evaluation(self._checker)

    def is_at_same_place(self, other: Checker) -> bool:
        """Return whether another checker is in the same function, in the same pass."""
        return self._checker is other._checker and self._binder is other._checker.binder

    def untouched(self) -> AbstractContextManager[None]:
        """Restore the checker on exit; see :func:`.state.untouched`."""
        return untouched(self._checker)

    def attempt(self, expression: Expression, expected: types.Type) -> Attempt:
        """Evaluate an expression where ``expected`` is expected."""
        found, errors = self._evaluate(expression, expected)
        return Attempt(found, self.fits(found, expected), errors)

    def type_of(self, expression: Expression, context: types.Type | None = None) -> types.Type:
        """The type of an expression, evaluated in a type context."""
        return self._evaluate(expression, context)[0]

    def own_errors(self, expression: Expression) -> frozenset[ErrorKey]:
        """The errors that an expression has in any context."""
        return self._evaluate(expression, None)[1]

    def known_type(self, expression: Expression) -> types.Type:
        """The type that mypy has stored for an expression (a target, for example), or that it finds now."""
        known = self.stored_type(expression)
        return known if known is not None else self.type_of(expression)

    def callee_type(self, call: CallExpr, *, anew: bool = False) -> types.ProperType:
        """The type of the callee. mypy stores only the last member of a union; ``anew`` finds all of them."""
        known = None if anew else self.stored_type(call.callee)
        if known is None:
            with self._quietly(call.callee):
                known = self._checker.expr_checker.accept(call.callee, is_callee=True)
        return types.get_proper_type(known)

    def applied(self, function: types.CallableType, call: CallExpr) -> types.ProperType:
        """The signature of a generic function as mypy applies it to the arguments of a call."""
        with self._quietly(call):
            judge = self._checker.expr_checker
            inferred = judge.check_call(function, call.args, call.arg_kinds, call, call.arg_names)[1]
        return types.get_proper_type(inferred)

    def is_wrong_with(
        self, whole: Expression, known: Mapping[Expression, types.Type], info: ErrorInfo
    ) -> bool:
        """Return whether an expression still has an error if parts of it have other types."""
        with self._quietly(whole) as watcher:
            self._checker.expr_checker.type_overrides.update(known)
            self._checker.expr_checker.accept(whole)
        place = info.line, info.column, info.code
        return any((one.line, one.column, one.code) == place for one in watcher.filtered_errors())

    def callables(self, found: types.Type, context: Expression) -> list[types.FunctionLike]:
        """The functions behind a callee, including those of instances, classes and the members of a union."""
        proper = types.get_proper_type(found)
        if isinstance(proper, types.UnionType):
            return [one for item in proper.items for one in self.callables(item, context)]
        if isinstance(proper, types.Instance):
            member = self.member(proper, "__call__", context)
            return [] if member is None else self.callables(member, context)
        if isinstance(proper, types.TypeType):
            with self._quietly():
                made = self._checker.expr_checker.analyze_type_type_callee(proper.item, context)
            return self.callables(made, context)
        if isinstance(proper, types.TypeVarType):
            return self.callables(proper.upper_bound, context)
        return [proper] if isinstance(proper, types.FunctionLike) else []

    def member(self, owner: types.Type, name: str, context: Expression) -> types.ProperType | None:
        """The type of an attribute of an instance; None if the class does not have it."""
        with self._quietly() as watcher:
            found = analyze_member_access(
                name,
                owner,
                context,
                is_lvalue=False,
                is_super=False,
                is_operator=True,
                original_type=owner,
                chk=self._checker,
            )
            return None if watcher.has_new_errors() else types.get_proper_type(found)

    def fits(self, found: types.Type, expected: types.Type) -> bool:
        """Return whether mypy accepts one type for the other in this file."""
        return is_subtype(found, expected, options=self._checker.options)

    def instance(self, fullname: str, arguments: Sequence[types.Type] = ()) -> types.Instance:
        """An instance of a class of the standard library; missing arguments are ``Any``."""
        info = self._checker.lookup_typeinfo(fullname)
        unknown = types.AnyType(types.TypeOfAny.special_form)
        return types.Instance(info, [*arguments, *[unknown] * (len(info.defn.type_vars) - len(arguments))])

    def arguments(self, call: CallExpr, callee: types.CallableType) -> list[list[int]]:
        """For each formal, the indexes of the actuals that are passed to it.

        Unlike mypy's mapper, this does not put surplus positional actuals into keyword-only formals.
        """
        mapped = map_actuals_to_formals(
            call.arg_kinds,
            call.arg_names,
            callee.arg_kinds,
            callee.arg_names,
            lambda index: self.type_of(call.args[index]),
        )
        return [
            [index for index in actuals if not (kind.is_named() and call.arg_kinds[index].is_positional())]
            for kind, actuals in zip(callee.arg_kinds, mapped, strict=True)
        ]

    @contextmanager
    def branch(self, condition: Expression, truth: bool) -> Iterator[None]:
        """Enter a branch: variables are narrowed by the condition's truth."""
        checker = self._checker
        with checker.binder.frame_context(can_skip=True, fall_through=0):
            checker.push_type_map(self._narrowed(condition, truth))
            yield

    @contextmanager
    def comprehension(self, loops: GeneratorExpr | DictionaryComprehension) -> Iterator[None]:
        """Enter a comprehension: the loop variables have their types and the conditions hold."""
        checker = self._checker
        with checker.binder.frame_context(can_skip=True, fall_through=0):
            with self._quietly(loops):
                checker.expr_checker.check_for_comp(loops)
            yield

    @contextmanager
    def inside(self, trail: Sequence[Node]) -> Iterator[None]:
        """Enter a trail of enclosing syntax: variables are as they are at its end.

        mypy remembers the errors of an expression and may print them after it has left the branch or
        comprehension around it. Entering one twice changes nothing.
        """
        with ExitStack() as stack:
            for parent, child in pairwise(trail):
                if (chosen := _chosen(parent, child)) is not None:
                    stack.enter_context(self.branch(*chosen))
                elif (isinstance(parent, GeneratorExpr) and child is parent.left_expr) or (
                    isinstance(parent, DictionaryComprehension) and child in (parent.key, parent.value)
                ):
                    stack.enter_context(self.comprehension(parent))
            yield

    def is_reached(self, trail: Sequence[Node]) -> bool:
        """Return whether mypy finds the end of a trail of enclosing syntax reachable.

        This is about the branches of expressions: mypy does not check statements that are never reached.
        """
        chosen = (one for pair in pairwise(trail) if (one := _chosen(*pair)) is not None)
        return not any(is_unreachable_map(self._narrowed(*one)) for one in chosen)

    def _narrowed(self, condition: Expression, truth: bool) -> TypeMap:
        """The types of variables if a condition has a truth value."""
        checker = self._checker
        with self._quietly(condition):
            checker.expr_checker.accept(condition)
            return checker.find_isinstance_check(condition)[0 if truth else 1]

    def method(self, module: str, owner: str, name: str) -> types.FunctionLike | None:
        """The type of a class's method, with ``self``; None if the current client package lacks it."""
        found = self._symbol(module, owner)
        symbol = found.names.get(name) if isinstance(found, TypeInfo) else None
        node = symbol.node if symbol is not None else None
        if isinstance(node, Decorator):
            known = node.var.type or node.func.type
        else:
            known = node.type if isinstance(node, (FuncDef, OverloadedFuncDef)) else None
        proper = types.get_proper_type(known)
        return proper if isinstance(proper, types.FunctionLike) else None

    def declared_type(self, modules: Sequence[str], name: str) -> types.Type | None:
        """The TypedDict or alias of a name in the first of the modules that has one, or None."""
        found = (self._symbol(module, name) for module in modules)
        node = next((one for one in found if one is not None), None)
        if isinstance(node, TypeAlias):
            return types.TypeAliasType(node, [])
        if not isinstance(node, TypeInfo) or node.typeddict_type is None:
            return None
        return node.typeddict_type.copy_modified(fallback=types.Instance(node, []))

    def _symbol(self, module: str, name: str) -> SymbolNode | None:
        tree = self._checker.modules.get(module)
        symbol = tree.names.get(name) if tree is not None else None
        return symbol.node if symbol is not None else None

    def typed_dict(self, items: dict[str, types.Type], required: set[str]) -> types.TypedDictType:
        """A TypedDict without a name."""
        return types.TypedDictType(items, required, set(), self.instance("typing._TypedDict"))

    def takes_value(self, wanted: types.Type, value: object) -> bool:
        """Return whether a string, number, boolean or null fits a type."""
        found: types.Type = types.NoneType()
        if isinstance(value, (str, bool, int)):
            found = types.LiteralType(value, self.instance(f"builtins.{type(value).__name__}"))
        return self.fits(found, wanted)

    def is_enabled(self, code: ErrorCode) -> bool:
        """Return whether errors of that code are enabled in this file."""
        return self._checker.errors.is_error_code_enabled(code)

    def is_ignored(self, info: ErrorInfo) -> bool:
        """Return whether the user's comments or configuration silence an error."""
        errors = self._checker.errors
        if self.path in errors.ignored_files:
            return True
        ignored = errors.ignored_lines.get(self.path, {})
        return any(errors.is_ignored_error(line, info, ignored) for line in ignore_lines(info))

    @property
    def has_ignore_comments(self) -> bool:
        """True if comments or the configuration silence errors of the file."""
        errors = self._checker.errors
        return self.path in errors.ignored_files or bool(errors.ignored_lines.get(self.path))

    def is_recorded(self, keys: frozenset[ErrorKey]) -> bool:
        """Return whether one of these errors is among those that will be printed for the file."""
        return any(error_key(info) in keys for info in self._checker.errors.error_info_map.get(self.path, ()))

    def ignored_codes(self, line: int) -> Sequence[str]:
        """The error codes that an ignore comment on a line names."""
        return self._checker.errors.ignored_lines.get(self.path, {}).get(line, ())

    def mark_used(self, line: int, code: ErrorCode) -> None:
        """Record that a code of an ignore comment has silenced an error."""
        self._checker.errors.used_ignored_lines[self.path][line].append(code.code)

    def withdraw(self, info: ErrorInfo) -> None:
        """Remove an error that mypy recorded in an earlier pass over the same function."""
        recorded = self._checker.errors.error_info_map.get(self.path, [])
        recorded[:] = [one for one in recorded if error_key(one) != error_key(info)]

    def errors_in(self, expression: Expression, context: types.Type | None) -> list[ErrorInfo]:
        """The errors that an expression causes in a type context."""
        return [info for info in self._evaluate_fully(expression, context)[1] if _counts(info)]

    def report(
        self, reporter: Reporter, message: str, node: Node, code: ErrorCode, lines: Sequence[int]
    ) -> None:
        """Report a finding at ``node``; an ignore comment on one of the ``lines`` silences it."""
        reporter.report(self._checker.errors, message, node, code, lines)

    def repeat(self, info: ErrorInfo) -> None:
        """Report an error of mypy's again, unchanged."""
        self._checker.errors.report(
            info.line,
            info.column,
            info.message,
            code=info.code,
            origin_span=ignore_lines(info),
            end_line=info.end_line,
            end_column=info.end_column,
        )

    def stored_type(self, expression: Expression) -> types.Type | None:
        """The type that mypy has stored for an expression, if any."""
        return self._checker.lookup_type_or_none(expression)

    @property
    def stored_types(self) -> Mapping[Expression, types.Type]:
        """The types that mypy has stored so far."""
        return self._checker._type_maps[0]

    def _evaluate(
        self, expression: Expression, context: types.Type | None
    ) -> tuple[types.Type, frozenset[ErrorKey]]:
        found, errors = self._evaluate_fully(expression, context)
        return found, frozenset(error_key(info) for info in errors if _counts(info))

    def _evaluate_fully(
        self, expression: Expression, context: types.Type | None
    ) -> tuple[types.Type, list[ErrorInfo]]:
        with self._quietly(expression) as watcher:
            found = self._checker.expr_checker.accept(expression, type_context=context)
        return found, watcher.filtered_errors()

    @contextmanager
    def _quietly(self, *evaluated: Expression) -> Iterator[ErrorWatcher]:
        """Neither report nor store the results of evaluations inside the block."""
        checker = self._checker
        with untouched(checker):
            for one in evaluated:
                note_evaluated(one)
            with (
                checker.msg.filter_errors(
                    filter_errors=True,
                    save_filtered_errors=True,
                    filter_deprecated=True,
                    filter_revealed_type=True,
                ) as watcher,
                checker.local_type_map,
            ):
                yield watcher


def _chosen(parent: Node, child: Node) -> tuple[Expression, bool] | None:
    """The condition, and its truth, under which an expression evaluates a part of it, or None."""
    if isinstance(parent, ConditionalExpr) and child is not parent.cond:
        return parent.cond, child is parent.if_expr
    if isinstance(parent, OpExpr) and parent.op in {"and", "or"} and child is parent.right:
        return parent.left, parent.op == "and"
    return None


def current_checker(file: str) -> Checker | None:
    """The checker that is at work on ``file``, or None."""
    checker = checker_state.type_checker
    if isinstance(checker, TypeChecker) and checker.path == file:
        return Checker(checker)
    return None


def _counts(info: ErrorInfo) -> bool:
    return info.severity == "error" and info.code is not errorcodes.DEPRECATED
