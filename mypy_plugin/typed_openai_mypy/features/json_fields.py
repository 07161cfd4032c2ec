"""Fields of replies that hold JSON as a string, used as the object in it."""

from __future__ import annotations

from mypy.nodes import Expression, IndexExpr
from mypy.types import Instance, TypedDictType

from typed_openai_mypy import reading, shapes
from typed_openai_mypy.description import component_called
from typed_openai_mypy.explain import Explainer
from typed_openai_mypy.features.entries import literal_key
from typed_openai_mypy.features.origins import origin_of
from typed_openai_mypy.tree import Site
from typed_openai_spec.model import Object


def index_text(explainer: Explainer, site: Site, base: Expression, key: str) -> str | None:
    """The sentence about ``call["arguments"]["city"]``."""
    name = _json_field(explainer, site, base)
    return reading.json_by_key(name, key) if name else None


def attribute_text(explainer: Explainer, site: Site, base: Expression, attribute: str) -> str | None:
    """The sentence about ``call["arguments"].get("city")``: an attribute that the object has."""
    if explainer.checker.instance("builtins.dict").type.get(attribute) is None:
        return None
    name = _json_field(explainer, site, base)
    return reading.json_by_attribute(name, attribute) if name else None


def _json_field(explainer: Explainer, site: Site, value: Expression) -> str:
    """The field that a string was taken from, where that holds JSON; else empty."""
    found = shapes.members(explainer.checker.known_type(value))
    if not all(isinstance(one, Instance) and one.type.fullname == "builtins.str" for one in found):
        return ""
    origin = origin_of(explainer.checker.tree, site, value)
    if origin is None or origin.is_iterated or not isinstance(origin.expression, IndexExpr):
        return ""
    key = literal_key(explainer, origin.expression.index)
    owners = shapes.members(explainer.checker.known_type(origin.expression.base))
    return key if key and all(_holds_json(one, key) for one in owners) else ""


def _holds_json(owner: object, key: str) -> bool:
    component = component_called(owner.fallback.type.fullname) if isinstance(owner, TypedDictType) else None
    schema = component.schema if component is not None else None
    field = schema.field(key) if isinstance(schema, Object) else None
    return field is not None and bool(field.json)
