"""The plugin that mypy loads: ``plugins = ["typed_openai_mypy.plugin"]``.

mypy asks for hooks at every call of a program. In a program without a client package, one look at its modules
answers; in any other, the hooks of each name are cached.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from mypy.nodes import MypyFile
from mypy.options import Options
from mypy.plugin import (
    AnalyzeTypeContext,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import FunctionLike, Type

from typed_openai_mypy import codes, config
from typed_openai_mypy.api.fullnames import COMPONENTS, RESOURCES
from typed_openai_mypy.api.ownership import note_extensions
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.cache_keys import CacheKeys
from typed_openai_mypy.client_imports import needed_modules
from typed_openai_mypy.compat import error_tap
from typed_openai_mypy.compat.checked_modules import CheckedModule, Checkers
from typed_openai_mypy.compat.daemon import is_daemon
from typed_openai_mypy.packages import PACKAGE, explained, package_of
from typed_openai_mypy.syntax import file_text
from typed_openai_mypy.watching.first_look import Gate

if TYPE_CHECKING:
    from typed_openai_mypy.hooks.extra_keys import ExtraKeys
    from typed_openai_mypy.hooks.lookup import Hooks

_USED: Final = (COMPONENTS, RESOURCES)
"""The modules that show that a program uses a package's types or operations."""

_NO_HOOKS: Final[Mapping[str, Callable[[AnalyzeTypeContext], Type]]] = {}


