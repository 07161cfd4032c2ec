"""Rules between the fields of an object: their parsing, and their violations."""

from __future__ import annotations

from typing import Any

import pytest

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Component, Object
from typed_openai_spec.model.relations import Rule
from typed_openai_spec.openapi.schemas.parser import Schemas
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray, PartialObject, TypedObject

SOURCE = "https://example.com/page"
TEXT, FLAG = {"type": "string"}, {"type": "boolean"}
PARTS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}
PROPERTIES = {"a": TEXT, "b": FLAG, "c": {"type": "string", "default": "x"}, "parts": PARTS}


def read(*rules: object, **more: Any) -> tuple[Object, list[str]]:
    """Return the object that has these rules, and the problems."""
    raw = {"type": "object", "properties": PROPERTIES, "x-typed": {"rules": list(rules)}, **more}
    schemas = Schemas({"Thing": raw})
    schemas.read_all()
    thing = schemas.components["Thing"].schema
    assert isinstance(thing, Object)
    return thing, [str(one) for one in schemas.problems]


def said(thing: Object, value: object) -> list[tuple[str, str]]:
    validator = Validator({"Thing": Component("Thing", thing)})
    return [(str(one), one.beyond) for one in validator.violations(value, thing)]


NEEDS = {"field": "a", "needs": "b", "values": [True], "source": SOURCE}
IS = {"field": "a", "is": ["on"], "needs": "c", "values": ["x", "y"], "source": SOURCE}
EXCLUDES = {"field": "a", "excludes": "b", "source": SOURCE}
EACH = {"field": "a", "is": ["on"], "each": "parts", "needs": "kind", "values": ["x"], "source": SOURCE}


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (NEEDS, {"a": "on"}, 'a: needs "b" to be True, which is not given'),
        (NEEDS, {"a": "on", "b": False}, 'a: needs "b" to be True; got False'),
        (IS, {"a": "on", "c": "z"}, "a: 'on' needs \"c\" to be one of 'x', 'y'; got 'z'"),
        (EXCLUDES, {"a": "on", "b": False}, 'a: cannot be given together with "b"'),
        (
            EACH,
            {"a": "on", "parts": [{"kind": "x"}, {"kind": "y"}]},
            "a: 'on' needs \"kind\" to be 'x' in every item of \"parts\"",
        ),
    ],
)
def test_a_broken_rule_is_told_at_the_field_that_depends(rule: object, value: object, expected: str) -> None:
    thing, problems = read(rule)
    assert problems == []
    assert said(thing, value) == [(expected, "dependent")]


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (NEEDS, {"a": "on", "b": True}),
        (NEEDS, {}),
        (NEEDS, {"a": UNKNOWN}),
        (NEEDS, {"a": "on", "b": UNKNOWN}),
        (NEEDS, PartialObject({"a": "on"})),
        (IS, {"a": "on"}),
        (IS, {"a": "off", "c": "z"}),
        (EXCLUDES, {"a": "on"}),
        (EXCLUDES, PartialObject({"a": "on"})),
        (EACH, {"a": "on", "parts": [{"kind": "x"}]}),
        (EACH, {"a": "on", "parts": PartialArray([{"kind": UNKNOWN}, PartialObject(), UNKNOWN])}),
        (EACH, {"a": "on"}),
        (EACH, {"a": "off", "parts": [{"kind": "y"}]}),
    ],
)
def test_a_rule_that_holds_or_may_hold_says_nothing(rule: object, value: object) -> None:
    assert said(read(rule)[0], value) == []


