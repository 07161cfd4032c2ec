"""Replacements for deprecated fields, components and values, from the project's overrides.

``x-typed: {replacement: ...}`` accompanies ``deprecated: true``. An object may define replacements for
fields that come from its parts: ``x-typed: {replacements: {field: ...}}``. Constants, or alternatives with
constants among them, may have ``x-typed: {deprecated_values: {value: ...}}`` for values that the API drops.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import Literals, Object, Schema, Union
from typed_openai_spec.openapi.schemas.keywords import Raw, Report, pointer


def replacement(raw: Any) -> str:
    """Return the replacement of a raw schema or parameter; empty if there is none."""
    return str(mapping(mapping(raw).get("x-typed")).get("replacement", ""))


def with_replacements(node: Object, raw: Raw, place: str, report: Report) -> Object:
    """Return the object with replacements for its deprecated fields."""
    listed = _listed(raw, "replacements", place, report)
    outdated = {one.name for one in node.fields if one.deprecated}
    for name in listed:
        if name not in outdated:
            report(pointer(place, "x-typed", "replacements", name), "no deprecated field", "it is ignored")
    if not listed:
        return node
    fields = (replace(one, replacement=listed.get(one.name, one.replacement)) for one in node.fields)
    return replace(node, fields=tuple(fields))


def with_deprecated_values(node: Schema, raw: Raw, place: str, report: Report) -> Schema:
    """Return constants, or alternatives with constants among them, with their deprecated values."""
    listed = _listed(raw, "deprecated_values", place, report)
    if not listed:
        return node
    for value in listed:
        if not any(value in one.values for one in _constants(node)):
            here = pointer(place, "x-typed", "deprecated_values", value)
            report(here, "is not among the constants", "it is ignored")
    if isinstance(node, Union):
        return replace(node, members=tuple(_marked(one, listed) for one in node.members))
    return _marked(node, listed)


def _listed(raw: Raw, name: str, place: str, report: Report) -> Mapping[str, str]:
    listed = mapping(raw.get("x-typed")).get(name, {})
    if isinstance(listed, Mapping) and all(isinstance(one, str) for one in (*listed, *listed.values())):
        return listed
    report(pointer(place, "x-typed", name), "expected a mapping of names to texts", "it is ignored")
    return {}


def _constants(node: Schema) -> Iterator[Literals]:
    for one in node.members if isinstance(node, Union) else (node,):
        if isinstance(one, Literals):
            yield one


def _marked(node: Schema, listed: Mapping[str, str]) -> Schema:
    if not isinstance(node, Literals):
        return node
    return replace(node, deprecated=tuple((one, listed[one]) for one in listed if one in node.values))
