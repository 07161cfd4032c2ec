"""Split components with fields for replies only (``readOnly``) or for requests only (``writeOnly``).

A component that occurs on both sides, and has such fields or refers to a component with some, becomes two:
replies use it under its own name, requests as ``<name>Input``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count
from typing import Any, Literal

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import Api, Component, Field, Object, Operation, Schema
from typed_openai_spec.model.renaming import with_references
from typed_openai_spec.model.walking import references


def says(raw: Any, keyword: Literal["readOnly", "writeOnly"], shared: Mapping[str, Any]) -> bool:
    """Return True if a property's raw schema, or the schema that it refers to, sets ``keyword``.

    ``shared`` holds the schemas that it may refer to.
    """
    schema = mapping(raw)
    if schema.get(keyword) is True:
        return True
    parts = schema.get("allOf")
    listed = [schema, *map(mapping, parts)] if isinstance(parts, list) and len(parts) == 1 else [schema]
    targets = (str(one["$ref"]).rpartition("/")[2] for one in listed if "$ref" in one)
    return any(mapping(shared.get(one)).get(keyword) is True for one in targets)


def with_sides(api: Api, inputs: Collection[str], outputs: Collection[str]) -> Api:
    """Return the API with components that have only the fields of their side.

    ``inputs`` and ``outputs`` are the components that requests and replies use.
    """
    one_sided = {name for name, one in api.components.items() if any(map(_is_one_sided, _fields(one)))}
    concerned = _leading_to(one_sided, api.components)
    if not concerned:
        return api
    split = dict(_input_names(sorted(concerned & set(inputs) & set(outputs)), api.components))
    components = dict(api.components)
    for name in concerned:
        one = api.components[name]
        if name in split:
            components[split[name]] = replace(
                one, name=split[name], schema=_sent(one.schema, split), aliases=()
            )
        if name in outputs:
            components[name] = replace(one, schema=_received(one.schema))
        elif name in inputs:
            components[name] = replace(one, schema=_sent(one.schema, split))
    return replace(
        api, components=components, operations=tuple(_operation(one, split) for one in api.operations)
    )


def _fields(component: Component) -> tuple[Field, ...]:
    return component.schema.fields if isinstance(component.schema, Object) else ()


def _is_one_sided(field: Field) -> bool:
    return field.read_only or field.write_only


def _leading_to(names: set[str], components: Mapping[str, Component]) -> set[str]:
    """Return the components in ``names`` and all that refer to them, directly or indirectly."""
    users: dict[str, list[str]] = {}
    for name, one in components.items():
        for target in references(one.schema):
            users.setdefault(target, []).append(name)
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(users.get(name, ()))
    return found


def _input_names(names: list[str], taken: Mapping[str, Component]) -> Iterator[tuple[str, str]]:
    for name in names:
        wanted = f"{name}Input"
        candidates = chain((wanted,), (f"{wanted}{number}" for number in count(2)))
        yield name, next(one for one in candidates if one not in taken)


def _operation(operation: Operation, split: Mapping[str, str]) -> Operation:
    return replace(
        operation,
        arguments=tuple(
            replace(one, schema=with_references(one.schema, split)) for one in operation.arguments
        ),
        bodies=tuple(replace(one, schema=with_references(one.schema, split)) for one in operation.bodies),
    )


def _sent(schema: Schema, split: Mapping[str, str]) -> Schema:
    """Return the part of a component's schema that requests use."""
    if isinstance(schema, Object):
        schema = replace(schema, fields=tuple(one for one in schema.fields if not one.read_only))
    return with_references(schema, split)


def _received(schema: Schema) -> Schema:
    """Return the part of a component's schema that replies use."""
    if isinstance(schema, Object):
        return replace(schema, fields=tuple(one for one in schema.fields if not one.write_only))
    return schema
