"""JSON Schema as OpenAPI writes it -> the model's schema nodes.

``Schemas.read`` turns one raw schema into a node and lifts inline objects to components named
after their owner. What belongs to a schema's keywords is decided by tables; unions and merges have
modules of their own (:mod:`unions`, :mod:`merging`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from typed_openai_spec.merging import Conflict, merge
from typed_openai_spec.model import (
    MISSING,
    Anything,
    Array,
    Component,
    Discriminator,
    Field,
    Json,
    Literals,
    Missing,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.names import component_name, pascal_case
from typed_openai_spec.problems import Problem
from typed_openai_spec.unions import flat_union

Raw = Mapping[str, Any]

# Keywords that say nothing about the values, only about the schema itself.
_ANNOTATIONS: Final = frozenset(
    {
        "default",
        "deprecated",
        "description",
        "title",
        "example",
        "examples",
        "summary",
        "externalDocs",
        "readOnly",
    }
    | {"writeOnly", "xml", "$comment", "$recursiveAnchor", "$schema", "$id"}
)
_UNDERSTOOD: Final = frozenset(
    {
        "$ref",
        "$recursiveRef",
        "type",
        "nullable",
        "const",
        "enum",
        "allOf",
        "oneOf",
        "anyOf",
        "discriminator",
        "not",
    }
    | {"properties", "required", "additionalProperties", "propertyNames", "minProperties", "maxProperties"}
    | {"items", "minItems", "maxItems", "uniqueItems", "format", "pattern", "minLength", "maxLength"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)

# The type that a keyword implies where a schema does not give its type.
_IMPLIED_TYPES: Final = (
    ("object", ("properties", "additionalProperties", "required", "propertyNames", "maxProperties")),
    ("array", ("items", "minItems", "maxItems")),
    ("string", ("minLength", "maxLength", "pattern")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)
_SCALAR_KINDS: Final = ("string", "integer", "number", "boolean")


def pointer(place: str, *steps: str | int) -> str:
    """A JSON pointer (RFC 6901) one or more steps below ``place``."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "/".join((place, *escaped))


