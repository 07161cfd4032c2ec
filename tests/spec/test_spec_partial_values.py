"""The validator with partly known values, and its list of the objects in a value."""

from __future__ import annotations

import pytest

from typed_openai_spec.model import (
    Array,
    Component,
    Discriminator,
    Field,
    Literals,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray, PartialObject

TEXT = Scalar("string", min_length=2, max_length=4)
COMPONENTS: dict[str, Schema] = {
    "Text": Object((Field("type", Literals(("text",)), required=True), Field("text", TEXT, required=True))),
    "Image": Object(
        (Field("type", Literals(("image",)), required=True), Field("size", Scalar("integer", maximum=9)))
    ),
    "Part": Union((Ref("Text"), Ref("Image")), Discriminator("type", (("text", "Text"), ("image", "Image")))),
    "Tags": Array(Scalar("string"), min_items=2, max_items=3, unique=True),
    "Short": Union((Scalar("integer"), Scalar("string", max_length=1), Array(TEXT))),
}
VALIDATOR = Validator({name: Component(name, schema) for name, schema in COMPONENTS.items()}, strict=True)


def said(value: object, component: str) -> list[str]:
    return [str(one) for one in VALIDATOR.violations(value, Ref(component))]


@pytest.mark.parametrize(
    ("value", "component"),
    [
        (UNKNOWN, "Part"),
        ({"type": "text", "text": UNKNOWN}, "Part"),
        ({"type": UNKNOWN, "text": "abc"}, "Part"),
        (PartialObject({"type": "text"}), "Part"),
        (PartialObject(), "Part"),
        (PartialArray(["a"]), "Tags"),
        ([UNKNOWN, UNKNOWN], "Tags"),
        (PartialArray(), "Short"),
    ],
)
def test_what_is_not_known_is_taken_to_fit(value: object, component: str) -> None:
    assert said(value, component) == []


@pytest.mark.parametrize(
    ("value", "component", "expected"),
    [
        (PartialObject({"type": "text", "text": "a"}), "Part", "text: expected at least 2 characters, got 1"),
        (PartialObject({"type": "image", "size": 10}), "Part", "size: expected at most 9, got 10"),
        (PartialArray(["a", "b", "c", "d"]), "Tags", "expected at most 3 items, got 4"),
        (["a", UNKNOWN, "a"], "Tags", "expected unique items"),
        ("ab", "Short", "expected at most 1 character, got 2"),
        (["a"], "Short", "[0]: expected at least 2 characters, got 1"),
    ],
)
def test_what_is_known_is_held_against_its_limits(value: object, component: str, expected: str) -> None:
    violations = VALIDATOR.violations(value, Ref(component))
    assert [(str(one), one.beyond) for one in violations] == [(expected, "limit")]


def test_a_wrong_type_is_no_limit() -> None:
    assert [one.beyond for one in VALIDATOR.violations({"type": "image", "size": "big"}, Ref("Part"))] == [""]


def test_a_member_whose_limit_is_broken_is_nearer_than_one_of_another_type() -> None:
    union = Union((Object((Field("a", Scalar("string"), required=True),)), Ref("Text")))
    value = {"type": "text", "text": "too long"}
    assert [str(one) for one in VALIDATOR.violations(value, union)] == [
        "text: expected at most 4 characters, got 8"
    ]


def test_occurrences_name_the_component_that_each_object_is_meant_to_be() -> None:
    value = [{"type": "image", "size": 99}, PartialObject({"text": "abc"}), UNKNOWN]
    found = VALIDATOR.occurrences(value, Array(Ref("Part")), ("parts",))
    assert [(one.place, one.component) for one in found] == [(("parts", 0), "Image"), (("parts", 1), "Text")]
