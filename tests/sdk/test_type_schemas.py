"""Strict JSON Schemas of Python types. This module's annotations are evaluated when they are needed."""

from __future__ import annotations

import json
from dataclasses import InitVar, dataclass, field, make_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Required,
    TypeVar,
)
from uuid import UUID

import attrs
import msgspec
import pydantic
import pytest
from jsonschema import Draft202012Validator
from typing_extensions import Doc, ReadOnly, TypeAliasType, TypedDict

from typed_openai import Bounds, CallError, json_schema_of, parse, response_format, text_format
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.validation.validator import Validator

Item = TypeVar("Item")
Cents = NewType("Cents", int)


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Person(TypedDict):
    """A person."""

    name: Annotated[str, Doc("The full name.")]
    age: NotRequired[int]


class Partial(TypedDict, total=False):
    kept: Required[ReadOnly[str]]
    left: str | None


@dataclass
class Event:
    day: datetime
    people: list[Person]
    host: Annotated[Person, "The host."]
    parent: Event | None = None
    tags: frozenset[str] = frozenset()
    kind: Literal["talk", "walk"] = "talk"
    count: ClassVar[int] = 0
    seen: bool = field(default=False, init=False)


class Point(NamedTuple):
    x: float
    y: float = 0.0


class Page(TypedDict, Generic[Item]):
    items: list[Item]
    next: Page[Item] | None


class Numbers(Page[int]):
    total: int


@dataclass
class Wrapped(Generic[Item]):
    one: Item


@dataclass
class Twice(Wrapped[list[Item]], Generic[Item]):
    other: Item


@attrs.define
class Attrs:
    name: str
    _hidden: int = 0


class Struct(msgspec.Struct, rename="camel", tag="struct"):
    first_name: str
    limit: Annotated[int, msgspec.Meta(ge=1, description="The limit.")] = 1


class Model(pydantic.BaseModel):
    """A model."""

    name: str = pydantic.Field(alias="fullName", description="The name.", max_length=9)
    inner: Model | None = None


Tree = TypeAliasType("Tree", "list[Tree]")

CORPUS: list[Any] = [
    *(str, int, float, bool, None, datetime, date, time, timedelta, UUID, Decimal, Cents),
    *(Color, Level, Literal["a", 1, None], Literal[Color.RED], Person, Partial, Event, Point, Numbers),
    *(Page[Person], Page[Page[int]], Twice[int], Wrapped[Event | None], Attrs, Struct, Model, Tree),
    *(list[Event], set[int], tuple[Point, ...], Event | Point, None | Person, "Event", list["Event"]),
    *(
        Annotated[Person, "Someone."],
        Annotated[list[int], Bounds(min_length=1)],
        list[Annotated[int, "One."]],
    ),
]


@pytest.mark.parametrize("form", CORPUS, ids=str)
def test_every_schema_is_strict_and_valid(form: Any) -> None:
    schema = json_schema_of(form)
    Draft202012Validator.check_schema(schema)
    index = packaged()
    body = {"model": "gpt-5.5", "input": "Hi", "text": {"format": text_format(form)}}
    judge = Validator(index.components, strict=True)
    assert judge.violations(body, index.components["CreateResponse"].schema) == []
    text = json.dumps(schema)
    assert '"default"' not in text
    for one in _inside(schema):
        assert "$ref" not in one or [*one] == ["$ref"]


def _inside(value: Any) -> list[dict[str, Any]]:
    found = [value] if isinstance(value, dict) else []
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found + [one for inner in values for one in _inside(inner)]


