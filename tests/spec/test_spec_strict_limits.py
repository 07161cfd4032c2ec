"""The limits of strict schemas: a schema at the limit passes, and one beyond it is reported at its place."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from typed_openai_spec.model import Anything, Field, Object
from typed_openai_spec.model.relations import StrictSchema
from typed_openai_spec.validation.strict_limits import excesses
from typed_openai_spec.validation.strict_schemas import check_schemas
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray, PartialObject

TEXT: Mapping[str, object] = {"type": "string"}


def closed(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def told(schema: Mapping[str, object]) -> list[str]:
    return [f"{'.'.join(map(str, place))}: {text}" for place, text in excesses(schema, ("s",))]


def of_enum(*values: object, **more: object) -> dict[str, object]:
    return closed(a={"enum": [*values]}, **more)


@pytest.mark.parametrize(
    ("fitting", "excessive", "text"),
    [
        (
            closed(**{f"k{one}": TEXT for one in range(5000)}),
            closed(
                **{f"k{one}": TEXT for one in range(4000)},
                more=closed(**{f"k{one}": {} for one in range(1000)}),
            ),
            "s: a strict schema has at most 5000 properties; got 5001",
        ),
        (
            of_enum(*range(500), b={"type": "array", "items": {"enum": [*range(500)]}}),
            of_enum(*range(500), b={"anyOf": [{"enum": [*range(500)]}, {"enum": [None]}]}),
            "s: a strict schema has at most 1000 values of enumerations; got 1001",
        ),
        (
            of_enum(*(f"{one:060}" for one in range(250))),
            of_enum(*(f"{one:060}" for one in range(251))),
            "s.properties.a.enum: a strict schema has at most 15000 characters"
            " in an enumeration of more than 250 values; got 15060",
        ),
        (
            {**closed(a={"const": "c" * 119_000}, b={"$ref": "#/$defs/d"}), "$defs": {"d" * 998: TEXT}},
            {**closed(a={"const": "c" * 119_000}, b={"$ref": "#/$defs/d"}), "$defs": {"d" * 999: TEXT}},
            "s: a strict schema has at most 120000 characters in names and constants; got 120001",
        ),
    ],
)
def test_a_schema_has_limits(
    fitting: Mapping[str, object], excessive: Mapping[str, object], text: str
) -> None:
    assert told(fitting) == []
    assert told(excessive) == [text]


def nested(levels: int, inner: Mapping[str, object] = TEXT) -> Mapping[str, object]:
    for _ in range(levels):
        inner = closed(a=inner)
    return inner


def test_levels_are_those_of_objects_inside_objects() -> None:
    assert told(nested(10)) == []
    assert told(nested(10, {"type": "object", "properties": {}})) == []
    assert (
        told(nested(9, {"anyOf": [{"type": "array", "items": {"type": "array", "items": nested(1)}}]})) == []
    )
    assert told({**closed(a={"$ref": "#/$defs/b"}), "$defs": {"b": nested(10)}}) == []
    (found,) = told(nested(12))
    assert (
        found == f"s{'.properties.a' * 10}: a strict schema has at most 10 levels of nested objects; got 11"
    )


def test_what_is_not_known_is_not_counted() -> None:
    assert told(PartialObject(properties=PartialObject(a=UNKNOWN, b={"enum": PartialArray(["a"])}))) == []
    assert told({"properties": UNKNOWN, "enum": UNKNOWN, "$defs": UNKNOWN, "anyOf": UNKNOWN}) == []


@pytest.mark.slow(seconds=1)
def test_a_deep_schema_needs_no_deep_stack() -> None:
    deep: Mapping[str, object] = TEXT
    for _ in range(20_000):
        deep = {"type": "array", "items": deep}
    assert told(deep) == []


def test_only_strict_schemas_have_limits() -> None:
    owner = Object(
        (Field("schema", Anything()), Field("strict", Anything())),
        strict_schemas=(StrictSchema("schema", "strict"),),
    )
    for strict, number in ((True, 1), (False, 0), (None, 0)):
        found = [*check_schemas({"schema": of_enum(*range(1001)), "strict": strict}, owner, ())]
        assert [one.beyond for one in found] == ["schema"] * number
