"""The frozen model of an API: what every reader of the description shares.

Map::

    Api
      operations   Operation
                     arguments   Argument   what a caller passes: path, query, header, body fields
                     bodies      Body       which media types carry which arguments
                     result      Result     what a call gives back
                     variants    Variant    what it gives instead when an argument has some value
                     paging      Paging     how its list goes on, where it comes in pages
                     errors      Reply      the error replies the description lists
      components   Component      a named schema; inline objects are lifted to components too
      webhooks     Webhook

    Schema = Anything | Null | Scalar | Literals | Array | Object | Union | Ref

An ``Object`` with declared fields occurs only as the whole schema of a component: whatever refers
to it does so by ``Ref``. An ``Object`` without fields is a plain map and occurs anywhere. A
nullable schema is a ``Union`` with a ``Null`` member; an open enumeration is a ``Union`` of a
string ``Scalar`` and ``Literals``. No component is an alias of itself: who follows references and
the members of unions comes to a node of another kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final, Literal, TypeAlias

from typed_openai_spec.relations import Pairing, Rule, StrictSchema


class Missing(Enum):
    """The type of :data:`MISSING`, which says "no default" where ``None`` is a possible default."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
ScalarKind: TypeAlias = Literal["string", "integer", "number", "boolean"]
Location: TypeAlias = Literal["path", "query", "header", "body"]
ResultKind: TypeAlias = Literal["json", "text", "binary", "stream", "none"]

CALL_OPTIONS: Final = (
    "openai_api_key",
    "openai_organization_key",
    "base_url",
    "timeout",
    "max_retries",
    "extra_headers",
    "extra_query",
    "extra_body",
)
"""The keywords that every operation takes beside its own arguments, in the order of its signature."""

STREAM_TO: Final = "stream_to"
"""The keyword that streaming operations take beside those."""

ON_PROGRESS: Final = "on_progress"
"""The keyword that operations which send files take beside those."""

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
"""Finds the placeholders of a path, and the name in each (``/files/{file_id}``)."""


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
        """Whether the value is a file's content rather than text."""
        return self.kind == "string" and self.format == "binary"


@dataclass(frozen=True, slots=True)
class Literals:
    """One of the listed constants, in the description's order. Booleans and numbers stay what they are.

    ``deprecated`` pairs the texts among them that the API is about to drop, or has dropped, with what to
    use instead.
    """

    values: tuple[str | int | float | bool, ...]
    deprecated: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Array:
    """A JSON array."""

    items: Schema
    min_items: int | None = None
    max_items: int | None = None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One property of an object. ``replacement`` is what to use instead of one that is deprecated."""

    name: str
    schema: Schema
    required: bool = False
    default: Json | Missing = MISSING
    deprecated: bool = False
    doc: str = ""
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object.

    ``extra`` is the schema of undeclared properties where the description gives one (``Anything()``
    for ``additionalProperties: true``), else None; ``closed`` is true where it forbids them.
    ``key_schema`` bounds the keys (``propertyNames``). ``required_sets`` holds alternatives of
    which at least one (exactly one when ``exclusive``) must be present as a whole
    (``anyOf``/``oneOf`` of bare ``required`` lists). ``rules`` is what fields ask of each other,
    ``pairings`` and ``strict_schemas`` what is asked inside some of them.
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

    @property
    def is_mapping(self) -> bool:
        """Whether this is a plain map: no declared field, but a schema for any key."""
        return not self.fields

    def field(self, name: str) -> Field | None:
        """The field called ``name``, or None."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Discriminator:
    """The property that tells a union's members apart, and the component each value leads to."""

    property: str
    mapping: tuple[tuple[str, str], ...]
    """Pairs of value and component name. Several values may lead to one component, and one value to
    several: then the other fields decide."""


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