def test_dependent_required_is_a_rule() -> None:
    thing, problems = read(dependentRequired={"a": ["b", "c"]})
    assert problems == []
    assert thing.rules == (Rule("a", "b"), Rule("a", "c"))
    assert said(thing, {"a": "on"}) == [('a: needs "b", which is not given', "dependent")]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"field": "a", "needs": "b"}, "expected a field"),
        ({"field": "a", "needs": ["b"], "source": SOURCE}, "expected a field"),
        ({"field": "a", "source": SOURCE}, "expected a field"),
        ({"field": "a", "needs": "b", "excludes": "c", "source": SOURCE}, "expected a field"),
        ({"field": "a", "needs": "b", "value": [1], "source": SOURCE}, "expected a field"),
        ({"field": "a", "needs": "nothing", "source": SOURCE}, "no field nothing"),
        ("a needs b", "expected a field"),
    ],
)
def test_a_rule_that_makes_no_sense_is_a_problem_with_its_place(rule: object, words: str) -> None:
    thing, problems = read(rule)
    assert thing.rules == ()
    assert len(problems) == 1
    assert "/components/schemas/Thing/x-typed/rules/0" in problems[0]
    assert words in problems[0]


def test_rules_beside_all_of_are_read() -> None:
    schemas = Schemas(
        {
            "Base": {"type": "object", "properties": PROPERTIES},
            "Thing": {"allOf": [{"$ref": "#/components/schemas/Base"}], "x-typed": {"rules": [NEEDS]}},
        }
    )
    schemas.read_all()
    thing = schemas.components["Thing"].schema
    assert isinstance(thing, Object)
    assert [rule.other for rule in thing.rules] == ["b"]


def test_every_rule_of_the_api_has_a_source_and_survives_the_index() -> None:
    rules = [
        rule
        for one in packaged().components.values()
        if isinstance(one.schema, Object)
        for rule in one.schema.rules
    ]
    assert len(rules) > 10
    assert all(rule.source.startswith("https://") for rule in rules)


PAIRING = {"field": "items", "asks": ["calls", "id"], "answer": "call_id", "source": SOURCE}
TYPED_PAIRING = {**PAIRING, "asks": ["id"], "asking": ["call"], "answering": ["output"]}
MAY_ASK = {**TYPED_PAIRING, "may_ask": ["search"]}


def paired(pairing: object, **more: object) -> Object:
    properties = {
        "items": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        **more,
    }
    raw = {"type": "object", "properties": properties, "x-typed": {"pairings": [pairing]}}
    schemas = Schemas({"Thing": raw})
    schemas.read_all()
    assert [str(one) for one in schemas.problems] == []
    thing = schemas.components["Thing"].schema
    assert isinstance(thing, Object)
    return thing


@pytest.mark.parametrize(
    ("pairing", "items", "expected"),
    [
        (PAIRING, [{"calls": [{"id": "1"}, {"id": "2"}]}, {"call_id": "1"}], ["items[0].calls[1].id"]),
        (PAIRING, [{"call_id": "1"}, {"calls": [{"id": "1"}]}], ["items[1].calls[0].id"]),
        (PAIRING, [{"calls": [{"id": "1"}]}, TypedObject({"text"})], ["items[0].calls[0].id"]),
        (PAIRING, [{"calls": [{"id": "1"}]}, TypedObject({"call_id"})], []),
        (PAIRING, [{"text": "hello"}, {"call_id": "1"}], ["items[1].call_id"]),
        (PAIRING, [TypedObject({"text"}), {"call_id": "1"}], ["items[1].call_id"]),
        (PAIRING, [TypedObject({"calls"}), {"call_id": "1"}], []),
        (PAIRING, [{"calls": [{"id": UNKNOWN}]}, {"call_id": "1"}], []),
        (PAIRING, [{"calls": PartialArray([])}, {"call_id": "1"}], []),
        (PAIRING, [UNKNOWN, {"call_id": "1"}], []),
        (PAIRING, [PartialObject(), {"call_id": "1"}], []),
        (PAIRING, PartialArray([{"call_id": "1"}]), []),
        (PAIRING, [{"calls": [{"id": "1"}]}, {"call_id": "2"}], ["items[0].calls[0].id"]),
        (TYPED_PAIRING, [{"type": "output", "call_id": "1"}], ["items[0].call_id"]),
        (TYPED_PAIRING, [{"type": "other", "call_id": "1"}], []),
        (PAIRING, [{"calls": [{"id": "1"}]}, {"call_id": "1"}], []),
        (PAIRING, [{"calls": [{"id": "1"}]}, {"call_id": UNKNOWN}], []),
        (PAIRING, [{"calls": [{"id": "1"}]}, UNKNOWN], []),
        (PAIRING, [{"calls": [{"id": "1"}]}, PartialObject()], []),
        (PAIRING, [{"calls": [{"id": UNKNOWN}]}], []),
        (PAIRING, [{"calls": UNKNOWN}], []),
        (PAIRING, PartialArray([{"calls": [{"id": "1"}]}]), []),
        (TYPED_PAIRING, [{"type": "call", "id": "1"}, {"type": "other", "call_id": "1"}], ["items[0].id"]),
        (TYPED_PAIRING, [{"type": "other", "id": "1"}], []),
        (TYPED_PAIRING, [{"type": "call", "id": "1"}, {"type": "output", "call_id": "1"}], []),
        (MAY_ASK, [{"type": "search", "id": "1"}, {"type": "output", "call_id": "1"}], []),
        (MAY_ASK, [{"type": "search", "id": "1"}], []),
        (MAY_ASK, [{"type": "search", "id": "1"}, {"type": "output", "call_id": "2"}], ["items[1].call_id"]),
    ],
)
def test_what_asks_for_an_answer_and_gets_none_from_a_later_item_is_told(
    pairing: object, items: object, expected: list[str]
) -> None:
    found = said(paired(pairing), {"items": items})
    assert [text.partition(":")[0] for text, _ in found] == expected
    assert all(kind == "dependent" for _, kind in found)


