"""Constants, defaults and texts of raw schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typed_openai_spec.model import MISSING, Anything, Json, Literals, Missing, Null, Schema
from typed_openai_spec.openapi.schemas.keywords import Raw, Report, alternatives, assertions
from typed_openai_spec.openapi.schemas.pointers import last_step
from typed_openai_spec.openapi.schemas.unions import flat_union


def default_of(raw: Any, shared: Mapping[str, Any]) -> Json | Missing:
    """Return the default of a raw schema: its own, or that of its reference or its nullable's schema.

    ``shared`` holds the schemas that it may refer to.
    """
    for _ in range(8):
        if not isinstance(raw, Mapping):
            return MISSING
        if "default" in raw:
            value: Json = raw["default"]
            return value
        if "$ref" in raw:
            raw = shared.get(last_step(raw["$ref"])[1])
        else:
            members = raw.get("allOf") or alternatives(raw)
            raw = members[0] if isinstance(members, list) and len(members) == 1 else None
    return MISSING


def literals(values: list[Any], place: str, report: Report) -> Schema:
    """Return the node of a list of constants."""
    constants = {(isinstance(one, bool), one): one for one in values if isinstance(one, (str, int, float))}
    if any(isinstance(one, (Mapping, list)) for one in values):
        report(place, "a constant that is an object or an array", "any value is accepted")
        return Anything()
    nodes: list[Schema] = [Literals(tuple(constants.values()))] if constants else []
    return flat_union((*nodes, *((Null(),) if None in values else ())))


def is_nullable(raw: Raw) -> bool:
    """Return True if a schema is nullable, by itself or by an otherwise empty part of ``allOf``."""
    parts = [one for one in raw.get("allOf", ()) if isinstance(one, Mapping)]
    return raw.get("nullable") is True or any(
        one.get("nullable") is True and not assertions(one) for one in parts
    )


def description_of(raw: Any) -> str:
    """Return the description of a raw schema; empty if it has none."""
    return str(raw.get("description", "")) if isinstance(raw, Mapping) else ""
