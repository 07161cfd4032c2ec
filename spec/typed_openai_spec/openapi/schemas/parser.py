"""Translate JSON Schema, in OpenAPI's dialect, to the model's schema nodes.

``Schemas.read`` turns one raw schema into a node and lifts inline objects to components named after their
owner. The supported keywords and their shapes are the tables of :mod:`keywords`. Merges and unions have
modules of their own (:mod:`merging`, :mod:`unions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Any, Final

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Discriminator,
    Field,
    Json,
    Missing,
    Null,
    Object,
    Ref,
    Schema,
    Union,
)
from typed_openai_spec.model.python_names import component_name, pascal_case
from typed_openai_spec.openapi.schemas.aliases import read_aliases
from typed_openai_spec.openapi.schemas.deprecations import replacement, with_deprecated_values
from typed_openai_spec.openapi.schemas.field_rules import required_together, with_own_rules
from typed_openai_spec.openapi.schemas.inheritance import Inheritance, is_extension, referred
from typed_openai_spec.openapi.schemas.inline_names import alternative_names, member_name
from typed_openai_spec.openapi.schemas.items_and_keys import array_of, extra_of
from typed_openai_spec.openapi.schemas.keywords import (
    COMBINATIONS,
    Raw,
    alternatives,
    assertions,
    checked,
    excludes_all,
    implied_type,
    is_deprecated,
    is_null,
    is_only_required,
    is_typeless,
    pointer,
    required_sets,
    scalar,
)
from typed_openai_spec.openapi.schemas.merging import Conflict, merge
from typed_openai_spec.openapi.schemas.pointers import PREFIX, astray, last_step
from typed_openai_spec.openapi.schemas.raw_values import (
    default_of,
    description_of,
    is_nullable,
    literals,
)
from typed_openai_spec.openapi.schemas.sides import says
from typed_openai_spec.openapi.schemas.unions import aliases_of_themselves, flat_union
from typed_openai_spec.problems import Kind, Problem

_SCALAR_KINDS: Final = ("string", "integer", "number", "boolean")


@dataclass
class Schemas:
    """Reads the schemas of one description; collects components and problems."""

    raw: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    components: dict[str, Component] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _sources: dict[str, str] = field(default_factory=dict)
    _reading: set[str] = field(default_factory=set)
    _root: str = ""
    _common: dict[str, Schema] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._inheritance = Inheritance(self.raw)
        named: dict[str, str] = {source: component_name(source) for source in sorted(self.raw)}
        for source, wanted in named.items():
            name = wanted
            if name in self._sources:
                others = (f"{name}{number}" for number in count(2))
                free = next(one for one in others if one not in named.values() and one not in self._sources)
                text = f"{self._sources[name]} also has the Python name {name}"
                place = pointer("/components/schemas", source)
                self.report(place, text, f"it is renamed to {free}", "renamed")
                name = free
            self._names[source] = name
            self._sources[name] = source

    def read_all(self) -> None:
        """Read every component of the description."""
        for source in self._names:
            self.component(source)
        for name in aliases_of_themselves(self.components):
            place = pointer("/components/schemas", self._sources[name])
            self.report(place, "refers only to itself", f"{name} accepts any value", "lost")
            self.components[name] = replace(self.components[name], schema=Anything())

    def component(self, source: str) -> None:
        """Read one component, if it has not been read."""
        name = self._names[source]
        if name in self.components or name in self._reading:
            return
        raw, place = self.raw[source], pointer("/components/schemas", source)
        self._reading.add(name)
        outer, self._root = self._root, name
        if source in self._inheritance.children:
            schema = self._any_child(raw, place, source)
        else:
            schema = self._placed(self._read(raw, place, name, top=True), place, name, top=True)
        schema = self._inheritance.tagged(schema, source)
        self._root = outer
        self._reading.discard(name)
        words = mapping(raw)
        self.components[name] = Component(
            name=name,
            schema=schema,
            source=source,
            deprecated=words.get("deprecated") is True,
            beta=words.get("x-beta") is True,
            doc=description_of(raw),
            aliases=read_aliases(raw, place, self.report),
            replacement=replacement(raw),
        )

    def _any_child(self, raw: Raw, place: str, source: str) -> Schema:
        """Return the union of a parent's children, and of the parent itself if it may be one of them."""
        members: list[Schema] = []
        for one in self._inheritance.listed(source):
            if one != source and one in self._names:
                members.append(Ref(self._names[one]))
            elif one == source:
                members.append(self._lift_common(place, source))
        union = flat_union(members, self._discriminator(raw["discriminator"], place))
        return flat_union((union, Null())) if raw.get("nullable") is True else union

    def _lift_common(self, place: str, source: str) -> Schema:
        node = self._common_part(source)
        prop = self.raw[source]["discriminator"]["propertyName"]
        if not isinstance(node, Object):
            return node
        values = self._inheritance.values_of_parent(source)
        fields = (replace(one, schema=values) if one.name == prop else one for one in node.fields)
        return self._lift(replace(node, fields=tuple(fields)), place, f"{self._names[source]}Base")

    def _common_part(self, source: str) -> Schema:
        """Return what a parent describes itself: its children extend this, not the union of them."""
        if source not in self._common:
            name, place = self._names[source], pointer("/components/schemas", source)
            self._common[source] = Object()  # a parent that extends its own child
            node = self._read(self._inheritance.common(source), place, name, top=True)
            self._common[source] = self._placed(node, place, name, top=True)
        return self._common[source]

    def read(self, raw: Any, place: str, name: str) -> Schema:
        """Return the node of the raw schema at ``place``; ``name`` is the name for an inline object."""
        return self._read(raw, place, name, top=False)

    def typed(self, reference: Ref) -> tuple[Mapping[str, Any], str]:
        """Return the ``x-typed`` of a component of the description, and the component's place."""
        source = self._sources.get(reference.name, "")
        return mapping(mapping(self.raw.get(source)).get("x-typed")), pointer("/components/schemas", source)

    def default(self, raw: Any) -> Json | Missing:
        """Return the default of a raw schema: its own, or that of its reference or its nullable's schema."""
        return default_of(raw, self.raw)

    def resolve(self, schema: Schema) -> Schema:
        """Follow references to their target; a component that is still being read stays a reference."""
        seen: set[str] = set()
        while isinstance(schema, Ref) and schema.name not in seen:
            seen.add(schema.name)
            if schema.name in self._sources:
                self.component(self._sources[schema.name])
            if schema.name not in self.components:
                break
            schema = self.components[schema.name].schema
        return schema

    def report(self, place: str, text: str, cost: str, kind: Kind = "approximated", /) -> None:
        """Record a problem and its cost."""
        self.problems.append(Problem(place, text, kind, cost))

    def _read(self, raw: Any, place: str, name: str, *, top: bool) -> Schema:
        """Read a raw schema. With ``top``, an object is not lifted: it belongs to a component."""
        if raw is True:
            return Anything()
        if not isinstance(raw, Mapping):
            self.report(place, f"expected a schema, found {raw!r:.60}", "any value is accepted", "lost")
            return Anything()
        raw = checked(raw, place, self.report)
        # The keyword is meaningless on an array or a string; on an object it promises schemas that extend
        # it.
        if "discriminator" in raw and not alternatives(raw) and {"properties", "allOf", "$ref"} & set(raw):
            text = "no oneOf or anyOf beside it, and no schema that extends it"
            self.report(pointer(place, "discriminator"), text, "it is ignored", "unused")
        if "not" in raw and not excludes_all(raw):
            text = '"not" other than "not all of the alternatives"'
            self.report(pointer(place, "not"), text, "it is ignored")
        schema = with_deprecated_values(self._branch(raw, place, name, top=top), raw, place, self.report)
        if isinstance(schema, Anything) or not is_nullable(raw):
            return schema
        return flat_union((schema, Null()))

    def _branch(self, raw: Raw, place: str, name: str, *, top: bool) -> Schema:
        """Choose by the most significant keyword."""
        if "$ref" in raw:
            node, beside = self._reference(raw["$ref"], place, name), assertions(raw, "$ref", "type")
            return self._with(beside, node, place, name, top=top)
        if "$recursiveRef" in raw:
            return self._recursive(raw["$recursiveRef"], place, name)
        for key in ("const", "enum"):
            if key in raw:
                node = literals([raw[key]] if key == "const" else raw[key], place, self.report)
                beside = {one: raw[one] for one in COMBINATIONS if one in raw}
                return self._with(beside, node, place, name, top=top)
        if "allOf" in raw:
            return self._all_of(raw, place, name, top=top)
        for key in ("oneOf", "anyOf"):
            if key in raw and not is_only_required(raw[key]):
                return self._one_of(raw, key, place, name, top=top)
        return self._typed(raw, place, name, top=top)

    # References and constants

    def _reference(self, target: str, place: str, name: str) -> Schema:
        prefix, source = last_step(target)
        if prefix == PREFIX and source in self._names:
            return Ref(self._names[source])
        self.report(place, astray(target), f"{name} accepts any value", "lost")
        return Anything()

    def _recursive(self, target: str, place: str, name: str) -> Schema:
        """Return the target of a "$recursiveRef" (JSON Schema 2019-09): the enclosing root schema."""
        if target == "#" and self._root:
            return Ref(self._root)
        text = f'"$recursiveRef" has no target: {target[:80]}'
        self.report(place, text, f"{name} accepts any value", "lost")
        return Anything()

    # Combinations

    def _with(self, beside: Raw, node: Schema, place: str, name: str, *, top: bool) -> Schema:
        """Merge ``node`` with the keywords beside it."""
        if not beside or isinstance(node, Anything):
            return node
        try:
            other = self._read(beside, place, name, top=True)
            merged = merge((node, other), frozenset(), self.resolve)
        except Conflict as conflict:
            cost = f"{', '.join(sorted(beside))} of {name} is ignored"
            self.report(place, str(conflict), cost)
            return node
        return self._placed(merged, place, name, top=top)

    def _all_of(self, raw: Raw, place: str, name: str, *, top: bool) -> Schema:
        """Merge all parts; the keywords beside ``allOf`` are one more part."""
        beside = assertions(raw, "allOf")
        required = frozenset(beside.pop("required", ()))
        if beside == {"type": "object"}:
            beside = {}
        # An object in a part is not lifted (top=True): the result of the merge gets the name.
        extends = is_extension(raw)
        parts = [
            self._common_part(parent)
            if extends and (parent := referred(one)) in self._inheritance.children and parent in self._names
            else self._read(one, pointer(place, "allOf", i), name, top=True)
            for i, one in enumerate(raw["allOf"])
        ]
        if beside:
            parts.append(self._read(beside, place, name, top=True))
        try:
            merged = merge(parts, required, self.resolve)
        except Conflict as conflict:
            self.report(place, f"allOf: {conflict}", f"{name} accepts any value", "lost")
            return Anything()
        return self._placed(self._ruled(merged, raw, place), place, name, top=top)

    def _ruled(self, merged: Schema, raw: Raw, place: str) -> Schema:
        """Apply the override beside an ``allOf`` to the merged object."""
        node = self.resolve(merged) if "x-typed" in raw else merged
        if not isinstance(node, Object) or "x-typed" not in raw:
            return merged
        return with_own_rules(node, raw, place, self.report)

    def _one_of(self, raw: Raw, key: str, place: str, name: str, *, top: bool) -> Schema:
        beside = assertions(raw, key, "discriminator")
        if len(raw[key]) == 1 and set(beside) <= {"type"}:
            return self._read(raw[key][0], pointer(place, key, 0), name, top=top)
        union = self._union(raw, key, place, name)
        if set(beside) <= {"type"}:
            return union
        # Keywords beside alternatives apply to each of them.
        base = self._read(beside, place, name, top=True)
        try:
            merged = merge([base, union], frozenset(), self.resolve)
        except Conflict as conflict:
            self.report(place, f"{key}: {conflict}", f"only the alternatives of {name} are read")
            return union
        return self._placed(merged, place, name, top=top)

    def _union(self, raw: Raw, key: str, place: str, name: str) -> Schema:
        members: list[Schema] = []
        deprecated: list[str] = []
        names = alternative_names(raw, key, name, self._root)
        for i, (listed, own_name) in enumerate(zip(raw[key], names, strict=True)):
            one = {"type": raw["type"], **listed} if "type" in raw and is_typeless(listed) else listed
            member = Null() if is_null(one) else self.read(one, pointer(place, key, i), own_name)
            members.append(member)
            if isinstance(one, Mapping) and one.get("deprecated") is True and isinstance(member, Ref):
                deprecated.append(member.name)
        if Anything() in members and any(isinstance(one, Ref) for one in members):
            # "Any value" would hide the names of the others from checkers and editors.
            members = [one for one in members if one != Anything()]
            self.report(pointer(place, key), "an alternative without any keyword", "only the others are read")
        declared = raw.get("discriminator")
        discriminator = None if declared is None else self._discriminator(declared, place)
        return flat_union(members, discriminator, deprecated)

    def _discriminator(self, raw: Raw, place: str) -> Discriminator | None:
        """Return the declared discriminator; values that its mapping lacks are inferred later."""
        here = pointer(place, "discriminator")
        mapping = raw.get("mapping") or {}
        if not isinstance(raw.get("propertyName"), str) or not isinstance(mapping, Mapping):
            self.report(here, "expected a propertyName and perhaps a mapping", "it is inferred instead")
            return None
        pairs = []
        for value, target in sorted(mapping.items()):
            source = last_step(target)[1]
            if source in self._names:
                pairs.append((value, self._names[source]))
            else:
                self.report(pointer(here, "mapping", value), f"no component {source[:80]}", "ignored")
        return Discriminator(raw["propertyName"], tuple(pairs))

    # Plain types

    def _typed(self, raw: Raw, place: str, name: str, *, top: bool) -> Schema:
        kinds = raw.get("type", implied_type(raw))
        if kinds is None:
            return Anything()
        if isinstance(kinds, list):
            return flat_union(self._of_type(kind, raw, place, name, top=top) for kind in kinds)
        return self._of_type(kinds, raw, place, name, top=top)

    def _of_type(self, kind: str, raw: Raw, place: str, name: str, *, top: bool) -> Schema:
        if kind == "null":
            return Null()
        if kind in _SCALAR_KINDS:
            return scalar(kind, raw)
        if kind == "array":
            return array_of(raw, place, name, self)
        if kind == "object":
            node = self._object(raw, place, name)
            return node if top or not node.fields else self._lift(node, place, name)
        self.report(
            pointer(place, "type"), f"unknown type {kind[:40]!r}", f"{name} accepts any value", "lost"
        )
        return Anything()

    def _object(self, raw: Raw, place: str, name: str) -> Object:
        properties, required = raw.get("properties", {}), set(raw.get("required", ()))
        fields = [
            self._field(
                key, value, pointer(place, "properties", key), name + pascal_case(key), key in required
            )
            for key, value in sorted(properties.items())
        ]
        fields.extend(Field(key, Anything(), required=True) for key in sorted(required - set(properties)))
        keys = raw.get("propertyNames")
        sets, exclusive = required_sets(raw)
        node = Object(
            fields=tuple(fields),
            extra=extra_of(raw, place, name, self),
            closed=raw.get("additionalProperties") is False and not raw.get("patternProperties"),
            min_properties=raw.get("minProperties"),
            max_properties=raw.get("maxProperties"),
            key_schema=self.read(keys, pointer(place, "propertyNames"), f"{name}Key") if keys else None,
            required_sets=sets,
            exclusive=exclusive,
        )
        node = replace(node, rules=required_together(raw))
        return with_own_rules(node, raw, place, self.report)

    def _field(self, key: str, raw: Any, place: str, name: str, required: bool) -> Field:
        schema = self.read(raw, place, name)
        deprecated, instead = is_deprecated(raw), replacement(raw)
        typed = mapping(mapping(raw).get("x-typed"))
        return Field(
            key,
            schema,
            required,
            self.default(raw),
            deprecated,
            description_of(raw),
            instead,
            read_only=says(raw, "readOnly", self.raw),
            write_only=says(raw, "writeOnly", self.raw),
            unsent=typed.get("unsent") is True,
            json=typed["json"] if typed.get("json") in ("object", "value") else "",
        )

    # Inline objects

    def _placed(self, schema: Schema, place: str, name: str, *, top: bool) -> Schema:
        """Return ``schema`` with inline objects lifted, except for a component's whole schema."""
        match schema:
            case Object(fields=fields) if fields:
                node = self._with_fields_placed(schema, place, name)
                return node if top else self._lift(node, place, name)
            case Union(members=members):
                placed = (
                    self._placed(one, place, member_name(schema, i, name), top=False)
                    for i, one in enumerate(members)
                )
                return replace(schema, members=tuple(placed))
            case Array(places=(_, *_)):
                return self._with_places_placed(schema, place, f"{name}Item")
            case Array(items=items):
                return replace(schema, items=self._placed(items, place, f"{name}Item", top=False))
            case _:
                return schema

    def _with_places_placed(self, node: Array, place: str, name: str) -> Array:
        numbered = enumerate(node.places, start=1)
        places = tuple(self._placed(one, place, f"{name}{i}", top=False) for i, one in numbered)
        rest = None if node.rest is None else self._placed(node.rest, place, name, top=False)
        items = flat_union([*places, *([] if rest is None else [rest])])
        return replace(node, items=items, places=places, rest=rest)

    def _with_fields_placed(self, node: Object, place: str, name: str) -> Object:
        fields = (
            replace(one, schema=self._placed(one.schema, place, name + pascal_case(one.name), top=False))
            for one in node.fields
        )
        extra = None if node.extra is None else self._placed(node.extra, place, f"{name}Value", top=False)
        return replace(node, fields=tuple(fields), extra=extra)

    def _lift(self, node: Object, place: str, name: str) -> Schema:
        """Make an inline object a component of its own, and return a reference to it."""
        candidates = chain((name, f"{name}Object"), (f"{name}Object{number}" for number in count(2)))
        free = next(one for one in candidates if one not in self._sources and one not in self.components)
        self.components[free] = Component(free, node, owner=place)
        return Ref(free)
