"""The parts of an API: operations, arguments, bodies, replies, components and webhooks."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Final, Literal, TypeAlias

from typed_openai_spec.model.accumulating_events import Accumulation
from typed_openai_spec.model.nodes import MISSING, Json, Missing, Ref, Schema
from typed_openai_spec.records import dataclass

Location: TypeAlias = Literal["path", "query", "header", "cookie", "body"]
ResultKind: TypeAlias = Literal["json", "text", "binary", "stream", "any", "none"]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The methods of HTTP that a path can have operations for, as descriptions spell them."""

UNPUBLISHED: Final = "not yet in the published description"
"""The note about what is live, and known from elsewhere."""

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
"""Matches the placeholders of a path and their names (``/files/{file_id}``)."""


@dataclass(frozen=True, slots=True)
class Component:
    """A named schema. ``name`` is a Python identifier; ``source`` is the name in the description.

    ``owner`` is empty for the description's own components. For an object that was inlined in another
    schema or operation it is the dotted place it came from. ``input`` and ``output`` are True if it occurs
    in requests or in replies. ``aliases`` are former names. ``replacement`` says what to use instead of a
    deprecated component. ``added`` is the origin of a component that the published description lacks;
    ``added_fields`` are the names of fields that it lacks, and their origins.
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
    added: str = ""
    added_fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an operation.

    ``name`` is the Python keyword, ``wire`` the name that is sent. ``positional`` arguments come first in
    :attr:`Operation.arguments`, in calling order. ``style`` is the serialization of arrays and objects, as
    defined in :mod:`parameter_styles`: ``"brackets"`` for query arrays and objects sent as ``a[]=1`` and
    ``m[k]=v``, ``"comma"`` for header lists. ``replacement`` says what to use instead of a deprecated
    argument. With ``reserved``, characters that have a meaning in URLs are sent as they are.
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
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """One media type of a request body. ``fields`` are the arguments (by name) that it carries.

    ``raw`` is true if the single field *is* the body (an SDP offer, for example) rather than a part of it.
    ``files`` are the fields whose value may be a file. ``encodings`` maps a field of a form to the content
    type of its part. ``style`` is the serialization of arrays and objects in a form, as in
    :attr:`Argument.style`; ``styles`` holds the fields with another style, ``reserved`` those with
    :attr:`Argument.reserved`.
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
    reserved: tuple[str, ...] = ()

    @property
    def is_multipart(self) -> bool:
        """True if the body is sent as multipart/form-data."""
        return self.media_type.startswith("multipart/")


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to fill the body of a request: the arguments that it takes, and those that it needs.

    ``component`` is the object that the body then is, if it may be one of several; its fields decide about
    their types. ``label`` distinguishes the choices of an operation: the component, or a word for the media
    type. A choice without ``fields`` sends no body.
    """

    label: str
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    component: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a call: parsed JSON, text, a binary reply, a stream of events, or nothing.

    ``any`` means that the description does not say which of them to expect. ``schema`` is the schema of the
    JSON value or of one event; None if unknown.

    ``terminal`` names the events (``response.completed``) after which a stream may end, or the marker that
    announces its end (``[DONE]``); empty if unknown. A path (``choices[].finish_reason``) means that a
    stream is also complete if it ends properly after each item has had the field. ``text`` locates the text
    in a stream's events: the event's name, or ``*`` for any, and the path to the text
    (``choices.delta.content``), which passes through each item of a list.

    ``scalar`` means that the JSON value may be neither an object nor an array. ``empty`` means that the
    reply may have no content, in which case the call returns None.
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
    """The result of a call in which ``argument`` has one of ``values``: a stream for ``stream=True``.

    ``only`` are the arguments that the API accepts for no other value.
    """

    argument: str
    values: tuple[str | int | bool, ...]
    result: Result
    only: tuple[str, ...] = ()

    def selects(self, value: object) -> bool:
        """Return True if the argument's value selects this result. ``1`` does not select ``True``."""
        return any(value == one and isinstance(value, bool) is isinstance(one, bool) for one in self.values)


