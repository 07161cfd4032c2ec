"""The plugin that mypy loads: ``plugins = ["typed_openai_mypy.plugin"]``.

mypy asks for hooks at every call of a program, so what has been answered for a name is remembered, and names
that have nothing to do with us cost a dictionary lookup. The digest of the plugin, of the API's index and of the
options is part of what mypy stores for our stubs, so a change of any of them is noticed, by the daemon too.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from mypy.errors import ErrorInfo
from mypy.nodes import Import, ImportAll, ImportFrom, MypyFile, TypeInfo, Var
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
from mypy.types import CallableType, FunctionLike, Type

from typed_openai_mypy import codes, compat, compat_hooks, compat_partial, compat_tap, config, reach
from typed_openai_mypy.fullnames import (
    ANONYMOUS,
    CARRIERS,
    COMPONENTS,
    DEFAULT_CLIENT,
    DYNAMIC,
    PARTIAL,
    RESOURCES,
    TYPES,
    is_ours,
)
from typed_openai_mypy.owners import REWRITABLE
from typed_openai_mypy.packages import PACKAGE, canonical, explained, package_of
from typed_openai_mypy.shapes import mentions_ours
from typed_openai_mypy.words import words

if TYPE_CHECKING:
    from typed_openai_mypy.hooks import Hooks

T = TypeVar("T")

SignatureHook: TypeAlias = Callable[[MethodSigContext | FunctionSigContext], FunctionLike]

_NEVER_SPECIAL: Final = ("builtins.", "typing.", f"{PACKAGE}.")
"""Where most of what a program calls is from; nothing there takes arguments of ours in one."""

_AFTER_IMPORTS: Final = 10
"""mypy's priority for a dependency that no import statement makes."""


