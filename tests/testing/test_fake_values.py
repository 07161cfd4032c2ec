"""Generated values: they fit every schema, they are the same each time, they are plausible."""

from __future__ import annotations

import pytest

from typed_openai.testing.fake import SENTENCE, Faker, Wishes
from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Field,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.validation.example_texts import example_of
from typed_openai_spec.validation.validator import Validator

STRING = Scalar("string")

SCHEMAS: dict[str, Schema] = {
    "Tree": Object(
        (Field("left", Union((Ref("Tree"), Ref("Leaf"))), required=True), Field("right", Array(Ref("Tree"))))
    ),
    "Leaf": Object((Field("id", STRING, required=True),)),
    "Grove": Object((Field("trees", Array(Ref("Tree"), min_items=2), required=True),)),
    "Message": Object(
        (
            Field("role", Literals(("developer", "user", "assistant")), required=True),
            Field("content", Union((STRING, Null())), required=True),
            Field("refusal", Union((STRING, Null())), required=True),
            Field("finish_reason", Union((Literals(("length", "stop")), Null())), required=True),
            Field("old", STRING, deprecated=True),
            Field("error", STRING),
        )
    ),
    "Nest": Array(Ref("Nest")),
    "Exclusive": Object(
        (Field("a", STRING), Field("b", STRING), Field("c", STRING)),
        required_sets=(("b",), ("a", "c")),
        exclusive=True,
    ),
}
COMPONENTS = {name: Component(name, schema) for name, schema in SCHEMAS.items()}
FAKER = Faker(COMPONENTS)


@pytest.mark.parametrize(
    "schema",
    [
        *(Ref(name) for name in SCHEMAS),
        Anything(),
        Null(),
        Scalar("boolean"),
        Scalar("integer", minimum=5, maximum=5),
        Scalar("integer", exclusive_minimum=10, exclusive_maximum=12),
        Scalar("integer", minimum=3, multiple_of=4),
        Scalar("integer", maximum=-3),
        Scalar("integer", format="unixtime"),
        Scalar("number", exclusive_minimum=0, maximum=0.25),
        Scalar("number", minimum=-1, maximum=0),
        Scalar("string", max_length=3),
        Scalar("string", min_length=100),
        Scalar("string", max_length=0),
        Scalar("string", pattern="^tunnel_[a-z0-9]{32}$"),
        Scalar("string", pattern="^[a-zA-Z0-9_-]+$", max_length=64),
        Scalar("string", pattern=r"^\d{2,4}-x\.y?$"),
        Scalar("string", pattern="(?<x>no pattern of Python's"),
        *(Scalar("string", format=one) for one in ("date", "date-time", "email", "uri", "uuid", "binary")),
        Array(STRING, min_items=3),
        Array(STRING, max_items=0),
        Array(Literals(("a", "b", "c")), min_items=3, unique=True),
        Array(STRING, min_items=3, unique=True),
        Object(extra=STRING, min_properties=2),
        Object(extra=STRING, min_properties=1, key_schema=Scalar("string", pattern="^[a-z]{4}$")),
        Union((Null(), Ref("Tree"), STRING)),
    ],
    ids=str,
)
@pytest.mark.parametrize("optional", [True, False])
def test_a_value_fits_its_schema_and_is_the_same_each_time(schema: Schema, optional: bool) -> None:
    wishes = Wishes(optional=optional)
    value = FAKER.value(schema, wishes)
    assert Validator(COMPONENTS).violations(value, schema) == []
    assert FAKER.value(schema, wishes) == value


def test_a_message_is_believable() -> None:
    assert FAKER.value(Ref("Message")) == {
        "role": "assistant",
        "content": SENTENCE,
        "refusal": None,
        "finish_reason": "stop",
    }


def test_the_seed_numbers_ids_and_times() -> None:
    schema = Object(
        (
            Field("id", STRING, required=True),
            Field("file_id", STRING, required=True),
            Field("created_at", Scalar("integer", format="unixtime"), required=True),
        )
    )
    one, two = (FAKER.value(schema, Wishes(seed=seed)) for seed in (1, 2))
    assert one == {"id": "id_0001", "file_id": "file_0001", "created_at": 1767225601}
    assert two == {"id": "id_0002", "file_id": "file_0002", "created_at": 1767225602}


def test_what_a_request_said_is_repeated_where_it_fits() -> None:
    schema = Object(
        (
            Field("model", STRING, required=True),
            Field("size", Scalar("integer"), required=True),
            Field("tags", Array(STRING)),
            Field("inner", Object((Field("model", STRING, required=True),)), required=True),
        )
    )
    echo = {"model": "mine", "size": "large", "tags": ["a"], "unasked": 1}
    value = FAKER.value(schema, Wishes(echo=echo))
    assert value == {
        "model": "mine",
        "size": 1,
        "tags": ["a"],
        "inner": {"model": "example-model"},
    }


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^abc$", "abc"),
        ("^[0-9]{3}$", "111"),
        ("^(a|b)$", "a"),
        ("^(0|[1-9][0-9]*)$", "0"),
        ("^(0123456789|[1-9][0-9]+)$", "111"),
        ("^(?:v[0-9]|latest)(-[a-z]+)?$", "v1"),
        (r"^(?=[a-z])\w{4}$", "aaaa"),
        (r"^([xy])\1{2,3}$", "xxx"),
        (r"^\*[^/]+$", "*aa"),
        ("^(a{9}){9}{0}b$", None),
        ("^(?!a)[ab]$", None),
        ("(?<no", None),
        ("^(((a{999}){999}){999}){999}$", None),
        ("^x*y?z+$", "xxyzz"),
    ],
)
def test_a_text_is_made_that_matches_the_pattern(pattern: str, expected: str | None) -> None:
    assert example_of(pattern, 2) == expected
