"""The parts of an API: operations, arguments, bodies, replies, components and webhooks."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from typed_openai_spec.model.nodes import MISSING, Json, Missing, Ref, Schema

Location: TypeAlias = Literal["path", "query", "header", "cookie", "body"]
ResultKind: TypeAlias = Literal["json", "text", "binary", "stream", "any", "none"]

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
    text: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a caller passes to an operation.

    ``name`` is the Python keyword, ``wire`` the name that is sent. ``positional`` arguments come
    first in :attr:`Operation.arguments`, in calling order. ``style`` is how arrays and objects are
    written, in the words of :mod:`styles`: ``"brackets"`` for query arrays and objects sent as ``a[]=1``
    and ``m[k]=v``, ``"comma"`` for header lists. ``replacement`` is what to use instead of one that is
    deprecated.
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
    text: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """One way to send the body. ``fields`` are the arguments (by name) that this media type carries.

    ``raw`` is true where the one field *is* the body (an SDP offer, say) rather than a part of it.
    ``files`` are the fields whose value may be a file; ``encodings`` maps a field of a form to the
    content type that its part must carry. ``style`` is how the arrays and objects of a form are written,
    as :attr:`Argument.style` has it; ``styles`` are the fields that are written in another one.
    """

    media_type: str
    schema: Schema
    fields: tuple[str, ...]
    required: bool = False
    raw: bool = False
    files: tuple[str, ...] = ()
    encodings: tuple[tuple[str, str], ...] = ()
    style: str = "brackets"
    styles: tuple[tuple[str, str], ...] = ()

    @property
    def is_multipart(self) -> bool:
        """Whether the body is sent as multipart/form-data."""
        return self.media_type.startswith("multipart/")


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gives: parsed JSON, text, a binary reply, a stream of events, or nothing.

    ``any`` is that of a description that does not tell: whichever of them comes.
    ``schema`` is the JSON value's, or one event's; None where there is none to tell.
    ``terminal`` names the events (``response.completed``) after one of which a stream may end, or what
    announces its end (``[DONE]``); empty where that is not known. ``text`` tells where a stream's events
    carry its text: the event's name, or ``*`` for any, and the path to it (``choices.delta.content``), which
    goes through each item of a list.
    ``scalar`` tells that the JSON value may be something else than an object or an array, ``empty`` that
    there may be no content at all: then the call gives None.
    """

    kind: ResultKind
    schema: Schema | None = None
    media_type: str = ""
    terminal: tuple[str, ...] = ()
    text: tuple[tuple[str, str], ...] = ()
    scalar: bool = False
    empty: bool = False


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
    always sent. ``security`` names the security schemes, any one of which serves; empty: none is needed,
    and ``optional_security`` names those that serve nevertheless. ``base_url`` is the address of a server
    of its own, where that is another one than the API's.
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
    text: str = ""
    optional_security: tuple[str, ...] = ()
    base_url: str = ""

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

    @property
    def can_stream(self) -> bool:
        """Whether it gives a stream of events, always or where one is asked for."""
        return self.stream is not None or (not self.variants and self.result.kind == "stream")

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


def class_stem(name: str) -> str:
    """What the name of a class begins with or is made of: ``fine_tuning`` -> ``FineTuning``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def class_name(group: str) -> str:
    """The name of the class that has a group's operations: that of ``none`` is ``None_``, for the keyword."""
    name = class_stem(group)
    return f"{name}_" if keyword.iskeyword(name) else name


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event that the API's server sends to the user's server."""

    name: str
    schema: Schema
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Api:
    """The whole API. Operations are sorted by group and name, components by name.

    ``query_style`` is how arrays and objects are written in queries that no operation tells of.
    """

    title: str
    version: str
    base_url: str
    digest: str
    operations: tuple[Operation, ...]
    components: Mapping[str, Component]
    webhooks: tuple[Webhook, ...] = ()
    security_schemes: Mapping[str, Json] = field(default_factory=dict)
    query_style: str = "plain"

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups' names, sorted."""
        return tuple(sorted({one.group for one in self.operations}))

    def resolve(self, schema: Schema) -> Schema:
        """Follow references until something else is met."""
        while isinstance(schema, Ref):
            schema = self.components[schema.name].schema
        return schema
