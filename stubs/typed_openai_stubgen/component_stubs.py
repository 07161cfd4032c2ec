"""``types.pyi`` and the modules below it: every component, as a TypedDict or a type alias."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from unicodedata import normalize

from typed_openai_spec.model import UNPUBLISHED, Api, Component, Field, Object
from typed_openai_spec.stub_names import further_alias
from typed_openai_stubgen.annotations import Annotator, sequence_not_str_stub
from typed_openai_stubgen.field_aliases import MANY, FieldAliases
from typed_openai_stubgen.layers import BELOW, PUBLIC, RECURSIVE, layers
from typed_openai_stubgen.recursive_aliases import aliases_to_inline
from typed_openai_stubgen.safe_text import docstring, header, string_literal
from typed_openai_stubgen.scope import Scope
from typed_openai_stubgen.uses import uses

# mypy checks each key and alias of a module after it has read them, and can find nothing wrong with types.
# This option of its own leaves that out for one module: a tenth of the time that all stubs take.
_ONLY_READ: Final = "# mypy: semantic-analysis-only"

_PLACE = re.compile("``([^`]+)``")


def render(api: Api, package: str) -> dict[str, str]:
    """Return the text of each module of ``package`` that has components, by the module's own name."""
    used, modules = uses(api), layers(api)
    return {module: _module(api, package, module, modules, used) for module in modules}


def _module(
    api: Api, package: str, module: str, modules: Mapping[str, Sequence[Component]], used: Mapping[str, str]
) -> str:
    own = modules[module]
    homes = {one.name: f"{package}.{home}" for home, components in modules.items() for one in components}
    scope = Scope(f"{package}.{module}", taken=_taken(api.components))
    inlined = aliases_to_inline(own) if module == RECURSIVE else frozenset[str]()
    aliases = FieldAliases(scope, with_unions=module == RECURSIVE and len(own) >= MANY)
    annotator = Annotator(api.components, scope, inlined=inlined, homes=homes, aliases=aliases)
    # Aliases that nothing in the module refers to come last, when all that they stand for is known.
    own = sorted(own, key=lambda one: one.name in inlined)
    body = [line for one in own for line in _component(one, annotator, _doc_lines(one, used[one.name]))]
    end = [dir_stub(scope)] if module == PUBLIC else []
    body = [*sequence_not_str_stub(scope), *aliases.stub(), *body, *end]
    below = BELOW[module]
    # In a stub this re-exports the imported names.
    names_below = [f"from {package}.{below} import *"] if below else []
    return "\n".join([*types_header(api), *scope.imports(), *names_below, "", *body]) + "\n"


def types_header(api: Api) -> list[str]:
    """Return the first lines of a module of types."""
    return [header(api), _ONLY_READ]


def dir_stub(scope: Scope) -> str:
    """Return the declaration of a lazy module's ``__dir__``."""
    return f"def __dir__() -> {scope.use('builtins.list')}[{scope.use('builtins.str')}]: ..."


def _taken(components: Mapping[str, Component]) -> frozenset[str]:
    """Return component names, and the field names that would shadow module names inside a class."""
    fields = (
        one.name
        for component in components.values()
        if isinstance(component.schema, Object)
        for one in component.schema.fields
    )
    aliases = (alias for component in components.values() for alias in component.aliases)
    return frozenset(components) | frozenset(fields) | frozenset(aliases)


def _component(component: Component, annotator: Annotator, doc: list[str]) -> Iterator[str]:
    yield from _declared(component, annotator, doc)
    for alias in component.aliases:
        yield f"{alias}: {annotator.scope.use('typing.TypeAlias')} = {component.name}"
        yield from docstring([f"Deprecated: renamed to ``{component.name}``."], "")
        yield ""


