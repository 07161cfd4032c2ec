"""``resources.pyi``, and that of the async client: one class per group, one method per operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from typed_openai_spec.model import (
    Anything,
    Api,
    Argument,
    Operation,
    Result,
    class_name,
)
from typed_openai_spec.model.media import is_json
from typed_openai_spec.option_tables import (
    CALL_OPTION_TABLE,
    ON_PROGRESS,
    OTHER_CALL_OPTION_TABLE,
    STREAM_TO,
    CallOption,
    with_names,
)
from typed_openai_stubgen.annotations import Annotator, omittable, sequence_not_str_stub
from typed_openai_stubgen.call_forms import Form, forms
from typed_openai_stubgen.client_kinds import SYNC, ClientKind
from typed_openai_stubgen.component_stubs import dir_stub
from typed_openai_stubgen.layers import NEEDED
from typed_openai_stubgen.safe_text import docstring, header, one_line, string_literal
from typed_openai_stubgen.scope import Scope

OWN_PACKAGE: Final = "typed_openai"

# The state of a stream's receiver. Callbacks have none: the default saves an overload for them.
_STATE = "_State"

# The options that not every operation takes.
_OWN_OPTIONS: Final = {one.name: one for one in CALL_OPTION_TABLE if one.taken_by != "all"}

_DEPRECATED: Final = "typing_extensions.deprecated"

# Aliases for the types of options that every operation takes: each signature with them takes memory.
_NAMED: Final = {
    "collections.abc.Mapping[str, str | None]": "_Headers",
    "collections.abc.Mapping[str, object]": "_Fields",
}

# Number of operations in the documentation of a group.
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class _Module:
    """The inputs for the module's text: the model and the scope of its names."""

    api: Api
    scope: Scope
    annotator: Annotator
    options: tuple[str, ...]
    kind: ClientKind
    notices: dict[str, str] = field(default_factory=dict)
    """The names of the module that stand for notices, by notice."""

    def state(self) -> str:
        """Return the type variable for the state of a stream's receiver."""
        return self.scope.use(f"{self.scope.module}.{_STATE}")


def render(api: Api, package: str, kind: ClientKind) -> str:
    """Return the text of the stub of a kind of client's groups in ``package``."""
    names = frozenset(one.name for one in api.operations) | {kind.base, *map(kind.class_of, api.groups)}
    scope = Scope(f"{package}.{kind.module}", taken=names)
    types = scope.use(f"{package}.{NEEDED}", alias="types")
    annotator = Annotator(api.components, scope, prefix=f"{types}.", file_input=kind.file_input)
    table = CALL_OPTION_TABLE if package == OWN_PACKAGE else OTHER_CALL_OPTION_TABLE
    module = _Module(api, scope, annotator, _options(scope, table), kind)
    body = [
        line
        for group, operations in groupby(api.operations, key=lambda one: one.group)
        for line in _resource(group, tuple(operations), module)
    ]
    base = [
        f"class {kind.base}:",
        *docstring(["A group of operations of one client."], "    "),
        f"    def __init__(self, client: {scope.use(f'{package}.{kind.client}')}) -> None: ...",
        "",
    ]
    notices = _notice_stubs(module)
    lines = [
        *sequence_not_str_stub(scope),
        *_state_stub(scope),
        *_named_types(scope),
        *notices,
        *base,
        *body,
        dir_stub(scope),
    ]
    return "\n".join([header(api), *scope.imports(), "", *lines]) + "\n"


def _state_stub(scope: Scope) -> list[str]:
    if not scope.uses(f"{scope.module}.{_STATE}"):
        return []
    return [f'_State = {scope.use("typing_extensions.TypeVar")}("_State", default=None)', ""]


def _notice_stubs(module: _Module) -> list[str]:
    deprecated = module.scope.use(_DEPRECATED) if module.notices else ""
    named = [f"{name} = {deprecated}({notice})" for notice, name in module.notices.items()]
    return [*named, ""] if named else []


def _options(scope: Scope, table: tuple[CallOption, ...]) -> tuple[str, ...]:
    taken = (one for one in table if one.taken_by == "all")
    types = ((one.name, _NAMED.get(one.type) or _option_type(one.type, scope, {})) for one in taken)
    return tuple(f"{name}: {omittable(annotation, scope)} = ..." for name, annotation in types)


def _named_types(scope: Scope) -> list[str]:
    alias = scope.use("typing.TypeAlias")
    named = (f"{name}: {alias} = {_option_type(text, scope, {})}" for text, name in _NAMED.items())
    return [*named, ""]


def _option_type(annotation: str, scope: Scope, names: Mapping[str, str]) -> str:
    """Return the type of a call's option; ``names`` are replacements for some of its names."""

    def local(name: str) -> str:
        return names.get(name) or scope.use(name if "." in name else f"builtins.{name}")

    return with_names(annotation, local)


def _resource(group: str, operations: tuple[Operation, ...], module: _Module) -> Iterator[str]:
    yield f"class {module.kind.class_of(group)}({module.kind.base}):"
    yield from docstring([_group_doc(group, [one.name for one in operations])], "    ")
    yield ""
    for operation in operations:
        yield from _operation(operation, module)
        for alias in operation.aliases:
            yield from _operation(operation.renamed(alias), module)


def group_docs(api: Api) -> dict[str, str]:
    """Return each group's documentation for editors: the first of its operations."""
    names: dict[str, list[str]] = {}
    for one in api.operations:
        names.setdefault(one.group, []).append(one.name)
    return {group: _group_doc(group, found) for group, found in names.items()}


