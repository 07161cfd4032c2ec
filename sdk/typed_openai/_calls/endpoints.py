"""The operations of an index, each with what calls look up again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from typed_openai._security.key_places import BEARER, KeyPlace, is_exchanged, place_of
from typed_openai._settings.settings import KeyName
from typed_openai.errors import CallError
from typed_openai_spec.index.path_matcher import Query
from typed_openai_spec.index.reader import Index, UnknownOperation
from typed_openai_spec.index.reader import packaged as packaged_index
from typed_openai_spec.model import (
    CALL_OPTIONS,
    ON_PROGRESS,
    STREAM_TO,
    Argument,
    Array,
    Body,
    Object,
    Operation,
    Ref,
    Schema,
    Union,
    Variant,
)


class Way(NamedTuple):
    """A way to authorize a call: which of the client's keys, and where it goes."""

    key: KeyName
    place: KeyPlace


class Endpoint:
    """An operation and what is derived from it, worked out once."""

    def __init__(self, operation: Operation, index: Index) -> None:
        self.operation = operation
        self.name = operation.qualified_name
        self.arguments: Mapping[str, Argument] = {one.name: one for one in operation.arguments}
        self.positional = tuple(one.name for one in operation.arguments if one.positional or one.required)
        self.required = tuple(one.name for one in operation.arguments if one.required)
        self.stream: Variant | None = operation.stream
        self.keywords = (*self.arguments, *own_options(operation), *CALL_OPTIONS)
        self._index = index

    def wire(self, name: str) -> str:
        """The wire name of an argument; what can be a whole body has none, and goes by its own elsewhere."""
        argument = self.arguments.get(name)
        return (argument.wire if argument else "") or name

    @cached_property
    def path_arguments(self) -> tuple[Argument, ...]:
        """The arguments that the path's placeholders stand for."""
        return tuple(one for one in self.operation.arguments if one.location == "path")

    @cached_property
    def _query_styles(self) -> Mapping[str, str]:
        return {one.wire: one.style for one in self.operation.arguments if one.location == "query"}

    def query_style(self, wire: str) -> str:
        """How a parameter of the query is written, which the operation need not know."""
        return self._query_styles.get(wire, self._index.query_style)

    @cached_property
    def body_fields(self) -> tuple[tuple[Body, frozenset[str], frozenset[str]], ...]:
        """Each body with the names of its fields and of those that may be files."""
        return tuple((one, frozenset(one.fields), frozenset(one.files)) for one in self.operation.bodies)

    @cached_property
    def file_lists(self) -> frozenset[str]:
        """The arguments that may be several files at once."""
        return frozenset(
            name
            for _, _, files in self.body_fields
            for name in files
            if any(
                isinstance(one, Array) for one in _members(self.arguments[name].schema, self._index, set())
            )
        )

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """The ways to authorize a call, any one of which serves.

        They are in the description's order, but tokens of OAuth 2 and OpenID Connect come last: a key that
        somebody has at hand is rarely one. An API that describes none may want a key nevertheless: then it
        goes the usual way, if there is one.
        """
        operation = self.operation
        if not self._index.security_schemes and not operation.security:
            return (Way("api_key", BEARER),)
        schemes = self._index.security_schemes
        names = sorted(
            operation.security or operation.optional_security, key=lambda one: is_exchanged(schemes.get(one))
        )
        return tuple(one for name in names if (one := way_of(name, self._index)) is not None)

    @property
    def needs_key(self) -> bool:
        """Whether a call cannot do without a key."""
        return bool(self.operation.security)

    @property
    def usual_place(self) -> KeyPlace:
        """Where a key goes that the description does not ask for."""
        return usual_place(self._index)

    @cached_property
    def names_events(self) -> bool:
        """Whether the stream gives objects of ``event`` and ``data`` rather than the data alone."""
        return self.stream is not None and names_events(self.stream.result.schema, self._index)


def own_options(operation: Operation) -> tuple[str, ...]:
    """The options that not every call takes, in the order of the signature."""
    streaming = (STREAM_TO,) if operation.can_stream else ()
    return (*streaming, ON_PROGRESS) if operation.sends_files else streaming


