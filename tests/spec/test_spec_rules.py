"""Rules between the fields of an object: how they are read, and what the validator says by them."""

from __future__ import annotations

from typing import Any

import pytest

from typed_openai_spec.index import packaged
from typed_openai_spec.model import Component, Object
from typed_openai_spec.relations import Rule
from typed_openai_spec.schemas import Schemas
from typed_openai_spec.validation import Validator
from typed_openai_spec.violations import UNKNOWN, PartialObject

SOURCE = "https://example.com/page"
TEXT, FLAG = {"type": "string"}, {"type": "boolean"}
PROPERTIES = {"a": TEXT, "b": FLAG, "c": {"type": "string", "default": "x"}}


def read(*rules: object, **more: Any) -> tuple[Object, list[str]]:
    """The object that has these rules, and the problems met."""
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


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (NEEDS, {"a": "on"}, 'a: needs "b" to be true, which is not given'),
        (NEEDS, {"a": "on", "b": False}, 'a: needs "b" to be true, got false'),
        (IS, {"a": "on", "c": "z"}, 'a: "on" needs "c" to be one of "x", "y", got "z"'),
        (EXCLUDES, {"a": "on", "b": False}, 'a: cannot be given together with "b"'),
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