@dataclass(frozen=True, slots=True)
class Paging:
    """The pagination of a list.

    ``argument`` takes the cursor of the next page, which the reply returns in its field ``cursor``. If that
    is empty, in the reply or here, the cursor is the ``id`` of the last of the ``items``. ``more`` is the
    boolean field that announces a next page; if empty, the presence of a cursor does.
    """

    argument: str
    items: str = "data"
    more: str = "has_more"
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The progress of work on the server, whose state the operation returns.

    The state is in the reply's ``field``. The work goes on while it is one of ``pending``; with any other
    state it has ended, or waits for the caller. ``cancel`` is the id of the operation that cancels the work,
    which takes the same path arguments; empty if there is none.
    """

    field: str
    pending: tuple[str, ...]
    cancel: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One documented response: a status and one of its media types."""

    status: str
    media_type: str = ""
    schema: Schema | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: ``client.<group>.<name>(...)``; ``id`` is the description's operationId.

    ``method`` is in upper case. ``path`` has no query; its placeholders match :data:`PLACEHOLDER`.
    ``query`` holds the fixed query of paths such as ``/responses?beta=true``, ``headers`` the headers that
    are always sent. ``security`` names the security schemes, any one of which suffices; if empty, none is
    needed, and ``optional_security`` names those that are accepted. ``combined_security`` has the schemes
    that are accepted only together, one tuple for each combination. ``base_url`` is the URL of the
    operation's own server, if it differs from the API's. ``aliases`` are former names in the same group.
    ``gen_ai`` is the name of the operation in telemetry, if a generative model does its work. ``waiting`` is
    there if the operation returns the state of work that takes a while. ``choices`` are the ways to fill its
    body; empty if its arguments say everything about that. ``added`` is the origin of an operation that the
    published description lacks, and ``corrected`` the method and path under which it has this operation
    instead. ``added_arguments`` are the parameters that it lacks, and their origins. ``former_ids`` are the
    operationIds by which it was known before.
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
    gen_ai: str = ""
    waiting: Waiting | None = None
    choices: tuple[Choice, ...] = ()
    combined_security: tuple[tuple[str, ...], ...] = ()
    added: str = ""
    corrected: str = ""
    added_arguments: tuple[tuple[str, str], ...] = ()
    former_ids: tuple[str, ...] = ()

    @property
    def qualified_name(self) -> str:
        """``group.name``, as written after ``client.``."""
        return f"{self.group}.{self.name}"

    @property
    def request(self) -> str:
        """The method and path with its fixed query: ``POST /responses?beta=true``."""
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}{f'?{query}' if query else ''}"

    @property
    def unpublished(self) -> str:
        """The note that the published description lacks the operation; empty if it has it."""
        if not self.added:
            return ""
        note = UNPUBLISHED.capitalize()
        return f"{note}, which has it as {self.corrected}" if self.corrected else note

    @property
    def sends_files(self) -> bool:
        """True if an argument may be a file."""
        return any(one.files for one in self.bodies)

    @property
    def deprecation(self) -> str:
        """The deprecation message with the replacement; empty if the operation is not deprecated."""
        if not self.deprecated:
            return ""
        told = f"{self.qualified_name} is deprecated"
        verb = "" if self.replacement.startswith("no ") else "use "
        return f"{told}; {verb}{self.replacement}" if self.replacement else told

    def renamed(self, alias: str) -> Operation:
        """Return the operation under a former name: deprecated, with its current name as the replacement."""
        return replace(self, name=alias, aliases=(), deprecated=True, replacement=self.qualified_name)

    @property
    def stream(self) -> Variant | None:
        """The variant that streams, or None."""
        return next((one for one in self.variants if one.result.kind == "stream"), None)

    @property
    def can_stream(self) -> bool:
        """True if the operation can return a stream of events."""
        return self.stream is not None or self.result.kind == "stream"

    def result_for(self, given: Mapping[str, object]) -> Result:
        """Return the result of a call with these argument values, given by argument name.

        It is the operation's own result, or that of the selected variant. A stream takes precedence over
        other variants: an event stream has no other form.
        """
        asked = [one.result for one in self.variants if one.selects(given.get(one.argument))]
        streams = (one for one in asked if one.kind == "stream")
        return next(streams, asked[-1] if asked else self.result)

    @property
    def success_status(self) -> int:
        """The status of a successful reply; 200 if the description has only a range (``2XX``) or nothing."""
        return next((int(one.status) for one in self.replies if re.fullmatch("2[0-9]{2}", one.status)), 200)

    def argument(self, name: str) -> Argument | None:
        """Return the argument called ``name``, or None."""
        return next((one for one in self.arguments if one.name == name), None)


def class_stem(name: str) -> str:
    """Return the stem of a class name: ``fine_tuning`` -> ``FineTuning``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def class_name(group: str) -> str:
    """Return the name of a group's class; keywords get an underscore: ``none`` -> ``None_``."""
    name = class_stem(group)
    return f"{name}_" if keyword.iskeyword(name) else name


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event that the API's server sends to the user's server.

    ``added`` is the origin of an event that the published description lacks.
    """

    name: str
    schema: Schema
    deprecated: bool = False
    added: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """The whole API. Operations are sorted by group and name, components by name.

    ``query_style`` is the serialization style for query parameters that no operation describes.
    ``accumulations`` are by the name of the events' component. ``served`` says what the API's servers do
    beyond what the description has: for fakes of them.
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
    accumulations: Mapping[str, Accumulation] = field(default_factory=dict)
    served: Mapping[str, Json] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of all groups, sorted."""
        return tuple(sorted({one.group for one in self.operations}))

    def resolve(self, schema: Schema) -> Schema:
        """Follow references until the schema is not a ``Ref``."""
        while isinstance(schema, Ref):
            schema = self.components[schema.name].schema
        return schema