class Endpoints:
    """The endpoints of one index, made when they are first asked for.

    ``module`` is the module that the classes of its groups are seen in.
    """

    def __init__(self, index: Index, module: str = "typed_openai.resources") -> None:
        self.index = index
        self.module = module
        self._made: dict[str, Endpoint] = {}

    @property
    def has_schemes(self) -> bool:
        """Whether the description has any security scheme."""
        return bool(self.index.security_schemes)

    @property
    def usual_place(self) -> KeyPlace:
        """Where a key goes that the description does not ask for."""
        return usual_place(self.index)

    def query_style(self, wire: str) -> str:
        """How a parameter of the query is written of which no operation tells."""
        return self.index.query_style

    def called(self, name: str) -> Endpoint:
        """The endpoint of that qualified name (``group.name``) or operationId, which may have a dot too.

        Raises :class:`CallError` where there is none.
        """
        group, dot, rest = name.partition(".")
        if not dot or (rest not in self.index.groups.get(group, ()) and self.index.has_id(name)):
            return self.by_id(name)
        return self.get(group, rest)

    def get(self, group: str, name: str) -> Endpoint:
        """The endpoint ``client.<group>.<name>``. Raises :class:`CallError` where there is none."""
        try:
            return self._endpoint(self.index.operation(group, name))
        except UnknownOperation as error:
            raise CallError(str(error)) from None

    def by_id(self, operation_id: str) -> Endpoint:
        """The endpoint of an operationId. Raises :class:`CallError` where there is none."""
        try:
            return self._endpoint(self.index.by_id(operation_id))
        except UnknownOperation as error:
            raise CallError(str(error)) from None

    def match(self, method: str, path: str, query: Query) -> Endpoint | None:
        """The endpoint that a request's method, path and query lead to, or None."""
        routes = self.index.paths.routes(method.upper(), path, query)
        return self._endpoint(routes[0].operation) if routes else None

    def _endpoint(self, operation: Operation) -> Endpoint:
        made = self._made.get(operation.qualified_name)
        # Two threads may both make one; they are equal, and the first one stays.
        return made or self._made.setdefault(operation.qualified_name, Endpoint(operation, self.index))


@cache
def packaged() -> Endpoints:
    """The endpoints of OpenAI's API, shared by all clients."""
    return Endpoints(packaged_index())


def way_of(scheme: str, index: Index) -> Way | None:
    """What a security scheme takes: the admin key where the description's own note says so.

    None where a key does not serve it.
    """
    place = place_of(index.security_schemes.get(scheme))
    return None if place is None else Way(key_name(scheme, index), place)


def key_name(scheme: str, index: Index) -> KeyName:
    """Which key a security scheme takes."""
    described = index.security_schemes.get(scheme)
    note = described.get("x-typed") if isinstance(described, dict) else None
    return "admin_api_key" if isinstance(note, dict) and note.get("key") == "admin" else "api_key"


def usual_place(index: Index) -> KeyPlace:
    """Where the first of the API's security schemes has its key; tokens that are exchanged are last."""
    places = (place_of(one) for one in sorted(index.security_schemes.values(), key=is_exchanged))
    return next((one for one in places if one is not None), BEARER)


def names_events(schema: Schema | None, index: Index) -> bool:
    """Whether every event of a stream is an object of an ``event`` name and its ``data``.

    Then the name is told by the ``event:`` line of the stream, not by the data.
    """
    objects = list(_members(schema, index, set())) if schema is not None else []
    return bool(objects) and all(
        isinstance(one, Object) and one.field("event") and one.field("data") for one in objects
    )


def _members(schema: Schema, index: Index, seen: set[str]) -> Iterator[Schema]:
    """What a union, or a reference to one, comes down to."""
    if isinstance(schema, Union):
        for member in schema.members:
            yield from _members(member, index, seen)
    elif isinstance(schema, Ref):
        if schema.name not in seen:
            seen.add(schema.name)
            yield from _members(index.components[schema.name].schema, index, seen)
    else:
        yield schema
