"""The operations of an index with derived data for calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cache, cached_property
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from typed_openai._security.key_places import BEARER, KeyPlace, is_exchanged, place_of
from typed_openai._settings.settings import KeyName
from typed_openai.errors import CallError
from typed_openai_spec.index.path_matcher import Query
from typed_openai_spec.index.reader import Index, UnknownOperation
from typed_openai_spec.index.reader import packaged as packaged_index
from typed_openai_spec.model import (
    Argument,
    Array,
    Body,
    Component,
    Object,
    Operation,
    Ref,
    Result,
    Schema,
    Union,
    Variant,
)
from typed_openai_spec.model.accumulating_events import Accumulation
from typed_openai_spec.model.media import bare
from typed_openai_spec.option_tables import (
    ALL_CALL_OPTIONS,
    CALL_OPTION_TABLE,
    CALL_OPTIONS,
    OTHER_CALL_OPTION_TABLE,
    OTHER_CALL_OPTIONS,
    CallOption,
)


class Way(NamedTuple):
    """A way to authorize a call: one of the client's keys, and its place."""

    key: KeyName
    place: KeyPlace
    scheme: str = ""


class OptionNames(NamedTuple):
    """The names of the options of an API's calls: those of all calls, and those that only some accept.

    ``former`` names are accepted, but not shown: packages that were generated earlier declare them.
    """

    table: tuple[CallOption, ...]
    common: tuple[str, ...]
    former: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The name of the option for a key."""
        return next(one.name for one in self.table if one.kind == "key")

    @property
    def every(self) -> tuple[str, ...]:
        """All names that are shown."""
        return tuple(one.name for one in self.table)


OWN_NAMES: Final = OptionNames(CALL_OPTION_TABLE, CALL_OPTIONS)
OTHER_NAMES: Final = OptionNames(
    OTHER_CALL_OPTION_TABLE,
    OTHER_CALL_OPTIONS,
    frozenset(ALL_CALL_OPTIONS) - {one.name for one in OTHER_CALL_OPTION_TABLE},
)


class Endpoint:
    """An operation with data that is derived from it once."""

    def __init__(self, operation: Operation, index: Index, options: OptionNames = OWN_NAMES) -> None:
        self.operation = operation
        self.name = operation.qualified_name
        self.arguments: Mapping[str, Argument] = {one.name: one for one in operation.arguments}
        self.positional = tuple(one.name for one in operation.arguments if one.positional or one.required)
        self.required = tuple(one.name for one in operation.arguments if one.required)
        self.stream: Variant | None = operation.stream
        self.options = options
        self.keywords = (*self.arguments, *own_options(operation), *options.common)
        self._index = index

    def wire(self, name: str) -> str:
        """Return the wire name of an argument; a whole body has none, and uses its own name elsewhere."""
        argument = self.arguments.get(name)
        return (argument.wire if argument else "") or name

    @cached_property
    def path_arguments(self) -> tuple[Argument, ...]:
        """The arguments for the path's placeholders."""
        return tuple(one for one in self.operation.arguments if one.location == "path")

    @cached_property
    def _query_styles(self) -> Mapping[str, str]:
        return {one.wire: one.style for one in self.operation.arguments if one.location == "query"}

    def query_style(self, wire: str) -> str:
        """Return the style of a query parameter, which the operation need not know."""
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
        """The ways to authorize a call, any one of which suffices.

        They are in the description's order, except that tokens of OAuth 2 and OpenID Connect come last,
        because keys are rarely such tokens. An API that describes no schemes may still want a key: it is
        then sent in the usual way, if there is one.
        """
        operation = self.operation
        if not (self._index.security_schemes or operation.security or operation.combined_security):
            return (Way("api_key", BEARER),)
        schemes = self._index.security_schemes
        names = sorted(
            operation.security or operation.optional_security, key=lambda one: is_exchanged(schemes.get(one))
        )
        return tuple(one for name in names if (one := way_of(name, self._index)) is not None)

    @property
    def components(self) -> Mapping[str, Component]:
        """The components of the API by name."""
        return self._index.components

    @property
    def needs_key(self) -> bool:
        """True if a call requires a key."""
        operation = self.operation
        return bool(operation.security or (operation.combined_security and not operation.optional_security))

    @property
    def schemes(self) -> Set[str]:
        """The names of the API's security schemes."""
        return self._index.security_schemes.keys()

    @cached_property
    def combinations(self) -> tuple[tuple[tuple[str, KeyPlace], ...], ...]:
        """The schemes that are accepted only together, with the place of each key."""
        found = []
        for names in self.operation.combined_security:
            places = [(name, place_of(self._index.security_schemes.get(name))) for name in names]
            known = tuple((name, place) for name, place in places if place is not None)
            found += [known] if len(known) == len(names) else []
        return tuple(found)

    @property
    def usual_place(self) -> KeyPlace:
        """The place of a key that the description does not ask for."""
        return usual_place(self._index)

    @cached_property
    def names_events(self) -> bool:
        """True if the stream yields objects of ``event`` and ``data`` rather than the data alone."""
        stream = self.stream.result if self.stream is not None else self.operation.result
        return stream.kind == "stream" and names_events(stream.schema, self._index)

    def lists(self, media_type: str) -> bool:
        """Return True if a successful reply may have the media type, whatever the arguments are."""
        if self.operation.variants:
            return False
        success = (one for one in self.operation.replies if not one.status.startswith(("4", "5")))
        return any(bare(one.media_type) == media_type for one in success)

    def error_beside(self, result: Result) -> Set[str] | None:
        """Return the fields beside which ``error`` is a field of the result, and not a failure.

        These are the required ones of each object that describes ``error``, or its others if it requires
        none. None if the result is not described.
        """
        if result.schema is None:
            return None
        members = _members(result.schema, self._index, set())
        objects = [one for one in members if isinstance(one, Object) and one.field("error")]
        return frozenset(name for one in objects for name in _fields_beside("error", one))

    def is_object(self, result: Result) -> bool:
        """Return True if the result is an object, and never a list."""
        members = [] if result.schema is None else list(_members(result.schema, self._index, set()))
        return bool(members) and all(isinstance(one, Object) for one in members)

    def accumulation(self, result: Result) -> Accumulation | None:
        """Return how the events of a stream make up a reply; None if the description does not say so."""
        events = result.schema
        return self._index.accumulations.get(events.name) if isinstance(events, Ref) else None


