"""Arrays whose items are described by their places: types, checks at run time, and the embedded server."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from tests.generate.conftest import FIXTURES

from typed_openai import APIStatusError, Client
from typed_openai.cli import main
from typed_openai.testing import Server, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.generate.conftest import RunTool

SPEC = FIXTURES / "places.yaml"

PROGRAM = """\
from places import Client

client = Client("key")
route = client.routes.make_route(("a", 1.5), stops=[("b", 2), ("c", 3)], row=("d", 1, 2, 3))
name, height = route["points"][0]
word, *numbers = route["row"]
print(name.upper(), height / 2, word.upper(), sum(numbers))
client.routes.make_route((1.5, "a"))
client.routes.make_route(("a", 1.5, "b"))
client.routes.make_route(("a", 1.5), row=("d", "e"))
print(route["points"][0][2])
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(spec=SPEC) as running:
        yield running


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("places")
    assert main(["generate", "--strict", "--spec", str(SPEC), "--package", "places", "--out", str(out)]) == 0
    return out


def test_tuples_are_sent_as_arrays_and_judged_by_place(server: Server) -> None:
    client = Client("key", spec=SPEC, base_url=server.base_url)
    reply = client.call("makeRoute", ("a", 1.5), row=("d", 1, 2))
    (name, height), (word, *_) = reply["points"][0], reply["row"]
    assert [type(one) for one in (name, word)] == [str, str]
    assert isinstance(height, int | float)
    assert server.requests[-1].arguments["start"] == ["a", 1.5]
    for start in ((1.5, "a"), ("a",), ("a", 1.5, 2)):
        with pytest.raises(APIStatusError) as caught:
            client.call("makeRoute", start)
        assert caught.value.status == 400
    with pytest.raises(APIStatusError, match=r"row\[2\]"):
        client.call("makeRoute", ("a", 1.5), row=("d", 1, "e"))


def test_types_at_run_time_are_tuples(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(project)
    monkeypatch.delitem(sys.modules, "places", raising=False)
    types: Any = import_module("places.types")
    assert get_type_hints(types.Route)["points"] == list[tuple[str, float]]
    row = str(get_type_hints(types.Route)["row"])
    assert row in ("tuple[str, *tuple[int, ...]]", "tuple[str, typing.Unpack[tuple[int, ...]]]")


@pytest.mark.slow(seconds=8)
def test_checkers_know_the_type_of_each_place(project: Path, run_tool: RunTool) -> None:
    (project / "program.py").write_text(PROGRAM)
    done = run_tool("mypy", "--strict", "program.py", folder=project)
    wrong = sorted({int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line})
    assert wrong == [8, 9, 10, 11], done.stdout
