"""Extend a document, to which the overrides have been applied, by additions.

An addition is one of three things: *added*; *published*, if the description has it itself; or *dead*, if it
contradicts the description or refers to something unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from typed_openai_spec.files.additions import KINDS, Addition
from typed_openai_spec.files.canonical import canonical
from typed_openai_spec.files.departures import add_values, departed, described, enumerations, references
from typed_openai_spec.files.source import Dead, Document
from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import METHODS
from typed_openai_spec.spelling import hint

_REFERENCE: Final = "#/components/schemas/"
_ALIKE: Final = 0.5
"""The least share of features that two versions of one component have in common."""


@dataclass(frozen=True, slots=True)
class Extended:
    """A document with additions: those that were added, those that it has itself, and dead ones."""

    document: Document
    added: tuple[Addition, ...] = ()
    published: tuple[Addition, ...] = ()
    dead: tuple[Dead, ...] = ()


def extended(document: Document, additions: Iterable[Addition]) -> Extended:
    """Return a copy of the document with the additions."""
    extending = _Extending(document)
    listed = sorted(additions, key=lambda one: KINDS.index(one.kind))
    extending.known = _usable(frozenset(extending.schemas), listed)
    for one in listed:
        extending.add(one)
    return Extended(
        extending.document, tuple(extending.added), tuple(extending.published), tuple(extending.dead)
    )


def _usable(own: frozenset[str], additions: Iterable[Addition]) -> frozenset[str]:
    """Return the description's own components, and those added ones whose references have targets."""
    added = {one.keys[2]: set(references(one.value)) for one in additions if one.kind == "components"}
    known = own | added.keys()
    while unusable := {name for name in known - own if not added[name] <= known}:
        known -= unusable
    return known


@dataclass
class _Extending:
    document: Document
    known: frozenset[str] = frozenset()
    added: list[Addition] = field(default_factory=list)
    published: list[Addition] = field(default_factory=list)
    dead: list[Dead] = field(default_factory=list)

    @property
    def schemas(self) -> Mapping[str, Any]:
        return mapping(mapping(self.document.get("components")).get("schemas"))

    def add(self, one: Addition) -> None:
        """Add one addition, or note why not."""
        unknown = next((name for name in references(one.value) if name not in self.known), None)
        if unknown is not None:
            self._wrong(one, f"no component {unknown}{hint(unknown, self.known)}")
            return
        before = len(self.dead)
        document = _WAYS[one.kind](self, one)
        if document is not None:
            self.document = document
            self.added.append(one)
        elif len(self.dead) == before:
            self.published.append(one)

    def _wrong(self, one: Addition, text: str) -> None:
        self.dead.append(Dead(one.where, text))

    # Each of these returns the document with the addition. None means that the document has it already,
    # unless the addition was noted as dead.

    def schema(self, one: Addition) -> Document | None:
        name = one.keys[2]
        if name not in self.schemas:
            return self._with_schemas({**self.schemas, name: one.value})
        if not _are_alike(self.schemas[name], one.value):
            self._wrong(one, "contradicts the description, which has another component of this name")
        return None

    def operation(self, one: Addition) -> Document | None:
        _, path, method = one.keys
        paths = mapping(self.document.get("paths"))
        if method in mapping(paths.get(path)):
            return None
        own_id = one.value["operationId"]
        other = next(
            (request for request, found in _operations(paths) if found.get("operationId") == own_id), None
        )
        if other is not None:
            self._wrong(
                one,
                f"contradicts the description, in which {own_id} is {other}; if it is the same operation, "
                "expected an entry of corrections",
            )
            return None
        return self._with_operation(paths, path, method, one.value)

    def webhook(self, one: Addition) -> Document | None:
        webhooks, name = mapping(self.document.get("webhooks")), one.keys[1]
        return None if name in webhooks else {**self.document, "webhooks": {**webhooks, name: one.value}}

    def correction(self, one: Addition) -> Document | None:
        (method, path), (was, former) = (_request(text) for text in (one.keys[1], one.value["was"]))
        paths = mapping(self.document.get("paths"))
        if method in mapping(paths.get(path)):
            return None
        item = mapping(paths.get(former))
        if was not in item:
            requests = [request for request, _ in _operations(paths)]
            self._wrong(one, f"no operation {one.value['was']}{hint(one.value['was'], requests)}")
            return None
        shared = mapping(paths.get(path)) or {key: item[key] for key in item if key not in METHODS}
        rest = {key: value for key, value in item.items() if key != was}
        left = {key: value for key, value in paths.items() if key != former}
        if set(rest) & set(METHODS):
            left[former] = rest
        return {**self.document, "paths": {**left, path: {**shared, method: item[was]}}}

    def field(self, one: Addition) -> Document | None:
        _, name, path = one.keys
        if name not in self.schemas:
            self._wrong(one, f"no component {name}{hint(name, self.schemas)}")
            return None
        found = described(self.schemas, name, path)
        if found is None or (not found and "values" in one.value):
            self._wrong(one, f"no such field in {name}")
            return None
        if "new" in one.value and found:
            if not any(_types(each, self.schemas) & _types(one.value["new"], self.schemas) for each in found):
                self._wrong(one, "contradicts the description, which has this field with another type")
            return None
        if "values" in one.value and self._has_values(found, one.value["values"]):
            return None
        return departed(self.document, {"fields": {name: {path: one.value}}}, [])

    def _has_values(self, schemas: Iterable[Any], values: list[Any]) -> bool:
        lists = [each.get("enum", [each.get("const")]) for one in schemas for each in enumerations(one)]
        return all(any(value in one for one in lists) for value in values) if lists else True

    def values(self, one: Addition) -> Document | None:
        name = one.keys[1]
        if name not in self.schemas:
            self._wrong(one, f"no component {name}{hint(name, self.schemas)}")
            return None
        wider = self._wider(one, self.schemas[name], one.value)
        return None if wider is None else self._with_schemas({**self.schemas, name: wider})

    def parameter(self, one: Addition) -> Document | None:
        _, request, name = one.keys
        method, path = _request(request)
        paths = mapping(self.document.get("paths"))
        operation = mapping(mapping(paths.get(path)).get(method))
        if not operation:
            known = [each for each, _ in _operations(paths)]
            self._wrong(one, f"no operation {request}{hint(request, known)}")
            return None
        listed = [dict(each) for each in operation.get("parameters", ())]
        found = next((each for each in listed if each.get("name") in (name, f"{name}[]")), None)
        if "new" in one.value:
            listed += [{"name": name, **one.value["new"]}] if found is None else []
        elif found is None:
            self._wrong(one, f"no such parameter of {request}")
        elif (wider := self._wider(one, found.get("schema"), one.value["values"])) is not None:
            found["schema"] = wider
        if listed == list(operation.get("parameters", ())):
            return None
        return self._with_operation(paths, path, method, {**operation, "parameters": listed})

    def _wider(self, one: Addition, schema: Any, values: list[Any]) -> Any | None:
        """Return a schema with more values; None if it has them all, or if it has no values."""
        wider = deepcopy(schema)
        lists = list(enumerations(wider))
        if not lists:
            self._wrong(one, "has no enum to which values could be added")
        return wider if any([add_values(each, values) for each in lists]) else None  # noqa: C419  all of them

    def alternatives(self, one: Addition) -> Document | None:
        name, dead = one.keys[1], list[str]()
        schema = mapping(self.schemas.get(name))
        listed = schema.get("oneOf", schema.get("anyOf"))
        new = [each for each in one.value if each not in (listed or ())]
        if listed is not None and not new:
            return None
        document = departed(self.document, {"alternatives": {name: new}}, dead)
        for text in dead:
            self._wrong(one, f"{text.removeprefix(name).removeprefix(': ')}")
        return None if dead else document

    def _with_schemas(self, schemas: Mapping[str, Any]) -> Document:
        return {
            **self.document,
            "components": {**mapping(self.document.get("components")), "schemas": schemas},
        }

    def _with_operation(
        self, paths: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
    ) -> Document:
        return {**self.document, "paths": {**paths, path: {**mapping(paths.get(path)), method: operation}}}


