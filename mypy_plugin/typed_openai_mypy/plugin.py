"""The plugin that mypy loads: ``plugins = ["typed_openai_mypy.plugin"]``.

mypy asks for hooks at every call of a program. In a program without a client package, a look at its modules
is enough; in any other, the hooks of each name are cached. mypy stores a digest of the plugin, the API's
index and the options with the stubs, so that mypy and its daemon notice a change of any of them.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mypy.nodes import Import, ImportAll, ImportFrom, MypyFile
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

from typed_openai_mypy import codes, config, visibility
from typed_openai_mypy.api.fullnames import COMPONENTS, RESOURCES, TYPES, is_ours
from typed_openai_mypy.compat import error_tap, reporting
from typed_openai_mypy.packages import PACKAGE, explained, package_of
from typed_openai_mypy.watching.first_look import Gate
from typed_openai_mypy.words import words
from typed_openai_spec import spelling

if TYPE_CHECKING:
    from typed_openai_mypy.hooks.lookup import Hooks

_AFTER_IMPORTS: Final = 10
"""mypy's priority for a dependency without an import statement."""


class TypedOpenAIPlugin(Plugin):
    """Reports each mistake in using the API in one line."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        try:
            self._config = config.read(options.config_file)
            config.put_in_force(self._config)
            _check_descriptions(self._config, options)
        except config.ConfigError as error:
            raise error_tap.fatal(f"typed_openai_mypy: error: {error}") from None
        _stamp(self._config)
        self._is_used = False
        is_rewriting = codes.ARGUMENT.code not in self._config.disable
        self._tap = error_tap.Tap(Gate()) if is_rewriting else None
        if self._tap is not None:
            self._tap.attach_to_errors_of(options)

    def report_config_data(self, ctx: ReportConfigContext) -> str | None:
        """Return the data, besides their text, that the cached state of the stubs depends on."""
        package = package_of(ctx.id)
        if package is None:
            return None
        return f"{source_digest()} {_index_digest(package)} {self._config.fingerprint()}"

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """Let a file that imports a client package look up all types that its operations need.

        The types of bodies for ``request`` are as many again, so they are only added for a file that
        contains that word.
        """
        self._begin_file()
        if is_ours(file.fullname):
            return []
        found = _imported_packages(file)
        module = TYPES if found and _says(file, "request") else COMPONENTS
        return [(_AFTER_IMPORTS, f"{one}{module[len(PACKAGE) :]}", -1) for one in found]

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Listen again in each run of the daemon, which drops all listeners."""
        if self._tap is None or self._tap.is_attached():
            return None
        return self._first_type

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Check displays of API TypedDicts, which mypy treats as calls, and type ``functools.partial``."""
        return self._hooks.function[fullname] if self._is_used or self._has_ours() else None

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Type calls that name an operation by a string, and calls that pass on an operation's method."""
        return self._hooks.function_signature[fullname] if self._is_used or self._has_ours() else None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Check values that are assigned to a key of a TypedDict."""
        if fullname != "__setitem__" or not (self._is_used or self._has_ours()):
            return None
        return self._hooks.assigned_item

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Check calls of operations, and handle calls of methods like those of functions."""
        return self._hooks.method_signature[fullname] if self._is_used or self._has_ours() else None

    @cached_property
    def _hooks(self) -> Hooks:
        from typed_openai_mypy.hooks.lookup import Hooks  # noqa: PLC0415  only a program that uses the API needs it

        return Hooks(self._config, self.lookup_fully_qualified)

    def _has_ours(self) -> bool:
        """Return whether the program uses the operations of a client package."""
        modules = self._modules or {}
        if any(f"{one}{RESOURCES[len(PACKAGE) :]}" in modules for one in explained()):
            from typed_openai_mypy.compat.private_parts import is_usable  # noqa: PLC0415  only such a program needs it

            self._is_used = is_usable()
        return self._is_used

    def _begin_file(self) -> None:
        """Listen, and drop what is known about the program: the daemon checks it again after a change."""
        if self._tap is not None:
            self._tap.is_attached()
        if self._is_used:
            self._hooks.forget()
        reporting.forget()
        visibility.forget()
        words.forget()

    def _first_type(self, ctx: AnalyzeTypeContext) -> Type:
        if self._tap is not None:
            self._tap.attach_to_analyzer(ctx)
        return ctx.api.analyze_type(ctx.type)


@cache
def source_digest() -> str:
    """The digest of this package's source."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _check_descriptions(options: config.Config, mypy_options: Options) -> None:
    """Read the descriptions that the options name, and report their unsupported parts."""
    if options.spec is None and not options.extra_fields and not options.packages:
        return
    from typed_openai_mypy.api import description  # noqa: PLC0415  most have no such options
    from typed_openai_mypy.compat import search_path  # noqa: PLC0415  most have no such options

    for problem in description.use(options, search_path.search_path(mypy_options)):
        sys.stderr.write(f"typed_openai_mypy: {options.spec}: {problem}\n")


def _imported_packages(file: MypyFile) -> list[str]:
    found: dict[str, None] = {}
    for one in file.imports:
        names = [name for name, _ in one.ids] if isinstance(one, Import) else []
        if isinstance(one, (ImportFrom, ImportAll)):
            names = [one.id]
        found |= dict.fromkeys(package for name in names if (package := package_of(name)) is not None)
    return list(found)


def _says(file: MypyFile, word: str) -> bool:
    """Return whether a word is in the text of a file, whose syntax tree may not exist yet."""
    try:
        text = Path(file.path).read_bytes()
    except OSError:  # for example, a program given with -c
        return True
    return re.search(rb"\b%b\b" % word.encode(), text) is not None


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy calls."""
    return TypedOpenAIPlugin


def _stamp(options: config.Config) -> None:
    """Give this module a version, which the daemon compares at each run: it restarts after a change.

    Only the daemon needs it. Elsewhere, a changed version would invalidate the whole cache, while the
    digest of :meth:`TypedOpenAIPlugin.report_config_data` invalidates only the stubs.
    """
    if "mypy.dmypy_server" in sys.modules:
        source_digest.cache_clear()
        _index_digest.cache_clear()
        digests = " ".join(map(_index_digest, explained()))
        globals()["__version__"] = f"{source_digest()} {digests} {options.fingerprint()}"


def _packaged_digest() -> str | None:
    """The digest of the packaged index, and of the source that reads it, without loading either.

    None if the index has no digest: the error is reported when the index is loaded.
    """
    folder = Path(spelling.__file__).parent
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        total.update(path.read_bytes())
    try:
        total.update(json.loads((folder / "packaged" / "api.json").read_bytes())["digest"].encode())
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return None
    return total.hexdigest()


@cache
def _index_digest(package: str) -> str:
    is_packaged = package == PACKAGE and config.in_force().spec is None
    if is_packaged and (digest := _packaged_digest()) is not None:
        return digest
    from typed_openai_mypy.api import description  # noqa: PLC0415  most go by the packaged description

    try:
        return description.digest(package)
    except config.ConfigError as error:
        raise error_tap.fatal(f"typed_openai_mypy: error: {error}") from None
