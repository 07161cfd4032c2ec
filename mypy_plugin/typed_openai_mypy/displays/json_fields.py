"""Strings with JSON in replies that are used as the object in them: ``call["arguments"]["city"]``."""

from __future__ import annotations

from mypy.nodes import Expression, IndexExpr
from mypy.types import Instance, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.description import Descriptions
from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.explain.explainer import Explainer
from typed_openai_mypy.messages import replies
from typed_openai_mypy.syntax.origins import origin_of
from typed_openai_mypy.syntax.tree import Site
from typed_openai_mypy.values.entries import literal_key
from typed_openai_spec.model import Object


def index_text(explainer: Explainer, site: Site, base: Expression, key: str) -> str | None:
    """The message about ``call["arguments"]["city"]``; None for any other string."""
    name = _json_field(explainer, site, base)
    return replies.json_by_key(name, key) if name else None


def attribute_text(explainer: Explainer, site: Site, base: Expression, attribute: str) -> str | None:
    """The message about ``call["arguments"].get("city")``; None unless dicts have the attribute."""
    if explainer.checker.instance("builtins.dict").type.get(attribute) is None:
        return None
    name = _json_field(explainer, site, base)
    return replies.json_by_attribute(name, attribute) if name else None


def _json_field(explainer: Explainer, site: Site, value: Expression) -> str:
    """The field that a string was taken from, if that field holds JSON; else an empty string."""
    found = shapes.members(explainer.checker.known_type(value))
    if not all(isinstance(one, Instance) and one.type.fullname == "builtins.str" for one in found):
        return ""
    origin = origin_of(explainer.checker.tree, site, value)
    if origin is None or origin.is_iterated or not isinstance(origin.expression, IndexExpr):
        return ""
    key = literal_key(explainer, origin.expression.index)
    owners = shapes.members(explainer.checker.known_type(origin.expression.base))
    return key if key and all(_holds_json(explainer.program.descriptions, one, key) for one in owners) else ""


def _holds_json(descriptions: Descriptions, owner: object, key: str) -> bool:
    declared = owner.fallback.type if isinstance(owner, TypedDictType) else None
    if declared is None or not is_ours(declared.fullname):
        return False
    component = descriptions.of(declared.fullname).component(declared.name)
    schema = component.schema if component is not None else None
    field = schema.field(key) if isinstance(schema, Object) else None
    return field is not None and bool(field.json)
