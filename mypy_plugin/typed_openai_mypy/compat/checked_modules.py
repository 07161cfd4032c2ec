"""Modules that mypy has just checked, with the types of their expressions.

mypy calls ``get_additional_indirect_deps`` after it has checked a module, before it prints errors and drops
types. Old versions do not have this hook, and the daemon calls it only for modules that it checks as a
whole: there, modules are judged when mypy drops their types.

Private parts used: ``checker_state.type_checker`` and ``TypeChecker._type_maps``, to find the types, and
``Errors`` with ``Scope``, to report a finding as if the module were still being checked.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final, TypeAlias

from mypy.checker import TypeChecker
from mypy.checker_state import checker_state
from mypy.errorcodes import UNUSED_IGNORE, ErrorCode
from mypy.errors import ErrorInfo
from mypy.nodes import ClassDef, Expression, FuncDef, MypyFile, Node
from mypy.plugin import Plugin
from mypy.scope import Scope
from mypy.types import Type

from typed_openai_mypy.compat.daemon import is_daemon
from typed_openai_mypy.compat.reporting import Reporter
from typed_openai_mypy.syntax.tree import end_of, index_of, start_of
from typed_openai_spec.records import dataclass

Types: TypeAlias = Mapping[Expression, Type]
"""The types that mypy has found for expressions."""

_HOOK: Final = "get_additional_indirect_deps"


@dataclass(frozen=True, slots=True)
class CheckedModule:
    """A checked module."""

    _checker: TypeChecker

    @property
    def tree(self) -> MypyFile:
        """The module's syntax tree."""
        return self._checker.tree

    @property
    def types(self) -> Types:
        """The types that mypy has found for expressions."""
        return self._checker._type_maps[0]

    @property
    def modules(self) -> dict[str, MypyFile]:
        """All modules of the program."""
        return self._checker.modules

    @property
    def is_silent(self) -> bool:
        """True if no error of the module is printed."""
        return self._checker.path in self._checker.errors.ignored_files

    @property
    def reports_equality(self) -> bool:
        """True if mypy reports comparisons that are never true."""
        return self._checker.options.strict_equality

    def is_enabled(self, code: ErrorCode) -> bool:
        """Return whether errors of that code are enabled in the module."""
        with self._current():
            return self._checker.errors.is_error_code_enabled(code)

    def report(self, reporter: Reporter, message: str, node: Node, code: ErrorCode) -> None:
        """Report a finding; an ignore comment on a line of ``node`` silences it."""
        with self._current(node):
            lines = [*range(node.line, end_of(node)[0] + 1)]
            reporter.report(self._checker.errors, message, node, code, lines)

    def recorded(self, codes: Collection[ErrorCode], text: re.Pattern[str]) -> Sequence[ErrorInfo]:
        """The recorded errors of some codes whose message has a text."""
        recorded = self._checker.errors.error_info_map.get(self._checker.path, ())
        return [one for one in recorded if one.code in codes and text.search(one.message)]

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Restore the recorded errors and the used ignore comments if an exception is raised."""
        errors, path = self._checker.errors, self._checker.path
        recorded = [*errors.error_info_map.get(path, ())]
        messages = [one.message for one in recorded]
        used = {line: [*codes] for line, codes in errors.used_ignored_lines[path].items()}
        try:
            yield
        except BaseException:
            for one, message in zip(recorded, messages, strict=True):
                one.message = message
            if path in errors.error_info_map:
                errors.error_info_map[path][:] = recorded
            errors.used_ignored_lines[path].clear()
            errors.used_ignored_lines[path].update(used)
            raise

    def withdraw(self, error: ErrorInfo) -> None:
        """Remove a recorded error."""
        self._checker.errors.error_info_map[self._checker.path].remove(error)

    def replace(self, reporter: Reporter, node: Node, code: ErrorCode, start: str, message: str) -> bool:
        """Give an error at ``node`` another message, in place of a finding; ``start`` is how its own begins.

        Both must have the same severity, and no ignore comment may be about the finding.
        """
        errors, lines = self._checker.errors, range(node.line, end_of(node)[0] + 1)
        ignored = errors.ignored_lines.get(self._checker.path, {})
        if any(code.code in ignored[one] for one in lines if one in ignored):
            return False
        recorded = errors.error_info_map.get(self._checker.path, ())
        there = [one for one in recorded if (one.line, one.column) == (node.line, node.column)]
        return any(reporter.reword(self._checker.path, one, code, start, message) for one in there)

    def judge_ignores_again(self) -> None:
        """Report unused ignore comments anew: the daemon does so before the module is judged."""
        errors, path = self._checker.errors, self._checker.path
        recorded = errors.error_info_map.get(path, [])
        kept = [one for one in recorded if one.code is not UNUSED_IGNORE]
        if len(kept) < len(recorded):
            recorded[:] = kept
            with self._current():
                errors.generate_unused_ignore_errors(path)

    @contextmanager
    def _current(self, node: Node | None = None) -> Iterator[None]:
        """Let errors belong to this module, and to the function that the node is in, if one is given."""
        errors, checker = self._checker.errors, self._checker
        before = errors.file, errors.target_module, errors.options, errors.scope
        scope = Scope()
        errors.set_file(checker.path, checker.tree.fullname, checker.options, scope)
        try:
            with ExitStack() as stack:
                stack.enter_context(scope.module_scope(checker.tree.fullname))
                for one in _around(node, checker.tree):
                    if isinstance(one, ClassDef):
                        stack.enter_context(scope.class_scope(one.info))
                    elif isinstance(one, FuncDef):
                        stack.enter_context(scope.function_scope(one))
                yield
        finally:
            errors.set_file(*before)


def _around(node: Node | None, tree: MypyFile) -> Sequence[Node]:
    """The syntax around a node, with the node itself; empty for none."""
    return () if node is None else index_of(tree).site(start_of(node), end_of(node)).trail


class _WatchedTypes(dict[Expression, Type]):
    """The types of a module, which are judged before mypy's daemon drops them."""

    def __init__(self, types: Mapping[Expression, Type], judge: Callable[[], None]) -> None:
        super().__init__(types)
        self._judge = judge

    def clear(self) -> None:
        """Judge the types, and drop them."""
        if self:
            self._judge()
        super().clear()