class TypedOpenAIPlugin(Plugin):
    """Reports each mistake in using the API in one line."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        file_text.read_instead(options.shadow_file or ())
        try:
            self._program = _program(options)
            self._keys = CacheKeys(self._program.options, self._program.indexes)
            _stamp(self._keys)
        except config.ConfigError as error:
            raise error_tap.fatal(f"typed_openai_mypy: error: {error}") from None
        self._is_used = False
        self._looked_through = 0
        self._checkers = Checkers(self._judge)
        is_rewriting = not self._program.is_disabled(codes.ARGUMENT)
        self._gate = Gate(self._program)
        self._tap = error_tap.Tap(self._gate.__call__) if is_rewriting else None
        if self._tap is not None:
            self._tap.attach_to_errors_of(options)
        self._adds_keys = bool(self._program.options.extra_fields)
        if not self._adds_keys and self._listens_for_good():
            # mypy asks for each name in an annotation, and a dictionary answers faster than Python code.
            self.get_type_analyze_hook = _NO_HOOKS.get  # type: ignore[assignment, method-assign]  # same types

    def _listens_for_good(self) -> bool:
        """Return whether no error can be missed from now on; the daemon drops the watchers in each run."""
        return self._tap is None or (not is_daemon() and self._tap.is_attached())

    def report_config_data(self, ctx: ReportConfigContext) -> str | None:
        """Return the data, besides their text, that the cached state of the stubs depends on."""
        package = package_of(ctx.id)
        tree = None if ctx.is_check or package is not None else (self._modules or {}).get(ctx.id)
        if tree is not None:
            note_extensions(tree)
        try:
            return None if package is None else self._keys.of_package(package)
        except config.ConfigError as error:
            raise error_tap.fatal(f"typed_openai_mypy: error: {error}") from None

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """Let a file that imports a client package look up all types that its operations need."""
        self._begin_file()
        return needed_modules(file)

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Add extra keys to the types of the API, and listen again in each run of the daemon."""
        if self._adds_keys:
            self._extra_keys.add_to(fullname)
        return None if self._tap is None or self._tap.is_attached() else self._first_type

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Check displays of API TypedDicts, which mypy treats as calls, and type ``functools.partial``."""
        return self._hooks.function[fullname] if self._is_asked() else None

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Type calls that name an operation by a string, and calls that pass on an operation's method."""
        if self._adds_keys:
            self._extra_keys.add_to_bodies(fullname)
        return self._hooks.function_signature[fullname] if self._is_asked() else None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Check functions that become tools, values assigned to a key, and calls of a TypedDict's methods."""
        return self._hooks.method[fullname] if self._is_asked() else None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Check calls of operations, and handle calls of methods like those of functions."""
        if self._adds_keys:
            self._extra_keys.add_to_bodies(fullname)
        return self._hooks.method_signature[fullname] if self._is_asked() else None

    @cached_property
    def _hooks(self) -> Hooks:
        from typed_openai_mypy.hooks.lookup import Hooks  # noqa: PLC0415  only a program that uses the API needs it

        return Hooks(self._program, self.lookup_fully_qualified)

    @cached_property
    def _extra_keys(self) -> ExtraKeys:
        from typed_openai_mypy.hooks.extra_keys import ExtraKeys  # noqa: PLC0415  few have such options

        return ExtraKeys(self._program.options.extra_fields, self.lookup_fully_qualified)

    def get_additional_indirect_deps(self, file: MypyFile) -> set[str]:
        """Judge how a module that has been checked reads values of the API."""
        module = self._checkers.checked(file) if self._sees_ours(file) else None
        if module is not None:
            self._judge(module)
        return set()

    def _judge(self, module: CheckedModule) -> None:
        if self._sees_ours(module.tree):
            from typed_openai_mypy.reading.relevance import may_read_ours  # noqa: PLC0415  only such a module needs it

            if may_read_ours(module):
                from typed_openai_mypy.reading.module_reads import judge  # noqa: PLC0415  as above

                judge(self._program, module)

    def _sees_ours(self, file: MypyFile) -> bool:
        """Return whether a module that is no stub can see a client package."""
        is_code = not file.is_stub and package_of(file.fullname) is None
        return is_code and self._program.visibility.sees_ours(file, self._modules or {})

    def _is_asked(self) -> bool:
        """Return whether a program uses the API, and remember the checker that asks for a hook."""
        if not (self._is_used or self._has_ours()):
            return False
        self._checkers.note()
        return True

    def _has_ours(self) -> bool:
        """Return whether the program uses the types or the operations of a client package."""
        modules = self._modules or {}
        if len(modules) == self._looked_through:  # none has been added since the last look
            return False
        self._looked_through = len(modules)
        if any(f"{one}{name[len(PACKAGE) :]}" in modules for one in explained() for name in _USED):
            from typed_openai_mypy.compat.private_parts import is_usable  # noqa: PLC0415  only such a program needs it

            self._is_used = is_usable()
            self._answer_faster()
        return self._is_used

    def _answer_faster(self) -> None:
        """Let a dictionary answer for methods and operators, whose signatures mypy asks for first."""
        if self._is_used:
            self.get_method_hook = self._hooks.method.__getitem__  # type: ignore[assignment, method-assign]  # same types

    def _begin_file(self) -> None:
        """Listen, and drop what is known about the program: the daemon checks it again after a change."""
        self._looked_through = 0
        if self._tap is not None:
            self._tap.is_attached()
        if self._is_used:
            self._hooks.forget()
        self._program.forget()
        self._gate.forget()

    def _first_type(self, ctx: AnalyzeTypeContext) -> Type:
        if self._tap is not None:
            self._tap.attach_to_analyzer(ctx)
        return ctx.api.analyze_type(ctx.type)


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy calls."""
    return TypedOpenAIPlugin


def _program(mypy_options: Options) -> Program:
    """The program of a run, with the descriptions that the options name; reports what in them is unclear."""
    program = Program(config.read(mypy_options.config_file))
    for problem in program.load(mypy_options):
        sys.stderr.write(f"typed_openai_mypy: {program.options.spec}: {problem}\n")
    return program


def _stamp(keys: CacheKeys) -> None:
    """Give this module a version, which the daemon compares at each run: it restarts after a change.

    Only in the daemon: elsewhere, a changed version would invalidate the whole cache, while
    :meth:`TypedOpenAIPlugin.report_config_data` invalidates that of the stubs.
    """
    if is_daemon():
        globals()["__version__"] = keys.of_all()
