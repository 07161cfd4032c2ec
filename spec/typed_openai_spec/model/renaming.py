"""Rename components, and all references to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from typed_openai_spec.model.api_model import Api, Operation, Reply, Result
from typed_openai_spec.model.nodes import Array, Discriminator, Object, Ref, Schema, Union

_Replied = TypeVar("_Replied", Reply, Result)


def with_references(schema: Schema, names: Mapping[str, str]) -> Schema:
    """Return the schema with renamed references; names that are not in ``names`` stay."""
    match schema:
        case Ref(name=name):
            return Ref(names.get(name, name))
        case Array():
            return schema.changed(lambda one: with_references(one, names))
        case Union(members=members, discriminator=told):
            return replace(
                schema,
                members=tuple(with_references(one, names) for one in members),
                discriminator=None if told is None else _discriminator(told, names),
                deprecated=tuple(names.get(one, one) for one in schema.deprecated),
            )
        case Object(fields=fields, extra=extra, key_schema=keys):
            return replace(
                schema,
                fields=tuple(replace(one, schema=with_references(one.schema, names)) for one in fields),
                extra=None if extra is None else with_references(extra, names),
                key_schema=None if keys is None else with_references(keys, names),
            )
        case _:
            return schema


def _discriminator(told: Discriminator, names: Mapping[str, str]) -> Discriminator:
    return replace(told, mapping=tuple(sorted((value, names.get(one, one)) for value, one in told.mapping)))


def with_names(api: Api, names: Mapping[str, str]) -> Api:
    """Return the API with components under the names that ``names`` has for them."""
    components = {
        (name := names.get(one.name, one.name)): replace(
            one, name=name, schema=with_references(one.schema, names)
        )
        for one in api.components.values()
    }
    return replace(
        api,
        operations=tuple(operation_with_names(one, names) for one in api.operations),
        components=MappingProxyType(dict(sorted(components.items()))),
        webhooks=tuple(replace(one, schema=with_references(one.schema, names)) for one in api.webhooks),
        accumulations={
            names.get(name, name): replace(one, makes=tuple(names.get(two, two) for two in one.makes))
            for name, one in api.accumulations.items()
        },
    )


def operation_with_names(one: Operation, names: Mapping[str, str]) -> Operation:
    """Return the operation with renamed references."""
    return replace(
        one,
        arguments=tuple(replace(two, schema=with_references(two.schema, names)) for two in one.arguments),
        bodies=tuple(replace(two, schema=with_references(two.schema, names)) for two in one.bodies),
        result=_replied(one.result, names),
        variants=tuple(replace(two, result=_replied(two.result, names)) for two in one.variants),
        replies=tuple(_replied(two, names) for two in one.replies),
    )


def _replied(one: _Replied, names: Mapping[str, str]) -> _Replied:
    return one if one.schema is None else replace(one, schema=with_references(one.schema, names))
