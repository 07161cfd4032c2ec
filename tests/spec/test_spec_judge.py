"""An independent oracle: values made from the model fit the raw description, according to ``jsonschema``.

For each component, a few values are made from the model alone: the smallest one, and one with every field.
jsonschema, reading the description itself, must accept them. It must reject them if a required field is
missing or a field's value is of a kind that the model forbids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from tests.spec.json_schema import translated

from typed_openai_spec.compile import build
from typed_openai_spec.files.additions import read_additions
from typed_openai_spec.files.extending import extended
from typed_openai_spec.files.source import patched, read, read_overrides
from typed_openai_spec.model import (
    Anything,
    Api,
    Array,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)

SPEC = Path(__file__).parents[2] / "spec"
DEPTH = 4
"""The number of levels with optional fields; deeper ones have only the required fields."""

# Texts that match the patterns of the description; a pattern without one here fails the test.
TEXTS = (
    "a",
    "ab12",
    "2024-01-01",
    "file-abc",
    "fc_abc",
    "cntr_abc",
    "0" * 64,
    "vector_store",
    "https://a.test/",
    "tunnel_" + "a" * 32,
)

EXPLAINED = {
    "TranscriptionChunkingStrategy": 'is "auto" or an object, but called an object: the alternatives count'
}
"""Components in which the description contradicts itself, and the values that they get."""

WRONG: dict[str, object] = {
    "string": "a text", "boolean": True, "number": 0.5, "null": None, "array": [], "object": {},
}  # fmt: skip


class Maker:
    """Makes values that fit schemas of the model."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def value(self, schema: Schema, depth: int, seen: frozenset[str] = frozenset()) -> Any:
        """Return a value with all optional fields down to ``depth`` levels, and the required ones below."""
        match schema:
            case Ref(name=name):
                return self.value(
                    self.api.components[name].schema, depth - (name in seen) * DEPTH, seen | {name}
                )
            case Union(members=members):
                return self.value(self._simplest(members, seen) if depth < 0 else members[0], depth, seen)
            case Literals(values=values):
                return values[0]
            case Array(items=items, min_items=least):
                count = max(least or 0, int(depth > 0))
                return [self.value(items, depth - 1, seen) for _ in range(count)]
            case Object():
                return self._object(schema, depth, seen)
            case Scalar():
                return _scalar(schema)
            case Null():
                return None
            case Anything():
                return "anything"

    def _simplest(self, members: tuple[Schema, ...], seen: frozenset[str]) -> Schema:
        """Return a member that ends recursion."""
        known = [one for one in members if not (isinstance(one, Ref) and one.name in seen)]
        return next((one for one in known if not isinstance(one, (Ref, Array))), (known or members)[0])

    def _object(self, node: Object, depth: int, seen: frozenset[str]) -> dict[str, Any]:
        wanted = {one.name for one in node.fields if one.required or depth > 0}
        if node.required_sets:
            others = {name for names in node.required_sets for name in names}
            wanted = (
                (wanted - others)
                | {*node.required_sets[0]}
                | {one.name for one in node.fields if one.required}
            )
        made = {
            one.name: self.value(one.schema, depth - 1, seen) for one in node.fields if one.name in wanted
        }
        if node.extra is not None and not node.fields and (depth > 0 or node.min_properties):
            made["k"] = self.value(node.extra, depth - 1, seen)
        return made

    def kinds(self, schema: Schema, seen: frozenset[str] = frozenset()) -> set[str]:
        """The kinds of JSON values that the model allows."""
        match schema:
            case Ref(name=name):
                return set() if name in seen else self.kinds(self.api.components[name].schema, seen | {name})
            case Union(members=members):
                return set().union(*(self.kinds(one, seen) for one in members))
            case Literals(values=values):
                return {
                    "boolean" if isinstance(one, bool) else "string" if isinstance(one, str) else "number"
                    for one in values
                }
            case Scalar(kind=kind):
                return {"number" if kind == "integer" else kind}
            case Array():
                return {"array"}
            case Object():
                return {"object"}
            case Null():
                return {"null"}
            case Anything():
                return set(WRONG)


def _scalar(schema: Scalar) -> object:
    if schema.kind == "boolean":
        return True
    if schema.kind == "string":
        candidates = [one for one in TEXTS if schema.pattern is None or re.search(schema.pattern, one)]
        assert candidates, f"no text for {schema.pattern}"
        text = candidates[0]
        return text[: schema.max_length].ljust(schema.min_length or 0, "a")
    low = schema.minimum if schema.minimum is not None else schema.exclusive_minimum
    value: float = low if low is not None else 1
    if schema.exclusive_minimum is not None:
        value += 1
    if schema.maximum is not None:
        value = min(value, schema.maximum)
    return int(value) if schema.kind == "integer" else value


@pytest.fixture(scope="module")
def api() -> Api:
    return build(SPEC / "openai", SPEC / "overrides").api


@pytest.fixture(scope="module")
def validators(api: Api) -> Mapping[str, Validator]:
    document = patched(read(SPEC / "openai"), read_overrides(SPEC / "overrides"))
    document = extended(document, read_additions(SPEC / "additions")).document
    schemas = {name: translated(raw, name) for name, raw in document["components"]["schemas"].items()}
    whole = {"components": {"schemas": schemas}}
    names = {one.source: one.name for one in api.components.values() if one.source}
    return {
        names[source]: Draft202012Validator({**whole, "$ref": f"#/components/schemas/{source}"})
        for source in schemas
    }


def _complaint(validator: Validator, value: Any) -> str:
    error = next(validator.iter_errors(value), None)
    return "" if error is None else f"{list(error.absolute_path)}: {error.message[:200]}"


def _values(maker: Maker, schema: Schema) -> Iterator[Any]:
    for member in schema.members if isinstance(schema, Union) else (schema,):
        yield maker.value(member, 0)
        yield maker.value(member, DEPTH)


@pytest.mark.slow(seconds=5)
def test_what_the_model_allows_the_description_allows(api: Api, validators: Mapping[str, Validator]) -> None:
    maker = Maker(api)
    refused = {}
    for name, validator in validators.items():
        for value in _values(maker, api.components[name].schema):
            if complaint := _complaint(validator, value):
                refused[name] = complaint
    assert refused.keys() == EXPLAINED.keys(), refused


@pytest.mark.slow(seconds=3)
def test_what_the_model_forbids_is_forbidden(api: Api, validators: Mapping[str, Validator]) -> None:
    maker = Maker(api)
    accepted = []
    for name, validator in validators.items():
        node = api.components[name].schema
        if not isinstance(node, Object):
            continue
        full = maker.value(node, 1)
        for field in node.fields:
            if field.required and not _complaint(
                validator, {k: v for k, v in full.items() if k != field.name}
            ):
                accepted.append(f"{name} without {field.name}")
            for kind in sorted(set(WRONG) - maker.kinds(field.schema)):
                if kind != "null" and not _complaint(validator, {**full, field.name: WRONG[kind]}):
                    accepted.append(f"{name}.{field.name} as {kind}")
                    break
    assert accepted == []