@dataclass(frozen=True, slots=True)
class Component:
    """A named schema. ``name`` is a Python identifier; ``source`` the name in the description.

    ``owner`` is empty for the description's own components; for an object lifted from inside
    another schema or operation it is the dotted place it came from.
    ``input`` and ``output`` tell on which sides of the wire it occurs. ``aliases`` are former names,
    ``replacement`` is what to use instead of one that is deprecated.
    """

    name: str
    schema: Schema
    source: str = ""
    owner: str = ""
    input: bool = False
    output: bool = False
    deprecated: bool = False
    beta: bool = False
    doc: str = ""
    aliases: tuple[str, ...] = ()
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a caller passes to an operation.

    ``name`` is the Python keyword, ``wire`` the name that is sent. ``positional`` arguments come
    first in :attr:`Operation.arguments`, in calling order. ``style`` is ``"brackets"`` for query
    arrays and objects sent as ``a[]=1`` and ``m[k]=v``, ``"comma"`` for header lists. ``replacement`` is
    what to use instead of one that is deprecated.
    """

    name: str
    wire: str
    location: Location
    schema: Schema
    required: bool = False
    positional: bool = False
    default: Json | Missing = MISSING
    deprecated: bool = False
    doc: str = ""
    style: str = "brackets"
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """One way to send the body. ``fields`` are the arguments (by name) that this media type carries.

    ``raw`` is true where the one field *is* the body (an SDP offer, say) rather than a part of it.
    ``files`` are the fields whose value may be a file; ``encodings`` maps a multipart field to the
    content type that its part must carry.
    """

    media_type: str
    schema: Schema
    fields: tuple[str, ...]
    required: bool = False
    raw: bool = False
    files: tuple[str, ...] = ()
    encodings: tuple[tuple[str, str], ...] = ()

    @property
    def is_multipart(self) -> bool:
        """Whether the body is sent as multipart/form-data."""
        return self.media_type.startswith("multipart/")


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gives: parsed JSON, text, a binary reply, a stream of events, or nothing.

    ``schema`` is the JSON value's, or one event's; None where there is none to tell.
    ``terminal`` names the events (``response.completed``) after one of which a stream may end, or what
    announces its end (``[DONE]``); empty where that is not known. ``text`` tells where a stream's events
    carry its text: the event's name, or ``*`` for any, and the path to it (``choices.delta.content``), which
    goes through each item of a list.
    """

    kind: ResultKind
    schema: Schema | None = None
    media_type: str = ""
    terminal: tuple[str, ...] = ()
    text: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """The result of a call in which ``argument`` has one of ``values``: a stream for ``stream=True``."""

    argument: str
    values: tuple[str | int | bool, ...]
    result: Result

    def selects(self, value: object) -> bool:
        """Whether the argument's value asks for this result. ``1 == True``, but a number is not the flag."""
        return any(value == one and isinstance(value, bool) is isinstance(one, bool) for one in self.values)


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list goes on that comes in pages.

    ``argument`` takes the cursor of the next page, which the reply gives in its field ``cursor``; where
    that is empty, in the reply or here, it is the ``id`` of the last of the ``items``. ``more`` is the
    field that tells whether there is a next page; empty where a cursor alone tells it.
    """

    argument: str
    items: str = "data"
    more: str = "has_more"
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply that the description lists for a status; several where it has several media types."""

    status: str
    media_type: str = ""
    schema: Schema | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: ``client.<group>.<name>(...)``; ``id`` is the description's operationId.

    ``method`` is in upper case, ``path`` without a query, its placeholders in braces as
    :data:`PLACEHOLDER` finds them.
    ``query`` holds the fixed query of paths such as ``/responses?beta=true``, ``headers`` those
    always sent. ``security`` names the security schemes, any one of which serves; empty: none is needed.
    ``aliases`` are the names that it had before in its group.
    """

    id: str
    name: str
    group: str
    method: str
    path: str
    arguments: tuple[Argument, ...]
    result: Result
    bodies: tuple[Body, ...] = ()
    variants: tuple[Variant, ...] = ()
    replies: tuple[Reply, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    security: tuple[str, ...] = ()
    paging: Paging | None = None
    deprecated: bool = False
    replacement: str = ""
    beta: bool = False
    doc: str = ""
    doc_url: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def qualified_name(self) -> str:
        """``group.name``, as it is written after ``client.``."""
        return f"{self.group}.{self.name}"

    @property
    def sends_files(self) -> bool:
        """Whether an argument may be a file."""
        return any(one.files for one in self.bodies)

    @property
    def deprecation(self) -> str:
        """What to tell who uses it although it is deprecated: what to use instead. Empty where it is not."""
        if not self.deprecated:
            return ""
        told = f"{self.qualified_name} is deprecated"
        verb = "" if self.replacement.startswith("no ") else "use "
        return f"{told}; {verb}{self.replacement}" if self.replacement else told

    def renamed(self, alias: str) -> Operation:
        """The operation under a former name: deprecated, and replaced by itself."""
        return replace(self, name=alias, aliases=(), deprecated=True, replacement=self.qualified_name)

    @property
    def stream(self) -> Variant | None:
        """The variant that streams, or None."""
        return next((one for one in self.variants if one.result.kind == "stream"), None)

    def result_for(self, given: Mapping[str, object]) -> Result:
        """What a call gives whose arguments have these values, by the arguments' names.

        The operation's own result, or that of the variant asked for. A stream goes before other
        variants: an event stream has no other form.
        """
        asked = [one.result for one in self.variants if one.selects(given.get(one.argument))]
        streams = (one for one in asked if one.kind == "stream")
        return next(streams, asked[-1] if asked else self.result)

    @property
    def success_status(self) -> int:
        """The status of a successful reply; 200 where the description gives a range (``2XX``) or none."""
        return next((int(one.status) for one in self.replies if re.fullmatch("2[0-9]{2}", one.status)), 200)

    def argument(self, name: str) -> Argument | None:
        """The argument called ``name``, or None."""
        return next((one for one in self.arguments if one.name == name), None)


def class_name(group: str) -> str:
    """The name of the class that has a group's operations: ``fine_tuning`` -> ``FineTuning``."""
    return "".join(part[:1].upper() + part[1:] for part in group.split("_"))


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event that the API's server sends to the user's server."""

    name: str
    schema: Schema
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Api:
    """The whole API. Operations are sorted by group and name, components by name."""

    title: str
    version: str
    base_url: str
    digest: str
    operations: tuple[Operation, ...]
    components: Mapping[str, Component]
    webhooks: tuple[Webhook, ...] = ()
    security_schemes: Mapping[str, Json] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups' names, sorted."""
        return tuple(sorted({one.group for one in self.operations}))

    def resolve(self, schema: Schema) -> Schema:
        """Follow references until something else is met."""
        while isinstance(schema, Ref):
            schema = self.components[schema.name].schema
        return schema
