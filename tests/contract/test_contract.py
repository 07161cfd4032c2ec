"""Public names are kept: the stubs, the plugin and the command line keep their promises.

The promises are in ``listed``. ``UPDATE_GOLDEN=1 pytest tests/contract`` adds the new ones. A broken
promise has to be settled before: keep the name with an alias (``aliases`` in
``spec/overrides/names.yaml``), or announce it in backticks in a file of ``changelog.d``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.contract.promises import Broken, Promises, acknowledged, broken, promised, read, write
from tests.contract.tools import promised_by_tools

from typed_openai_mypy import codes, config
from typed_openai_spec.index.reader import packaged

ROOT = Path(__file__).parents[2]
LISTED = Path(__file__).with_name("listed")
CHANGES = "\n".join(one.read_text() for one in sorted((ROOT / "changelog.d").glob("+*.md")))
HOW_TO = (__doc__ or "").partition("\n\n")[2]

ORDER, JOBS = "order?: Literal['asc']", "-> types.Jobs"
OLD: Promises = {
    "operations/tuning": {
        "create": ["1 model: str", "n?: int", "requires stream: Literal[True]", "-> types.Job", "-> str"],
        "list": ["1 id: str", ORDER, JOBS],
    },
    "types": {
        "Job": ["id", "name?"],
        "JobRequest": ["name?", "requires id"],
        "Color": ["is 'red'", "is 'blue'"],
    },
}


@pytest.fixture(scope="module")
def current() -> Promises:
    sent = {name for name, one in packaged().components.items() if one.input and not one.output}
    return {**promised(ROOT / "stubs" / "typed_openai-stubs", sent), **promised_by_tools()}


def unsettled(current: Promises) -> list[str]:
    return [str(one) for one in broken(read(LISTED), current) if not acknowledged(one, CHANGES)]


@pytest.mark.slow(seconds=1)
def test_no_promise_is_broken_without_an_acknowledgement(current: Promises) -> None:
    found = unsettled(current)
    assert not found, "\n".join(["public names are broken:", *found, "", HOW_TO])


def test_listed_promises_are_those_of_the_stubs(current: Promises) -> None:
    if os.environ.get("UPDATE_GOLDEN") and not unsettled(current):
        write(LISTED, current)
    listed = read(LISTED)
    differing = sorted(file for file in {*listed, *current} if listed.get(file) != current.get(file))
    assert not differing, "\n".join(["the lists are not up to date:", *differing, "", HOW_TO])


def test_every_name_of_the_api_is_listed(current: Promises) -> None:
    for group, names in packaged().groups.items():
        assert set(names) <= set(current[f"operations/{group}"])
    assert set(packaged().components) <= set(current["types"])
    assert current["operations/chat"]["create_chat_completion"][0].startswith("1 messages: ")
    assert "Client.close" in current["modules/client"]
    assert "Client" in current["modules/package"]


def test_every_code_and_option_of_the_plugin_and_every_command_is_listed(current: Promises) -> None:
    listed = read(LISTED)
    assert set(listed["plugin/codes"]) == {one.code for one in codes.ALL}
    assert set(listed["plugin/options"]) == set(config.OPTIONS)
    assert {"check", "call", "spec gate"} <= set(listed["commands"])
    assert {"--baseline", "--output", "--output sarif"} <= set(listed["commands"]["check"])


def without(promises: Promises, file: str, name: str, line: str = "") -> Promises:
    """Return the promises without a name of a file, or without one of its lines."""
    names = {one: [*lines] for one, lines in promises[file].items() if one != name or line}
    if line:
        names[name].remove(line)
    return {**promises, file: names}


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize(
    ("file", "name", "line", "expected"),
    [
        ("plugin/codes", "openai-limit", "", "codes.openai-limit: it is gone"),
        ("plugin/options", "warn", "", "options.warn: it is gone"),
        ("plugin/options", "warn", "is list", "options.warn: no longer is list"),
        ("commands", "spec gate", "", "commands.spec gate: it is gone"),
        ("commands", "check", "--baseline", "commands.check: no longer --baseline"),
        ("commands", "check", "--output sarif", "commands.check: no longer --output sarif"),
    ],
)
def test_a_code_an_option_or_a_command_that_is_gone_breaks_a_promise(
    current: Promises, file: str, name: str, line: str, expected: str
) -> None:
    (found,) = broken(read(LISTED), without(current, file, name, line))
    assert str(found) == expected
    assert not acknowledged(found, CHANGES)
    assert acknowledged(found, f"- `{found.name}` is gone.\n")


def changed(name: str, *lines: str) -> Promises:
    """Return the old promises with other lines for one name; without lines, the name is removed."""
    file = "types" if name in OLD["types"] else "operations/tuning"
    names = {one: told for one, told in OLD[file].items() if one != name}
    return {**OLD, file: {**names, name: list(lines)} if lines else names}


KEPT = {
    "nothing changed": OLD,
    "a new operation": changed("get", "1 id: str", "-> types.Job"),
    "a new optional argument": changed("list", "1 id: str", ORDER, "n?: int", JOBS),
    "more values for an argument": changed("list", "1 id: str", "order?: Literal['a', 'asc'] | None", JOBS),
    "an optional argument also by position": changed("list", "1 id: str", f"2 {ORDER}", JOBS),
    "a required argument made optional": changed("list", "1 id?: str", ORDER, JOBS),
    "a new key in a reply": changed("Job", "id", "name?", "size"),
    "a required key of a request made optional": changed("JobRequest", "id?", "name?"),
    "a new member of an alias": changed("Color", "is 'red'", "is 'green'", "is 'blue'"),
}
BROKEN = {
    "an operation is gone": (changed("list"), "tuning.list: it is gone"),
    "a component is gone": (changed("Job"), "types.Job: it is gone"),
    "an argument is gone": (changed("list", "1 id: str", JOBS), f"tuning.list: no longer {ORDER}"),
    "an argument takes less": (
        changed("list", "1 id: int", ORDER, JOBS),
        "tuning.list: no longer 1 id: str",
    ),
    "an argument is at another place": (
        changed("list", "2 id: str", ORDER, JOBS),
        "tuning.list: no longer 1 id: str",
    ),
    "a new argument is required": (
        changed("list", "1 id: str", "requires n: int", ORDER, JOBS),
        "tuning.list: now requires n: int",
    ),
    "a new argument by position is required": (
        changed("list", "1 id: str", "2 n: int", ORDER, JOBS),
        "tuning.list: now 2 n: int",
    ),
    "a call gives something else": (
        changed("list", "1 id: str", ORDER, "-> types.Jobs | None"),
        f"tuning.list: no longer {JOBS}",
    ),
    "a key is gone": (changed("Job", "id"), "types.Job: no longer name?"),
    "a reply need not have a key": (changed("Job", "id?", "name?"), "types.Job: no longer id"),
    "a request must have a key": (
        changed("JobRequest", "name?", "requires id", "requires size"),
        "types.JobRequest: now requires size",
    ),
    "a member of an alias is gone": (changed("Color", "is 'red'"), "types.Color: no longer is 'blue'"),
}


@pytest.mark.parametrize("now", KEPT.values(), ids=KEPT)
def test_promise_is_kept_with(now: Promises) -> None:
    assert broken(OLD, now) == []


@pytest.mark.parametrize(("now", "expected"), BROKEN.values(), ids=BROKEN)
def test_promise_is_broken_where(now: Promises, expected: str) -> None:
    assert [str(one) for one in broken(OLD, now)] == [expected]


def test_a_change_is_acknowledged_by_naming_it_in_a_fragment() -> None:
    one = Broken("types.Job", "it is gone")
    assert acknowledged(one, "- More.\n- `types.Job` is gone.\n")
    assert not acknowledged(one, "- types.Job is gone.\n")
    assert not acknowledged(one, "- `types.Jobs` is gone.\n")


def test_promises_are_read_as_they_were_written(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    assert read(tmp_path) == OLD


RESOURCES = """
class ManyParts(Resource):
    @overload
    def make(self, a: int, *, b: str = ..., timeout: float = ...) -> types.Part: ...
    @overload
    def make(self, a: int, *, b: str = ..., stream: Literal[True]) -> Stream[types.Part]: ...
