"""Equality of JSON values: which items of an array with ``uniqueItems`` are the same."""

from __future__ import annotations

from itertools import combinations

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai_spec.model import Anything, Array
from typed_openai_spec.validation.equality import all_differ, equality_key
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray, PartialObject, TypedObject

BIG = 2**53
DISTINCT = Array(Anything(), unique=True)
VALIDATOR = Validator({})


@pytest.mark.parametrize(
    "value",
    [
        [1, 1.0],
        [0, -0.0],
        [0.0, -0.0],
        [0.5, 5e-1],
        [BIG, float(BIG)],
        [10**400, 10**400],
        ["a", "b", "a"],
        [None, None],
        [True, True],
        [[1, 2], [1.0, 2.0]],
        [{"a": [1]}, {"a": [1.0]}],
        [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}],
        [[], []],
        [{}, {}],
        [[{"a": [[1]]}], 7, [{"a": [[1.0]]}]],
    ],
)
def test_equal_items_are_found(value: list[object]) -> None:
    (violation,) = VALIDATOR.violations(value, DISTINCT, ("x",))
    assert str(violation) == "x: expected unique items"
    assert not jsonschema.Draft202012Validator({"uniqueItems": True}).is_valid(value)


@pytest.mark.parametrize(
    "value",
    [
        [1, True],
        [0, False],
        [1.0, True],
        [0, None, False, "", [], {}],
        [1, "1"],
        ["0x1", 1],
        [1, 2.5],
        [BIG + 1, float(BIG)],
        [10**400, 10**400 + 1],
        [[1], [True]],
        [[1, 2], [2, 1]],
        [[1], [[1]]],
        [{"a": 1}, {"a": True}],
        [{"a": 1}, {"b": 1}],
        [{"a": 1}, {"a": 1, "b": 1}],
        [{"a": {"b": [0]}}, {"a": {"b": [False]}}],
        [["a", 1], {"a": 1}],
    ],
)
def test_items_that_differ_are_accepted(value: list[object]) -> None:
    assert VALIDATOR.fits(value, DISTINCT)
    assert jsonschema.Draft202012Validator({"uniqueItems": True}).is_valid(value)


@pytest.mark.parametrize(
    "value",
    [
        [UNKNOWN, UNKNOWN],
        [[UNKNOWN], [UNKNOWN]],
        [{"a": UNKNOWN}, {"a": UNKNOWN}],
        [PartialObject({"a": 1}), PartialObject({"a": 1})],
        [PartialArray([1]), PartialArray([1])],
        [TypedObject(["a"]), TypedObject(["a"])],
        [object(), object()],
    ],
)
def test_items_that_are_not_wholly_known_are_taken_to_differ(value: list[object]) -> None:
    assert VALIDATOR.fits(value, DISTINCT)


JSON_VALUES = st.recursive(
    st.sampled_from([None, True, False, 0, 1, -0.0, 1.0, 0.5, "", "1", BIG, float(BIG), BIG + 1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)


@given(st.lists(JSON_VALUES, max_size=6))
def test_the_answer_is_that_of_comparing_each_pair(values: list[object]) -> None:
    assert all_differ(values) is not any(are_equal(one, other) for one, other in combinations(values, 2))


def are_equal(one: object, other: object) -> bool:
    """The definition in JSON Schema's core, 4.2.2, word by word."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(are_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(are_equal, one, other))
    return one == other and isinstance(one, bool) is isinstance(other, bool)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    "items",
    [
        list(range(10_000)),
        [number / 4 for number in range(10_000)],
        [{"name": f"item {number}", "tags": [number, True]} for number in range(10_000)],
        [number * (2**61 - 1) for number in range(10_000)],  # Python's hash of each is 0
        [[number * (2**61 - 1)] for number in range(10_000)],
    ],
    ids=["integers", "numbers", "objects", "colliding integers", "colliding arrays"],
)
def test_keys_of_items_that_differ_rarely_collide(items: list[object]) -> None:
    """The time grows linearly as long as each key has a hash of its own."""
    assert all_differ(items)
    assert not all_differ([*items, items[0]])
    assert len({hash(equality_key(item)) for item in items}) > 0.99 * len(items)