def _declared(component: Component, annotator: Annotator, doc: list[str]) -> Iterator[str]:
    schema = component.schema
    sent = not component.output
    if isinstance(schema, Object) and (schema.fields or schema.closed):
        yield from _typed_dict(component.name, schema, annotator, sent, doc)
        if schema.extra is not None and schema.fields:
            # mypy ignores the argument of the class; its plugin reads the alias.
            alias, text = further_alias(component.name), annotator.text(schema.extra, sent=sent)
            yield from (f"{alias}: {annotator.scope.use('typing.TypeAlias')} = {text}", "")
        return
    annotation = annotator.text(schema, sent=sent)
    yield f"{component.name}: {annotator.scope.use('typing.TypeAlias')} = {annotation}"
    yield from docstring(doc, "")
    yield ""


def _typed_dict(name: str, schema: Object, annotator: Annotator, sent: bool, doc: list[str]) -> Iterator[str]:
    # Some checkers reject a key without a letter.
    fields = [one for one in schema.fields if one.name]
    annotator = replace(annotator, shadowed=frozenset(one.name for one in fields))
    types = {
        one.name: _field_type(one, replace(annotator, place=f"{name}_{one.name}"), sent) for one in fields
    }
    base, further, note = _base(schema, annotator, sent)
    if not all(map(_fits_class_syntax, types)):
        # A key is not a name. A recursive type must be a class: some checkers accept only classes before
        # they are complete.
        is_class = annotator.scope.module.endswith(f".{RECURSIVE}")
        own = f"_{name}Keys" if is_class else name
        # mypy accepts the argument only in the syntax of a class.
        yield f'{own} = {base}("{own}", {{'
        yield from (f"    {string_literal(key)}: {text}," for key, text in types.items())
        yield "})"
        if is_class:
            yield from ("", f"class {name}({own}{further}):{note}" + ("" if doc else "\n    ..."))
        yield from docstring(doc, "    " if is_class else "")
        yield ""
        return
    yield f"class {name}({base}{further}):{note}"
    yield from docstring(doc, "    ")
    for one in fields:
        yield f"    {one.name}: {types[one.name]}"
        yield from docstring([one.doc] if one.doc else [], "    ")
    yield ""


def _base(schema: Object, annotator: Annotator, sent: bool) -> tuple[str, str, str]:
    """Return the base of a class, its argument for further keys (PEP 728), and a comment.

    Checkers that do not know the argument would report it, and ignore further keys.
    """
    if schema.extra is None or not schema.fields:
        return annotator.scope.use("typing.TypedDict"), "", ""
    base = annotator.scope.use("typing_extensions.TypedDict")
    text = annotator.text(schema.extra, sent=sent)
    return base, f", extra_items={text}", "  # type: ignore[call-arg]  # PEP 728"


def _field_type(field: Field, annotator: Annotator, sent: bool) -> str:
    annotation = annotator.text(field.schema, sent=sent)
    if annotator.aliases is not None:
        annotation = annotator.aliases.of_field(field.schema, annotation)
    return annotation if field.required else f"{annotator.scope.use('typing.NotRequired')}[{annotation}]"


def _fits_class_syntax(key: str) -> bool:
    """Return True if the key can be a member of a class."""
    return (
        key.isidentifier()
        and normalize("NFKC", key) == key  # as Python reads the names in its source
        and not keyword.iskeyword(key)
        and not key.startswith("__")
    )


def _doc_lines(component: Component, used: str) -> list[str]:
    """Return the component's sentence, the places that use it unless the sentence has them, and warnings."""
    notes = [
        note
        for applies, note in (
            (component.beta, "Beta."),
            (component.added, f"{UNPUBLISHED.capitalize()}."),
            (component.deprecated, "Deprecated."),
        )
        if applies
    ]
    told = [] if component.doc and all(one in component.doc for one in _places(used)) else [used]
    paragraphs = filter(None, (component.doc, " ".join([*told, *notes])))
    return [line for paragraph in paragraphs for line in ("", paragraph)][1:]


def _places(used: str) -> list[str]:
    """Return the operations and components in the line about a component's uses."""
    return [one.removeprefix("client.") for one in _PLACE.findall(used)] or [used]