"""
BELOW = """
class Part(TypedDict):
    size: int
    name: NotRequired[str]
"""
TYPES = """
from typed_openai._below import *
Odd = TypedDict("Odd", {"not-a-name": str})
Color: TypeAlias = Literal["red", "blue"] | None
_Item = TypeVar("_Item")
"""
ERRORS = """
class APIError(Exception):
    status: int
    def __init__(self, text: str) -> None: ...
    def _hidden(self) -> None: ...
"""


def test_a_stub_gives_its_promises(tmp_path: Path) -> None:
    for name, text in {"resources": RESOURCES, "types": TYPES, "_below": BELOW, "errors": ERRORS}.items():
        (tmp_path / f"{name}.pyi").write_text(text)
    plain, streaming = ["1 a: int", "b?: str", "-> types.Part"], ["requires stream: Literal[True]"]
    assert promised(tmp_path, {"Part"}) == {
        "operations/many_parts": {"make": [*plain, *streaming, "-> Stream[types.Part]"]},
        "types": {
            "Color": ["is 'red'", "is 'blue'", "is None"],
            "Odd": ["not-a-name"],
            "Part": ["name?", "requires size"],
        },
        "modules/errors": {
            "APIError": ["is Exception"],
            "APIError.status": ["is int"],
            "APIError.__init__": ["1 text: str", "-> None"],
        },
    }
