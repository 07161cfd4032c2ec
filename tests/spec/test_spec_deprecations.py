"""Replacements of deprecated parts in the overrides, and the validator's reports about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Component, Field, Literals, Object, Ref, Scalar, Schema, Union
from typed_openai_spec.model.encoding import decode, encode
from typed_openai_spec.model.walking import children
from typed_openai_spec.openapi.schemas.parser import Schemas
from typed_openai_spec.validation.validator import Constant, Occurrence, Validator

TEXT = {"type": "string"}
OLD = {**TEXT, "deprecated": True}
ENUM = {"anyOf": [TEXT, {**TEXT, "enum": ["new", "old"]}], "x-typed": {"deprecated_values": {"old": "new"}}}


def read(raw: dict[str, Any]) -> tuple[Component, list[str]]:
    """Return the component, and the problems."""
    schemas = Schemas({"Thing": raw})
    schemas.read_all()
    return schemas.components["Thing"], [str(one) for one in schemas.problems]


def thing(**more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": OLD, "b": TEXT, "c": ENUM}, **more}


def field(component: Component, name: str) -> Field:
    assert isinstance(component.schema, Object)
    found = component.schema.field(name)
    assert found is not None
    return found


def test_a_replacement_stands_with_the_field_or_with_its_object() -> None:
    own = {"a": {**OLD, "x-typed": {"replacement": "b"}}}
    for raw in (thing(properties=own), thing(**{"x-typed": {"replacements": {"a": "b"}}})):
        component, problems = read(raw)
        assert problems == []
        assert field(component, "a").replacement == "b"


def test_an_object_replaces_the_fields_that_its_parts_bring() -> None:
    component, problems = read({"allOf": [thing()], "x-typed": {"replacements": {"a": "b"}}})
    assert problems == []
    assert field(component, "a").replacement == "b"


def test_a_component_has_a_replacement() -> None:
    component, problems = read(thing(deprecated=True, **{"x-typed": {"replacement": "Other"}}))
    assert problems == []
    assert (component.deprecated, component.replacement) == (True, "Other")


def test_values_are_deprecated_in_whatever_alternative_they_are() -> None:
    component, problems = read(thing())
    assert problems == []
    constants = field(component, "c").schema
    assert isinstance(constants, Union)
    assert constants.members[1] == Literals(("new", "old"), (("old", "new"),))
    assert decode(Literals, encode(constants.members[1])) == constants.members[1]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"replacements": {"b": "c"}}, "replacements/b: no deprecated field"),
        ({"replacements": ["a"]}, "replacements: expected a mapping of names to texts"),
    ],
)
def test_a_replacement_that_makes_no_sense_is_a_problem_with_its_place(typed: object, words: str) -> None:
    component, problems = read(thing(**{"x-typed": typed}))
    assert field(component, "a").replacement == ""
    assert len(problems) == 1
    assert words in problems[0]


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ({"none": "new"}, "none: is not among the constants"),
        (["old"], "expected a mapping of names to texts"),
    ],
)
def test_a_value_that_is_no_constant_is_a_problem_with_its_place(listed: object, words: str) -> None:
    _, problems = read(thing(properties={"c": {**ENUM, "x-typed": {"deprecated_values": listed}}}))
    assert len(problems) == 1
    assert words in problems[0]


def test_the_validator_tells_the_objects_and_constants_in_a_value() -> None:
    component, _ = read(thing())
    old = Component("Old", Object((Field("b", Scalar("string")),)))
    either = Union((Ref("Thing"), Ref("Old")), deprecated=("Old",))
    validator = Validator({"Thing": component, "Old": old})
    found = list(validator.meanings({"a": "x", "c": "old"}, either))
    assert [(type(one), one.place) for one in found] == [(Occurrence, ()), (Constant, ("c",))]
    (alone,) = validator.meanings({"b": "x"}, Union((Ref("Old"),), deprecated=("Old",)))
    assert isinstance(alone, Occurrence)
    assert (alone.component, alone.outdated) == ("Old", True)


def dropped(schema: Schema) -> Iterator[Literals]:
    if isinstance(schema, Literals) and schema.deprecated:
        yield schema
    for child in children(schema):
        yield from dropped(child)


def test_what_callers_can_send_and_is_deprecated_has_a_replacement() -> None:
    lacking = [
        f"{one.qualified_name}: {argument.name}"
        for one in packaged().operations()
        for argument in one.arguments
        if argument.deprecated and not argument.replacement
    ]
    for one in packaged().components.values():
        fields = one.schema.fields if isinstance(one.schema, Object) and one.input else ()
        lacking += [
            f"{one.name}.{field.name}" for field in fields if field.deprecated and not field.replacement
        ]
        lacking += [one.name] if one.deprecated and one.input and not one.replacement else []
    assert lacking == []