class TypedOpenAIPlugin(Plugin):
    """Tells mistakes in using the API in one line each."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        try:
            self._config = config.read(options.config_file)
            config.put_in_force(self._config)
            _check_descriptions(self._config, options)
        except config.ConfigError as error:
            raise compat.fatal(f"typed_openai_mypy: error: {error}") from None
        _stamp(self._config)
        self._function = Lookup(self._function_hook)
        self._function_signature = Lookup(self._function_signature_hook)
        self._method_signature = Lookup(self._method_signature_hook)
        self._tap = compat_tap.Tap(_on_error()) if self._is_wanted() else None
        if self._tap is not None:
            self._tap.attach_to_errors_of(options)

    def report_config_data(self, ctx: ReportConfigContext) -> str | None:
        """What our stubs' cached state depends on beside their text."""
        package = package_of(ctx.id)
        if package is None:
            return None
        return f"{source_digest()} {_index_digest(package)} {self._config.fingerprint()}"

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """A file that imports our package can look up all the types that operations need.

        The bodies' own types are as many again, and only ``request`` takes them.
        """
        self._begin_file()
        if is_ours(file.fullname):
            return []
        found = _imported_packages(file)
        module = TYPES if found and _says(file, "request") else COMPONENTS
        return [(_AFTER_IMPORTS, f"{one}{module[len(PACKAGE) :]}", -1) for one in found]

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Listen again before a function is checked again: the daemon drops all listeners at each run."""
        if self._tap is None or self._tap.is_attached():
            return None
        return self._first_type

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Find the mistakes in displays of our TypedDicts: each is a call to mypy. Type partials."""
        return self._function[fullname]

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Type the calls that name an operation in text, and those that hand over a method of ours."""
        return self._function_signature[fullname]

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Find the mistakes in what is assigned to a key."""
        return self._assigned_item if fullname == "__setitem__" else None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Narrow the big unions in the arguments of our operations; type calls as functions' are."""
        return self._method_signature[fullname]

    def _function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        if fullname == PARTIAL:
            return self._made_partial
        return partial(self._displayed, fullname) if is_ours(fullname) or fullname in ANONYMOUS else None

    def _function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        if fullname.rpartition(".")[2] in CARRIERS or fullname == PARTIAL:
            return self._handed_over
        if self._is_variable(fullname):
            return self._called_variable
        if canonical(fullname).startswith(f"{DEFAULT_CLIENT}."):
            return self._called_by_name
        return self._special(fullname)

    def _method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        if canonical(fullname).startswith(RESOURCES):
            return partial(self._hooks.called_operation, fullname)
        if fullname == f"{PARTIAL}.__call__":
            return self._called_partial
        name = fullname.rpartition(".")[2]
        if name in CARRIERS or name in DYNAMIC:
            return self._handed_over if name in CARRIERS else self._called_by_name
        return self._special(fullname)

    @cached_property
    def _hooks(self) -> Hooks:
        from typed_openai_mypy.hooks import Hooks  # noqa: PLC0415  only a program that uses the API needs it

        return Hooks(self._config)

    def _called_by_name(self, context: MethodSigContext | FunctionSigContext) -> FunctionLike:
        used = _is_used(context.api)
        return self._hooks.called_by_name(context) if used else context.default_signature

    def _handed_over(self, context: MethodSigContext | FunctionSigContext) -> FunctionLike:
        used = _is_used(context.api)
        return self._hooks.handed_over(context) if used else context.default_signature

    def _called_partial(self, context: MethodSigContext) -> FunctionLike:
        used = _is_used(context.api)
        return self._hooks.called_partial(context) if used else context.default_signature

    def _is_variable(self, fullname: str) -> bool:
        """Whether the name is a variable's, which may hold a method; a local one has no module before it."""
        found = self.lookup_fully_qualified(fullname) if "." in fullname else None
        return "." not in fullname or (found is not None and isinstance(found.node, Var))

    def _called_variable(self, context: FunctionSigContext) -> FunctionLike:
        definition = context.default_signature.definition
        ours = definition is not None and canonical(definition.fullname).startswith(RESOURCES)
        if self._takes_ours([context.default_signature]):
            words.add_carrying(context.default_signature.name or "")
        if context.default_signature.unpack_kwargs:
            return self._called_with_keywords(context)
        if definition is None or not ours:
            return context.default_signature
        signature = context.default_signature
        method = MethodSigContext(signature.fallback, context.args, signature, context.context, context.api)
        return self._hooks.called_operation(definition.fullname, method)

    def _special(self, fullname: str) -> SignatureHook | None:
        """The hook of anybody's function or class that takes ``**kwargs: Unpack[...]``, or what it calls."""
        if fullname.startswith(_NEVER_SPECIAL):
            return None
        found = self.lookup_fully_qualified(fullname)
        if found is None and (owner := self.lookup_fully_qualified(fullname.rpartition(".")[0])) is not None:
            found = owner.node.get(fullname.rpartition(".")[2]) if isinstance(owner.node, TypeInfo) else None
        signatures = () if found is None else compat_hooks.signatures_of(found.node)
        hands_on = any(one.unpack_kwargs or compat_partial.slot_of(one) is not None for one in signatures)
        if hands_on or self._takes_ours(signatures):
            words.add_carrying(fullname.rpartition(".")[2])
        if any(one.unpack_kwargs for one in signatures):
            return self._called_with_keywords
        return self._handed_over if hands_on else None

    def _takes_ours(self, signatures: Iterable[CallableType]) -> bool:
        """Return whether a function takes one of our types, in a program that has them."""
        if not any(f"{one}{RESOURCES[len(PACKAGE) :]}" in (self._modules or {}) for one in explained()):
            return False
        return any(mentions_ours(wanted) for one in signatures for wanted in one.arg_types)

    def _called_with_keywords(self, context: MethodSigContext | FunctionSigContext) -> FunctionLike:
        used = _is_used(context.api)
        return self._hooks.called_with_keywords(context) if used else context.default_signature

    def _made_partial(self, context: FunctionContext) -> Type:
        used = _is_used(context.api)
        return self._hooks.made_partial(context) if used else compat_partial.made_partial(context)

    def _displayed(self, fullname: str, context: FunctionContext) -> Type:
        used = _is_used(context.api)
        return self._hooks.displayed(fullname, context) if used else context.default_return_type

    def _assigned_item(self, context: MethodContext) -> Type:
        used = _is_used(context.api)
        return self._hooks.assigned_item(context) if used else context.default_return_type

    def _is_wanted(self) -> bool:
        if codes.ARGUMENT.code in self._config.disable:
            return False
        if missing := compat.missing_parts():
            lacking = ", ".join(missing)
            sys.stderr.write(
                f"typed_openai_mypy: this mypy lacks {lacking}; its errors keep their own text\n"
            )
        return not missing

    def _begin_file(self) -> None:
        """Listen, and forget what was known of the program: the daemon checks it again after a change."""
        if self._tap is not None:
            self._tap.is_attached()
        for one in (self._function, self._function_signature, self._method_signature):
            one.clear()
        reach.forget()
        words.forget()

    def _first_type(self, ctx: AnalyzeTypeContext) -> Type:
        if self._tap is not None:
            self._tap.attach_to_analyzer(ctx)
        return ctx.api.analyze_type(ctx.type)


