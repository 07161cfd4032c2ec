"""Skips the errors that cannot be about the API, at almost no cost.

The gate sees every error that mypy is about to print. It looks only at the imports of the file
(``visibility``), at the names in the statements around the error and after it (``standard_code``), and at the
text of the error (``words``). It remembers the lines whose errors it may skip. The modules that explain
errors are loaded for the first one that passes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from mypy.errorcodes import ATTR_DEFINED, IMPORT_NOT_FOUND
from mypy.errors import ErrorInfo
from mypy.nodes import MypyFile

from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat.daemon import is_daemon
from typed_openai_mypy.compat.error_tap import current_modules
from typed_openai_mypy.swallowed import note_failure

if TYPE_CHECKING:
    from typed_openai_mypy.watching.standard_code import StandardCode
    from typed_openai_mypy.watching.watcher import Watch

_ALL: Final = range(sys.maxsize)
"""The lines of a file that cannot see a client package."""

Decide: TypeAlias = Callable[[str, ErrorInfo], bool]


class Gate:
    """Passes on the errors that could be about the API. Calls return true to suppress one."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._passed: ErrorInfo | None = None
        self._watch: Watch | None = None
        self._is_usable: bool | None = None
        self._is_daemon = is_daemon()
        self._standard: StandardCode | None = None
        self._file = ""
        self._skipped: Container[int] = ()

    def forget(self) -> None:
        """Drop what is known about the last file: a file has been read, so the program may have changed."""
        self._standard, self._skipped = None, ()

    def __call__(self, file: str, info: ErrorInfo) -> bool:
        """Decide about an error. Never raises."""
        if info.line in self._skipped and file == self._file and self._is_apart(info):
            return False
        if info is self._passed:  # mypy asks twice about each error that it prints
            return False
        if self._watch is not None:
            if self._watch.is_busy:
                return False
        elif info.severity != "error":  # no error has been replaced that a note could belong to
            return False
        try:
            checked = current_modules(file)
            if checked is None:
                _add_hint(info)
            elif self._could_be_ours(info, *checked) and self._can_explain():
                return self._loaded()(file, info)
        except (Exception, SystemExit):  # the user must get at least mypy's own error
            note_failure()
        self._passed = info
        return False

    def _could_be_ours(self, info: ErrorInfo, tree: MypyFile, modules: Mapping[str, MypyFile]) -> bool:
        if not self._program.visibility.sees_ours(tree, modules):
            self._file, self._skipped = tree.path, _ALL
            return False
        if not self._is_apart(info):
            return True
        is_standard = not self._is_daemon and self._is_in_standard_code(info, tree, modules)
        return not is_standard and self._program.words.could_be_ours(info, modules)

    def _is_in_standard_code(self, info: ErrorInfo, tree: MypyFile, modules: Mapping[str, MypyFile]) -> bool:
        """Return whether an error is in standard code. In the daemon, types may change without the file."""
        if self._standard is None or not self._standard.is_about(tree):
            self._standard = _standard_code(tree, modules)
        self._file, self._skipped = tree.path, self._standard.lines
        return self._standard.includes(info.line)

    def _is_apart(self, info: ErrorInfo) -> bool:
        """Return whether an error is neither a note on one that was explained nor near one."""
        return self._watch is None or (info.severity == "error" and not self._watch.is_near(info))

    def _can_explain(self) -> bool:
        """Return whether mypy has the private parts that explanations need."""
        if self._is_usable is None:
            from typed_openai_mypy.compat.private_parts import is_usable  # noqa: PLC0415  most runs need no explanation

            self._is_usable = is_usable()
        return self._is_usable

    def _loaded(self) -> Watch:
        if self._watch is None:
            from typed_openai_mypy.watching.watcher import Watch  # noqa: PLC0415  most runs need no explanation

            self._watch = Watch(self._program)
        return self._watch


def _add_hint(info: ErrorInfo) -> None:
    """Add what to import instead to an error about an import: mypy reports those before it checks types."""
    if info.code is ATTR_DEFINED or info.code is IMPORT_NOT_FOUND:
        from typed_openai_mypy.watching import import_errors  # noqa: PLC0415  most programs have no such error

        import_errors.add_hint(info)


def _standard_code(tree: MypyFile, modules: Mapping[str, MypyFile]) -> StandardCode:
    from typed_openai_mypy.watching.standard_code import StandardCode  # noqa: PLC0415  most files have no such errors

    return StandardCode(tree, modules)
