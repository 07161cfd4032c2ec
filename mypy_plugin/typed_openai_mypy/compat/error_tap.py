"""Listens to the errors that mypy is about to record.

Private parts used: ``Errors._watchers`` and ``Errors.read_source``. An ``ErrorWatcher`` at the bottom of the
stack of watchers sees exactly the errors that are about to be printed, and can suppress them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

from mypy import types as _types  # noqa: F401  first, or mypy's own import cycles break
from mypy.checker import TypeChecker
from mypy.checker_state import checker_state
from mypy.errors import CompileError, ErrorInfo, Errors, ErrorWatcher
from mypy.nodes import MypyFile
from mypy.options import Options
from mypy.plugin import AnalyzeTypeContext
from mypy.typeanal import TypeAnalyser

OnError: TypeAlias = Callable[[str, ErrorInfo], bool]

_REDEFINING: Final = ("allow_redefinition", "allow_redefinition_new", "allow_redefinition_old")
"""The options, by the names that they have in one version of mypy or another."""

_ours: list[ErrorWatcher] = []
"""The plugin's watchers."""


@contextmanager
def without_other_watchers(errors: Errors) -> Iterator[None]:
    """Let errors reach the plugin and mypy's record, even while mypy tries out alternatives."""
    watchers = list(errors._watchers)
    errors._watchers[:] = [one for one in watchers if one in _ours]
    try:
        yield
    finally:
        errors._watchers[:] = watchers


def are_dropped(errors: Errors) -> bool:
    """Return whether mypy drops the errors that are reported now and may not check the code again.

    mypy does so in an unreachable branch. When it tries out an overload, it marks the trial; when it may
    need the errors later, it saves them.
    """
    return any(
        one not in _ours and one._filter is True and one._filtered is None and not one.filter_revealed_type
        for one in errors._watchers
    )


class Tap:
    """Passes each error that mypy is about to record to ``on_error``, which returns true to suppress it."""

    def __init__(self, on_error: OnError) -> None:
        self._on_error = on_error
        self._errors: Errors | None = None
        self._watcher: ErrorWatcher | None = None

    def attach(self, errors: Errors) -> None:
        """Listen to this collector of errors."""
        if self._errors is not errors or self._watcher is None:
            self._errors, self._watcher = errors, ErrorWatcher(errors, filter_errors=self._on_error)
            _ours.append(self._watcher)
        self.is_attached()

    def attach_to_errors_of(self, options: Options) -> None:
        """Listen to the collector that mypy made for these options before it loaded its plugins."""
        found = next((one for one in gc.get_referrers(options) if isinstance(one, Errors)), None)
        if found is not None:
            self.attach(found)

    def is_attached(self) -> bool:
        """Return whether a collector is known; listen to it again if the daemon has dropped the watchers."""
        if self._errors is None or self._watcher is None:
            return False
        watchers = self._errors._watchers
        if not watchers or watchers[0] is not self._watcher:
            watchers.insert(0, self._watcher)
        return True

    def attach_to_analyzer(self, context: AnalyzeTypeContext) -> None:
        """Listen to the collector of the active semantic analyzer."""
        api = context.api
        errors = getattr(api.api, "errors", None) if isinstance(api, TypeAnalyser) else None
        if isinstance(errors, Errors):
            self.attach(errors)


def current_modules(file: str) -> tuple[MypyFile, dict[str, MypyFile]] | None:
    """The syntax tree of ``file`` and all modules of the program; None unless ``file`` is being checked."""
    checker = checker_state.type_checker
    if not isinstance(checker, TypeChecker) or checker.path != file:
        return None
    return checker.tree, checker.modules


def redefines_variables() -> bool:
    """Return whether a variable may have other types in other places of the file that is being checked."""
    checker = checker_state.type_checker
    options = checker.options if isinstance(checker, TypeChecker) else None
    return any(getattr(options, one, False) for one in _REDEFINING)


def has_read(path: str, text: str) -> bool:
    """Return whether mypy has read this text, and not another one before the file changed."""
    checker = checker_state.type_checker
    read = checker.errors.read_source if isinstance(checker, TypeChecker) else None
    return read is not None and read(path) == text.splitlines()


def fatal(message: str) -> Exception:
    """An error that stops mypy with ``message`` and no traceback, when raised."""
    return CompileError([message], use_stdout=True)


def watchers_work() -> bool:
    """Return whether a watcher at the bottom of the stack sees an error and can suppress it."""
    seen: list[str] = []

    def swallow(_file: str, info: ErrorInfo) -> bool:
        seen.append(info.message)
        return True

    try:
        errors = Errors(Options())
        errors.set_file("probe.py", "probe", Options())
        Tap(swallow).attach(errors)
        errors.report(1, 0, "probe")
    except Exception:  # any failure of a private part means that it is not as expected
        return False
    return seen == ["probe"] and not errors.is_errors()
