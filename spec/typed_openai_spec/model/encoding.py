"""Encode the model as plain JSON values, the form of the index files, and decode it.

A schema is a small JSON object whose first key identifies the node: ``{"ref": "Name"}``, ``{"scalar":
"string", "max_length": 5}``, ``{"literals": [...]}``, ``{"array": <schema>}``, ``{"union": [...]}``,
``{"object": [<field>, ...]}``, ``{"any": true}``, ``{"null": true}``.

Attributes with default values are omitted. This keeps the files small, and a new attribute does not change
every line.
"""

from __future__ import annotations

from dataclasses import Field as DataclassField
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any, TypeVar

from typed_openai_spec.model import (
    Anything,
    Argument,
    Array,
    Body,
    Choice,
    Component,
    Discriminator,
    Field,
    Literals,
    Null,
    Object,
    Paging,
    Ref,
    Reply,
    Result,
    Scalar,
    Schema,
    Union,
    Variant,
    Waiting,
)
from typed_openai_spec.model.accumulating_events import (
    AccumulatedList,
    Accumulation,
    AccumulationStep,
    InitialValue,
    Merging,
)
from typed_openai_spec.model.relations import ModelRule, Pairing, Rule, StrictSchema, ToolChoice

T = TypeVar("T")

# The key of each node's JSON form, and the attribute that it holds.
_NODES: tuple[tuple[str, type, str], ...] = (
    ("ref", Ref, "name"),
    ("scalar", Scalar, "kind"),
    ("literals", Literals, "values"),
    ("array", Array, "items"),
    ("union", Union, "members"),
    ("object", Object, "fields"),
)
_NODE_BY_KEY = {key: (node, attribute) for key, node, attribute in _NODES}
_KEY_BY_NODE = {node: (key, attribute) for key, node, attribute in _NODES}
_ATOMS: tuple[tuple[str, Schema], ...] = (("any", Anything()), ("null", Null()))

# Attributes that hold records, or tuples of records, rather than plain values.
_RECORDS: dict[str, type] = {
    "arguments": Argument,
    "bodies": Body,
    "variants": Variant,
    "choices": Choice,
    "replies": Reply,
    "rules": Rule,
    "pairings": Pairing,
    "strict_schemas": StrictSchema,
    "model_rules": ModelRule,
    "tool_choices": ToolChoice,
    "steps": AccumulationStep,
    "lists": AccumulatedList,
    "initial": InitialValue,
}

# Attributes that hold one record.
_SINGLE: dict[str, type] = {
    "discriminator": Discriminator,
    "result": Result,
    "paging": Paging,
    "waiting": Waiting,
    "merging": Merging,
}

# Attributes that hold any JSON value, whose lists stay lists.
_JSON = frozenset({"default", "value"})

# Records that are not schema nodes themselves, but contain some or are part of one.
_RECORD_TYPES = (
    *(Argument, Body, Choice, Variant, Paging, Reply, Result),
    *(Field, Discriminator, Rule, Pairing, StrictSchema, ModelRule, ToolChoice),
    *(Accumulation, AccumulationStep, AccumulatedList, InitialValue, Merging, Waiting),
)

_ATTRIBUTES: dict[type, tuple[DataclassField[Any], ...]] = {}


def _attributes(record: type) -> tuple[DataclassField[Any], ...]:
    """Return the fields of a model class; cached, because ``dataclasses.fields`` is measurably slow."""
    if record not in _ATTRIBUTES:
        _ATTRIBUTES[record] = dataclass_fields(record)
    return _ATTRIBUTES[record]


def encode_schema(schema: Schema) -> dict[str, Any]:
    """Return the JSON form of a schema node."""
    for key, atom in _ATOMS:
        if schema == atom:
            return {key: True}
    key, attribute = _KEY_BY_NODE[type(schema)]
    values = encode(schema)
    return {key: values.pop(attribute, []), **values}


def decode_schema(data: dict[str, Any]) -> Schema:
    """Return the schema node of a JSON form."""
    for key, atom in _ATOMS:
        if key in data:
            return atom
    key = next(iter(data))
    node, attribute = _NODE_BY_KEY[key]
    rest = {name: value for name, value in data.items() if name != key}
    schema: Schema = decode(node, {attribute: data[key], **rest})
    return schema


def bare(component: Component) -> Component:
    """Return the component without the documentation of itself and its fields."""
    schema = component.schema
    if isinstance(schema, Object):
        schema = replace(schema, fields=tuple(replace(one, doc="", text="") for one in schema.fields))
    return replace(component, doc="", text="", schema=schema)


def encode(record: Any) -> dict[str, Any]:
    """Return the JSON form of a model record: attributes that differ from their default, in order."""
    result: dict[str, Any] = {}
    for attribute in _attributes(type(record)):
        value = getattr(record, attribute.name)
        # ``0 == False``: a default of another type is not the same value on the wire.
        if value == attribute.default and type(value) is type(attribute.default):
            continue
        result[attribute.name] = _encode_value(value)
    return result


def _encode_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_encode_value(one) for one in value]
    if isinstance(value, (Anything, Null, Ref, Scalar, Literals, Array, Union, Object)):
        return encode_schema(value)
    if isinstance(value, _RECORD_TYPES):
        return encode(value)
    return value


def decode(record: type[T], data: dict[str, Any]) -> T:
    """Return the model record of a JSON form."""
    return record(**{name: _decode_value(record, name, value) for name, value in data.items()})


def _decode_value(record: type, name: str, value: Any) -> Any:
    if name in ("schema", "extra", "key_schema") or (record is Array and name in ("items", "rest")):
        return None if value is None else decode_schema(value)
    if (record, name) in ((Union, "members"), (Array, "places")):
        return tuple(decode_schema(one) for one in value)
    if record is Object and name == "fields":
        return tuple(decode(Field, one) for one in value)
    if (single := _SINGLE.get(name)) is not None:
        return None if value is None else decode(single, value)
    if name in _RECORDS:
        return tuple(decode(_RECORDS[name], one) for one in value)
    if name in _JSON:
        return value
    return _tuples(value)


def _tuples(value: Any) -> Any:
    """Convert lists to tuples at any depth: model values are immutable."""
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
