"""Property: a value is read if, and only if, it is valid for the schema of its type, as jsonschema judges."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from typed_openai import Bounds, Misfit, json_schema_of, parse


class Color(Enum):
    RED = "red"
    TWO = 2


class Leaf(TypedDict):
    kind: Literal["leaf"]
    size: Annotated[int, Bounds(ge=0, lt=9)]


@dataclass
class Branch:
    kind: Literal["branch"]
    children: list[Branch | Leaf]
    name: Annotated[str, Bounds(min_length=1, pattern="^[a-c]")] | None


class Pair(NamedTuple):
    first: float
    second: bool


TYPES: list[Any] = [
    *(Leaf, Branch, Pair, Color, list[Pair], Leaf | Branch | None, Color | float, int | str | list[bool]),
    *(Annotated[list[int | None], Bounds(max_length=2)], Literal["a", 1, None]),
    Annotated[float, Bounds(gt=0, multiple_of=0.5)],
]

_ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.sampled_from([0.5, 1.0, 2.5])
    | st.sampled_from("abxy"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


def fitting(schema: dict[str, Any], root: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values that mostly fit a schema, with parts that may be anything."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if depth > 5:
        return _ANY
    if "anyOf" in schema:
        made = st.one_of([fitting(one, root, depth + 1) for one in schema["anyOf"]])
    elif "enum" in schema:
        made = st.sampled_from(schema["enum"])
    elif schema["type"] == "object":
        fields = {name: fitting(one, root, depth + 1) for name, one in schema["properties"].items()}
        extra = st.dictionaries(st.sampled_from(["kind", "more"]), _ANY, max_size=1)
        left_out = st.sampled_from([None, None, None, *fields])
        made = st.tuples(st.fixed_dictionaries(fields), extra, left_out).map(_mixed)
    elif schema["type"] == "array":
        made = st.lists(fitting(schema["items"], root, depth + 1), max_size=3)
    else:
        made = _ANY
    return st.integers(0, 9).flatmap(lambda number: _ANY if number == 0 else made)


def _mixed(parts: tuple[dict[str, Any], dict[str, Any], str | None]) -> dict[str, Any]:
    value, extra, left_out = parts
    mixed = value if len(value) > 2 or not extra else {**value, **extra}
    return {name: one for name, one in mixed.items() if name != left_out}


@pytest.mark.slow(seconds=5)
@pytest.mark.parametrize("form", TYPES, ids=str)
@given(data=st.data())
def test_what_is_valid_is_read_and_nothing_else(form: Any, data: st.DataObject) -> None:
    schema = json_schema_of(form)
    value = data.draw(fitting(schema, schema))
    reply = {"choices": [{"finish_reason": "stop", "message": {"content": json.dumps(value)}}]}
    try:
        parse(reply, form)
        was_read = True
    except Misfit:
        was_read = False
    assert was_read is Draft202012Validator(schema).is_valid(value)
