"""What mypy loads: ``plugins = ["typed_openai_mypy.plugin"]``.

The hooks only see to it that the rewriter listens; it does the work. The digest of the plugin, of
the API's index and of the options is part of what mypy stores for our stubs, so a change of any of
them is noticed, by the daemon too.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Final

from mypy.errorcodes import ErrorCode
from mypy.errors import ErrorInfo
from mypy.nodes import Import, ImportAll, ImportFrom, MypyFile
from mypy.options import Options
from mypy.plugin import (
    AnalyzeTypeContext,
    AttributeContext,
    ClassDefContext,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import FunctionLike, Type

from typed_openai_mypy import codes, compat, config
from typed_openai_mypy.features.callees import operation_called
from typed_openai_mypy.features.findings import tell
from typed_openai_mypy.features.narrowing import narrow_signature
from typed_openai_mypy.fullnames import COMPONENTS, RESOURCES, is_ours
from typed_openai_spec.model import Operation

_AFTER_IMPORTS: Final = 10
"""mypy's priority for a dependency that no import statement makes."""


class TypedOpenAIPlugin(Plugin):
    """Tells mistakes in using the API in one line each."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        try:
            self._config = config.read(options.config_file)
        except config.ConfigError as error:
            raise compat.fatal(f"typed_openai_mypy: error: {error}") from None
        self._beyond = frozenset(one for one in codes.BEYOND if one.code not in self._config.disable)
        self._tap = compat.Tap(_on_error()) if self._is_wanted() else None

    def report_config_data(self, ctx: ReportConfigContext) -> str | None:
        """What our stubs' cached state depends on beside their text."""
        return (
            f"{source_digest()} {_index_digest()} {self._config.fingerprint()}" if is_ours(ctx.id) else None
        )

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """A file that imports our package can look up all the types that operations need."""
        if is_ours(file.fullname) or not _imports_ours(file):
            return []
        return [(_AFTER_IMPORTS, COMPONENTS, -1)]

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Listen from the first type that is analyzed."""
        if self._tap is None or self._tap.attached:
            self._listen()
            return None
        return self._first_type

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Listen."""
        self._listen()
        return None

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Listen."""
        self._listen()
        return None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Listen."""
        self._listen()
        return None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Narrow the big unions in the arguments of our operations."""
        self._listen()
        if not fullname.startswith(RESOURCES):
            return None
        operation = operation_called(fullname) if self._beyond else None
        return narrow_signature if operation is None else partial(_look_and_narrow, operation, self._beyond)

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        """Listen."""
        self._listen()
        return None

    def get_base_class_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Listen."""
        self._listen()
        return None

    def _is_wanted(self) -> bool:
        if codes.ARGUMENT.code in self._config.disable:
            return False
        if missing := compat.missing_parts():
            lacking = ", ".join(missing)
            sys.stderr.write(
                f"typed_openai_mypy: this mypy lacks {lacking}; its errors keep their own text\n"
            )
        return not missing

    def _listen(self) -> None:
        """The daemon empties the list of listeners at every run, so every hook sees to it."""
        if self._tap is not None:
            self._tap.attach_to_checker()

    def _first_type(self, ctx: AnalyzeTypeContext) -> Type:
        if self._tap is not None:
            self._tap.attach_to_analyzer(ctx)
        return ctx.api.analyze_type(ctx.type)


def _look_and_narrow(
    operation: Operation, wanted: frozenset[ErrorCode], context: MethodSigContext
) -> FunctionLike:
    tell(context, operation, wanted)
    return narrow_signature(context)


@cache
def source_digest() -> str:
    """The digest of this package's source."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _on_error() -> compat.OnError:
    """The rewriter, loaded when there is something to rewrite: most files are correct."""
    watches: list[compat.OnError] = []

    def on_error(file: str, info: ErrorInfo) -> bool:
        if info.code is None or info.code.code not in codes.REWRITABLE:
            return False
        if not watches:
            from typed_openai_mypy.watch import Watch  # noqa: PLC0415  most runs need no explanation

            watches.append(Watch())
        return watches[0](file, info)

    return on_error


def _imports_ours(file: MypyFile) -> bool:
    for one in file.imports:
        names = [name for name, _ in one.ids] if isinstance(one, Import) else []
        if isinstance(one, (ImportFrom, ImportAll)):
            names = [one.id]
        if any(map(is_ours, names)):
            return True
    return False


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy calls.

    The daemon compares this module's version at each ``dmypy run`` and restarts when it changes.
    Elsewhere the digest in :meth:`TypedOpenAIPlugin.report_config_data` is the finer tool: a changed
    version would void the cache of everything.
    """
    if "mypy.dmypy_server" in sys.modules:
        source_digest.cache_clear()
        _index_digest.cache_clear()
        globals()["__version__"] = f"{source_digest()} {_index_digest()} {_config_digest()}"
    return TypedOpenAIPlugin


@cache
def _index_digest() -> str:
    from typed_openai_spec.index import PACKAGED, Index  # noqa: PLC0415  only users of the API need it
    from typed_openai_spec.problems import DescriptionError  # noqa: PLC0415  as above

    try:
        return Index(PACKAGED).digest
    except DescriptionError as error:
        raise compat.fatal(f"typed_openai_mypy: error: {error}") from None


def _config_digest() -> str:
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg"):
        if (path := Path(name)).is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