ELSEWHERE = {**TYPED_PAIRING, "elsewhere": ["before"], "hiding": ["ref"]}


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({}, 1),
        ({"before": None}, 1),
        ({"before": "yesterday"}, 0),
        ({"before": UNKNOWN}, 0),
        (PartialObject(), 0),
    ],
)
def test_an_answer_may_be_to_what_was_asked_elsewhere(value: dict[str, object], count: int) -> None:
    thing = paired(ELSEWHERE, before={"type": ["string", "null"]})
    answer = {"type": "output", "call_id": "1"}
    for items, expected in (
        ([answer], count),
        ([{"text": "hello"}, answer], count),
        ([{"ref": "1"}, answer], 0),
        ([TypedObject({"ref"}), answer], 0),
        ([{**answer, "ref": "2"}], count),
    ):
        given = PartialObject(value) if isinstance(value, PartialObject) else dict(value)
        given["items"] = items
        assert len(said(thing, given)) == expected


STRICT = {"field": "schema", "flag": "strict", "unsupported": ["allOf", "not"], "source": SOURCE}
CLOSED = {"type": "object", "properties": {}, "additionalProperties": False}


def strictly(schema: object, flag: object = True) -> list[str]:
    properties = {"schema": {"type": "object", "additionalProperties": True}, "strict": FLAG}
    raw = {"type": "object", "properties": properties, "x-typed": {"strict_schemas": [STRICT]}}
    schemas = Schemas({"Thing": raw})
    schemas.read_all()
    assert [str(one) for one in schemas.problems] == []
    thing = schemas.components["Thing"].schema
    assert isinstance(thing, Object)
    found = said(thing, {"schema": schema, "strict": flag})
    assert all(kind == "schema" for _, kind in found)
    return [text for text, _ in found]


