"""Fixtures for the embedded server: a running server, and an independent check of values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema
import pytest

from typed_openai.testing import Server, serve
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    """One server for the tests of a module, which change nothing in it except the recorded requests."""
    with serve() as server:
        yield server


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as server:
        yield server


Judge = Callable[[Schema, object], list[str]]


@pytest.fixture(scope="session")
def judge_of() -> Callable[[Mapping[str, Component]], Judge]:
    """Return a function that creates checks of values against the schemas of an API, by jsonschema."""

    def make(components: Mapping[str, Component]) -> Judge:
        definitions = {name: json_schema(one.schema) for name, one in components.items()}

        def judge(schema: Schema, value: object) -> list[str]:
            document = {**json_schema(schema), "$defs": definitions}
            return [one.message for one in jsonschema.Draft202012Validator(document).iter_errors(value)]

        return judge

    return make


@pytest.fixture(scope="session")
def api_judge(judge_of: Callable[[Mapping[str, Component]], Judge]) -> Judge:
    """The check of values against the packaged API."""
    return judge_of(packaged().components)


_SCALAR_KEYWORDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}


def json_schema(schema: Schema) -> dict[str, Any]:
    """Return the model's schema as JSON Schema (draft 2020-12)."""
    match schema:
        case Ref(name=name):
            return {"$ref": f"#/$defs/{name}"}
        case Anything():
            return {}
        case Null():
            return {"type": "null"}
        case Scalar(kind=kind):
            bounds = {word: getattr(schema, name) for name, word in _SCALAR_KEYWORDS.items()}
            return {"type": kind, **{word: one for word, one in bounds.items() if one is not None}}
        case Literals(values=values):
            return {"enum": list(values)}
        case Array(items=items, min_items=least, max_items=most, unique=unique):
            bounds = {"minItems": least, "maxItems": most, "uniqueItems": unique or None}
            present = {word: one for word, one in bounds.items() if one is not None}
            return {"type": "array", "items": json_schema(items), **present}
        case Union(members=members):
            return {"anyOf": [json_schema(one) for one in members]}
        case Object():
            return _object(schema)


def _object(schema: Object) -> dict[str, Any]:
    result: dict[str, Any] = {
        "type": "object",
        "properties": {one.name: json_schema(one.schema) for one in schema.fields},
        "required": [one.name for one in schema.fields if one.required],
        "minProperties": schema.min_properties or 0,
    }
    if schema.extra is not None or schema.closed:
        result["additionalProperties"] = json_schema(schema.extra) if schema.extra is not None else False
    if schema.max_properties is not None:
        result["maxProperties"] = schema.max_properties
    if schema.required_sets:
        word = "oneOf" if schema.exclusive else "anyOf"
        result[word] = [{"required": list(names)} for names in schema.required_sets]
    return result