@dataclass
class Schemas:
    """Reads the schemas of one description; collects the components and the problems met."""

    raw: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    components: dict[str, Component] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _reading: set[str] = field(default_factory=set)
    _root: str = ""

    def __post_init__(self) -> None:
        for source in sorted(self.raw):
            name = component_name(source)
            if name in self._names.values():
                self._problem(
                    "/components/schemas", f"two components are called {name}", f"{source} is left out"
                )
                continue
            self._names[source] = name

    def read_all(self) -> None:
        """Read every component of the description."""
        for source in self._names:
            self.component(source)

    def component(self, source: str) -> str:
        """Read one component, if it has not been read, and give its Python name."""
        name = self._names[source]
        if name in self.components or name in self._reading:
            return name
        raw = self.raw[source]
        self._reading.add(name)
        outer, self._root = self._root, name
        schema = self._read(raw, pointer("/components/schemas", source), name, top=True)
        self._root = outer
        self._reading.discard(name)
        mapping = raw if isinstance(raw, Mapping) else {}
        self.components[name] = Component(
            name=name,
            schema=schema,
            source=source,
            deprecated=mapping.get("deprecated") is True,
            beta=mapping.get("x-beta") is True,
            doc=mapping.get("description", ""),
        )
        return name

    def read(self, raw: Any, place: str, name: str) -> Schema:
        """The node of a raw schema found at ``place``; an object in it is to be called ``name``."""
        return self._read(raw, place, name, top=False)

    def default(self, raw: Any) -> Json | Missing:
        """The default of a raw schema: its own, else that of what it refers to or wraps in a nullable."""
        for _ in range(8):
            if not isinstance(raw, Mapping):
                return MISSING
            if "default" in raw:
                value: Json = raw["default"]
                return value
            if "$ref" in raw:
                raw = self.raw.get(str(raw["$ref"]).rpartition("/")[2])
            else:
                members = [
                    one for one in raw.get("anyOf") or raw.get("oneOf") or () if one != {"type": "null"}
                ]
                raw = members[0] if len(members) == 1 else None
        return MISSING

    def resolve(self, schema: Schema) -> Schema:
        """Follow references to what is behind them; a component still being read stays a reference."""
        while isinstance(schema, Ref) and schema.name in self.components:
            schema = self.components[schema.name].schema
        return schema

    def _problem(self, place: str, text: str, cost: str) -> None:
        self.problems.append(Problem(place, text, cost=cost))

    def _read(self, raw: Any, place: str, name: str, *, top: bool) -> Schema:
        if raw is True:
            return Anything()
        if not isinstance(raw, Mapping):
            self._problem(place, f"expected a schema, found {raw!r:.60}", "any value is accepted")
            return Anything()
        for key in sorted(set(raw) - _UNDERSTOOD - _ANNOTATIONS):
            if not key.startswith("x-"):
                self._problem(pointer(place, key), f'unknown keyword "{key}"', "it is ignored")
        nullable = raw.get("nullable") is True
        schema = self._branch(raw, place, name, top=top and not nullable)
        return flat_union((schema, Null())) if nullable else schema

    def _branch(self, raw: Raw, place: str, name: str, *, top: bool) -> Schema:
        """Choose by the keyword that says most about the schema."""
        if "$ref" in raw:
            return self._reference(raw["$ref"], place, name)
        if "$recursiveRef" in raw:
            return Ref(self._root)
        if "const" in raw:
            return self._literals([raw["const"]], place)
        if "enum" in raw:
            return self._literals(raw["enum"], place)
        if "allOf" in raw:
            return self._all_of(raw, place, name, top=top)
        if (key := next((one for one in ("oneOf", "anyOf") if one in raw), None)) and not self._only_required(
            raw[key]
        ):
            return self._one_of(raw, key, place, name, top=top)
        return self._typed(raw, place, name, top=top)

    # References and constants

    def _reference(self, target: Any, place: str, name: str) -> Schema:
        prefix, _, source = str(target).rpartition("/")
        if prefix == "#/components/schemas" and source in self._names:
            return Ref(self.component(source))
        self._problem(place, f'"$ref" leads nowhere: {str(target)[:80]}', f"{name} accepts any value")
        return Anything()

    def _literals(self, values: Any, place: str) -> Schema:
        if not isinstance(values, list) or not values:
            self._problem(
                place, f"expected a list of constants, found {values!r:.60}", "any value is accepted"
            )
            return Anything()
        constants = [one for one in values if isinstance(one, (str, int, float))]
        if len(constants) + (None in values) != len(values):
            self._problem(place, "an enum of objects or arrays", "any value is accepted")
            return Anything()
        nodes: list[Schema] = [Literals(tuple(dict.fromkeys(constants)))] if constants else []
        return flat_union((*nodes, *((Null(),) if None in values else ())))

    # Combinations

    @staticmethod
    def _only_required(members: Any) -> bool:
        """Whether alternatives only say which fields must be there together."""
        return isinstance(members, list) and all(
            isinstance(one, Mapping) and set(one) == {"required"} for one in members
        )

    def _all_of(self, raw: Raw, place: str, name: str, *, top: bool) -> Schema:
        """The merge of all parts; the keywords beside ``allOf`` are one more part."""
        beside = {key: value for key, value in raw.items() if key not in _ANNOTATIONS | {"allOf", "nullable"}}
        required = set(beside.pop("required", ()))
        if beside == {"type": "object"}:
            beside = {}
        # An object in a part stays in place (top=True): the merge is what gets the name.
        parts = [
            self._read(one, pointer(place, "allOf", i), name, top=True) for i, one in enumerate(raw["allOf"])
        ]
        if beside:
            parts.append(self._read(beside, place, name, top=True))
        parts = [one for one in parts if not isinstance(one, Anything)]
        if len(parts) == 1 and not required:
            # An object of its own, not a reference to one, still has to become a component.
            return self._placed(parts[0], place, name, top=top)
        try:
            merged = merge(parts, frozenset(required), self.resolve)
        except Conflict as conflict:
            self._problem(place, f"allOf: {conflict}", f"{name} accepts any value")
            return Anything()
        return self._placed(merged, place, name, top=top)

    def _placed(self, schema: Schema, place: str, name: str, *, top: bool) -> Schema:
        """Lift objects with fields out of ``schema``, unless it is itself a component's whole schema."""
        if isinstance(schema, Object) and schema.fields and not top:
            return self._lift(schema, place, name)
        if isinstance(schema, Union):
            members = tuple(
                self._lift(one, place, self._member_name(one, name, i))
                if isinstance(one, Object) and one.fields
                else one
                for i, one in enumerate(schema.members)
            )
            return replace(schema, members=members)
        return schema

    def _one_of(self, raw: Raw, key: str, place: str, name: str, *, top: bool) -> Schema:
        if isinstance(raw[key], list) and len(raw[key]) == 1 and "properties" not in raw:
            return self._read(raw[key][0], pointer(place, key, 0), name, top=top)
        union = self._union(raw, key, place, name)
        beside = {k: v for k, v in raw.items() if k in ("properties", "required", "additionalProperties")}
        if not beside:
            return union
        # Fields beside alternatives belong to each of them.
        base = self._read({"type": "object", **beside}, place, name, top=True)
        try:
            merged = merge([base, union], frozenset(), self.resolve)
        except Conflict as conflict:
            self._problem(place, f"{key}: {conflict}", f"only the alternatives of {name} are read")
            return union
        return self._placed(merged, place, name, top=top)

    def _union(self, raw: Raw, key: str, place: str, name: str) -> Schema:
        members: list[Schema] = []
        deprecated: list[str] = []
        nameless = [one for one in raw[key] if _is_nameless(one)]
        for i, one in enumerate(raw[key]):
            own_name = self._raw_member_name(one, name, i, alone=len(nameless) == 1)
            member = self.read(one, pointer(place, key, i), own_name)
            members.append(member)
            if isinstance(one, Mapping) and one.get("deprecated") is True and isinstance(member, Ref):
                deprecated.append(member.name)
        declared = raw.get("discriminator")
        discriminator = self._discriminator(declared, place) if isinstance(declared, Mapping) else None
        return flat_union(members, discriminator, deprecated)

    def _discriminator(self, raw: Raw, place: str) -> Discriminator | None:
        """The declared discriminator; the values that its mapping leaves out are inferred later."""
        if not isinstance(raw.get("propertyName"), str):
            self._problem(
                pointer(place, "discriminator"), "expected a propertyName", "it is inferred instead"
            )
            return None
        pairs = []
        for value, target in sorted((raw.get("mapping") or {}).items()):
            source = str(target).rpartition("/")[2]
            if source in self._names:
                pairs.append((value, self._names[source]))
            else:
                self._problem(
                    pointer(place, "discriminator", "mapping", value), f"no component {source}", "ignored"
                )
        return Discriminator(raw["propertyName"], tuple(pairs))

    def _raw_member_name(self, raw: Any, name: str, index: int, *, alone: bool) -> str:
        """What an object among alternatives is called: after its title, its constant, what it extends."""
        if alone:
            inline_object = isinstance(raw, Mapping) and "properties" in raw
            return f"{name}Object" if inline_object and name == self._root else name
        raw = raw if isinstance(raw, Mapping) else {}
        if isinstance(raw.get("title"), str) and pascal_case(raw["title"]) != name:
            return name + pascal_case(raw["title"])
        for prop in filter(_is_schema, (raw.get("properties") or {}).values()):
            values = [prop["const"]] if "const" in prop else list(prop.get("enum", ()))
            if len(values) == 1 and isinstance(values[0], str):
                return name + pascal_case(values[0])
        extended = [one["$ref"] for one in raw.get("allOf", ()) if "$ref" in one]
        if len(extended) == 1:
            return name + component_name(extended[0].rpartition("/")[2])
        return f"{name}Variant{index + 1}"

    @staticmethod
    def _member_name(member: Schema, name: str, index: int) -> str:
        if isinstance(member, Object):
            for one in member.fields:
                if isinstance(one.schema, Literals) and len(one.schema.values) == 1:
                    return name + pascal_case(str(one.schema.values[0]))
        return f"{name}Variant{index + 1}"

    # Plain types

    def _typed(self, raw: Raw, place: str, name: str, *, top: bool) -> Schema:
        kinds = raw.get("type")
        if kinds is None:
            kinds = next((kind for kind, keys in _IMPLIED_TYPES if any(key in raw for key in keys)), None)
            if kinds is None:
                return Anything()
        if isinstance(kinds, list):
            return flat_union(self._of_type(kind, raw, place, name, top=False) for kind in kinds)
        return self._of_type(kinds, raw, place, name, top=top)

    def _of_type(self, kind: Any, raw: Raw, place: str, name: str, *, top: bool) -> Schema:
        if kind == "null":
            return Null()
        if kind in _SCALAR_KINDS:
            return self._scalar(kind, raw)
        if kind == "array":
            items = self.read(raw.get("items", True), pointer(place, "items"), f"{name}Item")
            return Array(items, raw.get("minItems"), raw.get("maxItems"), raw.get("uniqueItems") is True)
        if kind == "object":
            node = self._object(raw, place, name)
            return node if top or not node.fields else self._lift(node, place, name)
        self._problem(pointer(place, "type"), f"unknown type {kind!r:.40}", f"{name} accepts any value")
        return Anything()

    @staticmethod
    def _scalar(kind: Any, raw: Raw) -> Schema:
        bounds = {"minimum": raw.get("minimum"), "maximum": raw.get("maximum")}
        for key, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            value = raw.get(key)
            exclusive = f"exclusive_{plain}"
            if value is True:  # OpenAPI 3.0 writes a flag beside the bound
                bounds[exclusive], bounds[plain] = bounds[plain], None
            elif value is not None and value is not False:
                bounds[exclusive] = value
        return Scalar(
            kind,
            format=raw.get("format"),
            multiple_of=raw.get("multipleOf"),
            min_length=raw.get("minLength"),
            max_length=raw.get("maxLength"),
            pattern=raw.get("pattern"),
            **bounds,
        )

    def _object(self, raw: Raw, place: str, name: str) -> Object:
        required = set(raw.get("required", ()))
        fields = [
            self._field(
                key, value, pointer(place, "properties", key), name + pascal_case(key), key in required
            )
            for key, value in sorted((raw.get("properties") or {}).items())
        ]
        undeclared = required - set(raw.get("properties") or {})
        fields.extend(Field(key, Anything(), required=True) for key in sorted(undeclared))
        extra = raw.get("additionalProperties", None if fields else True)
        sets, exclusive = self._required_sets(raw, place)
        keys = raw.get("propertyNames")
        return Object(
            fields=tuple(fields),
            extra=self.read(extra, pointer(place, "additionalProperties"), f"{name}Value")
            if extra
            else self._empty(extra),
            closed=extra is False,
            min_properties=raw.get("minProperties"),
            max_properties=raw.get("maxProperties"),
            key_schema=self.read(keys, pointer(place, "propertyNames"), f"{name}Key") if keys else None,
            required_sets=sets,
            exclusive=exclusive,
        )

    @staticmethod
    def _empty(extra: Any) -> Schema | None:
        """``additionalProperties: {}`` allows anything; ``false`` and a missing one give no schema."""
        return Anything() if extra == {} and extra is not False and extra is not None else None

    def _field(self, key: str, raw: Any, place: str, name: str, required: bool) -> Field:
        schema = self.read(raw, place, name)
        return Field(key, schema, required, self.default(raw), is_deprecated(raw), _description(raw))

    def _required_sets(self, raw: Raw, place: str) -> tuple[tuple[tuple[str, ...], ...], bool]:
        key = "oneOf" if "oneOf" in raw else "anyOf"
        sets = tuple(tuple(one["required"]) for one in raw.get(key, ()))
        negated = raw.get("not")
        if negated is None:
            return sets, key == "oneOf"
        together = (
            set(negated.get("required", ()))
            if isinstance(negated, Mapping) and set(negated) == {"required"}
            else None
        )
        if sets and together == {one for names in sets for one in names}:
            return sets, True
        self._problem(
            pointer(place, "not"), '"not" other than "not all of the alternatives"', "it is ignored"
        )
        return sets, key == "oneOf"

    def _lift(self, node: Object, place: str, name: str) -> Schema:
        """Make an inline object a component of its own and refer to it."""
        taken = set(self._names.values()) | set(self.components)
        candidates = (name, f"{name}Object", *(f"{name}Object{number}" for number in range(2, 100)))
        free = next(one for one in candidates if one not in taken)
        self.components[free] = Component(free, node, owner=place)
        return Ref(free)


def is_deprecated(raw: Any) -> bool:
    """Whether a raw schema is deprecated, itself or as the one thing that a nullable wraps."""
    if not isinstance(raw, Mapping):
        return False
    if raw.get("deprecated") is True:
        return True
    members = [one for one in raw.get("anyOf") or raw.get("oneOf") or () if one != {"type": "null"}]
    return len(members) == 1 and is_deprecated(members[0])


def _description(raw: Any) -> str:
    return str(raw.get("description", "")) if isinstance(raw, Mapping) else ""


def _is_schema(raw: Any) -> bool:
    return isinstance(raw, Mapping)


def _is_nameless(raw: Any) -> bool:
    """Whether a raw schema may hold inline objects: neither a reference nor a plain scalar."""
    return isinstance(raw, Mapping) and bool(
        {"properties", "allOf", "oneOf", "anyOf", "items", "additionalProperties"} & set(raw)
    )