def default_groups(api: Api) -> list[str]:
    """Return the groups of a package's default client as stub lines."""
    return [
        line
        for group, doc in group_docs(api).items()
        for line in (f"{group}: _resources.{class_name(group)}", *docstring([doc], ""))
    ]


def _group_doc(group: str, names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"The operations under ``client.{group}``: {', '.join(names[:_SHOWN])}{more}."


def _operation(operation: Operation, module: _Module) -> Iterator[str]:
    ways = forms(operation, module.api)
    annotator = for_arguments(operation, module.annotator)
    for way in ways:
        if len(ways) > 1:
            yield f"    @{module.scope.use('typing.overload')}"
        if operation.deprecated:
            yield f"    @{_notice(operation, module, overloaded=len(ways) > 1)}"
        yield f"    {module.kind.define} {operation.name}("
        yield "        self,"
        yield from (f"        {line}," for line in _parameters(operation, way, module, annotator))
        lines = docstring(_doc_of_way(operation, ways.index(way), len(ways)), "        ")
        yield f"    ) -> {_returns(way, module)}:" + ("" if lines else " ...")
        yield from lines
        yield ""


def _notice(operation: Operation, module: _Module, *, overloaded: bool) -> str:
    """Return the decorator that marks an operation as deprecated.

    mypy would write the whole signature of a deprecated overload into its message, with the keys of all types
    in it, even if it never prints that message. It does not read a notice that is a name; editors do.
    """
    notice = string_literal(one_line(operation.deprecation))
    if not overloaded:
        return f"{module.scope.use(_DEPRECATED)}({notice})"
    if notice not in module.notices:
        module.notices[notice] = module.scope.private(f"{operation.group}_{operation.name}_deprecated")
    return module.notices[notice]


def for_arguments(operation: Operation, annotator: Annotator) -> Annotator:
    """The annotator for the arguments of an operation.

    JSON is encoded before it is sent, so that an iterator is sufficient. This is not true for forms.
    """
    return replace(annotator, iterable=all(is_json(one.media_type) for one in operation.bodies))


def _parameters(operation: Operation, form: Form, module: _Module, annotator: Annotator) -> Iterator[str]:
    positional = [one for one in form.arguments if one.positional]
    keywords = [one for one in form.arguments if not one.positional]
    yield from (_parameter(one, annotator) for one in positional)
    yield "*"
    yield from (_parameter(one, annotator) for one in keywords)
    if form.stream is not None:
        yield f"{STREAM_TO}: {_stream_to(form.stream, module)}"
    if operation.sends_files:
        yield f"{ON_PROGRESS}: {omittable(_on_progress(module), module.scope)} = ..."
    yield from module.options


def _parameter(argument: Argument, annotator: Annotator) -> str:
    annotation = annotator.text(argument.schema, sent=True)
    if argument.required:
        return f"{argument.name}: {annotation}"
    return f"{argument.name}: {omittable(annotation, annotator.scope)} = ..."


def _stream_to(stream: Result, module: _Module) -> str:
    names = {"Event": _schema_text(stream, module.annotator), "State": module.state()}
    shared = _option_type(_OWN_OPTIONS[STREAM_TO].type, module.scope, names)
    if not (own := module.kind.receiver):
        return shared
    return f"{shared} | {module.scope.use(own)}[{names['Event']}, {names['State']}]"


def _on_progress(module: _Module) -> str:
    return _option_type(_OWN_OPTIONS[ON_PROGRESS].type, module.scope, {})


def _returns(form: Form, module: _Module) -> str:
    if form.stream is not None:
        return f"{module.scope.use(module.kind.handle)}[{module.state()}]"
    return " | ".join(dict.fromkeys(result_text(one, module.annotator, module.kind) for one in form.results))


def result_text(result: Result, annotator: Annotator, kind: ClientKind = SYNC) -> str:
    """The annotation of a result: that of its JSON, or the class that its kind is given as."""
    origin, rest = kind.results[result.kind]
    schema = _schema_text(result, annotator) if "{}" in rest else ""
    return (annotator.scope.use(origin) if origin else "") + rest.format(schema)


def _schema_text(result: Result, annotator: Annotator) -> str:
    return annotator.text(result.schema or Anything(), sent=False)


def _doc_of_way(operation: Operation, position: int, count: int) -> list[str]:
    """Return an overload's docstring: pyright shows the first one for the others, jedi the last one."""
    if 0 < position < count - 1:
        return []
    return _doc_lines(operation, brief=position > 0)


def _doc_lines(operation: Operation, *, brief: bool) -> list[str]:
    """Return the summary, warnings, a sentence for each argument unless ``brief``, and the reference."""
    paragraphs = [[operation.doc] if operation.doc else []]
    paragraphs += [["Beta: may change without notice."]] if operation.beta else []
    paragraphs += [[f"{operation.unpublished}."]] if operation.unpublished else []
    paragraphs += [[f"Deprecated: {operation.deprecation}."]] if operation.deprecated else []
    arguments = [f"    {one.name}: {one.doc}" for one in operation.arguments if one.doc]
    if operation.can_stream:
        arguments.append(f"    {STREAM_TO}: {_OWN_OPTIONS[STREAM_TO].doc}")
    if operation.sends_files:
        arguments.append(f"    {ON_PROGRESS}: {_OWN_OPTIONS[ON_PROGRESS].doc}")
    paragraphs += [["Args:", *arguments]] if arguments and not brief else []
    paragraphs += [[operation.doc_url]] if operation.doc_url else []
    lines = [line for paragraph in paragraphs if paragraph for line in ["", *paragraph]]
    return lines[1:]
