"""An independent oracle: ``jsonschema`` over the description decides which values an operation accepts.

It reads the description itself, not the model that the stubs are generated from. Two things differ from the
description, so that types and written-out values can be judged:

- Limits (lengths, ranges, patterns, formats, counts) are left out: a type cannot express them.
- For written-out values, ``closed`` rejects undeclared keys unless the object declares additional ones. Each
  alternative is closed separately, so that no value is partly one of them and partly another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator
from tests.spec.json_schema import translated

from typed_openai_spec.files.additions import read_additions
from typed_openai_spec.files.extending import extended
from typed_openai_spec.files.source import patched, read, read_overrides
from typed_openai_spec.model import Operation

SPEC: Final = Path(__file__).parents[2] / "spec"

_LIMITS: Final = frozenset(
    """
    minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
    minItems maxItems uniqueItems minProperties maxProperties propertyNames
    """.split()
)
_ALTERNATIVES: Final = ("anyOf", "oneOf")


def _any_of(
    validator: Any, alternatives: Sequence[Any], value: object, _schema: object
) -> Iterator[ValidationError]:
    """Try alternatives up to their first error: a verdict needs no list of errors."""
    if all(next(validator.descend(value, one), None) is not None for one in alternatives):
        yield ValidationError("no alternative fits")


_VALIDATOR: Final[type[Draft202012Validator]] = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"anyOf": _any_of}
)


@dataclass(frozen=True)
class Judge:
    """Judges values by the description: ``closed`` for written-out values, open for JSON from the server."""

    closed: bool

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The description with the project's overrides and additions."""
        overridden = patched(read(SPEC / "openai"), read_overrides(SPEC / "overrides"))
        return extended(overridden, read_additions(SPEC / "additions")).document

    def component(self, source: str) -> Validator:
        """Return the validator of the component that the description calls ``source``."""
        return self._validator({"$ref": f"#/components/schemas/{source}"})

    def result(self, operation: Operation, status: str, media_type: str) -> Validator:
        """Return the validator of one of the operation's replies."""
        raw = self._shared(self._operations[operation.id]["responses"][status], "responses")
        return self._validator(self._read(raw["content"][media_type]["schema"]))

    def takes(self, operation: Operation, arguments: Mapping[str, Any]) -> bool:
        """Return whether the operation accepts these arguments, given by their Python names."""
        known = {one.name: one for one in operation.arguments}
        if not arguments.keys() <= known.keys():
            return False
        placed: dict[tuple[str, str], Any] = {
            (known[name].location, known[name].wire): value for name, value in arguments.items()
        }
        outside = {place: value for place, value in placed.items() if place[0] != "body"}
        body = {wire: value for (location, wire), value in placed.items() if location == "body"}
        return self._parameters_fit(operation, outside) and any(
            one.is_valid(body) for one in self._bodies(operation)
        )

    def _parameters_fit(self, operation: Operation, given: Mapping[tuple[str, str], Any]) -> bool:
        for raw in self._raw_parameters(operation):
            place = (raw["in"], raw["name"].removesuffix("[]"))
            if place not in given:
                if raw.get("required") is True:
                    return False
            elif not self._parameter(operation, place, raw).is_valid(given[place]):
                return False
        return True

    def _parameter(self, operation: Operation, place: tuple[str, str], raw: Mapping[str, Any]) -> Validator:
        key = (operation.id, place)
        if key not in self._known:
            self._known[key] = self._validator(self._read(raw["schema"]))
        return self._known[key]

    def _bodies(self, operation: Operation) -> list[Validator]:
        """Return one validator for each form of the body, for objects whose keys are the arguments."""
        key = (operation.id, "bodies")
        if key not in self._several:
            self._several[key] = list(self._read_bodies(operation))
        return self._several[key]

    def _read_bodies(self, operation: Operation) -> Iterator[Validator]:
        raw = self._shared(self._operations[operation.id].get("requestBody", {}), "requestBodies")
        if raw.get("required") is not True:
            yield self._validator({"maxProperties": 0})
        for body in operation.bodies:
            schema = self._read(raw["content"][body.media_type]["schema"])
            if body.raw:
                wire = next(one.wire for one in operation.arguments if one.name == body.fields[0])
                schema = {"properties": {wire: schema}, "required": [wire], "additionalProperties": False}
            yield self._validator(schema)

    def _raw_parameters(self, operation: Operation) -> Iterator[Mapping[str, Any]]:
        for raw in self._operations[operation.id]["parameters"]:
            yield self._shared(raw, "parameters")

    def _shared(self, raw: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
        while "$ref" in raw:
            raw = self.document["components"][kind][raw["$ref"].rpartition("/")[2]]
        return raw

    @cached_property
    def _operations(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for item in self.document["paths"].values():
            for method, raw in item.items():
                if method != "parameters":
                    both = [*item.get("parameters", ()), *raw.get("parameters", ())]
                    found[raw["operationId"]] = {**raw, "parameters": both}
        return found

    @cached_property
    def _known(self) -> dict[tuple[str, tuple[str, str]], Validator]:
        return {}

    @cached_property
    def _several(self) -> dict[tuple[str, str], list[Validator]]:
        return {}

    def _read(self, raw: Any, component: str = "") -> dict[str, Any]:
        schema: dict[str, Any] = _without_limits(translated(raw, component))
        return closed(schema) if self.closed else schema

    @cached_property
    def _whole(self) -> Validator:
        """An empty validator that holds all components for references."""
        raw = self.document["components"]["schemas"]
        schemas = {name: self._read(one, name) for name, one in raw.items()}
        parts = {name: _without_limits(translated(one, name)) for name, one in raw.items()}
        closed_parts = {name: closed(one, part=True) for name, one in parts.items()} if self.closed else {}
        return _VALIDATOR({"components": {"schemas": schemas, "parts": closed_parts}})

    def _validator(self, schema: Mapping[str, Any]) -> Validator:
        return self._whole.evolve(schema=schema)


def _without_limits(raw: Any, *, names: bool = False) -> Any:
    """Return ``raw`` without the keywords that types cannot express; ``names`` if its keys are fields."""
    if isinstance(raw, list):
        return [_without_limits(one) for one in raw]
    if not isinstance(raw, Mapping):
        return raw
    return {
        key: value if key in ("const", "enum") and not names
        else _without_limits(value, names=key == "properties" and not names)
        for key, value in raw.items()
        if names or key not in _LIMITS
    }  # fmt: skip


def closed(schema: Any, *, part: bool = False) -> Any:
    """Return the schema with its objects closed; a ``part`` of another schema leaves that to the whole."""
    if not isinstance(schema, Mapping):
        return schema
    if part and "$ref" in schema:
        return {**schema, "$ref": schema["$ref"].replace("/schemas/", "/parts/")}
    alone = not (schema.get("properties") or {"allOf", "additionalProperties"} & schema.keys())
    result = dict(schema)
    for key in _ALTERNATIVES:
        if key in schema:
            result[key] = [closed(one, part=part or not alone) for one in schema[key]]
    if "allOf" in schema:
        only = len(schema["allOf"]) == 1 and not {"properties", *_ALTERNATIVES} & schema.keys()
        result["allOf"] = [closed(one, part=part or not only) for one in schema["allOf"]]
        alone = only
    if isinstance(fields := schema.get("properties"), Mapping):
        required = dict.fromkeys(schema.get("required", ()), True)  # required alone declares it, too
        result["properties"] = required | {name: closed(one) for name, one in fields.items()}
    for key in ("items", "additionalProperties"):
        if key in schema:
            result[key] = closed(schema[key])
    if not part and not alone and "additionalProperties" not in schema:
        result["unevaluatedProperties"] = False
    return result
