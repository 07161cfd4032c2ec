"""Mark the operations, components, fields and webhooks that the published description lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from typed_openai_spec.files.additions import Addition
from typed_openai_spec.model import Api, Array, Component, Object, Operation, Schema, Union

_STEP: Final = re.compile(r"[^.\[\]{}]+")
"""A field's name in a path; objects are looked up through arrays and maps anyway."""


def marked(api: Api, additions: Iterable[Addition]) -> Api:
    """Return the API with the origin of each of the additions that it has."""
    marks = _Marks()
    for one in additions:
        marks.note(one, api)
    if not marks.any:
        return api
    components = {name: marks.component(one) for name, one in api.components.items()}
    return replace(
        api,
        operations=tuple(map(marks.operation, api.operations)),
        components=MappingProxyType(components),
        webhooks=tuple(replace(one, added=marks.webhooks.get(one.name, "")) for one in api.webhooks),
    )


@dataclass
class _Marks:
    """The origins of additions, by what they add."""

    requests: dict[str, str] = field(default_factory=dict)
    corrected: dict[str, str] = field(default_factory=dict)
    components: dict[str, str] = field(default_factory=dict)
    webhooks: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    arguments: dict[str, dict[str, str]] = field(default_factory=dict)
    any: bool = False

    def note(self, one: Addition, api: Api) -> None:
        self.any = True
        match one.keys:
            case ("paths", path, method):
                self.requests[f"{method.upper()} {path}"] = one.origin
            case ("corrections", request):
                self.requests[request] = one.origin
                self.corrected[request] = one.value["was"]
            case ("components", _, name):
                self.components[name] = one.origin
            case ("webhooks", name):
                self.webhooks[name] = one.origin
            case ("parameters", request, name) if "new" in one.value:
                self.arguments.setdefault(request, {})[name.removesuffix("[]")] = one.origin
            case ("fields", name, path) if "new" in one.value:
                *steps, last = _STEP.findall(path)
                for holder in _holders(api, name, steps):
                    self.fields.setdefault(holder, {})[last] = one.origin

    def operation(self, one: Operation) -> Operation:
        wires = self.arguments.get(one.request, {})
        return replace(
            one,
            added=self.requests.get(one.request, ""),
            corrected=self.corrected.get(one.request, ""),
            added_arguments=tuple(
                (each.name, wires[each.wire]) for each in one.arguments if each.wire in wires
            ),
        )

    def component(self, one: Component) -> Component:
        fields = self.fields.get(one.name, {})
        return replace(
            one,
            added=self.components.get(one.source, "") if one.source else "",
            added_fields=tuple(sorted(fields.items())),
        )


def _holders(api: Api, source: str, steps: list[str]) -> set[str]:
    """Return the names of the components that have the last field of a path from a component."""
    named: Mapping[str, str] = {one.source: one.name for one in api.components.values() if one.source}
    found = _objects(api, api.components[named[source]].schema, named[source]) if source in named else {}
    for step in steps:
        deeper: dict[str, Object] = {}
        for node in found.values():
            deeper |= _below(api, node, step)
        found = deeper
    return set(found)


def _below(api: Api, node: Object, step: str) -> dict[str, Object]:
    held = node.field(step)
    return {} if held is None else _objects(api, held.schema, "")


def _objects(api: Api, schema: Schema, name: str) -> dict[str, Object]:
    """Return the objects that a schema, or an item of it, may be, by the names of their components."""
    resolved = api.resolve(schema)
    name = getattr(schema, "name", name)
    match resolved:
        case Object(extra=extra) if resolved.is_mapping and extra is not None:
            return _objects(api, extra, "")
        case Object():
            return {name: resolved} if name else {}
        case Array(items=items):
            return _objects(api, items, "")
        case Union(members=members):
            return {key: one for member in members for key, one in _objects(api, member, name).items()}
        case _:
            return {}