def of(inner: object, **more: object) -> dict[str, object]:
    return {**CLOSED, "properties": {"a": inner}, "required": ["a"], **more}


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        ({"type": "object"}, ["schema"]),
        ({"type": "string"}, ["schema"]),
        ({"anyOf": [CLOSED]}, ["schema.anyOf"]),
        (of({"type": "string"}, required=[]), ["schema.properties.a"]),
        (of({"type": "object", "properties": {}}), ["schema.properties.a"]),
        (of({"type": "array", "items": {"type": "object"}}), ["schema.properties.a.items"]),
        (of({"type": ["object", "null"], "properties": {}}), ["schema.properties.a"]),
        (of({"anyOf": [{"type": "object"}, {"type": "null"}]}), ["schema.properties.a.anyOf[0]"]),
        (of({"type": "string", "not": {}}), ["schema.properties.a.not"]),
        (of({"$ref": "#/$defs/x"}, **{"$defs": {"x": {"type": "object"}}}), ["schema.$defs.x"]),
        (
            of({}, **{"$defs": {"x": of(CLOSED, **{"$defs": {"y": {"allOf": []}}})}}),
            ["schema.$defs.x.$defs.y.allOf"],
        ),
        (of(CLOSED, additionalProperties=True), ["schema.additionalProperties"]),
        (of(CLOSED, additionalProperties={"type": "string"}), ["schema.additionalProperties"]),
        (of({"typ": "string"}), ["schema.properties.a.typ"]),
        ({**CLOSED, "typ": "object"} | {"type": UNKNOWN}, ["schema.typ"]),
        ({"typ": "object"}, ["schema.typ"]),
        (of({}, required=["a", "b"]), ["schema.required[1]"]),
        (of({}, required=["aa"], properties={"aaa": {}}), ["schema.required[0]"]),
    ],
)
def test_a_strict_schema_is_closed_and_requires_all(schema: object, places: list[str]) -> None:
    assert [text.partition(":")[0] for text in strictly(schema)] == places
    assert strictly(schema, flag=False) == []
    assert strictly(schema, flag=UNKNOWN) == []


@pytest.mark.parametrize(
    "schema",
    [
        CLOSED,
        UNKNOWN,
        {"$ref": "#/$defs/x", "$defs": {"x": CLOSED}},
        of({"anyOf": [CLOSED, {"type": "null"}]}),
        of({"type": "array", "items": CLOSED}),
        of({"type": ["string", "null"]}),
        of({"enum": ["not", "allOf"]}),
        of({"type": "string"}, required=UNKNOWN),
        of({"type": "string"}, required=PartialArray([])),
        of({"type": "string"}, properties=UNKNOWN),
        PartialObject({"type": "object", "properties": {}}),
        {"type": UNKNOWN, "properties": {}},
        of(CLOSED, properties={"not": {"type": "string"}}, required=["not"]),
    ],
)
def test_a_strict_schema_that_is_right_or_may_be_says_nothing(schema: object) -> None:
    assert strictly(schema) == []


def test_the_api_s_pairings_and_strict_schemas_have_sources() -> None:
    nodes = [one.schema for one in packaged().components.values() if isinstance(one.schema, Object)]
    found = [rule.source for node in nodes for rule in node.pairings]
    found += [rule.source for node in nodes for rule in node.strict_schemas]
    assert len(found) > 8
    assert all(source.startswith("https://") for source in found)


def test_a_field_has_the_names_that_are_mistaken_for_it() -> None:
    raw = {"type": "object", "properties": PROPERTIES}
    listed = {"alpha": "b", "first": "a", "other": "none", "a": "b"}
    schemas = Schemas({"Thing": {**raw, "x-typed": {"mistaken": listed}}})
    schemas.read_all()
    thing = schemas.components["Thing"].schema
    assert isinstance(thing, Object)
    told = {one.name: one.mistaken for one in thing.fields}
    assert (told["a"], told["b"][0]) == (("first",), "alpha")
    places = [str(one).partition(": ")[2].partition(":")[0] for one in schemas.problems]
    assert [one.rpartition("/")[2] for one in places] == ["other", "a"]


def test_what_the_api_s_names_are_mistaken_for_survives_the_index() -> None:
    found = {
        wrong: one.name
        for component in ("CreateChatCompletionRequest", "CreateResponse")
        if isinstance(schema := packaged().components[component].schema, Object)
        for one in schema.fields
        for wrong in one.mistaken
    }
    assert found["max_output_tokens"] == "max_completion_tokens"
    assert found["messages"] == "input"
