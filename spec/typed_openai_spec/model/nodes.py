"""The nodes of schemas; :mod:`model` re-exports them and documents their structure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Final, Literal, TypeAlias

from typed_openai_spec.model.relations import ModelRule, Pairing, Rule, StrictSchema, ToolChoice
from typed_openai_spec.records import dataclass


class Missing(Enum):
    """The type of :data:`MISSING`, which means "no default" where ``None`` is a possible default."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
ScalarKind: TypeAlias = Literal["string", "integer", "number", "boolean"]


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value."""


@dataclass(frozen=True, slots=True)
class Null:
    """JSON's null."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, integer, number or boolean with its bounds (JSON Schema validation, section 6)."""

    kind: ScalarKind
    format: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None

    @property
    def is_binary(self) -> bool:
        """True if the value is a file's content rather than text."""
        return self.kind == "string" and self.format == "binary"


@dataclass(frozen=True, slots=True)
class Literals:
    """One of the listed constants, in the description's order. Booleans and numbers keep their types.

    ``deprecated`` pairs each string that the API is about to drop, or has dropped, with its replacement.
    """

    values: tuple[str | int | float | bool, ...]
    deprecated: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Array:
    """A JSON array.

    If its items are described by their places, ``places`` has the schemas of the first ones and ``rest`` that
    of all others, which is None if there are no others. ``items`` fits an item at any place.
    """

    items: Schema
    min_items: int | None = None
    max_items: int | None = None
    unique: bool = False
    places: tuple[Schema, ...] = ()
    rest: Schema | None = None

    @property
    def is_tuple(self) -> bool:
        """True if each value has an item at each of the described places."""
        return bool(self.places) and (self.rest is None or (self.min_items or 0) >= len(self.places))

    def at(self, number: int) -> Schema:
        """Return the schema of an item, which is counted from 0."""
        if number < len(self.places):
            return self.places[number]
        return self.items if self.rest is None else self.rest

    def changed(self, change: Callable[[Schema], Schema]) -> Array:
        """Return the array with changed schemas of its items."""
        return replace(
            self,
            items=change(self.items),
            places=tuple(map(change, self.places)),
            rest=None if self.rest is None else change(self.rest),
        )


@dataclass(frozen=True, slots=True)
class Field:
    """One property of an object. ``replacement`` says what to use instead of a deprecated field.

    ``read_only`` fields occur only in replies, ``write_only`` fields only in requests. ``unsent`` marks a
    field that no server sends: client libraries compute it. ``mistaken`` are names that are easily confused
    with this one, because other objects use them for the same thing. ``json`` is ``object`` or ``value``
    for a string that holds a JSON object or any JSON value.
    """

    name: str
    schema: Schema
    required: bool = False
    default: Json | Missing = MISSING
    deprecated: bool = False
    doc: str = ""
    replacement: str = ""
    text: str = ""
    read_only: bool = False
    write_only: bool = False
    unsent: bool = False
    mistaken: tuple[str, ...] = ()
    json: str = ""


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object.

    ``extra`` is the schema of undeclared properties if the description gives one (``Anything()`` for
    ``additionalProperties: true``), else None. ``closed`` is true if it forbids them. ``key_schema``
    restricts the keys (``propertyNames``). ``required_sets`` holds alternatives of which at least one
    (exactly one when ``exclusive``) must be present as a whole (``anyOf``/``oneOf`` of bare ``required``
    lists). ``rules``, ``model_rules`` and ``tool_choices`` are requirements between fields; ``pairings``
    and ``strict_schemas`` are requirements inside some of them.
    """

    fields: tuple[Field, ...] = ()
    extra: Schema | None = None
    closed: bool = False
    min_properties: int | None = None
    max_properties: int | None = None
    key_schema: Schema | None = None
    required_sets: tuple[tuple[str, ...], ...] = ()
    exclusive: bool = False
    rules: tuple[Rule, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    strict_schemas: tuple[StrictSchema, ...] = ()
    model_rules: tuple[ModelRule, ...] = ()
    tool_choices: tuple[ToolChoice, ...] = ()

    @property
    def is_mapping(self) -> bool:
        """True for a plain map: no declared fields, but a schema for any key."""
        return not self.fields

    def field(self, name: str) -> Field | None:
        """Return the field called ``name``, or None."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Discriminator:
    """The property that distinguishes a union's members, and the component that each value selects."""

    property: str
    mapping: tuple[tuple[str, str], ...]
    """Pairs of value and component name.

    Several values may select one component, and one value several; then the other fields decide.
    """


@dataclass(frozen=True, slots=True)
class Union:
    """One of several schemas. Flat: no member is itself a ``Union`` (a ``Ref`` to one may be).

    ``deprecated`` names the components among the members that are deprecated in this place.
    """

    members: tuple[Schema, ...]
    discriminator: Discriminator | None = None
    deprecated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to the component called ``name``."""

    name: str


Schema: TypeAlias = "Anything | Null | Scalar | Literals | Array | Object | Union | Ref"
