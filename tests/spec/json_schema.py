"""The description's schemas as JSON Schema, for ``jsonschema``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def translated(raw: Any, component: str) -> Any:
    """Translate OpenAPI 3.0 to JSON Schema 2020-12, with the conventions of the description.

    Alternatives overlap in places, so ``oneOf`` is treated as ``anyOf``. Fields imply an object and items
    an array, even if the type is missing.
    """
    if isinstance(raw, list):
        return [translated(one, component) for one in raw]
    if not isinstance(raw, Mapping):
        return raw
    result = {key: translated(value, component) for key, value in raw.items() if key != "properties"}
    if isinstance(fields := raw.get("properties"), Mapping):
        result["properties"] = {name: translated(one, component) for name, one in fields.items()}
    if "$recursiveRef" in result:
        return {"$ref": f"#/components/schemas/{component}"}
    if "oneOf" in result:
        result["anyOf"] = result.pop("oneOf")
    for key, kind in (("properties", "object"), ("items", "array")):
        if key in result and "anyOf" not in result:
            result.setdefault("type", kind)
    parts = result.get("allOf")
    nullable = result.pop("nullable", False) is True
    if isinstance(parts, list) and {} in parts and len(parts) > 1:
        nullable = True  # a part that only had "nullable: true"
    return {"anyOf": [result, {"type": "null"}]} if nullable and result else result
