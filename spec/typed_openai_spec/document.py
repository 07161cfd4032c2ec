"""OpenAPI's words -> the model: operations, parameters, bodies, replies, webhooks.

Schemas are read by :mod:`schemas`. Departures from the description come in as the extension
``x-typed``, which only our overrides write:

at the root
    ``query_style``: how query arrays are sent, ``brackets`` or ``plain``;
    ``reference``: the URL that the reference pages' paths are below;
    ``groups``: for a group, the ``headers`` that all its operations send
at an operation
    ``name``, ``group``: the Python names; ``positional``: all positional arguments, in order;
    ``headers``: sent with every call; ``variants``: results by the value of an argument
at a media type
    ``argument``: the name of the one argument that is the whole body
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl

from typed_openai_spec.arguments import ArgumentReader
from typed_openai_spec.model import (
    Api,
    Component,
    Null,
    Operation,
    Reply,
    Result,
    Scalar,
    Schema,
    Union,
    Variant,
    Webhook,
    references,
)
from typed_openai_spec.names import pascal_case, snake_case
from typed_openai_spec.problems import Problem
from typed_openai_spec.schemas import Schemas, pointer
from typed_openai_spec.source import Document
from typed_openai_spec.unions import with_discriminators

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
EVENT_STREAM: Final = "text/event-stream"
_PATH_KEYS: Final = frozenset({*METHODS, "parameters", "servers", "summary", "description", "$ref"})


@dataclass(frozen=True, slots=True)
class Docs:
    """Documentation of our own: a sentence and reference page per operation, a sentence per argument."""

    operations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    glossary: Mapping[str, str] = field(default_factory=dict)
    exceptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def argument(self, operation_id: str, name: str) -> str:
        """The sentence for an argument of an operation, or an empty one."""
        return self.exceptions.get(operation_id, {}).get(name) or self.glossary.get(name, "")


def read_api(document: Document, docs: Docs = Docs(), digest: str = "") -> tuple[Api, tuple[Problem, ...]]:
    """The model of a description, and what of it was not understood."""
    reader = _Reader(document, docs)
    api = reader.api(digest)
    return api, tuple(sorted(set(reader.schemas.problems)))


class _Reader:
    def __init__(self, document: Document, docs: Docs) -> None:
        self.document = document
        self.docs = docs
        components = _mapping(document.get("components"))
        self.schemas = Schemas(_mapping(components.get("schemas")))
        self.typed = _mapping(document.get("x-typed"))
        self.arguments = ArgumentReader(
            self.schemas, str(self.typed.get("query_style", "plain")), self._shared
        )

    def api(self, digest: str) -> Api:
        self.schemas.read_all()
        operations = sorted(self._operations(), key=lambda one: (one.group, one.name))
        webhooks = tuple(self._webhooks())
        components = self._finished_components(operations, webhooks)
        info = _mapping(self.document.get("info"))
        servers = self.document.get("servers") or [{"url": "/"}]
        return Api(
            title=str(info.get("title", "")),
            version=str(info.get("version", "")),
            base_url=str(servers[0].get("url", "/")).rstrip("/"),
            digest=digest,
            operations=tuple(self._completed(one, components) for one in self._unique(operations)),
            components=MappingProxyType(components),
            webhooks=webhooks,
            security_schemes=_mapping(_mapping(self.document.get("components")).get("securitySchemes")),
        )

    def _problem(self, place: str, text: str, cost: str) -> None:
        self.schemas.problems.append(Problem(place, text, cost=cost))

    def _shared(self, raw: Any, kind: str, place: str) -> Mapping[str, Any]:
        """``raw``, or what it refers to under ``#/components/<kind>``."""
        here = _mapping(raw)
        if "$ref" not in here:
            return here
        prefix, _, name = str(here["$ref"]).rpartition("/")
        shared = _mapping(_mapping(self.document.get("components")).get(kind))
        if prefix == f"#/components/{kind}" and name in shared:
            return _mapping(shared[name])
        self._problem(place, f'"$ref" leads nowhere: {name[:80]}', "it is left out")
        return {}

    # Operations

    def _operations(self) -> Iterator[Operation]:
        for path, raw in sorted(self.document["paths"].items()):
            place = pointer("/paths", path)
            item = _mapping(raw)
            for key in sorted(set(item) - _PATH_KEYS):
                if not key.startswith("x-"):
                    self._problem(pointer(place, key), f'unknown keyword "{key}"', "it is ignored")
            for method in METHODS:
                if method in item:
                    shared = item.get("parameters") or []
                    yield self._operation(
                        path, method, _mapping(item[method]), shared, pointer(place, method)
                    )

    def _operation(
        self, path: str, method: str, raw: Mapping[str, Any], shared: list[Any], place: str
    ) -> Operation:
        typed = _mapping(raw.get("x-typed"))
        operation_id = str(raw.get("operationId") or f"{method} {path}")
        bare_path, _, query = path.partition("?")
        name = snake_case(str(typed.get("name") or operation_id))
        group = snake_case(str(typed.get("group") or bare_path.strip("/").partition("/")[0] or "root"))
        owner = pascal_case(name)
        arguments, bodies = self.arguments.read(raw, shared, bare_path, place, owner)
        replies = tuple(self._replies(raw, place, owner))
        docs = self.docs.operations.get(operation_id, {})
        operation = Operation(
            id=operation_id,
            name=name,
            group=group,
            method=method.upper(),
            path=bare_path,
            arguments=tuple(
                replace(one, doc=self.docs.argument(operation_id, one.name) or one.doc) for one in arguments
            ),
            bodies=bodies,
            replies=replies,
            result=_result(replies),
            query=tuple(parse_qsl(query, keep_blank_values=True)),
            headers=self._headers(group, typed),
            security=self._security(raw),
            deprecated=raw.get("deprecated") is True,
            replacement=str(docs.get("replacement", "")),
            beta=raw.get("x-beta") is True,
            doc=str(docs.get("summary") or raw.get("summary") or ""),
            doc_url=self._doc_url(docs),
        )
        return replace(operation, variants=tuple(self._variants(operation, typed, place)))

    def _doc_url(self, docs: Mapping[str, str]) -> str:
        base, page = str(self.typed.get("reference", "")), docs.get("reference", "")
        return f"{base.rstrip('/')}/{page}" if base and page else ""

    def _headers(self, group: str, typed: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        of_group = _mapping(_mapping(_mapping(self.typed.get("groups")).get(group)).get("headers"))
        return tuple(sorted({**of_group, **_mapping(typed.get("headers"))}.items()))

    def _security(self, raw: Mapping[str, Any]) -> tuple[str, ...]:
        schemes = raw.get("security", self.document.get("security")) or []
        return tuple(dict.fromkeys(name for one in schemes for name in _mapping(one)))

    def _unique(self, operations: Iterable[Operation]) -> Iterator[Operation]:
        """The operations without those whose name or id another one has already."""
        taken: set[str] = set()
        for one in operations:
            if one.qualified_name in taken or one.id in taken:
                self._problem(
                    f"/paths/{one.path}", f"a second {one.qualified_name} ({one.id})", "it is left out"
                )
            else:
                taken |= {one.qualified_name, one.id}
                yield one

    # Replies and results

    def _replies(self, raw: Mapping[str, Any], place: str, owner: str) -> Iterator[Reply]:
        for status, response in sorted(_mapping(raw.get("responses")).items()):
            here = pointer(place, "responses", status)
            content = _mapping(self._shared(response, "responses", here).get("content"))
            if not content:
                yield Reply(str(status))
            suffix = "Response" if str(status).startswith("2") else f"Response{pascal_case(str(status))}"
            for media, spec in sorted(content.items()):
                schema = _mapping(spec).get("schema")
                name = owner + ("Event" if media == EVENT_STREAM else suffix)
                where = pointer(here, "content", media, "schema")
                yield Reply(
                    str(status), media, None if schema is None else self.schemas.read(schema, where, name)
                )

    def _variants(self, operation: Operation, typed: Mapping[str, Any], place: str) -> Iterator[Variant]:
        """The results that depend on an argument: ``x-typed``'s, and the event stream for ``stream``."""
        event = next((one for one in operation.replies if one.media_type == EVENT_STREAM), None)
        declared = [_mapping(one) for one in typed.get("variants", ())]
        for i, one in enumerate(declared):
            if operation.argument(str(one.get("argument"))) is None:
                self._problem(pointer(place, "x-typed", "variants", i), "no such argument", "it is left out")
                continue
            kind = one["kind"]
            schema = event.schema if kind == "stream" and event else None
            if "schema" in one:
                where = pointer(place, "x-typed", "variants", i)
                schema = self.schemas.read(one["schema"], where, pascal_case(operation.name))
            media = EVENT_STREAM if kind == "stream" else str(one.get("media_type", ""))
            yield Variant(one["argument"], tuple(one["values"]), Result(kind, schema, media))
        if (
            event is None
            or operation.result.kind == "stream"
            or any(one.get("kind") == "stream" for one in declared)
        ):
            return
        if operation.argument("stream") is None:
            self._problem(
                place, "an event stream, but no argument that asks for it", "the stream cannot be asked for"
            )
            return
        yield Variant("stream", (True,), Result("stream", event.schema, EVENT_STREAM))

    # Webhooks and components

    def _webhooks(self) -> Iterator[Webhook]:
        for name, item in sorted(_mapping(self.document.get("webhooks")).items()):
            for method in METHODS:
                raw = _mapping(_mapping(item).get(method))
                content = _mapping(_mapping(raw.get("requestBody")).get("content"))
                for media, spec in sorted(content.items()):
                    place = pointer("/webhooks", name, method, "requestBody", "content", media, "schema")
                    schema = self.schemas.read(
                        _mapping(spec).get("schema", True), place, pascal_case(f"{name} event")
                    )
                    yield Webhook(name, schema, raw.get("deprecated") is True)

    def _finished_components(
        self, operations: list[Operation], webhooks: tuple[Webhook, ...]
    ) -> dict[str, Component]:
        """All components by name, with their unions' discriminators and the sides they occur on."""
        known = self.schemas.components
        inputs = _reach((one.schema for op in operations for one in op.arguments), known)
        outputs = _reach((*_output_schemas(operations), *(one.schema for one in webhooks)), known)
        finished = {}
        for name in sorted(known):
            schema, useless = with_discriminators(known[name].schema, known)
            for prop in useless:
                place = known[name].owner or pointer("/components/schemas", known[name].source)
                self._problem(
                    place, f'the discriminator "{prop}" is no constant in some alternative', "it is ignored"
                )
            finished[name] = replace(known[name], schema=schema, input=name in inputs, output=name in outputs)
        return finished

    @staticmethod
    def _completed(operation: Operation, components: Mapping[str, Component]) -> Operation:
        """The operation with the discriminators of its arguments' own unions."""
        arguments = tuple(
            replace(one, schema=with_discriminators(one.schema, components)[0]) for one in operation.arguments
        )
        return replace(operation, arguments=arguments)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _output_schemas(operations: Iterable[Operation]) -> Iterator[Schema]:
    for operation in operations:
        results: list[Result | Reply] = [operation.result, *operation.replies]
        results.extend(variant.result for variant in operation.variants)
        for one in results:
            if one.schema is not None:
                yield one.schema


def _reach(schemas: Iterable[Schema], components: Mapping[str, Component]) -> set[str]:
    """The names of all components that the schemas lead to."""
    found: set[str] = set()
    waiting = [name for schema in schemas for name in references(schema)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(references(components[name].schema))
    return found


def is_json(media_type: str) -> bool:
    """Whether a media type holds JSON (RFC 6839 suffixes included)."""
    bare = media_type.partition(";")[0].strip().lower()
    return bare == "application/json" or bare.endswith("+json")


def _result(replies: Iterable[Reply]) -> Result:
    """What a successful call gives, from the media types of its success replies.

    A bare ``string`` in JSON beside a binary media type is a description's way to say "a file".
    """
    success = [one for one in replies if one.status.startswith("2") or one.status == "default"]
    documents = [one for one in success if is_json(one.media_type)]
    others = [one for one in success if one.media_type and one not in documents]
    binary = next((one for one in others if isinstance(one.schema, Scalar) and one.schema.is_binary), None)
    if binary is not None and all(isinstance(one.schema, (Scalar, Null)) for one in documents):
        return Result("binary", media_type=binary.media_type)
    if documents:
        return Result("json", _joined(documents), documents[0].media_type)
    plain = [one for one in others if one.media_type != EVENT_STREAM]
    if plain:
        return Result("text", media_type=plain[0].media_type)
    if others:
        return Result("stream", others[0].schema, EVENT_STREAM)
    return Result("none")


def _joined(replies: list[Reply]) -> Schema | None:
    schemas = list(dict.fromkeys(one.schema for one in replies if one.schema is not None))
    return schemas[0] if len(schemas) == 1 else Union(tuple(schemas)) if schemas else None