_WAYS: Final[Mapping[str, Callable[[_Extending, Addition], Document | None]]] = {
    "corrections": _Extending.correction,
    "components": _Extending.schema,
    "paths": _Extending.operation,
    "webhooks": _Extending.webhook,
    "fields": _Extending.field,
    "values": _Extending.values,
    "parameters": _Extending.parameter,
    "alternatives": _Extending.alternatives,
}


def _request(text: str) -> tuple[str, str]:
    method, _, path = text.partition(" ")
    return method.lower(), path


def _operations(paths: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, item in paths.items():
        for method in METHODS:
            if method in mapping(item):
                yield f"{method.upper()} {path}", mapping(item[method])


def _are_alike(one: Any, other: Any) -> bool:
    """Return True if two schemas may be versions of one component."""
    if canonical({"": deepcopy(one)}) == canonical({"": deepcopy(other)}):
        return True
    features = [set(_features(each)) for each in (one, other)]
    return len(features[0] & features[1]) >= _ALIKE * len(features[0] | features[1])


def _features(schema: Any) -> Iterator[str]:
    """Yield the names of fields, constants and components in a schema, with those of its combined parts."""
    said = mapping(schema)
    yield from (f"field {name}" for name in mapping(said.get("properties")))
    listed = said.get("enum", [said["const"]] if "const" in said else [])
    yield from (f"value {one!r}" for one in listed)
    yield from (f"component {one}" for one in (said.get("$ref"),) if one)
    for key in ("allOf", "anyOf", "oneOf"):
        for part in said.get(key, ()):
            yield from _features(part)
    if not {"properties", "allOf", "anyOf", "oneOf"} & said.keys():
        yield f"type {said.get('type')}"


def _types(schema: Any, schemas: Mapping[str, Any], depth: int = 8) -> set[str]:
    """Return the JSON types that a schema allows, other than null; ``any`` types are all of them."""
    said = mapping(schema)
    if "$ref" in said and depth:
        return _types(schemas.get(str(said["$ref"]).removeprefix(_REFERENCE)), schemas, depth - 1)
    parts = [part for key in ("anyOf", "oneOf", "allOf") for part in said.get(key, ())]
    if parts and depth:
        return set().union(*(_types(part, schemas, depth - 1) for part in parts))
    told = said.get("type")
    if told is None and "properties" in said:
        told = "object"
    types = {str(one) for one in (told if isinstance(told, list) else [told]) if one not in (None, "null")}
    if "integer" in types or "number" in types:
        types |= {"integer", "number"}
    if not types and isinstance(said.get("const", said.get("enum", [None])[0]), str):
        types = {"string"}
    return types or (
        {"string", "number", "integer", "boolean", "array", "object"} if told != "null" else set()
    )
