"""Invalid JSON Schemas are reported, strict or not; unknown ones are accepted."""

from __future__ import annotations

import pytest

from typed_openai_spec.model import Anything, Field, Object
from typed_openai_spec.model.relations import StrictSchema
from typed_openai_spec.validation.strict_schemas import check_schemas
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray, PartialObject

OWNER = Object(
    (Field("schema", Anything()), Field("strict", Anything())),
    strict_schemas=(StrictSchema("schema", "strict"),),
)


def told(schema: object, *, strict: bool = False) -> list[str]:
    found = [*check_schemas({"schema": schema, "strict": strict}, OWNER, ())]
    assert all(one.beyond == "schema" for one in found)
    return [str(one).removeprefix("schema.") for one in found]


TYPES = "expected one of 'string', 'number', 'integer', 'boolean', 'object', 'array', 'null'"


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "strng"}, f"type: {TYPES}; got 'strng'; did you mean 'string'?"),
        ({"type": ["string", "date"]}, f"type[1]: {TYPES}; got 'date'"),
        ({"type": 3}, "type: expected string or array, got integer"),
        ({"enum": "abc"}, "enum: expected array, got string"),
        ({"required": True}, "required: expected array, got boolean"),
        ({"required": [3]}, "required[0]: expected string, got integer"),
        ({"properties": ["a"]}, "properties: expected object, got array"),
        ({"properties": {"a": "string"}}, "properties.a: expected boolean or object, got string"),
        (
            {"items": {"anyOf": [{"type": "int"}]}},
            f"items.anyOf[0].type: {TYPES}; got 'int'; did you mean 'integer'?",
        ),
        ({"anyOf": {"type": "string"}}, "anyOf: expected array, got object"),
        ({"oneOf": [3]}, "oneOf[0]: expected boolean or object, got integer"),
        ({"not": {"minLength": "3"}}, "not.minLength: expected integer, got string"),
        ({"items": [{"maximum": "3"}]}, "items[0].maximum: expected number, got string"),
        ({"$defs": {"a b": {"title": 3}}}, '$defs["a b"].title: expected string, got integer'),
    ],
)
def test_what_no_json_schema_has_is_told_though_nothing_is_strict(schema: object, text: str) -> None:
    assert told(schema) == [text]


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"typ": "string", "requird": 3, "x-mine": []},
        {"type": UNKNOWN, "enum": UNKNOWN, "properties": UNKNOWN, "anyOf": UNKNOWN},
        {"type": [UNKNOWN], "required": [UNKNOWN], "properties": {"type": UNKNOWN, "enum": True}},
        PartialObject({"items": True, "required": PartialArray(["a"])}),
        {"const": {"type": "strng"}, "default": {"type": 3}, "enum": [{"type": "strng"}]},
        {"exclusiveMinimum": True, "minimum": 1.5, "maxItems": 3.0},
    ],
)
def test_what_is_or_may_be_a_json_schema_is_let_pass(schema: object) -> None:
    assert told(schema) == []


@pytest.mark.parametrize("word", ["title", "default", "nullable", "example", "x-mine", "note", "$comment"])
def test_a_keyword_is_misspelt_only_where_it_is_near_one(word: str) -> None:
    closed = {"type": "object", "properties": {}, "additionalProperties": False}
    assert told({**closed, word: "a"}, strict=True) == []
    assert told({**closed, "descriptin": "a"}, strict=True) == [
        'descriptin: unknown keyword; did you mean "description"?'
    ]
