"""No module or public name hides a group: all groups that are called like one are reachable."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import typed_openai
from typed_openai import Client
from typed_openai.aio import AsyncClient
from typed_openai.cli import main
from typed_openai.testing import Server, serve
from typed_openai_spec.compile import build, index_files
from typed_openai_spec.index.reader import Index, packaged
from typed_openai_spec.model.python_names import PUBLIC_NAMES
from typed_openai_stubgen import generate

SUBMODULES = sorted(
    one.name.removeprefix("typed_openai.")
    for one in pkgutil.walk_packages(typed_openai.__path__, "typed_openai.")
    if not one.name.endswith("__main__")
)
PUBLIC_MODULES = {one.name for one in pkgutil.iter_modules(typed_openai.__path__) if one.name[0] != "_"}
FUNCTIONS = {name for name in typed_openai.__all__ if name.islower()}
CLIENT_ATTRIBUTES = {name for one in (AsyncClient, Client) for name in vars(one) if name[0] != "_"}
CLIENT_ATTRIBUTES -= {*packaged().groups}

# The last word of each module's name, and names that the package could have by its own imports.
SEGMENTS = sorted(
    {name.rpartition(".")[2] for name in SUBMODULES}
    | {"annotations", "import_module", "importlib", "typing", "any", "version", "spec", "str", "dict"}
    | {"limits", "sessions", "transport", "events", *FUNCTIONS, *CLIENT_ATTRIBUTES}
)

# Imports every module, as a program does that uses all of the client, then calls each group.
CALLS = """\
import importlib, json, sys
import typed_openai._transport.session_transport
names, groups, mine = json.loads(sys.argv[1])
for name in names:
    importlib.import_module(name)
package = importlib.import_module(mine)
found = []
for group in groups:
    value = getattr(getattr(package, group), f"get_{group.strip('_')}_item")("a")
    assert group in dir(package) and value == value
    found.append(value)
print(len(found))
"""


def group_of(segment: str) -> str:
    name = segment.strip("_")
    return f"{name}_" if name in PUBLIC_NAMES else name


GROUPS = sorted({group_of(one) for one in SEGMENTS})


def _operation(name: str) -> dict[str, object]:
    given = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    reply = {"description": "d", "content": {"application/json": {"schema": {"type": "string"}}}}
    operation = {
        "operationId": f"get_{name.strip('_')}_item",
        "parameters": [given],
        "responses": {"200": reply},
    }
    return {"get": operation}


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = {one.strip("_"): one for one in SEGMENTS}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Taken names", "version": "1"},
        "servers": [{"url": "http://127.0.0.1:9/v1"}],
        "paths": {f"/{one}/{{id}}": _operation(name) for name, one in names.items()},
    }
    path = tmp_path_factory.mktemp("taken") / "taken.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture(scope="module")
def index(description: Path) -> Path:
    folder = description.parent / "index"
    for name, text in index_files(build(description).api).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def generated(description: Path) -> Path:
    """The folder of a generated package called ``taken``."""
    out = description.parent / "project"
    words = ["generate", "--spec", str(description), "--package", "taken", "--out", str(out)]
    assert main(words) == 0
    return out


@pytest.fixture(scope="module")
def server(index: Path) -> Iterator[Server]:
    with serve(index=Index(index)) as running:
        yield running


def python(code: str, *words: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={"PATH": "", "OPENAI_API_KEY": "sk-mine", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_table_has_every_public_name_that_a_group_could_have() -> None:
    assert {*PUBLIC_MODULES, *FUNCTIONS, *CLIENT_ATTRIBUTES} == {*PUBLIC_NAMES}


def test_a_group_that_is_called_like_a_public_name_has_an_underscore(index: Path) -> None:
    assert list(Index(index).groups) == GROUPS
    assert {"types_", "errors_", "cli_", "call_", "paginate_", "transport", "sessions"} <= {*GROUPS}


def test_a_client_of_a_description_reaches_every_group(description: Path, server: Server) -> None:
    importlib.import_module("typed_openai._transport.session_transport")
    client = Client("sk-mine", base_url=server.base_url, spec=description)
    for group in GROUPS:
        assert group in dir(client)
        getattr(getattr(client, group), f"get_{group.strip('_')}_item")("a")
    with pytest.raises(AttributeError, match="no attribute 'types'; did you mean 'types_'"):
        _ = client.types
    assert len({one.path for one in server.requests}) == len(GROUPS)


@pytest.mark.slow(seconds=1)
def test_the_module_itself_reaches_every_group(index: Path, server: Server) -> None:
    packaged = (
        f"import typed_openai_spec.index.reader as r, pathlib; r.PACKAGED = pathlib.Path({str(index)!r})\n"
    )
    names = [f"typed_openai.{one}" for one in SUBMODULES]
    words = json.dumps([names, GROUPS, "typed_openai"])
    assert python(packaged + CALLS, words, OPENAI_BASE_URL=server.base_url) == f"{len(GROUPS)}\n"


@pytest.mark.slow(seconds=4)
def test_a_generated_package_reaches_every_group(generated: Path, server: Server) -> None:
    own = [f"taken.{one}" for one in ("client", "default_client", "params", "resources", "types")]
    words = json.dumps([[*(f"typed_openai.{one}" for one in SUBMODULES), *own], GROUPS, "taken"])
    environment = {"PYTHONPATH": str(generated), "TAKEN_BASE_URL": server.base_url}
    assert python(CALLS, words, **environment) == f"{len(GROUPS)}\n"
    bound = CALLS.replace("importlib.import_module(mine)", "importlib.import_module(mine).Client()")
    assert python(bound, words, **environment) == f"{len(GROUPS)}\n"


@pytest.mark.slow(seconds=1)
def test_stubs_have_the_same_names_as_mypy_sees(generated: Path, description: Path, tmp_path: Path) -> None:
    stubs = tmp_path / "stubs" / "typed_openai"
    for name, text in generate(build(description).api).items():
        (stubs / name).parent.mkdir(parents=True, exist_ok=True)
        (stubs / name).write_text(text)
    _check(tmp_path, "taken", [stubs.parent, generated])
    _check(tmp_path, "typed_openai", [stubs.parent])


def _check(folder: Path, package: str, paths: list[Path]) -> None:
    places = ("package", "package.Client()")
    lines = [
        f"{place}.{group}.get_{group.strip('_')}_item('a').upper()" for place in places for group in GROUPS
    ]
    program = folder / f"uses_{package}.py"
    program.write_text("\n".join([f"import {package} as package", "import typed_openai.errors", *lines, ""]))
    (folder / "mypy.ini").write_text(f"[mypy]\nstrict = True\nmypy_path = {':'.join(map(str, paths))}\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(folder / "cache"), program.name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.stdout == "Success: no issues found in 1 source file\n", done.stdout + done.stderr


def test_the_command_line_has_the_same_names(description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = ["--spec", str(description)]
    assert main(["call", *spec, "--help"]) == 0
    assert {*GROUPS} <= {*capsys.readouterr().out.replace(",", " ").split()}
    assert main(["call", *spec, "types_", "--help"]) == 0
    assert "types_.get_types_item" in capsys.readouterr().out
    assert main(["explain", *spec]) == 0
    assert {*GROUPS} <= {*capsys.readouterr().out.replace(",", " ").split()}
    assert main(["explain", *spec, "errors_.get_errors_item"]) == 0
    assert "errors_.get_errors_item" in capsys.readouterr().out