class Lookup(dict[str, T]):
    """Answers by name, each worked out once."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> T:
        made = self[name] = self._make(name)
        return made


def _is_used(api: object) -> bool:
    """Whether the program has the operations of a package whose use is explained."""
    return any(compat_hooks.has_module(api, f"{one}{RESOURCES[len(PACKAGE) :]}") for one in explained())


@cache
def source_digest() -> str:
    """The digest of this package's source."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _check_descriptions(options: config.Config, mypy_options: Options) -> None:
    """Read the descriptions that the options ask for, and tell what in them was not understood."""
    if options.spec is None and not options.extra_fields and not options.packages:
        return
    from typed_openai_mypy import compat_search, description  # noqa: PLC0415  most have no such options

    for problem in description.use(options, compat_search.search_path(mypy_options)):
        sys.stderr.write(f"typed_openai_mypy: {options.spec}: {problem}\n")


def _on_error() -> compat_tap.OnError:
    """The rewriter, loaded when there is something to rewrite: most files are correct."""
    watches: list[compat_tap.OnError] = []

    def on_error(file: str, info: ErrorInfo) -> bool:
        if info.code is not None and info.code.code not in REWRITABLE:
            return False
        if not watches:
            from typed_openai_mypy.watch import Watch  # noqa: PLC0415  most runs need no explanation

            watches.append(Watch())
        return watches[0](file, info)

    return on_error


def _imported_packages(file: MypyFile) -> list[str]:
    found: dict[str, None] = {}
    for one in file.imports:
        names = [name for name, _ in one.ids] if isinstance(one, Import) else []
        if isinstance(one, (ImportFrom, ImportAll)):
            names = [one.id]
        found |= dict.fromkeys(package for name in names if (package := package_of(name)) is not None)
    return list(found)


def _says(file: MypyFile, word: str) -> bool:
    """Whether a word is in a file's text. Its syntax tree may not be there yet, so the text has to do."""
    try:
        text = Path(file.path).read_bytes()
    except OSError:  # a program on the command line, perhaps
        return True
    return re.search(rb"\b%b\b" % word.encode(), text) is not None


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy calls."""
    return TypedOpenAIPlugin


def _stamp(options: config.Config) -> None:
    """Give this module a version, in the daemon alone: it restarts when the version changes at a run.

    Elsewhere the digest in :meth:`TypedOpenAIPlugin.report_config_data` is the finer tool: a changed
    version would void the cache of everything.
    """
    if "mypy.dmypy_server" in sys.modules:
        source_digest.cache_clear()
        _index_digest.cache_clear()
        digests = " ".join(map(_index_digest, explained()))
        globals()["__version__"] = f"{source_digest()} {digests} {options.fingerprint()}"


@cache
def _index_digest(package: str) -> str:
    from typed_openai_mypy import description  # noqa: PLC0415  only users of the API need it

    try:
        return description.digest(package)
    except config.ConfigError as error:
        raise compat.fatal(f"typed_openai_mypy: error: {error}") from None
