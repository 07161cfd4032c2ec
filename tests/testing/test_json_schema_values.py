"""Values for JSON Schemas of the user's fit them, whatever they ask for."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai.testing.json_schema_values import fitting_value

NAMES = st.sampled_from(["city", "name", "count", "items", "a b", "ü"])


def bounded_integers() -> st.SearchStrategy[dict[str, Any]]:
    def made(low: int, size: int, words: tuple[str, str], step: int | None) -> dict[str, Any]:
        size += 2 * (step or 1)
        return {
            "type": "integer",
            words[0]: low,
            words[1]: low + size,
            **({"multipleOf": step} if step else {}),
        }

    words = st.tuples(
        st.sampled_from(["minimum", "exclusiveMinimum"]), st.sampled_from(["maximum", "exclusiveMaximum"])
    )
    return st.builds(made, st.integers(-50, 50), st.integers(1, 50), words, st.none() | st.integers(2, 7))


def scalars() -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.just({"type": "boolean"}),
        st.just({"type": "null"}),
        st.just({"type": ["string", "null"]}),
        st.sampled_from(["date", "date-time", "email", "uuid", "ipv4"]).map(
            lambda one: {"type": "string", "format": one}
        ),
        st.sampled_from(["^[a-z]{2,4}$", r"^\d{5}$", "^id_[0-9]+$"]).map(
            lambda one: {"type": "string", "pattern": one}
        ),
        st.integers(0, 30).flatmap(
            lambda low: st.integers(low, 40).map(
                lambda high: {"type": "string", "minLength": low, "maxLength": high}
            )
        ),
        st.lists(st.integers() | st.text(max_size=3), min_size=1, max_size=3).map(lambda one: {"enum": one}),
        st.integers().map(lambda one: {"const": one}),
        bounded_integers(),
        st.integers(-5, 5).map(
            lambda low: {"type": "number", "exclusiveMinimum": low, "exclusiveMaximum": low + 0.25}
        ),
    )


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def made(properties: dict[str, Any], optional: bool) -> dict[str, Any]:
        required = [] if optional else sorted(properties)
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    return st.builds(made, st.dictionaries(NAMES, inner, max_size=4), st.booleans())


def compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        objects(inner),
        st.tuples(inner, st.integers(0, 3)).map(
            lambda one: {"type": "array", "items": one[0], "minItems": one[1]}
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda one: {"anyOf": one}),
        inner.map(lambda one: {"allOf": [one, {"description": "a part"}]}),
        inner.map(
            lambda one: {"$defs": {"Part": one}, "$ref": "#/$defs/Part"} if "$defs" not in str(one) else one
        ),
    )


SCHEMAS = st.recursive(scalars(), compound, max_leaves=12).filter(
    lambda one: str(one).count("$defs/Part") == 0
)


@given(SCHEMAS)
def test_a_value_fits_its_schema(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema).validate(fitting_value(schema))


@given(SCHEMAS)
def test_values_are_the_same_each_time(schema: dict[str, Any]) -> None:
    assert fitting_value(schema) == fitting_value(schema)


RECURSIVE: dict[str, dict[str, Any]] = {
    "a required list": {
        "$defs": {
            "Node": {
                "type": "object",
                "properties": {"next": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
                "required": ["next"],
            }
        },
        "$ref": "#/$defs/Node",
    },
    "null or itself": {
        "type": "object",
        "properties": {"inner": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "name": {"type": "string"}},
        "required": ["inner", "name"],
        "additionalProperties": False,
    },
    "an optional one": {"type": "object", "properties": {"inner": {"$ref": "#"}}},
    "references with escapes": {
        "$defs": {"a/b~c": {"const": 3}},
        "type": "object",
        "properties": {"x": {"$ref": "#/$defs/a~1b~0c"}},
        "required": ["x"],
    },
    "only properties": {"properties": {"x": {"type": "integer"}}, "required": ["x", "y"]},
    "any value": {},
    "a map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
}


@pytest.mark.parametrize("name", RECURSIVE)
def test_recursive_schemas_end(name: str) -> None:
    jsonschema.Draft202012Validator(RECURSIVE[name]).validate(fitting_value(RECURSIVE[name]))


@pytest.mark.parametrize(
    "broken", [5, None, {"$ref": "#/nowhere"}, {"type": "object", "properties": 5}, {"anyOf": [1]}]
)
def test_a_broken_schema_is_no_failure(broken: Any) -> None:
    fitting_value(broken)
