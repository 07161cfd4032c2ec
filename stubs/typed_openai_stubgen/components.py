"""``types.pyi``: every component, as a TypedDict or a type alias."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from unicodedata import normalize

from typed_openai_spec.model import Api, Component, Field, Object
from typed_openai_stubgen.annotations import Annotator, sequence_not_str_stub
from typed_openai_stubgen.order import by_reach
from typed_openai_stubgen.scope import Scope
from typed_openai_stubgen.text import docstring, header, string_literal

MODULE = "typed_openai.types"

_NAME = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![.\w])[A-Za-z_]\w*')


def render(api: Api) -> str:
    """The text of ``types.pyi``."""
    scope = Scope(MODULE, taken=_taken(api.components))
    annotator = Annotator(api.components, scope)
    body = [line for one in by_reach(api.components) for line in _component(one, annotator)]
    body = [*sequence_not_str_stub(scope), *body, dir_stub(scope)]
    return "\n".join([header(api), *scope.imports(), "", *body]) + "\n"


def dir_stub(scope: Scope) -> str:
    """The declaration of a lazy module's ``__dir__``."""
    return f"def __dir__() -> {scope.use('builtins.list')}[{scope.use('builtins.str')}]: ..."


def _taken(components: Mapping[str, Component]) -> frozenset[str]:
    """Component names, and the field names that would hide module names inside a class."""
    fields = (
        one.name
        for component in components.values()
        if isinstance(component.schema, Object)
        for one in component.schema.fields
    )
    return frozenset(components) | frozenset(fields)


def _component(component: Component, annotator: Annotator) -> Iterator[str]:
    schema = component.schema
    sent = not component.output
    if isinstance(schema, Object) and (schema.fields or schema.closed):
        yield from _typed_dict(component, schema, annotator, sent)
        return
    annotation = annotator.text(schema, sent=sent)
    yield f"{component.name}: {annotator.scope.use('typing.TypeAlias')} = {annotation}"
    yield ""


def _typed_dict(component: Component, schema: Object, annotator: Annotator, sent: bool) -> Iterator[str]:
    typed_dict = annotator.scope.use("typing.TypedDict")
    types = {one.name: _field_type(one, annotator, sent) for one in schema.fields}
    if not _fits_class_syntax(types):
        # A key that is no name, or a field that hides a type its neighbours need.
        yield f'{component.name} = {typed_dict}("{component.name}", {{'
        yield from (f"    {string_literal(name)}: {text}," for name, text in types.items())
        yield "})"
        yield ""
        return
    doc = docstring(_doc_lines(component), "    ")
    yield f"class {component.name}({typed_dict}):" + ("" if schema.fields or doc else " ...")
    yield from doc
    for one in schema.fields:
        yield f"    {one.name}: {types[one.name]}"
        yield from docstring([one.doc] if one.doc else [], "    ")
    yield ""


def _field_type(field: Field, annotator: Annotator, sent: bool) -> str:
    annotation = annotator.text(field.schema, sent=sent)
    return annotation if field.required else f"{annotator.scope.use('typing.NotRequired')}[{annotation}]"


def _fits_class_syntax(types: Mapping[str, str]) -> bool:
    """Whether all keys can be class members, and none hides a name that the annotations use."""
    used = {name for text in types.values() for name in _NAME.findall(text)}
    return all(
        name.isidentifier()
        and normalize("NFKC", name) == name  # as Python reads the names in its source
        and not keyword.iskeyword(name)
        and not name.startswith("__")
        and name not in used
        for name in types
    )


def _doc_lines(component: Component) -> list[str]:
    notes = [
        note
        for applies, note in ((component.beta, "Beta."), (component.deprecated, "Deprecated."))
        if applies
    ]
    return [*([component.doc] if component.doc else []), *notes]
