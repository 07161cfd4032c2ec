"""Types on the edge of what a strict schema describes, and values on the edge of their types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NamedTuple, Self, TypedDict, TypeVar

import attrs
import msgspec
import pydantic
import pytest
from tests.sdk.foreign_decorators import schema_from_elsewhere

from typed_openai.errors import CallError
from typed_openai.output_errors import Misfit
from typed_openai.outputs import Bounds, json_schema_of, parse

Item = TypeVar("Item")


class Tree(TypedDict):
    leaves: list[Self]  # type: ignore[misc]  # it is no type of mypy's


@dataclass
class Chain(Generic[Item]):
    item: Item
    following: Self | None = None


class LongChain(Chain[int]): ...


class Linked(NamedTuple):
    number: int
    following: Self | None = None  # type: ignore[misc]  # it is no type of mypy's


class Nothing(Enum): ...


@dataclass
class Cat:
    lives: int
    kind: Literal["cat"] = "cat"


@dataclass
class Dog:
    name: str
    kind: Literal["dog"] = "dog"


class First(TypedDict):
    version: Literal[1]
    old: int


class Second(TypedDict):
    version: Literal[2, 3]
    new: int


class Names(pydantic.RootModel[list[str]]): ...


@pydantic.dataclasses.dataclass
class Sized:
    size: int = pydantic.Field(ge=2, description="In meters.")
    later: Sized | None = None


class Linking(pydantic.BaseModel):
    names: Names
    url: pydantic.HttpUrl
    key: int = pydantic.Field(validation_alias=pydantic.AliasChoices("the_key", "key"))


class Buried(pydantic.BaseModel):
    key: int = pydantic.Field(validation_alias=pydantic.AliasPath("a", "b"))


@attrs.define
class Chosen:
    name: str = attrs.field(validator=attrs.validators.in_(["a", "b"]))


class Patch(msgspec.Struct):
    name: str | msgspec.UnsetType = msgspec.UNSET
    age: int | msgspec.UnsetType | None = msgspec.UNSET


def read(form: Any, value: Any) -> Any:
    message = {"content": json.dumps(value)}
    return parse({"choices": [{"finish_reason": "stop", "message": message}]}, form)


def misfit(form: Any, value: Any) -> str:
    with pytest.raises(Misfit) as caught:
        read(form, value)
    return str(caught.value).partition(": ")[2]


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (Tree, {"leaves": [{"leaves": []}]}, {"leaves": [{"leaves": []}]}),
        (Chain[int], {"item": 1, "following": {"item": 2}}, Chain(1, Chain(2))),
        (LongChain, {"item": 1, "following": {"item": 2}}, LongChain(1, LongChain(2))),
        (Linked, {"number": 1, "following": {"number": 2}}, Linked(1, Linked(2))),
        (Cat | Dog, {"value": {"kind": "dog", "name": "Bo"}}, Dog("Bo")),
        (Cat | Dog, {"value": {"name": "Bo"}}, Dog("Bo")),
        (First | Second, {"value": {"version": 3.0, "new": 1}}, {"version": 3, "new": 1}),
        (Names, {"value": ["a"]}, Names(["a"])),
        (Names | None, {"value": None}, None),
        (Sized, {"size": 2}, Sized(2)),
        (pydantic.HttpUrl, {"value": "https://a.b"}, pydantic.HttpUrl("https://a.b")),
        (Patch, {"name": None, "age": None}, Patch(age=None)),
        (Annotated[float, Bounds(multiple_of=0.1)], {"value": 1e308}, 1e308),
        (Annotated[int, Bounds(multiple_of=0.5)], {"value": 10**400}, 10**400),
    ],
)
def test_values_are_read(form: Any, value: Any, expected: Any) -> None:
    json_schema_of(form)
    found = read(form, value)
    assert (found, type(found)) == (expected, type(expected))


def test_a_model_of_pydantic_has_the_schema_that_it_reads() -> None:
    schema = json_schema_of(Linking)
    assert schema["required"] == ["names", "url", "the_key"]
    assert schema["properties"]["url"] == {"type": "string", "minLength": 1, "maxLength": 2083}
    assert schema["$defs"] == {"Names": {"type": "array", "items": {"type": "string"}}}
    found = read(Linking, {"names": ["a"], "url": "https://a.b", "the_key": 1})
    assert (found.names.root, found.url.host, found.key) == (["a"], "a.b", 1)
    assert json_schema_of(Sized)["properties"]["size"] == {
        "type": "integer",
        "minimum": 2,
        "description": "In meters.",
    }


@pytest.mark.parametrize(
    ("form", "value", "message"),
    [
        (Cat | Dog, {"kind": "dog", "name": 1}, "value.name: expected string, got integer"),
        (Cat | Dog | None, 3, "value: expected object or null, got integer"),
        (First | Second, {"version": 2, "new": "x"}, "value.new: expected integer, got string"),
        (First | Second, {"version": True, "old": 1}, "value.version: expected 1, 2 or 3, got true"),
        (timedelta, f"P{'9' * 20}D", "value: expected a duration"),
        (pydantic.HttpUrl, "nowhere", "value: Input should be a valid URL"),
        (Chosen | None, {"name": "c"}, "value: 'name' must be in ['a', 'b'] (got 'c')"),
        (Names | int, [1], "value"),
    ],
)
def test_values_that_do_not_fit_have_their_place(form: Any, value: Any, message: str) -> None:
    assert misfit(form, {"value": value}).startswith(message)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (Nothing, "Nothing has no strict schema; it has no members"),
        (Self, "Self has no strict schema; use a class with fields, such as a dataclass"),
        (Path, "Path has no strict schema; use str"),
        (Buried, "Buried.key: an AliasPath has no strict schema; use an alias"),
        (Annotated[float, Bounds(le=float("inf"))], "float: le: expected a finite number, got inf"),
    ],
)
def test_types_without_a_schema_are_refused(form: Any, message: str) -> None:
    with pytest.raises(CallError) as caught:
        json_schema_of(form)
    assert str(caught.value) == message


def test_names_of_functions_of_other_modules_mean_nothing() -> None:
    class Local(TypedDict):
        item: Wanted  # type: ignore[name-defined]  # noqa: F821

    # The function that is called has a local variable of this name.
    with pytest.raises(CallError, match=r'^Local\.item: "Wanted" is not defined'):
        schema_from_elsewhere(Local)


Json = int | list["Json"]
Branch = Annotated[list["Branch"] | None, "A branch."]
Nested = int | list["Leaf"]


class Leaf(TypedDict):
    nested: Nested


@pytest.mark.parametrize(
    ("form", "value", "definitions"),
    [
        (Json, {"value": [1, [2]]}, ["Json"]),
        (list["Json"], {"value": [1, [2]]}, ["Json"]),
        (Branch, {"value": [None, [None]]}, ["Branch"]),
        (Leaf, {"nested": [{"nested": 1}]}, ["Leaf"]),
        (Chain["Json"], {"item": [1], "following": None}, ["Json", "Chain_int_list_int_list_Json"]),
    ],
)
def test_aliases_that_name_themselves_in_text_are_recursive(form: Any, value: Any, definitions: Any) -> None:
    assert [*json_schema_of(form)["$defs"]] == definitions
    read(form, value)
    assert "expected" in misfit(form, {"value": [["x"]], "nested": [["x"]], "item": [["x"]]})
