"""Objects with further keys in mypy: the plugin accepts, types and checks them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.generate.conftest import FIXTURES

from typed_openai.cli import main

if TYPE_CHECKING:
    from tests.generate.conftest import RunTool

pytestmark = pytest.mark.slow(seconds=6)

INI = """\
[mypy]
strict = True
mypy_path = things
plugins = typed_openai_mypy.plugin
[typed_openai_mypy]
packages = things
"""

GOOD = """\
from typing_extensions import assert_type
from things import Client
from things.aio import AsyncClient
from things.types import AnyThing, Closed, Deep, Other, Thing

client = Client()


def reads(thing: Thing, other: Other, both: Thing | Other, anything: AnyThing, many: list[Thing]) -> int:
    assert_type(thing["more"], int)
    assert_type(both["more"], int | Deep)
    assert_type(anything["more"], object)
    assert_type(other["more"]["colour"], str | None)
    if other["more"]["shape"] is not None:
        assert_type(other["more"]["shape"], str)
    assert_type(thing.get("more"), int | None)
    assert_type(thing.get("more", 0), int)
    assert_type(thing.setdefault("more", 1), int)
    assert_type(thing.pop("more", None), int | None)
    for key in ("more", "less"):
        print(thing[key])
    if "less" in thing and thing["less"] > 1:
        print(sum([thing["less"], thing["least"]]))
    total = thing["weight"] + 1
    assert_type(total, int)
    numbers = [thing["first"], thing["second"]]
    assert_type(numbers, list[int])
    print(sum([thing["least"], 1]))
    return max(thing["width"], thing["height"])


def writes(thing: Thing, other: Other) -> Thing:
    thing["more"] = 1
    thing["more"] += 1
    del thing["more"]
    thing.update({"more": 1, "kind": "big"})
    thing |= {"more": 2}
    other["more"] = {"size": 1, "colour": "red", "shape": None}
    first: Thing = {"name": "a", "more": 1}
    second: Thing | Closed | Other = {"id": 1, "more": {"size": 1, "colour": None}}
    third = Thing(name="a", more=1)
    print(first, second, third)
    return {**thing, "less": 1}


def calls() -> int:
    made = client.things.make_thing(
        {"name": "a", "more": 1},
        either={"id": 1, "more": {"colour": "red"}},
        many=[{"name": "a", "more": 1}, {"id": 1, "more": {}}],
    )
    assert_type(made, Thing)
    for event in client.things.make_thing({"name": "a", "more": 1}, stream=True):
        assert_type(event["less"], int)
    return client.things.get_thing()["more"] + made["more"]


async def waits() -> int:
    return (await AsyncClient().things.get_thing())["more"]
"""

BAD = """\
from typing import TypedDict
from things import Client
from things.types import Closed, Other, Thing


class Own(TypedDict):
    name: str


def takes(text: str) -> str:
    return text


def reads(thing: Thing, other: Other, closed: Closed, own: Own, both: Thing | Own, some: Thing) -> str:
    thing["one"] + "a"
    thing.get("two", 1) + "a"
    other["three"]["four"].upper()
    takes(thing["five"])
    text: str = thing["six"] + 1
    closed["seven"]
    own["eight"]
    both["nine"]
    some["ten"].upper()
    thing["eleven"]  # type: ignore[typeddict-item]
    return thing["twelve"] + 1


def writes(thing: Thing, other: Other, own: Own) -> Thing:
    thing["one"] = "a"
    other["two"] = {"size": "a"}
    thing.setdefault("three", "a")
    thing.update({"four": "a"})
    first: Thing = {"name": 1, "five": "a", "six": own.seven}
    second: Thing = {"eight": 1}
    third: Closed = {"size": 1, "nine": 1}
    fourth: Own = {"name": "a", "ten": 1}
    fifth: Thing | Other = {"id": 1, "eleven": 1}
    sixth = Thing(name="a", twelve="a")
    return {"name": "a", "thirteen": "a"}


def calls(client: Client) -> None:
    client.things.make_thing({"name": "a", "one": "b"}, many=[{"name": "a", "two": 1}, {"id": 1, "three": 1}])
    client.things.make_thing({"name": "a", "four": 1, "kind": "huge"}, stream=True)
    client.things.get_thing()["five"] + "a"
"""

TOLD = """\
15: Unsupported operand types for + ("int" and "str")  [operator]
16: Unsupported operand types for + ("int" and "str")  [operator]
17: "str | None" may be None; exclude None first  [openai-arg]
18: Argument 1 to "takes" has incompatible type "int"; expected "str"  [arg-type]
19: Incompatible types in assignment (expression has type "int", variable has type "str")  [assignment]
20: unknown key "seven" for Closed  [openai-arg]
21: TypedDict "Own" has no key "eight"  [typeddict-item]
22: TypedDict "Own" has no key "nine"  [typeddict-item]
23: "int" has no attribute "upper"  [attr-defined]
25: Incompatible return value type (got "int", expected "str")  [return-value]
29: thing.one: expected "int", got "str"  [openai-arg]
30: other.two.size: expected "int | None", got "str"  [openai-arg]
31: three: expected "int", got "str"  [openai-arg]
32: four: expected "int", got "str"  [openai-arg]
33: first.name: expected "str", got "int"  [openai-arg]
33: first.five: expected "int", got "str"  [openai-arg]
33: "Own" has no attribute "seven"  [attr-defined]
34: second: missing key "name" for Thing  [openai-arg]
35: third: unknown key "nine" for Closed  [openai-arg]
36: Extra key "ten" for TypedDict "Own"  [typeddict-unknown-key]
37: fifth.eleven: expected "Deep", got "int"  [openai-arg]
38: twelve: expected "int", got "str"  [openai-arg]
39: return value.thirteen: expected "int", got "str"  [openai-arg]
43: thing.one: expected "int", got "str"  [openai-arg]
43: many[1].three: expected "Deep", got "int"  [openai-arg]
44: thing.kind: expected one of 'big', 'small'; got 'huge'  [openai-arg]
45: Unsupported operand types for + ("int" and "str")  [operator]
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, run_tool: RunTool) -> dict[str, list[str]]:
    """The errors of mypy in each of the two programs."""
    folder = tmp_path_factory.mktemp("open")
    spec, out = str(FIXTURES / "open_objects.yaml"), str(folder / "things")
    assert main(["generate", "--spec", spec, "--package", "things", "--out", out, "--strict"]) == 0
    for name, text in {"mypy.ini": INI, "good.py": GOOD, "bad.py": BAD}.items():
        (folder / name).write_text(text)
    run = run_tool("mypy", "good.py", "bad.py", folder=folder)
    lines = re.findall(r"(?m)^(\w+)\.py:(\d+): error: (.*)$", run.stdout)
    assert run.stderr == ""
    return {
        name: [f"{line}: {text}" for file, line, text in lines if file == name] for name in ("good", "bad")
    }


def test_further_keys_are_accepted_and_have_their_type(printed: dict[str, list[str]]) -> None:
    assert printed["good"] == []


def test_values_of_further_keys_are_checked_and_other_types_stay_closed(
    printed: dict[str, list[str]],
) -> None:
    assert printed["bad"] == TOLD.splitlines()
