"""What our overrides say is to be used instead of what is deprecated: fields, components, single values.

Beside ``deprecated: true``, ``x-typed: {replacement: ...}`` tells it. An object may tell it for the
fields that its parts bring: ``x-typed: {replacements: {field: ...}}``. Beside constants, or alternatives
with constants among them, ``x-typed: {deprecated_values: {value: ...}}`` tells which the API drops.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import Literals, Object, Schema, Union
from typed_openai_spec.openapi.schemas.keywords import Raw, Report, pointer


def replacement(raw: Any) -> str:
    """What is to be used instead of what a raw schema or parameter describes; empty where nothing is told."""
    return str(mapping(mapping(raw).get("x-typed")).get("replacement", ""))


def with_replacements(node: Object, raw: Raw, place: str, report: Report) -> Object:
    """The object, its deprecated fields with what to use instead of each."""
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
    """The constants, or the alternatives with constants among them, with the values that are deprecated."""
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
