"""Judge shapes by the types of the API, and name what does not fit by component and field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from tests.evidence.shapes import FILE, Shape

from typed_openai_spec.model import Api, Operation, Ref, Result, Schema
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import Violation

Kind: TypeAlias = Literal["absent", "null", "type", "constant", "unknown"]

_KINDS: Final[Mapping[str, Kind]] = {
    "missing_required_parameter": "absent",
    "unknown_parameter": "unknown",
    "invalid_type": "type",
}


@dataclass(frozen=True, slots=True, order=True)
class Mismatch:
    """One way in which a shape does not fit: the component, the field in it, and the kind of departure."""

    component: str
    field: str
    kind: Kind
    text: str = ""

    def __str__(self) -> str:
        return f"{self.component}.{self.field}: {self.kind} ({self.text})"


class File:
    """Stands for a file in a request."""

    json_kind = "file"


class Judge:
    """Judges requests strictly and replies openly, by the schemas of one API."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._operations = {one.id: one for one in api.operations}
        self._replies = Validator(api.components)
        self._requests = Validator(api.components, strict=True)
        self._closed = Validator(api.components, strict=True)

    def knows(self, shape: Shape) -> bool:
        """Return True if the API has what the shape belongs to."""
        return bool(self._schemas(shape))

    def mismatches(self, shape: Shape) -> list[Mismatch]:
        """Return what does not fit, by the schema that fits best; limits and dependences do not count."""
        validator = self._requests if shape.direction == "request" else self._replies
        return self._least(_with_files(shape.value), self._schemas(shape), validator)

    def unknown_keys(self, shape: Shape) -> list[Mismatch]:
        """Return the keys of a reply that its type lacks."""
        found = self._least(_with_files(shape.value), self._schemas(shape), self._closed)
        return [one for one in found if one.kind == "unknown"]

    def reads(self, shape: Shape) -> bool:
        """Return True if the request only read what its reply has."""
        operation = self._operations.get(shape.owner)
        return operation is not None and operation.method == "GET"

    def objects(self, shape: Shape) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the objects in a shape with the names of their components, by the schema that fits best."""
        schemas = self._schemas(shape)
        wrong = {
            number: len(self._replies.violations(shape.value, one)) for number, one in enumerate(schemas)
        }
        if schemas:
            best = schemas[min(wrong, key=lambda one: wrong[one])]
            for one in self._replies.occurrences(shape.value, best):
                yield one.component, one.value

    def _least(self, value: object, schemas: Iterable[Schema], validator: Validator) -> list[Mismatch]:
        judged = [list(self._named(value, one, validator)) for one in schemas]
        return min(judged, key=len, default=[])

    def _named(self, value: object, schema: Schema, validator: Validator) -> Iterator[Mismatch]:
        wrong = [one for one in validator.violations(value, schema) if not one.beyond]
        if not wrong:
            return
        owners = {one.place: one.component for one in validator.occurrences(value, schema)}
        for one in wrong:
            place = next((p for p in _outward(one.place) if owners.get(p)), ())
            path = one.place[len(place) :]
            yield Mismatch(owners.get(place, ""), _dotted(path), _kind(one), one.text)

    def _schemas(self, shape: Shape) -> list[Schema]:
        if shape.owner in self._api.components:
            return [Ref(shape.owner)]
        operation = self._operations.get(shape.owner)
        return [] if operation is None else list(_of_operation(operation, shape.direction))


def _of_operation(operation: Operation, direction: str) -> Iterator[Schema]:
    if direction == "request":
        yield from (one.schema for one in operation.bodies)
        return
    kind = "stream" if direction == "event" else "json"
    results: list[Result] = [operation.result, *(one.result for one in operation.variants)]
    yield from (one.schema for one in results if one.kind == kind and one.schema is not None)


def _outward(place: Place) -> Iterator[Place]:
    return (place[:end] for end in range(len(place) - 1, -1, -1))


def _dotted(path: Place) -> str:
    return ".".join("*" if isinstance(one, int) else str(one) for one in path)


def _kind(violation: Violation) -> Kind:
    if re.search(r"got null$", violation.text):
        return "null"
    return _KINDS.get(violation.code, "constant")


def _with_files(value: Any) -> Any:
    if value == FILE:
        return File()
    if isinstance(value, list):
        return [_with_files(one) for one in value]
    if isinstance(value, dict):
        return {key: _with_files(one) for key, one in value.items()}
    return value
