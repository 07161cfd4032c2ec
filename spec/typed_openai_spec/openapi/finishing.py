"""Final steps that need the whole API: discriminators, request and reply sides, unused components."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from typed_openai_spec.model import (
    Api,
    Component,
    Object,
    Operation,
    Reply,
    Result,
    Schema,
    Variant,
)
from typed_openai_spec.model.body_choices import choices_of
from typed_openai_spec.model.relations import Rule
from typed_openai_spec.model.walking import references
from typed_openai_spec.openapi.schemas.keywords import Report, pointer
from typed_openai_spec.openapi.schemas.sides import with_sides
from typed_openai_spec.openapi.schemas.unions import with_discriminators
from typed_openai_spec.openapi.text_in_json import as_text, is_document, with_text_arguments

T = TypeVar("T", Reply, Result)


def finished(api: Api, report: Report) -> Api:
    """Return the API with complete discriminators and with the sides of every component.

    Objects that only served a merge, and that nothing refers to any more, are removed.
    """
    api = with_sides(api, *_sides(api))
    api = _with_text_in_json(api)
    raw = api.components
    inputs, outputs = _sides(api)
    declared = {name for name, one in raw.items() if not one.owner}
    used = inputs | outputs | declared | _reach((raw[name].schema for name in declared), raw)
    components = {}
    for name in sorted(used):
        component = raw[name]
        schema, useless = with_discriminators(component.schema, raw)
        for prop in useless:
            place = component.owner or pointer("/components/schemas", component.source)
            text = f'the discriminator "{prop}" does not distinguish the alternatives'
            report(place, text, "it is ignored")
        components[name] = replace(component, schema=schema, input=name in inputs, output=name in outputs)
    api = replace(
        api,
        operations=tuple(_operation(one, components) for one in api.operations),
        components=MappingProxyType(components),
        webhooks=tuple(replace(one, schema=_told(one.schema, components)) for one in api.webhooks),
    )
    choosing = (replace(one, choices=choices_of(one, api.resolve)) for one in api.operations)
    return replace(api, operations=tuple(choosing))


def _with_text_in_json(api: Api) -> Api:
    """Return the API with text in place of the files of components that only JSON contains."""
    bodies = [body for one in api.operations for body in one.bodies]
    in_json, with_files = (
        _reach((one.schema for one in bodies if is_document(one.media_type) is wanted), api.components)
        for wanted in (True, False)
    )
    components = {
        name: replace(one, schema=as_text(one.schema)) if name in in_json - with_files else one
        for name, one in api.components.items()
    }
    return replace(api, components=components, operations=tuple(map(with_text_arguments, api.operations)))


def _sides(api: Api) -> tuple[set[str], set[str]]:
    """Return the components that requests use, and those that replies and webhooks use."""
    received = (*_output_schemas(api.operations), *(one.schema for one in api.webhooks))
    return _reach(_input_schemas(api.operations), api.components), _reach(received, api.components)


def _operation(operation: Operation, components: Mapping[str, Component]) -> Operation:
    """Return the operation with complete discriminators in its own unions."""
    return replace(
        operation,
        arguments=tuple(replace(one, schema=_told(one.schema, components)) for one in operation.arguments),
        bodies=tuple(replace(one, schema=_told(one.schema, components)) for one in operation.bodies),
        result=_reply(operation.result, components),
        variants=tuple(_variant(one, operation, components) for one in operation.variants),
        replies=tuple(_reply(one, components) for one in operation.replies),
    )


def _variant(variant: Variant, operation: Operation, components: Mapping[str, Component]) -> Variant:
    """Return the variant with its result complete, and with the arguments that need one of its values."""
    names = {one.wire: one.name for one in operation.arguments}
    decided = {
        names[rule.field]
        for rule in _rules(operation, components)
        if names.get(rule.other) == variant.argument and rule.field in names and _needs(rule, variant)
    }
    only = tuple(one.name for one in operation.arguments if one.name in decided)
    return replace(variant, result=_reply(variant.result, components), only=only)


def _rules(operation: Operation, components: Mapping[str, Component]) -> Iterator[Rule]:
    for name in (name for body in operation.bodies for name in references(body.schema)):
        schema = components[name].schema
        yield from schema.rules if isinstance(schema, Object) else ()


def _needs(rule: Rule, variant: Variant) -> bool:
    """Return True if a field, whatever its value, is refused unless the variant is selected."""
    is_unconditional = not rule.excludes and not rule.values and bool(rule.needed)
    return is_unconditional and all(map(variant.selects, rule.needed))


def _reply(one: T, components: Mapping[str, Component]) -> T:
    return one if one.schema is None else replace(one, schema=_told(one.schema, components))


def _told(schema: Schema, components: Mapping[str, Component]) -> Schema:
    return with_discriminators(schema, components)[0]


def _input_schemas(operations: Iterable[Operation]) -> Iterator[Schema]:
    for operation in operations:
        yield from (one.schema for one in operation.arguments)
        yield from (one.schema for one in operation.bodies)


def _output_schemas(operations: Iterable[Operation]) -> Iterator[Schema]:
    for operation in operations:
        results: list[Result | Reply] = [operation.result, *operation.replies]
        results.extend(variant.result for variant in operation.variants)
        yield from (one.schema for one in results if one.schema is not None)


def _reach(schemas: Iterable[Schema], components: Mapping[str, Component]) -> set[str]:
    """Return the names of all components that the schemas refer to, directly or indirectly."""
    found: set[str] = set()
    waiting = [name for schema in schemas for name in references(schema)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(references(components[name].schema))
    return found
