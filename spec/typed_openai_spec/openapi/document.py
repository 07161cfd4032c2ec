"""Translate an OpenAPI document to the model: operations, parameters, bodies, replies, webhooks.

Schemas are read by :mod:`schemas`. Departures from the description come in as the extension ``x-typed``,
which only the project's overrides use (:mod:`extensions` reports unknown keys):

at the root
    ``query_style``: the style of query arrays, ``brackets`` or ``plain``;
    ``undeclared``: the result of a call whose success reply declares no content: ``any`` or ``none``;
    ``reference``: the base URL of the reference pages;
    ``groups``: for a group, the ``headers`` that all its operations send, and the ``beta`` flag;
    ``group_by``: what the groups of operations are made of, their path or their first tag
at an operation
    ``name``, ``group``: the Python names; ``aliases``: its former names in the group;
    ``former_ids``: its former operationIds;
    ``positional``: all positional arguments, in order; ``headers``: sent with every call;
    ``variants``: results by the value of an argument; ``beta``: true if it may still change;
    ``paging``: the pagination of its list, as :class:`~.model.Paging`, or false for none;
    ``gen_ai``: its name in telemetry, if a generative model does its work;
    ``waiting``: the states of the work it asks about, as :class:`~.model.Waiting`, or false for none
at a component
    ``aliases``: former names
at a schema
    ``rules``, ``pairings``, ``strict_schemas``, ``models``, ``tool_choices``: requirements between its
    fields, in the forms that :mod:`field_rules` lists;
    ``replacement``, ``replacements``, ``deprecated_values``: see :mod:`deprecations`;
    ``mistaken``: names of no field, each with the field that is meant by it;
    ``unsent``: true for a property that official clients compute and no server sends;
    ``json``: "object" or "value" for a property whose string holds a JSON object or any JSON value
at a media type
    ``argument``: the name of the one argument that is the whole body
at a shared schema
    ``terminal_events``: names of the events after one of which a stream of this schema's may end, and paths
    (``choices[].finish_reason``) to fields that each item must have had if the stream ends without them;
    ``text``: for an event's name, or ``*`` for any, the path to its text (``choices.delta.content``);
    ``accumulation``: how a stream's events make up a reply, as :mod:`accumulating` reads it
at a security scheme
    ``key``: the client's key that it uses, ``admin`` or (the default) the plain one
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, Final

from typed_openai_spec.files.doc_files import Docs
from typed_openai_spec.files.source import Document
from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import METHODS, Api, Operation, ResultKind, Webhook
from typed_openai_spec.model.python_names import group_name, pascal_case, snake_case
from typed_openai_spec.openapi import parts
from typed_openai_spec.openapi.accumulating import accumulations
from typed_openai_spec.openapi.arguments import ArgumentReader
from typed_openai_spec.openapi.extensions import check_words, former_ids, telemetry_name
from typed_openai_spec.openapi.finishing import finished
from typed_openai_spec.openapi.grouping import (
    group_of,
    short_name,
    spoken_name,
    with_classes_apart,
    with_names_apart,
)
from typed_openai_spec.openapi.paging import paging
from typed_openai_spec.openapi.path_queries import split
from typed_openai_spec.openapi.responses import ReplyReader, result
from typed_openai_spec.openapi.schemas.aliases import read_aliases, without_taken
from typed_openai_spec.openapi.schemas.keywords import pointer
from typed_openai_spec.openapi.schemas.parser import Schemas
from typed_openai_spec.openapi.schemas.pointers import astray, last_step
from typed_openai_spec.openapi.servers import address
from typed_openai_spec.openapi.waiting import waiting, with_cancellations
from typed_openai_spec.problems import DescriptionError, Kind, Problem

_NO_DOCS: Final = Docs()

# Security schemes that need a certificate, or an exchange with the server.
_MORE_THAN_A_KEY: Final = frozenset(
    "mutualtls digest negotiate hoba mutual scram-sha-1 scram-sha-256 vapid".split()
)


def read_api(document: Document, docs: Docs = _NO_DOCS) -> tuple[Api, tuple[Problem, ...]]:
    """Return the model of a description, without a digest, and the problems with what was not understood.

    From ``docs``, only the data of operations is read here, such as replacements. Sentences are attached
    later by :mod:`attaching`; until then ``doc`` is the description's own prose. Raises
    :class:`DescriptionError` if schemas are nested too deeply.
    """
    reader = _Reader(document, docs)
    try:
        api = reader.api()
    except RecursionError as error:
        raise DescriptionError("the description's schemas are nested too deeply") from error
    return api, tuple(sorted(set(reader.schemas.problems)))


class _Reader:
    def __init__(self, document: Document, docs: Docs) -> None:
        self.document = document
        self.docs = docs
        self.components = mapping(document.get("components"))
        self.schemas = Schemas(mapping(self.components.get("schemas")))
        self.typed = mapping(document.get("x-typed"))
        self._groups: set[str] = set()
        self.base_url = address(document.get("servers"))
        query_style = str(self.typed.get("query_style", "plain"))
        self.arguments = ArgumentReader(self.schemas, query_style, self._shared)
        self.replies = ReplyReader(self.schemas, self._shared)

    def api(self) -> Api:
        parts.check("", self.document, "", self._problem)
        parts.check("components", self.components, "/components", self._problem)
        parts.check_servers(self.document.get("servers"), "", self._problem)
        self._check_security(self.document, "")
        self.schemas.read_all()
        found = sorted(self._grouped(), key=lambda one: (one[0].group, one[0].name, one[1]))
        self._report_schemes()
        check_words(self.document, self._groups, self._problem)
        info = mapping(self.document.get("info"))
        operations = with_cancellations(tuple(self._unique(found)), self._problem)
        api = Api(
            title=str(info.get("title", "")),
            version=str(info.get("version", "")),
            base_url=self.base_url,
            digest="",
            operations=operations,
            components=self.schemas.components,
            webhooks=tuple(self._webhooks()),
            security_schemes=mapping(self.components.get("securitySchemes")),
            query_style=self.arguments.query_style,
            accumulations=accumulations(operations, self.schemas),
        )
        return finished(without_taken(api, self._problem), self._problem)

    def _problem(self, place: str, text: str, cost: str, kind: Kind = "approximated", /) -> None:
        self.schemas.report(place, text, cost, kind)

    def _check_security(self, raw: Mapping[str, Any], place: str) -> None:
        schemes = mapping(self.components.get("securitySchemes"))
        parts.check_security(raw.get("security"), schemes, place, self._problem)

    def _report_schemes(self) -> None:
        parts.check_schemes(self.document, self._problem)
        for name, scheme in sorted(mapping(self.components.get("securitySchemes")).items()):
            kinds = [mapping(scheme).get(key) for key in ("type", "scheme")]
            told = next((one for one in kinds if str(one).lower() in _MORE_THAN_A_KEY), None)
            if told is not None:
                place = pointer("/components/securitySchemes", name)
                self._problem(place, f'"{told}" needs more than a key', "it is not supported", "lost")

    def _shared(self, raw: Any, kind: str, place: str) -> Mapping[str, Any]:
        """Return ``raw``, or the target of its reference to ``#/components/<kind>``."""
        if raw is not None and not isinstance(raw, Mapping):
            self._problem(place, f"expected a mapping, found {raw!r:.60}", "it is ignored", "lost")
        here, seen = mapping(raw), set()
        shared = mapping(self.components.get(kind))
        while "$ref" in here:
            prefix, name = last_step(here["$ref"])
            if prefix != f"#/components/{kind}" or name not in shared or name in seen:
                self._problem(place, astray(here["$ref"]), "it is ignored", "lost")
                return {}
            seen.add(name)
            here = mapping(shared[name])
        return here

    # Operations

    def _grouped(self) -> Iterator[tuple[Operation, str]]:
        """Yield the operations with their places, in groups with distinct class names."""
        found = list(self._operations())
        operations, renamed = with_classes_apart(with_names_apart(one for one, _ in found))
        for group, name in renamed.items():
            place = next(place for one, place in found if one.group == group)
            self._problem(place, f"the class name of {group} is taken", f"it is renamed to {name}", "renamed")
        yield from zip(operations, (place for _, place in found), strict=True)

    def _operations(self) -> Iterator[tuple[Operation, str]]:
        """Yield the operations with their places."""
        for path, raw in sorted(self.document["paths"].items()):
            place = pointer("/paths", path)
            if path.startswith("x-"):
                continue
            item = self._shared(raw, "pathItems", place)
            parts.check("path", item, place, self._problem)
            parts.check_path(path, place, self._problem)
            listed = {pointer(place, one): (one, item[one]) for one in METHODS if one in item}
            for method, found in mapping(item.get("additionalOperations")).items():
                listed[pointer(place, "additionalOperations", method)] = (str(method), found)
            for here, (method, found) in listed.items():
                if isinstance(found, Mapping):
                    yield self._operation(path, method, found, item, here), here
                else:
                    self._problem(here, f"expected a mapping, found {found!r:.60}", "it is ignored", "lost")

    def _operation(
        self, path: str, method: str, raw: Mapping[str, Any], item: Mapping[str, Any], place: str
    ) -> Operation:
        """Return one operation; ``item`` holds what all operations of the path share."""
        parts.check("operation", raw, place, self._problem)
        self._check_security(raw, place)
        if raw.get("callbacks"):
            text = '"callbacks" are requests of the server'
            self._problem(pointer(place, "callbacks"), text, "calls do not use them", "unused")
        typed = mapping(raw.get("x-typed"))
        given = raw.get("operationId") if isinstance(raw.get("operationId"), str) else None
        operation_id = str(given or f"{method} {path}")
        target = split(path)
        bare_path = target.bare
        spoken = short_name(given, method, bare_path) if given else spoken_name(method, bare_path)
        name = snake_case(str(typed.get("name") or spoken))
        group = group_name(str(typed["group"])) if typed.get("group") else self._usual_group(raw, bare_path)
        self._groups.add(group)
        owner = pascal_case(name)
        arguments, bodies = self.arguments.read(raw, item.get("parameters"), target, place, owner)
        replies = tuple(self.replies.read(raw.get("responses"), place, owner))
        accepted = self._security(raw)
        single = tuple(name for one in accepted for name in one if len(one) == 1)
        docs = self.docs.operations.get(operation_id, {})
        operation = Operation(
            id=operation_id,
            name=name,
            group=group,
            method=method.upper(),
            path=bare_path,
            arguments=tuple(arguments),
            bodies=bodies,
            replies=replies,
            result=self.replies.completed(result(replies, self._undeclared)),
            query=target.fixed,
            headers=self._headers(group, typed),
            security=() if () in accepted else single,
            optional_security=single if () in accepted else (),
            combined_security=tuple(one for one in accepted if len(one) > 1),
            base_url=self._own_server(raw, item),
            deprecated=raw.get("deprecated") is True,
            replacement=str(docs.get("replacement", "")),
            beta=True in (raw.get("x-beta"), typed.get("beta"), self._of_group(group).get("beta")),
            doc=" ".join(str(raw.get("summary") or "").split()),
            doc_url=self._doc_url(docs),
            aliases=read_aliases(raw, place, self._problem),
            text=str(raw.get("description") or ""),
            gen_ai=telemetry_name(typed),
            former_ids=former_ids(typed),
        )
        return replace(
            self.replies.with_results(operation, typed, place),
            paging=paging(operation, typed.get("paging"), place, self.schemas),
            waiting=waiting(operation, typed.get("waiting"), place, self.schemas),
        )

    def _usual_group(self, raw: Mapping[str, Any], path: str) -> str:
        """Return the group of an operation: by its first tag if that is asked for, or its path."""
        tags = raw.get("tags")
        if self.typed.get("group_by") == "tag" and isinstance(tags, list) and tags:
            return group_name(str(tags[0]))
        return group_of(path)

    def _doc_url(self, docs: Mapping[str, str]) -> str:
        base, page = str(self.typed.get("reference", "")), docs.get("reference", "")
        return f"{base.rstrip('/')}/{page}" if base and page else ""

    def _headers(self, group: str, typed: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        both = {**mapping(self._of_group(group).get("headers")), **mapping(typed.get("headers"))}
        return tuple(sorted((name, str(value)) for name, value in both.items()))

    def _of_group(self, group: str) -> Mapping[str, Any]:
        return mapping(mapping(self.typed.get("groups")).get(group))

    def _security(self, raw: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
        """Return the accepted combinations of schemes; an empty one means that no key is needed."""
        own = raw.get("security")
        listed = self.document.get("security") if own is None else own
        schemes = [mapping(one) for one in listed] if isinstance(listed, list) else []
        return tuple(dict.fromkeys(tuple(one) for one in schemes))

    @property
    def _undeclared(self) -> ResultKind:
        return "none" if self.typed.get("undeclared") == "none" else "any"

    def _own_server(self, raw: Mapping[str, Any], item: Mapping[str, Any]) -> str:
        """Return the URL of the server that the operation or its path declares; empty if it is the API's."""
        listed = next((one["servers"] for one in (raw, item) if one.get("servers")), None)
        own = address(listed, self.base_url)
        return "" if own == self.base_url else own

    def _unique(self, operations: Iterable[tuple[Operation, str]]) -> Iterator[Operation]:
        """Yield the operations with unique names and ids: a repeated one gets a number."""
        listed = list(operations)
        names, ids = set[str](), set[str]()
        # Later names must not take those that others have of their own.
        taken_names, taken_ids = {one.qualified_name for one, _ in listed}, {one.id for one, _ in listed}
        for one, place in listed:
            name, own_id = one.name, one.id
            if one.qualified_name in names:
                name = _numbered(one.name, taken_names, f"{one.group}.")
            if one.id in ids:
                own_id = _numbered(one.id, taken_ids)
            new = replace(one, name=name, id=own_id)
            if new != one:
                text = f"{one.qualified_name} ({one.id}) is another operation, too"
                self._problem(place, text, f"it is renamed to {new.qualified_name} ({new.id})", "renamed")
            names.add(new.qualified_name)
            ids.add(new.id)
            taken_names.add(new.qualified_name)
            taken_ids.add(new.id)
            yield new

    def _webhooks(self) -> Iterator[Webhook]:
        for name, raw in sorted(mapping(self.document.get("webhooks")).items()):
            place = pointer("/webhooks", name)
            item = self._shared(raw, "pathItems", place)
            for method in METHODS:
                operation, here = mapping(item.get(method)), pointer(place, method, "requestBody")
                body = self._shared(operation.get("requestBody"), "requestBodies", here)
                for media, spec in sorted(mapping(body.get("content")).items()):
                    where = pointer(here, "content", media, "schema")
                    owner = pascal_case(f"{name} event")
                    schema = self.schemas.read(mapping(spec).get("schema", True), where, owner)
                    yield Webhook(name, schema, operation.get("deprecated") is True)


def _numbered(name: str, taken: Collection[str], prefix: str = "") -> str:
    return next(new for number in count(2) if prefix + (new := f"{name}_{number}") not in taken)
