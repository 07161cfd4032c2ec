"""The limits of strict schemas: no finding at the limit, and one beyond it, as at run time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from typed_openai import CallError, json_schema_of
from typed_openai_spec.validation.strict_limits import excesses

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

HEADER = """\
from enum import Enum, auto
from typing import Annotated, Literal, NamedTuple, TypedDict
from typed_openai import json_schema_of, tool
"""


def members(number: int, text: str = "") -> str:
    return "".join(f"    M{one} = '{text}{one:04}'\n" for one in range(number))


def fields(number: int) -> str:
    return "".join(f"    key_{one:04}: int\n" for one in range(number))


CONSTANTS = "a strict schema has at most 1000 values of enumerations; got 1001"
PROPERTIES = "a strict schema has at most 5000 properties; got 5001"
LONG = "a strict schema has at most 15000 characters in an enumeration of more than 250 values; got 15060"
TEXT = "a strict schema has at most 120000 characters in names and constants; got 120003"
CASES = {
    "enumeration": (
        f"class T(Enum):\n{members(1000)}",
        f"class T(Enum):\n{members(1001)}",
        f"T: {CONSTANTS}",
    ),
    "automatic": (
        "class T(Enum):\n" + "".join(f"    M{one} = auto()\n" for one in range(1000)),
        "class T(Enum):\n" + "".join(f"    M{one} = auto()\n" for one in range(1001)),
        f"T: {CONSTANTS}",
    ),
    "aliases": (
        f"class T(Enum):\n{members(1000)}    SAME = '0001'\n",
        f"class T(Enum):\n{members(1001)}    SAME = '0001'\n",
        f"T: {CONSTANTS}",
    ),
    "literals": (
        f"class T(TypedDict):\n    a: Literal[{', '.join(map(str, range(1000)))}]\n",
        f"class T(TypedDict):\n    a: Literal[{', '.join(map(str, range(1001)))}]\n",
        f"T: {CONSTANTS}",
    ),
    "once": (
        f"class E(Enum):\n{members(1000)}class T(TypedDict):\n    a: E\n    b: list[E] | None\n",
        f"class E(Enum):\n{members(1001)}class T(TypedDict):\n    a: E\n    b: list[E] | None\n",
        f"T: {CONSTANTS}",
    ),
    "properties": (
        f"class P(NamedTuple):\n{fields(2500)}class T(TypedDict):\n    p: list[P]\n{fields(2499)}",
        f"class P(NamedTuple):\n{fields(2500)}class T(TypedDict):\n    p: list[P]\n{fields(2500)}",
        f"T: {PROPERTIES}",
    ),
    "long": (
        f"class T(Enum):\n{members(250, 'a' * 56)}",
        f"class T(Enum):\n{members(251, 'a' * 56)}",
        f"T: {LONG}",
    ),
    "text": (
        f"class E(Enum):\n    A = '{'a' * 119_996}'\nclass T(TypedDict):\n    a: E\n    b: str\n    c: str\n",
        f"class E(Enum):\n    A = '{'a' * 120_000}'\nclass T(TypedDict):\n    a: E\n    b: str\n    c: str\n",
        f"T: {TEXT}",
    ),
}


@pytest.mark.slow(seconds=20)
def test_types_are_reported_beyond_a_limit_only(run_mypy: RunMypy, tmp_path: Path) -> None:
    for name, (fitting, excessive, _) in CASES.items():
        (tmp_path / f"{name}_fits.py").write_text(f"{HEADER}{fitting}json_schema_of(T)\n")
        (tmp_path / f"{name}.py").write_text(f"{HEADER}{excessive}json_schema_of(T)\n")
    files = sorted(one.name for one in tmp_path.glob("*.py"))
    found = {
        line.partition(".py:")[0]: line.partition("error: ")[2]
        for line in run_mypy(files, folder=tmp_path).diagnostics
    }
    assert found == {name: f"{text}  [openai-schema]" for name, (_, _, text) in CASES.items()}


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("name", CASES)
def test_the_client_refuses_the_same_types(name: str) -> None:
    fitting, excessive, text = CASES[name]
    json_schema_of(defined(fitting))
    with pytest.raises(CallError) as error:
        json_schema_of(defined(excessive))
    assert str(error.value).rpartition("; got ")[0] == text.rpartition("; got ")[0]


def defined(source: str) -> Any:
    scope: dict[str, Any] = {}
    exec(compile(HEADER + source, "example.py", "exec", dont_inherit=True), scope)
    return scope["T"]


def test_parameters_of_a_tool_count_together(run_mypy: RunMypy, tmp_path: Path) -> None:
    source = f"class A(Enum):\n{members(600)}class B(Enum):\n{members(600)}"
    function = "@tool\ndef find(a: A, b: B) -> None: ...\n"
    (tmp_path / "example.py").write_text(HEADER + source + function)
    run = run_mypy(["example.py"], folder=tmp_path)
    assert [line.partition("error: ")[2] for line in run.diagnostics] == [
        "find: a strict schema has at most 1000 values of enumerations; got 1200  [openai-tools]"
    ]


def test_enumerations_that_make_their_values_are_not_measured(run_mypy: RunMypy, tmp_path: Path) -> None:
    made = "    def __init__(self, text: str) -> None:\n        self._value_ = text[:1]\n"
    (tmp_path / "example.py").write_text(f"{HEADER}class T(Enum):\n{members(1001)}{made}json_schema_of(T)\n")
    assert run_mypy(["example.py"], folder=tmp_path).diagnostics == []


def test_levels_are_those_of_objects() -> None:
    deepest = {"anyOf": [{"type": "array", "items": {"type": "array", "items": plain(9)}}]}
    assert [*excesses({"properties": {"a": deepest}}, ())] == []
    assert [*excesses({"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": plain(10)}}, ())] == []
    assert [*excesses(plain(10), ())] == []
    ((place, text),) = excesses(plain(11), ("s",))
    assert place == ("s", *("properties", "a") * 10)
    assert text == "a strict schema has at most 10 levels of nested objects; got 11"


def plain(levels: int) -> dict[str, object]:
    schema: dict[str, object] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema
