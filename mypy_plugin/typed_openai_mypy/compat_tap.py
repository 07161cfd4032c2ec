"""Listening to the errors that mypy is about to record; like :mod:`.compat`, by a part not made for plugins.

``Errors._watchers``: an ``ErrorWatcher`` at the bottom of this stack sees exactly the errors that are about
to be printed, and may swallow them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from mypy import types as _types  # noqa: F401  first, or mypy's own import cycles break
from mypy.checker import TypeChecker
from mypy.checker_state import checker_state
from mypy.errors import CompileError, ErrorInfo, Errors, ErrorWatcher
from mypy.nodes import MypyFile
from mypy.options import Options
from mypy.plugin import AnalyzeTypeContext
from mypy.typeanal import TypeAnalyser

OnError: TypeAlias = Callable[[str, ErrorInfo], bool]


_ours: list[ErrorWatcher] = []
"""The watchers that listen for the plugin."""


@contextmanager
def without_other_watchers(errors: Errors) -> Iterator[None]:
    """Inside, errors go straight to the plugin and to the record, whatever mypy is trying out."""
    watchers = list(errors._watchers)
    errors._watchers[:] = [one for one in watchers if one in _ours]
    try:
        yield
    finally:
        errors._watchers[:] = watchers


class Tap:
    """Shows each error that mypy is about to record to ``on_error``, which swallows it by returning true."""

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
        """Listen again if the collector was emptied, as the daemon does; return whether one is known."""
        if self._errors is None or self._watcher is None:
            return False
        watchers = self._errors._watchers
        if not watchers or watchers[0] is not self._watcher:
            watchers.insert(0, self._watcher)
        return True

    def attach_to_analyzer(self, context: AnalyzeTypeContext) -> None:
        """Listen to the collector of the semantic analyzer at work."""
        api = context.api
        errors = getattr(api.api, "errors", None) if isinstance(api, TypeAnalyser) else None
        if isinstance(errors, Errors):
            self.attach(errors)


def current_modules(file: str) -> tuple[MypyFile, dict[str, MypyFile]] | None:
    """The file that is being checked, and all modules of the program; None for any other file."""
    checker = checker_state.type_checker
    if not isinstance(checker, TypeChecker) or checker.path != file:
        return None
    return checker.tree, checker.modules


def fatal(message: str) -> Exception:
    """An error that stops mypy with ``message`` and no traceback, when raised."""
    return CompileError([message], use_stdout=True)


def watchers_work() -> bool:
    """Whether a watcher at the bottom of the stack sees an error and can swallow it."""
    seen: list[str] = []

    def swallow(_file: str, info: ErrorInfo) -> bool:
        seen.append(info.message)
        return True

    try:
        errors = Errors(Options())
        errors.set_file("probe.py", "probe", Options())
        Tap(swallow).attach(errors)
        errors.report(1, 0, "probe")
    except Exception:  # whatever goes wrong in a private part means that it is not as expected
        return False
    return seen == ["probe"] and not errors.is_errors()
