"""Values of Python types from JSON, and the errors of those that do not fit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, TypedDict, TypeVar
from uuid import UUID

import attrs
import msgspec
import pydantic
import pytest

from typed_openai import Bounds, CallError, Incomplete, Misfit, output_text, parse, text_of

Item = TypeVar("Item")


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Circle(TypedDict):
    kind: Literal["circle"]
    radius: float


@dataclass
class Box:
    kind: Literal["box"]
    side: Annotated[int, Bounds(ge=1)]


class Person(TypedDict):
    name: str
    age: NotRequired[int]


@dataclass
class Node(Generic[Item]):
    value: Item
    children: list[Node[Item]]
    color: Color = Color.RED

    def __post_init__(self) -> None:
        if len(self.children) > 2:
            raise ValueError("at most two children")


class Point(NamedTuple):
    x: float
    y: float


@attrs.define
class Attrs:
    name: str
    _hidden: int = 0


class Struct(msgspec.Struct, rename="camel", tag="struct"):
    first_name: str
    size: int = 1


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)
    day: date
    size: int = pydantic.Field(alias="theSize", ge=1)


def reply(value: object) -> dict[str, Any]:
    """Return a chat completion with the value as its answer."""
    text = value if isinstance(value, str) else json.dumps(value)
    return {"choices": [{"finish_reason": "stop", "message": {"content": text}}]}


def wrapped(value: object) -> dict[str, Any]:
    return reply({"value": value})


_READ: list[tuple[Any, Any, Any]] = [
    (str, "a", "a"),
    (int, 1.0, 1),
    (float, 1, 1.0),
    (bool, True, True),
    (None, None, None),
    (datetime, "2030-01-31T12:00:00Z", datetime(2030, 1, 31, 12, tzinfo=UTC)),
    (date, "2030-01-31", date(2030, 1, 31)),
    (time, "12:30:00", time(12, 30)),
    (timedelta, "P1DT2H30M0.5S", timedelta(days=1, hours=2, minutes=30, seconds=0.5)),
    (timedelta, "-PT1S", timedelta(seconds=-1)),
    (UUID, "12345678-1234-5678-1234-567812345678", UUID(int=0x12345678123456781234567812345678)),
    (Decimal, "1.10", Decimal("1.10")),
    (IPv4Address, "127.0.0.1", IPv4Address("127.0.0.1")),
    (Color, "blue", Color.BLUE),
    (Level, 2.0, Level.HIGH),
    (Literal["a", 1], 1, 1),
    (Literal[Color.RED], "red", Color.RED),
    (list[Point], [{"x": 1, "y": 2.5}], [Point(1.0, 2.5)]),
    (set[int], [1, 2, 1], {1, 2}),
    (frozenset[str], ["a"], frozenset({"a"})),
    (tuple[int, ...], [1, 2], (1, 2)),
    (int | None, None, None),
    (int | float, 1.5, 1.5),
    (datetime | str, "soon", "soon"),
    (str | datetime, "2030-01-31T12:00:00Z", "2030-01-31T12:00:00Z"),
    (Circle | Box, {"kind": "box", "side": 2.0}, Box("box", 2)),
    (Circle | Box | None, None, None),
    (list[Circle] | str, "a", "a"),
]


@pytest.mark.parametrize(("form", "value", "expected"), _READ, ids=str)
def test_a_value_is_read_as_its_type(form: Any, value: Any, expected: Any) -> None:
    found = parse(wrapped(value), form)
    assert found == expected
    assert type(found) is type(expected)


def test_one_point_zero_stays_a_float_in_a_union_with_one() -> None:
    assert [type(one) for one in parse(wrapped([1, 1.0]), list[int | float])] == [int, float]
    assert [type(one) for one in parse(wrapped([1, 1.0]), list[float | int])] == [int, float]


def test_a_null_stands_for_an_absent_key() -> None:
    assert parse(reply({"name": "Alice", "age": None}), Person) == {"name": "Alice"}
    assert parse(reply({"name": "Alice"}), Person) == {"name": "Alice"}


def test_objects_become_instances_at_any_depth() -> None:
    child = {"value": 2, "children": [], "color": "blue"}
    found = parse(reply({"value": 1, "children": [child], "color": "red"}), Node[int])
    assert found == Node(1, [Node(2, [], Color.BLUE)])


def test_a_default_is_used_for_a_missing_field() -> None:
    assert parse(reply({"value": 1, "children": []}), Node[int]).color is Color.RED


def test_classes_of_other_packages_are_created() -> None:
    assert parse(reply({"name": "a", "_hidden": 2}), Attrs) == Attrs("a", 2)
    value = {"type": "struct", "firstName": "a", "size": 3}
    assert parse(reply(value), Struct) == Struct("a", 3)
    model = parse(reply({"day": "2030-01-31", "theSize": 2}), Model)
    assert (model.day, model.size) == (date(2030, 1, 31), 2)


_MISFITS: list[tuple[Any, Any, str, str]] = [
    (int, True, "value", "expected integer, got boolean"),
    (int, 1.5, "value", "expected integer, got 1.5"),
    (float, "1", "value", "expected number, got string"),
    (str, None, "value", "expected string, got null"),
    (bool, 1, "value", "expected boolean, got integer"),
    (list[int], {"a": 1}, "value", "expected array, got object"),
    (list[int], [1, "a"], "value[1]", "expected integer, got string"),
    (Color, "green", "value", 'expected "red" or "blue", got "green"'),
    (Literal[1], True, "value", "expected 1, got true"),
    (Level, True, "value", "expected 1 or 2, got true"),
    (int | None, "a", "value", "expected integer or null, got string"),
    (date, "soon", "value", "expected a date, as 2030-01-31, got 'soon'"),
    (datetime, "2030-01-31", "value", "expected a date and time, as 2030-01-31T12:00:00Z, got '2030-01-31'"),
    (timedelta, "P", "value", "expected a duration, as PT1H30M, got 'P'"),
    (Circle | Box, {"kind": "cube"}, "value.kind", 'expected "circle" or "box", got "cube"'),
    (Circle | Box, {"side": 1}, "value.kind", "required, but missing"),
    (Circle | Box, {"kind": "box", "side": 0}, "value.side", "expected at least 1, got 0"),
    (Circle | Box, "box", "value", "expected object, got string"),
    (Annotated[list[int], Bounds(max_length=1)], [1, 2], "value", "expected at most 1 items, got 2"),
    (Annotated[str, Bounds(pattern="^a")], "b", "value", "expected a match of ^a, got 'b'"),
]


@pytest.mark.parametrize(("form", "value", "place", "text"), _MISFITS, ids=str)
def test_a_misfit_has_the_place_and_the_reply(form: Any, value: Any, place: str, text: str) -> None:
    whole = wrapped(value)
    with pytest.raises(Misfit) as caught:
        parse(whole, form)
    assert caught.value.place == place
    assert str(caught.value).endswith(f": {place}: {text}")
    assert caught.value.reply is whole


_OBJECT_MISFITS: list[tuple[Any, Any, str]] = [
    (Person, {"nam": "a"}, "Person: name: required, but missing"),
    (Person, {"name": "a", "ag": 1}, 'Person: ag: unexpected key; did you mean "age"?'),
    (Person, [], "Person: expected object, got array"),
    (Person, "so sorry", "Person: expected JSON, got 'so sorry'"),
    (Person, "", "Person: expected JSON, got nothing"),
    (Person, '{"name": NaN}', "Person: expected JSON, got '{\"name\": NaN}'"),
    (
        Node[int],
        {"value": 1, "children": [{"value": "a", "children": []}]},
        "Node[int]: children[0].value: expected integer, got string",
    ),
    (
        Node[int],
        {"value": 1, "children": [{"value": 1, "children": []}] * 3},
        "Node[int]: at most two children",
    ),
    (
        Model,
        {"day": "2030-01-31", "theSize": 0},
        "Model: theSize: Input should be greater than or equal to 1",
    ),
    (list[int], {"values": [1]}, 'list[int]: expected an object with the key "value"'),
    (float, '{"value": 1e999}', "float: value: expected a number that a float can hold"),
]


@pytest.mark.parametrize(("form", "value", "text"), _OBJECT_MISFITS, ids=str)
def test_a_misfit_says_what_was_expected(form: Any, value: Any, text: str) -> None:
    with pytest.raises(Misfit) as caught:
        parse(reply(value), form)
    assert str(caught.value) == text


def test_anything_else_is_no_reply() -> None:
    with pytest.raises(
        CallError, match=r"^expected a chat completion or a response, got \"dict\" with the keys id$"
    ):
        parse({"id": "x"}, Person)


def test_a_value_that_is_nested_too_deeply_is_a_misfit() -> None:
    deep = '{"value": 1, "children": [' * 3000 + "]}" * 3000
    with pytest.raises(Misfit, match=r"expected JSON|nested too deeply"):
        parse(reply(deep), Node[int])


_OUTPUT = [{"type": "output_text", "text": '{"value": 1}'}]
_PARTS = [{"type": "thinking", "thinking": []}, {"type": "text", "text": '{"value"'}, ": 1}"]


@pytest.mark.parametrize(
    "odd",
    [
        {"choices": [{"message": {"content": _PARTS}}]},
        {"output": [{"type": "message", "content": '{"value": 1}'}]},
        {"output": [{"type": "message", "content": [{"type": "output_text", "text": None}, *_OUTPUT]}]},
    ],
)
def test_contents_of_other_servers_are_read(odd: Any) -> None:
    assert parse(odd, int) == 1
    text = text_of(odd) if "choices" in odd else output_text(odd)
    assert text == '{"value": 1}'


@pytest.mark.parametrize(
    ("empty", "reason"),
    [
        ({"choices": []}, "no_output"),
        ({"choices": None}, "no_output"),
        ({"output": None, "status": "failed", "error": {"message": "Broken."}}, "failed"),
        ({"output": None}, "no_output"),
    ],
)
def test_a_reply_without_any_answer_is_incomplete(empty: Any, reason: str) -> None:
    with pytest.raises(Incomplete) as caught:
        parse(empty, int)
    assert (caught.value.reason, caught.value.reply) == (reason, empty)
    assert (text_of(empty) if "choices" in empty else output_text(empty)) == ""
