"""Requirements of models, choices of tools and strings with JSON: their parsing and their violations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Array, Component, Null, Object, Ref, Schema, Union
from typed_openai_spec.model.relations import ModelRule, ToolChoice
from typed_openai_spec.openapi.schemas.parser import Schemas
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray, PartialObject, TypedObject

SOURCE = "https://example.com/page"
ANYTHING: dict[str, object] = {"type": "object", "additionalProperties": True}
PROPERTIES = {
    "model": {"type": "string"},
    "size": {"type": "number"},
    "effort": {"type": "object", "properties": {"level": {"type": "string"}}},
    "tools": {"type": "array", "items": ANYTHING},
    "input": {"type": "array", "items": ANYTHING},
    "choice": {"anyOf": [{"type": "string"}, ANYTHING]},
    "prompt": {"type": "string"},
    "text": {"type": "string", "x-typed": {"json": "object"}},
    "any": {"type": "string", "x-typed": {"json": "value"}},
}


def read(word: str, *requirements: object) -> tuple[Object, list[str]]:
    """Return the object with these requirements, and the problems."""
    raw = {"type": "object", "properties": PROPERTIES, "x-typed": {word: list(requirements)}}
    schemas = Schemas({"Thing": raw})
    schemas.read_all()
    thing = schemas.components["Thing"].schema
    assert isinstance(thing, Object)
    components.update(schemas.components)
    return thing, [str(one) for one in schemas.problems]


components: dict[str, Component] = {}


def said(thing: Object, value: object, *, strict: bool = False) -> list[str]:
    return [str(one) for one in Validator(components, strict=strict).violations(value, thing)]


# Models

VALUES = {"field": "size", "models": ["small"], "values": [1], "source": SOURCE}
MOST = {"field": "size", "models": ["small", "large"], "most": 10, "source": SOURCE}
REFUSED = {"field": "effort", "models": ["small"], "instead": "size", "source": SOURCE}
NESTED = {"field": "effort.level", "models": ["small"], "values": ["low"], "source": SOURCE}


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (VALUES, {"model": "small", "size": 2}, "size: expected 1 for the model 'small'; got 2"),
        (MOST, {"model": "large", "size": 11}, "size: expected at most 10 for the model 'large'; got 11"),
        (
            MOST,
            {"model": "large-2025-01-31", "size": 11},
            "size: expected at most 10 for the model 'large-2025-01-31'; got 11",
        ),
        (REFUSED, {"model": "small", "effort": {}}, "effort: not supported by the model 'small'; use size"),
        (
            NESTED,
            {"model": "small", "effort": {"level": "high"}},
            "effort.level: expected 'low' for the model 'small'; got 'high'",
        ),
        (
            VALUES,
            PartialObject({"model": "small", "size": 2}),
            "size: expected 1 for the model 'small'; got 2",
        ),
    ],
)
def test_what_a_model_does_not_support_is_told_at_the_field(
    rule: object, value: object, expected: str
) -> None:
    thing, problems = read("models", rule)
    assert problems == []
    assert said(thing, value) == [expected]
    assert said(thing, value, strict=True) == [expected]


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (VALUES, {"model": "small", "size": 1.0}),
        (VALUES, {"model": "small"}),
        (VALUES, {"size": 2}),
        (VALUES, {"model": "small-2", "size": 2}),
        (VALUES, {"model": "small-2025-01", "size": 2}),
        (VALUES, {"model": "shop/small", "size": 2}),
        (VALUES, {"model": UNKNOWN, "size": 2}),
        (VALUES, {"model": "small", "size": UNKNOWN}),
        (MOST, {"model": "large", "size": 10}),
        (NESTED, {"model": "small", "effort": {}}),
        (NESTED, {"model": "small", "effort": UNKNOWN}),
        (NESTED, {"model": "small", "effort": TypedObject({"level"})}),
    ],
)
def test_what_suits_the_model_or_may_suit_it_says_nothing(rule: object, value: object) -> None:
    assert said(read("models", rule)[0], value) == []


@pytest.mark.parametrize(
    ("word", "requirement", "words"),
    [
        ("models", {"field": "size", "source": SOURCE}, "expected a field, models"),
        ("models", {"field": "size", "models": "small", "source": SOURCE}, "expected a field, models"),
        ("models", {"field": "size", "models": [1], "source": SOURCE}, "expected a field, models"),
        ("models", {**VALUES, "most": 3}, "expected a field, models"),
        ("models", {**MOST, "most": True}, "expected a field, models"),
        ("models", {**MOST, "mst": 3}, "expected a field, models"),
        ("models", {**MOST, "field": "sise"}, "no field sise"),
        ("models", {**MOST, "by": "engine"}, "no field engine"),
        ("tool_choices", {"field": "choice", "among": "tools", "source": SOURCE}, "expected a field, what"),
        (
            "tool_choices",
            {"field": "choice", "among": "tools", "kinds": {"a": "name"}, "source": SOURCE},
            "expected a field, what",
        ),
        (
            "tool_choices",
            {"field": "choice", "among": "tolls", "kinds": {"a": ["name"]}, "source": SOURCE},
            "no field tolls",
        ),
    ],
)
def test_a_requirement_that_makes_no_sense_is_a_problem_with_its_place(
    word: str, requirement: object, words: str
) -> None:
    thing, problems = read(word, requirement)
    assert thing.model_rules == ()
    assert thing.tool_choices == ()
    assert len(problems) == 1
    assert f"/components/schemas/Thing/x-typed/{word}/0" in problems[0]
    assert words in problems[0]


# Tools

CHOICE = {
    "field": "choice",
    "among": "tools",
    "kinds": {"function": ["function", "name"], "search": []},
    "allowed": ["allowed"],
    "needing": ["required"],
    "elsewhere": ["prompt"],
    "beside": ["input"],
    "bringing": ["loader"],
    "source": SOURCE,
}
LOOK = {"type": "function", "function": {"name": "look"}}
GO = {"type": "function", "function": {"name": "go"}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"choice": GO, "tools": [LOOK]},
            "choice.function.name: expected the name of a function tool: 'look'; got 'go'",
        ),
        ({"choice": {"type": "search"}, "tools": [LOOK]}, 'choice: no search tool in "tools"'),
        (
            {"choice": LOOK, "tools": [{"type": "search"}]},
            'choice.function.name: no function tool in "tools"',
        ),
        ({"choice": "required"}, "choice: 'required' needs \"tools\", which is not given"),
        ({"choice": LOOK}, 'choice: needs "tools", which is not given'),
        ({"choice": LOOK, "tools": []}, 'choice: needs "tools", which is empty'),
        ({"choice": LOOK, "tools": None, "prompt": None}, 'choice: needs "tools", which is not given'),
        (
            {"choice": {"type": "some", "allowed": [LOOK, GO, {"type": "other"}]}, "tools": [LOOK]},
            "choice.allowed[1].function.name: expected the name of a function tool: 'look'; got 'go'",
        ),
        (PartialObject({"choice": {"type": "search"}, "tools": [LOOK]}), 'choice: no search tool in "tools"'),
    ],
)
def test_a_choice_of_a_tool_that_is_not_there_is_told(value: dict[str, object], expected: str) -> None:
    thing, problems = read("tool_choices", CHOICE)
    assert problems == []
    value = type(value)({key: one for key, one in value.items() if one is not None})
    assert said(thing, value) == [expected]
    assert said(thing, value, strict=True) == [expected]


@pytest.mark.parametrize(
    "value",
    [
        {"choice": LOOK, "tools": [LOOK]},
        {"choice": {"type": "search"}, "tools": [{"type": "search"}]},
        {"choice": "auto"},
        {"choice": "required", "tools": [LOOK]},
        {"choice": {"type": "other"}, "tools": [LOOK]},
        {"choice": GO, "tools": PartialArray([LOOK])},
        {"choice": GO, "tools": UNKNOWN},
        {"choice": GO, "tools": [LOOK, UNKNOWN]},
        {"choice": GO, "tools": [LOOK, TypedObject({"type"})]},
        {"choice": GO, "tools": [{"type": "function", "function": UNKNOWN}]},
        {"choice": GO, "tools": [{"type": "function", "function": PartialObject()}]},
        {"choice": {"type": "function", "function": {"name": UNKNOWN}}, "tools": [LOOK]},
        {"choice": {"type": UNKNOWN}, "tools": [LOOK]},
        {"choice": UNKNOWN, "tools": [LOOK]},
        {"choice": {"type": "some", "allowed": PartialArray([LOOK])}, "tools": [LOOK]},
        {"choice": GO, "prompt": "p"},
        {"choice": GO, "tools": [LOOK], "prompt": "p"},
        {"choice": GO, "tools": [LOOK, {"type": "loader"}]},
        {"choice": GO, "tools": [LOOK], "input": [{"type": "loader"}]},
        PartialObject({"choice": LOOK}),
    ],
)
def test_a_choice_that_is_right_or_may_be_says_nothing(value: object) -> None:
    assert said(read("tool_choices", CHOICE)[0], value) == []


def test_a_name_that_two_tools_share_is_told_and_accepted() -> None:
    thing, _ = read("tool_choices", CHOICE)
    search = {"type": "search"}
    value = {"tools": [LOOK, GO, search, search, UNKNOWN, {"type": "function", "function": {"name": "look"}}]}
    assert said(thing, value) == [
        "tools[5].function.name: expected a unique name; got 'look', as in tools[0]"
    ]
    assert said(thing, value, strict=True) == []


def test_tools_without_types_are_told_apart_by_name_alone() -> None:
    thing, _ = read("tool_choices", {**CHOICE, "kinds": {"": ["name"]}})
    expected = ["choice.name: expected a name in \"tools\": 'look'; got 'lok'; did you mean 'look'?"]
    assert said(thing, {"tools": [{"name": "look"}], "choice": {"name": "lok"}}) == expected


# Strings with JSON


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"text": "a=1"}, ["text: expected a string with a JSON object, got 'a=1'"]),
        ({"text": "[1]"}, ["text: expected a string with a JSON object, got one with a JSON array"]),
        ({"any": "{"}, ["any: expected a string with JSON, got '{'"]),
        ({"text": "[" * 100_000}, [f"text: expected a string with a JSON object, got '{'[' * 76}..."]),
        ({"text": '{"a": 1}', "any": "1"}, []),
        ({"text": "", "any": ""}, []),
        ({"text": UNKNOWN}, []),
    ],
)
def test_a_string_that_should_hold_json_is_parsed(value: object, expected: list[str]) -> None:
    thing, _ = read("models")
    assert said(thing, value) == expected
    assert said(thing, value, strict=True) == []


# The packaged API


def of_the_api() -> Iterator[tuple[Object, ModelRule | ToolChoice]]:
    for one in packaged().components.values():
        if isinstance(one.schema, Object):
            yield from ((one.schema, rule) for rule in one.schema.model_rules)
            yield from ((one.schema, rule) for rule in one.schema.tool_choices)


def test_every_requirement_of_the_api_has_a_source_and_survives_the_index() -> None:
    found = [rule for _, rule in of_the_api()]
    assert len(found) > 60
    assert all(rule.source.startswith("https://") for rule in found)


def test_the_values_that_models_support_fit_the_fields() -> None:
    validator = Validator(packaged().components)
    for schema, rule in of_the_api():
        if isinstance(rule, ModelRule):
            field = at(validator, schema, rule.field.split("."))
            assert all(validator.fits(value, field) for value in rule.values), rule
            assert rule.most is None or validator.fits(rule.most, field), rule
            assert not rule.instead or schema.field(rule.instead) is not None, rule


def test_the_models_with_requirements_are_known() -> None:
    for schema, rule in of_the_api():
        if isinstance(rule, ModelRule):
            field = schema.field(rule.by)
            assert field is not None
            known = names(field.schema)
            assert {one for one in rule.models if one not in known} == set(), rule


def test_the_paths_of_tools_names_lead_to_strings() -> None:
    validator = Validator(packaged().components)
    for schema, rule in of_the_api():
        if isinstance(rule, ToolChoice):
            tools = schema.field(rule.among)
            assert tools is not None
            found = map(validator.resolve, validator.leaves(tools.schema))
            (array,) = (one for one in found if one != Null())
            assert isinstance(array, Array)
            for kind, path in rule.kinds:
                tool = kind_of_tool(validator, array.items, kind)
                assert not path or validator.kinds(at(validator, tool, path)) == {"string"}, (rule, kind)


def kind_of_tool(validator: Validator, schema: Schema, kind: str) -> Schema:
    value = PartialObject({"type": kind} if kind else {})
    return next(one for one in validator.leaves(schema) if validator.fits(value, one))


def at(validator: Validator, schema: Schema, path: list[str] | tuple[str, ...]) -> Schema:
    for name in path:
        found = (validator.resolve(one) for one in validator.leaves(schema))
        field = next(one for one in found if isinstance(one, Object)).field(name)
        assert field is not None, (path, name)
        schema = field.schema
    return schema


def names(schema: Schema) -> set[object]:
    """Return the constants of a schema, at any depth of references and unions."""
    node = packaged().components[schema.name].schema if isinstance(schema, Ref) else schema
    if isinstance(node, Union):
        return {value for one in node.members for value in names(one)}
    return set(getattr(node, "values", ()))
