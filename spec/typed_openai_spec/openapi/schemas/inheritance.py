"""Polymorphism by inheritance: a parent with a discriminator, and children that list it in ``allOf``.

A reference to such a parent means any of its children, although the parent itself describes only what they
have in common. The parent may also list them in ``oneOf``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import Literals, Object, Schema
from typed_openai_spec.openapi.schemas.keywords import ANNOTATIONS
from typed_openai_spec.openapi.schemas.pointers import PREFIX, last_step

_ALTERNATIVES: Final = ("oneOf", "anyOf", "discriminator")


@dataclass(frozen=True)
class Inheritance:
    """The parents and children among the schemas of a description, by their names there."""

    raw: Mapping[str, Any]

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The children of each parent, direct and indirect ones, sorted."""
        found: dict[str, list[str]] = {}
        tagged = {name for name in self.raw if _tag(self.raw[name])}
        for name in sorted(self.raw) if tagged else ():
            for parent in self._ancestors(name):
                if parent in tagged:
                    found.setdefault(parent, []).append(name)
        return {parent: tuple(names) for parent, names in found.items()}

    def _ancestors(self, name: str) -> Iterable[str]:
        found: dict[str, None] = {}
        waiting = deque(self._extended.get(name, ()))
        while waiting:
            one = waiting.popleft()
            if one != name and one not in found:
                found[one] = None
                waiting += self._extended[one]
        return found

    @cached_property
    def _extended(self) -> Mapping[str, tuple[str, ...]]:
        """The schemas that each schema extends; one that only stands for another one extends nothing."""
        return {
            name: tuple(target for one in _parts(mapping(raw)) or () if (target := referred(one)) in self.raw)
            for name, raw in self.raw.items()
        }

    def common(self, name: str) -> dict[str, Any]:
        """Return what a parent describes itself, without the alternatives."""
        return {key: one for key, one in mapping(self.raw[name]).items() if key not in _ALTERNATIVES}

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the names of the schemas that references to a parent mean.

        The parent itself is one of them if a value of the discriminator selects it.
        """
        children = self.children[name]
        return (*children, name) if name in _targets(self.raw[name]).values() else children

    def tagged(self, schema: Schema, name: str) -> Schema:
        """Return the schema of a child with the values that select it as the type of its discriminator."""
        for parent in self._ancestors(name):
            prop = _tag(self.raw[parent])
            if isinstance(schema, Object) and prop and not self._declares(name, prop):
                values = self._values(parent, name)
                fields = (replace(one, schema=values) if one.name == prop else one for one in schema.fields)
                schema = replace(schema, fields=tuple(fields))
        return schema

    def values_of_parent(self, name: str) -> Literals:
        """Return the values that select the parent itself."""
        return self._values(name, name)

    def _values(self, parent: str, name: str) -> Literals:
        mapped = [value for value, target in _targets(self.raw[parent]).items() if target == name]
        return Literals(tuple(mapped) or (name,))

    def _declares(self, name: str, prop: str) -> bool:
        """Return True if a child describes the property itself."""
        raw = mapping(self.raw[name])
        own = [
            raw,
            *(one for one in raw.get("allOf") or [] if isinstance(one, Mapping) and "$ref" not in one),
        ]
        return any(prop in mapping(one.get("properties")) for one in own)


def referred(raw: Any) -> str:
    """Return the name of the component that a raw schema refers to; empty if it does not."""
    prefix, name = last_step(mapping(raw).get("$ref", ""))
    return name if prefix == PREFIX else ""


def is_extension(raw: Mapping[str, Any]) -> bool:
    """Return True if an ``allOf`` extends its parts, rather than standing for a single one."""
    return _parts(raw) is not None


def _parts(raw: Mapping[str, Any]) -> list[Any] | None:
    """Return the parts of an extension, or None if the schema is no extension."""
    parts = raw.get("allOf")
    if not isinstance(parts, list):
        return None
    beside = {key for key in raw if key not in ANNOTATIONS and not key.startswith("x-")} - {
        "allOf",
        "nullable",
    }
    return parts if len(parts) > 1 or beside else None


def _tag(raw: Any) -> str:
    """Return the property of a schema's discriminator; empty if it has none."""
    name = mapping(mapping(raw).get("discriminator")).get("propertyName")
    return name if isinstance(name, str) else ""


def _targets(raw: Any) -> dict[str, str]:
    """Return the names that the values of a discriminator select."""
    pairs = mapping(mapping(mapping(raw).get("discriminator")).get("mapping"))
    return {str(value): last_step(target)[1] for value, target in pairs.items()}