def own_options(operation: Operation) -> tuple[str, ...]:
    """Return the options that only some calls accept, in signature order."""
    groups = {"streams": operation.can_stream, "uploads": operation.sends_files}
    return tuple(one.name for one in CALL_OPTION_TABLE if groups.get(one.taken_by))


_OWN_PACKAGE: Final = "typed_openai"


class Endpoints:
    """The endpoints of one index, created on first use.

    ``package`` has the modules of the classes of its groups.
    """

    def __init__(self, index: Index, package: str = _OWN_PACKAGE) -> None:
        self.index = index
        self.package = package
        self.options = OWN_NAMES if package == _OWN_PACKAGE and speaks_openai(index) else OTHER_NAMES
        self._made: dict[str, Endpoint] = {}

    @property
    def has_schemes(self) -> bool:
        """True if the description has security schemes."""
        return bool(self.index.security_schemes)

    @property
    def usual_place(self) -> KeyPlace:
        """The place of a key that the description does not ask for."""
        return usual_place(self.index)

    def query_style(self, wire: str) -> str:
        """Return the serialization style for query parameters that no operation describes."""
        return self.index.query_style

    def called(self, name: str) -> Endpoint:
        """Return the endpoint with a qualified name (``group.name``) or operationId, which may contain a dot.

        Raises :class:`CallError` if there is none.
        """
        group, dot, rest = name.partition(".")
        if not dot or (rest not in self.index.groups.get(group, ()) and self.index.has_id(name)):
            return self.by_id(name)
        return self.get(group, rest)

    def get(self, group: str, name: str) -> Endpoint:
        """Return the endpoint ``client.<group>.<name>``. Raises :class:`CallError` if there is none."""
        try:
            return self._endpoint(self.index.operation(group, name))
        except UnknownOperation as error:
            raise CallError(str(error)) from None

    def by_id(self, operation_id: str) -> Endpoint:
        """Return the endpoint of an operationId. Raises :class:`CallError` if there is none."""
        try:
            return self._endpoint(self.index.by_id(operation_id))
        except UnknownOperation as error:
            raise CallError(str(error)) from None

    def match(self, method: str, path: str, query: Query) -> Endpoint | None:
        """Return the endpoint for a request's method, path and query, or None."""
        routes = self.index.paths.routes(method.upper(), path, query)
        return self._endpoint(routes[0].operation) if routes else None

    def _endpoint(self, operation: Operation) -> Endpoint:
        made = self._made.get(operation.qualified_name)
        # Two threads may both create one; they are equal, and the first one is kept.
        return made or self._made.setdefault(
            operation.qualified_name, Endpoint(operation, self.index, self.options)
        )


@cache
def packaged() -> Endpoints:
    """Return the endpoints of OpenAI's API, shared by all clients."""
    return Endpoints(packaged_index())


def speaks_openai(index: Index) -> bool:
    """Return True for OpenAI's own API, in any version: its server is the same."""
    own, ours = (urlsplit(one.base_url) for one in (index, packaged_index()))
    return (own.scheme, own.netloc) == (ours.scheme, ours.netloc)


def way_of(scheme: str, index: Index) -> Way | None:
    """Return the way of a security scheme; the admin key if its extension says so.

    The result is None if the scheme does not use a key.
    """
    place = place_of(index.security_schemes.get(scheme))
    return None if place is None else Way(key_name(scheme, index), place, scheme)


def key_name(scheme: str, index: Index) -> KeyName:
    """Return the name of the key that a security scheme uses."""
    described = index.security_schemes.get(scheme)
    note = described.get("x-typed") if isinstance(described, dict) else None
    return "admin_api_key" if isinstance(note, dict) and note.get("key") == "admin" else "api_key"


def usual_place(index: Index) -> KeyPlace:
    """Return the key's place in the API's first security scheme; exchanged tokens come last."""
    places = (place_of(one) for one in sorted(index.security_schemes.values(), key=is_exchanged))
    return next((one for one in places if one is not None), BEARER)


def names_events(schema: Schema | None, index: Index) -> bool:
    """Return True if every event of a stream is an object of an ``event`` name and its ``data``.

    The name is then in the ``event:`` line of the stream, not in the data.
    """
    objects = list(_members(schema, index, set())) if schema is not None else []
    return bool(objects) and all(
        isinstance(one, Object) and one.field("event") and one.field("data") for one in objects
    )


def _fields_beside(name: str, described: Object) -> list[str]:
    others = [one for one in described.fields if one.name != name]
    return [one.name for one in others if one.required] or [one.name for one in others]


def _members(schema: Schema, index: Index, seen: set[str]) -> Iterator[Schema]:
    """Yield the members of a union, with references resolved."""
    if isinstance(schema, Union):
        for member in schema.members:
            yield from _members(member, index, seen)
    elif isinstance(schema, Ref):
        if schema.name not in seen:
            seen.add(schema.name)
            yield from _members(index.components[schema.name].schema, index, seen)
    else:
        yield schema
