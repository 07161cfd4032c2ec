"""Names for inline objects: their owner's name, and a distinguishing part."""

from __future__ import annotations

from typing import Any

from typed_openai_spec.model import Literals, Object, Schema, Union
from typed_openai_spec.model.python_names import component_name, pascal_case
from typed_openai_spec.openapi.schemas.keywords import Raw

_HOLDERS = frozenset({"properties", "allOf", "oneOf", "anyOf", "items", "additionalProperties"})


def may_hold_objects(raw: Any) -> bool:
    """Return True if a raw schema may hold inline objects: it is neither a reference nor a plain scalar."""
    return isinstance(raw, dict) and bool(_HOLDERS & set(raw))


def alternative_name(raw: Any, name: str, index: int) -> str:
    """Return the name of the object that is the alternative ``index`` of ``name``.

    The distinguishing part is its title, its constant or the component that it extends.
    """
    raw = raw if isinstance(raw, dict) else {}
    if isinstance(raw.get("title"), str) and pascal_case(raw["title"]) != name:
        return name + pascal_case(raw["title"])
    constant = _raw_constant(raw)
    if constant is not None:
        return name + pascal_case(constant)
    parts = raw.get("allOf")
    extended = [one["$ref"] for one in parts if "$ref" in one] if isinstance(parts, list) else []
    if len(extended) == 1:
        return name + component_name(str(extended[0]).rpartition("/")[2])
    return f"{name}Variant{index + 1}"


def _raw_constant(raw: Raw) -> str | None:
    properties = raw.get("properties")
    for prop in properties.values() if isinstance(properties, dict) else ():
        if isinstance(prop, dict):
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