class Checkers:
    """mypy's checkers by module, from the hooks that they call.

    ``judge`` is called with each module whose types are dropped, where mypy calls no hook before that.
    """

    def __init__(self, judge: Callable[[CheckedModule], None]) -> None:
        self._judge = judge
        self._watches = is_daemon() or not hasattr(Plugin, _HOOK)
        self._last: TypeChecker | None = None
        self._by_module: dict[str, TypeChecker] = {}

    def note(self) -> None:
        """Remember the checker that is at work."""
        current = checker_state.type_checker
        if current is not self._last and isinstance(current, TypeChecker):
            self._last = current
            self._by_module[current.tree.fullname] = current
            if self._watches and not isinstance(current._type_maps[0], _WatchedTypes):
                module = CheckedModule(current)
                current._type_maps[0] = _WatchedTypes(current._type_maps[0], lambda: self._judge(module))

    def checked(self, tree: MypyFile) -> CheckedModule | None:
        """A module that has just been checked; None if its types are gone, or watched."""
        known = self._by_module.pop(tree.fullname, None)
        self._last = None if known is self._last else self._last
        if known is None or known.tree is not tree:
            # A module without calls calls no hook. It has to be found among all objects.
            referring = gc.get_referrers(tree)
            known = next((one for one in referring if isinstance(one, TypeChecker)), None)
        if known is None or not known._type_maps[0] or isinstance(known._type_maps[0], _WatchedTypes):
            return None
        return CheckedModule(known)
