"""The member of a union that a value is meant to be."""

from __future__ import annotations

from typing import Any

from typed_openai_spec.model import Ref, Schema
from typed_openai_spec.openapi.schemas.parser import Schemas
from typed_openai_spec.validation.validator import Validator


def _members(**raw: Any) -> tuple[Validator, Schema]:
    schemas = Schemas(raw)
    schemas.read_all()
    return Validator(schemas.components, strict=True), Ref("Either")


def test_a_member_that_matches_fewer_constants_is_taken_if_it_alone_fits() -> None:
    """The constants of one member are all met, but a field that it requires is missing."""
    kind = {"type": "string", "const": "call"}
    state = {"type": "string", "enum": ["done"]}
    validator, either = _members(
        Sent={
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": kind, "state": {"type": "string"}},
        },
        Got={
            "type": "object",
            "required": ["kind", "id"],
            "properties": {"kind": kind, "state": state, "id": {}},
        },
        Either={"oneOf": [{"$ref": "#/components/schemas/Got"}, {"$ref": "#/components/schemas/Sent"}]},
    )
    value = {"kind": "call", "state": "done"}
    assert validator.violations(value, either) == []
    assert [one.component for one in validator.occurrences(value, either)] == ["Sent"]
    assert [one.component for one in validator.occurrences({**value, "id": 1}, either)] == ["Got"]
    (wrong,) = validator.violations({**value, "other": 1, "id": 1}, either)
    assert str(wrong) == "other: unknown parameter"


def test_of_members_with_as_many_problems_the_one_with_the_deeper_problem_is_meant() -> None:
    role = {"type": "string", "const": "user"}
    part = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
    validator, either = _members(
        A={"type": "object", "properties": {"role": role, "content": {"type": "string"}}},
        B={"type": "object", "properties": {"role": role, "content": {"type": "array", "items": part}}},
        Either={"oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]},
    )
    (wrong,) = validator.violations({"role": "user", "content": [{"text": 1}]}, either)
    assert str(wrong) == "content[0].text: expected string, got integer"


def test_of_members_with_the_same_problem_the_one_that_fewer_values_select_is_meant() -> None:
    roles = {"type": "string", "enum": ["user", "system"]}
    text = {"type": "string"}
    validator, either = _members(
        Any={"type": "object", "properties": {"role": roles, "content": text}},
        User={
            "type": "object",
            "properties": {"role": {"const": "user"}, "content": {"type": ["string", "array"]}},
        },
        Either={
            "oneOf": [{"$ref": "#/components/schemas/Any"}, {"$ref": "#/components/schemas/User"}],
            "discriminator": {
                "propertyName": "role",
                "mapping": {"user": "#/components/schemas/User", "system": "#/components/schemas/Any"},
            },
        },
    )
    (wrong,) = validator.violations({"role": "user", "content": 1}, either)
    assert str(wrong) == "content: expected string or array, got integer"