def test_a_typed_dict_is_a_closed_object_whose_optional_keys_may_be_null() -> None:
    assert json_schema_of(Person) == {
        "type": "object",
        "description": "A person.",
        "properties": {
            "name": {"type": "string", "description": "The full name."},
            "age": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["name", "age"],
        "additionalProperties": False,
    }


def test_required_and_read_only_are_read_from_postponed_annotations() -> None:
    properties = json_schema_of(Partial)["properties"]
    assert properties == {
        "kept": {"type": "string"},
        "left": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    }


def test_a_dataclass_has_the_fields_of_its_constructor() -> None:
    schema = json_schema_of(Event)
    assert schema["required"] == ["day", "people", "host", "parent", "tags", "kind"]
    assert schema["properties"]["day"] == {"type": "string", "format": "date-time"}
    assert schema["properties"]["tags"] == {"type": "array", "items": {"type": "string"}}
    assert schema["properties"]["people"] == {"type": "array", "items": {"$ref": "#/$defs/Person"}}


def test_a_described_class_is_written_out_as_a_reference_stands_alone() -> None:
    host = json_schema_of(Event)["properties"]["host"]
    assert host["description"] == "The host."
    assert host["required"] == ["name", "age"]


def test_a_recursive_class_refers_to_itself() -> None:
    schema = json_schema_of(Event)
    assert schema["properties"]["parent"]["anyOf"][0] == {"$ref": "#/$defs/Event"}
    assert schema["$defs"]["Event"]["properties"]["parent"] == schema["properties"]["parent"]


def test_type_variables_are_those_of_each_class() -> None:
    assert json_schema_of(Twice[int])["properties"] == {
        "one": {"type": "array", "items": {"type": "integer"}},
        "other": {"type": "integer"},
    }
    assert json_schema_of(Numbers)["properties"]["items"] == {"type": "array", "items": {"type": "integer"}}


def test_classes_of_other_packages_are_understood() -> None:
    assert [*json_schema_of(Attrs)["properties"]] == ["name", "_hidden"]
    struct = json_schema_of(Struct)["properties"]
    assert [*struct] == ["type", "firstName", "limit"]
    assert struct["limit"] == {"type": "integer", "minimum": 1, "description": "The limit."}
    model = json_schema_of(Model)
    assert model["description"] == "A model."
    assert model["properties"]["fullName"] == {"type": "string", "maxLength": 9, "description": "The name."}


def test_enumerations_and_literals_are_constants() -> None:
    properties = json_schema_of(Wrapped[Color | Level | Literal["a", None]])
    assert properties["properties"]["one"]["anyOf"] == [
        {"$ref": "#/$defs/Color"},
        {"$ref": "#/$defs/Level"},
        {"type": ["string", "null"], "enum": ["a", None]},
    ]
    assert properties["$defs"]["Level"] == {"type": "integer", "enum": [1, 2]}


def test_a_root_that_is_no_object_is_the_value_of_one() -> None:
    assert json_schema_of(list[int]) == {
        "type": "object",
        "properties": {"value": {"type": "array", "items": {"type": "integer"}}},
        "required": ["value"],
        "additionalProperties": False,
    }


def test_bounds_are_keywords() -> None:
    bounded = Annotated[list[Annotated[str, Bounds(pattern="^a", max_length=3)]], Bounds(min_length=1)]
    assert json_schema_of(bounded)["properties"]["value"] == {
        "type": "array",
        "items": {"type": "string", "pattern": "^a", "maxLength": 3},
        "minItems": 1,
    }
    optional = json_schema_of(Annotated[float | None, Bounds(gt=0, multiple_of=0.5)])["properties"]["value"]
    assert optional["anyOf"][0] == {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5}


def test_local_classes_see_those_beside_them() -> None:
    class Outer(TypedDict):
        inner: Inner
        others: list[Inner]

    class Inner(TypedDict):
        name: str

    schema = json_schema_of(Outer)
    assert schema["properties"]["inner"] == {"$ref": "#/$defs/Inner"}
    assert [*json_schema_of(list["Inner"])["$defs"]] == ["Inner"]


def test_two_classes_of_one_name_are_two_definitions() -> None:
    first = make_dataclass("Same", [("one", int)])
    second = make_dataclass("Same", [("one", str)])
    schema = json_schema_of(list[first | second])  # type: ignore[valid-type]  # made of values
    assert [*schema["$defs"]] == ["Same", "Same_2"]
    assert schema["$defs"]["Same_2"]["properties"]["one"] == {"type": "string"}


def test_a_constructor_argument_that_is_no_field_is_a_key() -> None:
    @dataclass
    class Parsed:
        text: InitVar[str]
        size: int = field(init=False)

        def __post_init__(self, text: str) -> None:
            self.size = len(text)

    assert json_schema_of(Parsed)["properties"] == {"text": {"type": "string"}}


def test_formats_are_plain_data() -> None:
    assert text_format(Person) == {
        "type": "json_schema",
        "name": "Person",
        "description": "A person.",
        "strict": True,
        "schema": json_schema_of(Person),
    }
    nested = response_format(list[Person], name="people", description="All of them.")
    assert nested["type"] == "json_schema"
    assert nested["json_schema"]["name"] == "people"
    assert nested["json_schema"]["description"] == "All of them."
    assert text_format(Page[Event | None])["name"] == "Page_Event_None"


def test_each_schema_is_a_new_dict() -> None:
    json_schema_of(Person)["properties"].clear()
    assert [*json_schema_of(Person)["properties"]] == ["name", "age"]


def test_the_order_of_a_union_is_that_of_the_call() -> None:
    first, second = json_schema_of(int | str), json_schema_of(str | int)
    assert first["properties"]["value"]["anyOf"] == second["properties"]["value"]["anyOf"][::-1]


class Bits(Flag):
    ONE = 1


class Strange(Enum):
    PAIR = (1, 2)


class Plain:
    """A class without fields."""


class Open(TypedDict, extra_items=int):  # type: ignore[call-arg]  # mypy does not know it yet
    name: str


_REFUSED: list[tuple[Any, str]] = [
    (dict[str, int], "dict[str, int] has no strict schema; use a list of {key, value}"),
    (list[dict[str, int]], "dict[str, int] has no strict schema; use a list of {key, value}"),
    (Any, "Any has no strict schema; name the type of its values"),
    (object, "object has no strict schema; name the type of its values"),
    (list, "list has no strict schema; name the type of its items"),
    (bytes, "bytes has no strict schema; use str, for example with base64"),
    (
        tuple[int, str],
        "tuple[int, str] has no strict schema; use a NamedTuple, or tuple[X, ...] for any number of items",
    ),
    (Bits, "Bits has no strict schema; use a list of an Enum"),
    (Strange, "Strange has no strict schema; Strange.PAIR is (1, 2); use values of type str or int"),
    (Plain, "Plain has no strict schema; use a class with fields, such as a dataclass"),
    (Open, "Open has no strict schema; it has extra items; declare its keys"),
    (
        Wrapped,
        "Wrapped.one: the type variable Item has no strict schema; "
        "give the class that has it an argument, as in Page[int]",
    ),
    (Literal[b"a"], "Literal[b'a'] has no strict schema; b'a' is not JSON"),
    (Annotated[str, Bounds(ge=1)], "str: ge cannot limit str"),
    ("Missing", "type: \"Missing\" is not defined: name 'Missing' is not defined"),
]


@pytest.mark.parametrize(("form", "text"), _REFUSED, ids=[str(form) for form, _ in _REFUSED])
def test_a_type_without_a_strict_schema_is_an_error(form: Any, text: str) -> None:
    with pytest.raises(CallError) as caught:
        json_schema_of(form)
    assert str(caught.value) == text


def test_the_error_names_the_field() -> None:
    class Inner(TypedDict):
        scores: dict[str, int]

    class Outer(TypedDict):
        inner: list[Inner]

    expected = r"^Inner\.scores: dict\[str, int\] has no strict schema; use a list of \{key, value\}$"
    with pytest.raises(CallError, match=expected):
        json_schema_of(Outer)


def test_a_type_may_exceed_the_limits_of_a_schema_but_then_has_none() -> None:
    large = Enum("large", {f"M{one}": f"m{one}" for one in range(1001)})  # type: ignore[misc]  # made at run time
    wide = TypedDict("wide", {f"key_{one}": int for one in range(5001)})  # type: ignore[misc]  # as above
    long = Enum("long", {f"M{one}": f"m{one:0100}" for one in range(251)})  # type: ignore[misc]  # as above
    for form, place in (
        (large, "large"),
        (list[wide], "list_wide"),
        (make_dataclass("Of", [("value", long)]), "long"),
    ):
        for make in (json_schema_of, text_format, response_format):
            with pytest.raises(CallError, match=f"^{place}: a strict schema has at most"):
                make(form)
    value = {"value": "m1000"}
    reply = {"choices": [{"finish_reason": "stop", "message": {"content": json.dumps(value)}}]}
    assert parse(reply, large) is large.M1000  # type: ignore[attr-defined]  # as above
