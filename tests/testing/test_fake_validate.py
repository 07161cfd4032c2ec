"""The validator: its messages, their places, and its agreement with jsonschema."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from typed_openai.testing import UploadedFile
from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Discriminator,
    Field,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.validation.validator import Validator

STRING, INTEGER, NUMBER = Scalar("string"), Scalar("integer"), Scalar("number")

SCHEMAS: dict[str, Schema] = {
    "Text": Object(
        (Field("type", Literals(("text",)), required=True), Field("text", STRING, required=True)),
    ),
    "Image": Object(
        (
            Field("type", Literals(("image", "picture")), required=True),
            Field("url", Scalar("string", format="uri"), required=True),
            Field("detail", Literals(("low", "high"))),
        )
    ),
    "Part": Union((Ref("Text"), Ref("Image")), Discriminator("type", (("image", "Image"), ("text", "Text")))),
    "Easy": Object(
        (Field("type", Literals(("message",))), Field("role", Literals(("user",)), required=True))
    ),
    "Full": Object(
        (
            Field("type", Literals(("message",)), required=True),
            Field("role", Literals(("assistant",)), required=True),
            Field("id", STRING, required=True),
        )
    ),
    "Item": Union(
        (Ref("Easy"), Ref("Full"), Ref("Part")),
        Discriminator(
            "type", (("image", "Image"), ("message", "Easy"), ("message", "Full"), ("text", "Text"))
        ),
    ),
    "Tree": Object((Field("value", INTEGER, required=True), Field("children", Array(Ref("Tree"))))),
    "Input": Union((STRING, Array(STRING), Array(INTEGER), Array(Array(INTEGER)))),
    "Size": Union((STRING, Literals(("small", "large")))),
    "Metadata": Object(
        extra=Scalar("string", max_length=5), max_properties=2, key_schema=Scalar("string", max_length=3)
    ),
    "Either": Object(
        (Field("a", STRING), Field("b", STRING), Field("c", STRING)),
        required_sets=(("a",), ("b", "c")),
        exclusive=True,
    ),
    "Shut": Object((Field("a", STRING),), closed=True),
    "Tagless": Union((Ref("Tree"), Ref("Shut"), Null())),
    "Ratio": Scalar("number", minimum=0, exclusive_maximum=2, multiple_of=0.5),
    "Count": Scalar("integer", exclusive_minimum=0, maximum=10),
    "Name": Scalar("string", min_length=1, max_length=4, pattern="^[a-z]+$"),
    "Set": Array(Literals((1, 2, True)), min_items=1, max_items=2, unique=True),
}
COMPONENTS = {name: Component(name, schema) for name, schema in SCHEMAS.items()}
OPEN, STRICT = Validator(COMPONENTS), Validator(COMPONENTS, strict=True)


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        (STRING, 5, ["x: expected string, got integer"]),
        (INTEGER, True, ["x: expected integer, got boolean"]),
        (NUMBER, "1", ["x: expected number, got string"]),
        (INTEGER, 1.5, ["x: expected integer, got number"]),
        (Ref("Input"), {}, ["x: expected string or array, got object"]),
        (Ref("Input"), ["a", 1], ["x[1]: expected string, got integer"]),
        (Ref("Input"), [[1], ["b"]], ["x[1][0]: expected integer, got string"]),
        (Ref("Ratio"), 2, ["x: expected less than 2, got 2"]),
        (Ref("Ratio"), 0.3, ["x: expected a multiple of 0.5, got 0.3"]),
        (Ref("Count"), 11, ["x: expected at most 10, got 11"]),
        (Ref("Count"), 0, ["x: expected more than 0, got 0"]),
        (Ref("Name"), "", ["x: expected at least 1 character, got 0", "x: expected a string that matches"]),
        (Ref("Name"), "abcde", ["x: expected at most 4 characters, got 5"]),
        (Ref("Set"), [], ["x: expected at least 1 item, got 0"]),
        (Ref("Set"), [1, 1], ["x: expected unique items"]),
        (Ref("Part"), {"type": "text"}, ["x.text: required, but missing; expected string"]),
        (Ref("Part"), {"text": "a"}, ["x.type: required, but missing; expected one of 'image', 'text'"]),
        (Ref("Part"), {"type": "txt"}, ["x.type: expected one of 'image', 'text'; got 'txt'; did you mean"]),
        (
            Ref("Part"),
            {"type": "image", "url": "u", "detail": "hi"},
            ["x.detail: expected one of", "x.url: expected"],
        ),
        (Ref("Item"), {"type": "message", "role": "assistant"}, ["x.id: required, but missing"]),
        (Ref("Item"), {"role": "assistnt"}, ["x.role: expected 'user'; got 'assistnt'"]),
        (Ref("Tree"), {"value": 1, "children": [{"value": "a"}]}, ["x.children[0].value: expected integer"]),
        (Ref("Metadata"), {"a b": "123456"}, ['x["a b"]: expected at most 5 characters, got 6']),
        (Ref("Metadata"), {"long": "1"}, ["x.long: bad key: expected at most 3 characters, got 4"]),
        (Ref("Metadata"), {"a": "", "b": "", "c": ""}, ["x: expected at most 2 keys, got 3"]),
        (Ref("Either"), {}, ['x: exactly one of "a" or "b" with "c" is required']),
        (Ref("Either"), {"a": "", "b": "", "c": ""}, ['x: exactly one of "a" or "b" with "c" is required']),
        (Ref("Tagless"), {"value": "a"}, ["x.value: expected integer, got string"]),
        (Scalar("string", format="uri"), "nowhere", ["x: expected a string of the format uri"]),
        (
            Scalar("string", format="date-time"),
            "2026-01-01",
            ["x: expected a string of the format date-time"],
        ),
        (Scalar("string", format="binary"), 1, ["x: expected string or file, got integer"]),
    ],
)
def test_a_problem_is_told_with_its_place(schema: Schema, value: object, said: list[str]) -> None:
    before = json.dumps(value)
    found = sorted(str(one) for one in OPEN.violations(value, schema, ("x",)))
    assert [text[: len(start)] for text, start in zip(found, sorted(said), strict=True)] == sorted(said)
    assert json.dumps(value) == before


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (INTEGER, 1.0),
        (NUMBER, 1),
        (Ref("Size"), "huge"),
        (Ref("Item"), {"role": "user"}),
        (Ref("Item"), {"type": "message", "role": "assistant", "id": "1"}),
        (Ref("Tagless"), None),
        (Ref("Set"), [1, True]),
        (Ref("Metadata"), {"a": "1"}),
        (Anything(), {"whatever": [None]}),
        (Scalar("string", format="uri"), "data:image/png;base64,AAAA"),
        (Scalar("string", format="a format of their own"), "x"),
        (Scalar("string", pattern="(?<x>no pattern of Python's"), "x"),
        (Scalar("string", format="binary"), UploadedFile("a.txt", b"a")),
    ],
)
def test_what_fits_is_accepted(schema: Schema, value: object) -> None:
    assert STRICT.violations(value, schema) == []


def test_unknown_keys_are_refused_only_where_keys_are_declared_and_the_validator_is_strict() -> None:
    value = {"value": 1, "chldren": []}
    assert OPEN.fits(value, Ref("Tree"))
    (violation,) = STRICT.violations(value, Ref("Tree"))
    assert str(violation) == 'chldren: unknown parameter; did you mean "children"?'
    assert STRICT.fits({"any": "key"}, Object(extra=STRING))
    assert not OPEN.fits({"b": ""}, Ref("Shut"))


def test_a_request_carries_a_file_as_a_file() -> None:
    assert OPEN.fits("text", Scalar("string", format="binary"))
    assert not STRICT.fits("text", Scalar("string", format="binary"))


def test_a_union_that_contains_itself_ends() -> None:
    components = {"Loop": Component("Loop", Union((STRING, Ref("Loop"))))}
    validator = Validator(components)
    assert validator.fits("a", Ref("Loop"))
    assert [str(one) for one in validator.violations(1, Ref("Loop"))] == ["expected string, got integer"]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 11)
    | st.sampled_from([0.5, 1.0, 2.5])
    | st.sampled_from(["", "a", "abcd", "abcde", "text", "image", "picture", "message", "user", "assistant"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from("type text url detail role id value children a b c".split()),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(value=JSON_VALUES, name=st.sampled_from(sorted(set(SCHEMAS) - {"Part", "Item", "Image", "Metadata"})))
def test_it_agrees_with_jsonschema_about_what_fits(
    judge_of: Callable[[Mapping[str, Component]], Callable[[Schema, object], list[str]]],
    value: object,
    name: str,
) -> None:
    judge = judge_of(COMPONENTS)
    assert OPEN.fits(value, Ref(name)) is (judge(Ref(name), value) == [])
