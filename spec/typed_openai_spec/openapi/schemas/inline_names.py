"""Names for inline objects: their owner's name, and a distinguishing part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import Literals, Object, Schema, Union
from typed_openai_spec.model.python_names import component_name, pascal_case
from typed_openai_spec.openapi.schemas.keywords import Raw
from typed_openai_spec.openapi.schemas.unions import usual_first

_HOLDERS = frozenset({"properties", "allOf", "oneOf", "anyOf", "items", "additionalProperties"})


def may_hold_objects(raw: Any) -> bool:
    """Return True if a raw schema may hold inline objects: it is neither a reference nor a plain scalar."""
    return isinstance(raw, dict) and bool(_HOLDERS & set(raw))


def alternative_names(union: Raw, key: str, name: str, root: str) -> list[str]:
    """Return the names of the objects among the alternatives below ``key``; ``root`` is the component.

    The only alternative that may be an object has the name of the union. Otherwise a distinguishing part is
    added: its constant, first that of the declared discriminator; or else the component that it extends, or
    its position. Titles are not used: names must not depend on texts that a description may lack.
    """
    if sum(map(may_hold_objects, union[key])) == 1:
        return [_only_name(one, name, root) for one in union[key]]
    told = mapping(union.get("discriminator")).get("propertyName")
    return [name + _distinction(mapping(one), i, told) for i, one in enumerate(union[key])]


def _only_name(raw: Any, name: str, root: str) -> str:
    inline_object = isinstance(raw, Mapping) and "properties" in raw
    return f"{name}Object" if inline_object and name == root else name


def _distinction(raw: Raw, index: int, discriminator: Any) -> str:
    constant = _constant(raw, discriminator)
    if constant is not None:
        return pascal_case(constant)
    parts = raw.get("allOf")
    extended = [one["$ref"] for one in parts if "$ref" in one] if isinstance(parts, list) else []
    if len(extended) == 1:
        return component_name(str(extended[0]).rpartition("/")[2])
    return f"Variant{index + 1}"


def _constant(raw: Raw, discriminator: Any) -> str | None:
    """Return the constant of the discriminator, or else of the property that most likely is one."""
    properties = mapping(raw.get("properties"))
    for name in sorted(properties, key=lambda one: (one != discriminator, usual_first(one))):
        prop = mapping(properties[name])
        values = [prop["const"]] if "const" in prop else prop.get("enum")
        if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str):
            return values[0]
    return None


def member_name(union: Union, index: int, name: str) -> str:
    """Return the name of an object that a merge has left among the members of ``name``."""
    member = union.members[index]
    if sum(_has_fields(one) for one in union.members) == 1:
        return name
    if isinstance(member, Object):
        for one in member.fields:
            if isinstance(one.schema, Literals) and len(one.schema.values) == 1:
                return name + pascal_case(str(one.schema.values[0]))
    return f"{name}Variant{index + 1}"


def _has_fields(schema: Schema) -> bool:
    return isinstance(schema, Object) and bool(schema.fields)
