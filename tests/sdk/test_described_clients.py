"""Clients of other APIs, created from a description file, without any generated code."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from typed_openai import CallError, Client, DescriptionWarning, response_info
from typed_openai_spec.compile import build, index_files
from typed_openai_spec.files.texts import parse_yaml
from typed_openai_spec.index.reader import PACKAGED

FIXTURES = Path(__file__).parents[1] / "fixtures"
TRAITS = FIXTURES / "traits.yaml"

SMALL: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Small", "version": "1"},
    "servers": [{"url": "https://small.example/v1"}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "things.list",
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}},
            }
        }
    },
}


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TYPED_OPENAI_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def quiet(recwarn: pytest.WarningsRecorder) -> None:
    warnings.simplefilter("ignore", DescriptionWarning)


def small(folder: Path, **changes: Any) -> Path:
    path = folder / "small.json"
    path.write_text(json.dumps(SMALL | changes))
    return path


def folder_of(folder: Path, form: str) -> Path:
    """Return the small description in one of the accepted forms."""
    file = small(folder)
    if form == "canonical folder":
        canonical = folder / "canonical"
        canonical.mkdir()
        (canonical / "api.yaml").write_text(file.read_text())
        return canonical
    if form == "compiled index":
        for name, text in index_files(build(file).api).items():
            (folder / "index" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "index" / name).write_text(text)
        return folder / "index"
    return file


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("form", ["JSON file", "canonical folder", "compiled index"])
@pytest.mark.parametrize("as_text", [True, False])
def test_any_form_of_a_description_makes_a_client(
    server: Any, tmp_path: Path, form: str, as_text: bool
) -> None:
    server.reply({"a": 1})
    place = folder_of(tmp_path, form)
    client = Client(spec=str(place) if as_text else place, base_url=server.base_url)
    reply = client.things.things_list()
    assert server.seen[-1].path == "/v1/things"
    assert response_info(reply).operation == "things.things_list"
    assert client.call("things.list") == client.call("things.things_list") == {"a": 1}
    assert client.request("GET", "/things") == {"a": 1}


def test_methods_are_as_real_as_those_of_the_packaged_api(quiet: None) -> None:
    client = Client(spec=TRAITS)
    assert {"forms", "users", "keys"} <= set(dir(client))
    assert "chat" not in dir(client)
    method = client.users.replace_user
    assert list(inspect.signature(method).parameters)[:4] == ["id", "home", "name", "password"]
    assert "PUT /v1/users/{id}" in (inspect.getdoc(method) or "")
    assert repr(client) == "<typed_openai.Client of https://eu.traits.example/api/v1>"


def test_clients_of_several_apis_live_side_by_side(server: Any, tmp_path: Path, quiet: None) -> None:
    server.reply({})
    ours, traits, things = Client("key"), Client(spec=TRAITS), Client(spec=small(tmp_path))
    assert hasattr(ours, "chat")
    assert [hasattr(one, "forms") for one in (ours, traits, things)] == [False, True, False]
    assert [hasattr(one, "things") for one in (ours, traits, things)] == [False, False, True]
    again = Client(spec=TRAITS)
    assert type(again.users) is type(traits.users)


def test_the_packaged_index_given_as_a_description_is_openais(server: Any) -> None:
    server.reply({"data": []})
    assert type(Client(spec=PACKAGED).models) is type(Client().models)


def test_problems_are_told_once_with_their_place_and_cost_no_more_than_that_place(
    server: Any, tmp_path: Path
) -> None:
    server.reply({})
    paths = {**SMALL["paths"], "/odd": {"get": 5, "put": {"operationId": "putOdd"}}}
    spec = small(tmp_path, paths=paths)
    with pytest.warns(DescriptionWarning, match=r"small\.json: lost: /paths/~1odd/get: expected") as told:
        client = Client(spec=spec, base_url=server.base_url)
    assert [one.filename for one in told] == [__file__]
    client.things.things_list()
    client.odd.put_odd()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Client(spec=spec)


@pytest.mark.parametrize(
    ("servers", "found"),
    [([{"url": "/api/v1"}], 'its first server is "/api/v1"'), ([], "it lists none")],
)
def test_a_description_without_an_address_needs_one(
    server: Any, tmp_path: Path, servers: list[Any], found: str
) -> None:
    client = Client(spec=small(tmp_path, servers=servers))
    with pytest.raises(CallError, match="base_url: the description has no server URL") as caught:
        client.things.things_list()
    assert found in str(caught.value)
    server.reply({})
    client.with_options(base_url=server.base_url).things.things_list()
    client.things.things_list(base_url=server.base_url)
    assert len(server.seen) == 2


def test_a_server_of_an_operations_own_is_where_it_goes_unless_the_user_names_another(quiet: None) -> None:
    at_home = {"base_url": "https://eu.traits.example/api/v1/"}
    for settings, host in (
        ({}, "upload.traits.example"),
        (at_home, "upload.traits.example"),
        ({"base_url": "https://gateway.example/x"}, "gateway.example"),
    ):
        command = Client(spec=TRAITS, **settings).as_curl("upload", b"x")
        assert command.startswith(f"curl https://{host}/")


def test_what_is_not_there_names_the_api(tmp_path: Path) -> None:
    client = Client(spec=small(tmp_path))
    for wanted in ("thinks.list", "createChatCompletion"):
        with pytest.raises(CallError, match=f'"Small" has no operation "{wanted}"'):
            client.call(wanted)
    with pytest.raises(AttributeError, match=r"""Client of "Small" has no attribute 'thing'"""):
        _ = client.thing


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("missing.yaml", "spec: missing.yaml: cannot be read"),
        ("https://a.example/openapi.json", "expected a file, got the URL"),
        (5, 'spec: expected the path of a description, got "int"'),
        (b"a.yaml", 'spec: expected the path of a description, got "bytes"'),
    ],
)
def test_what_is_no_description_is_refused(spec: Any, message: str) -> None:
    with pytest.raises(CallError, match=message):
        Client(spec=spec)


def test_a_compiled_index_that_lacks_a_file_is_refused_at_once(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED, tmp_path / "index", ignore=shutil.ignore_patterns("components.json"))
    with pytest.raises(CallError, match=r"components\.json: no such file; expected a compiled API index"):
        Client(spec=tmp_path / "index")


def test_other_settings_do_not_lead_to_another_api(tmp_path: Path) -> None:
    client = Client("key-of-openai")
    with pytest.raises(CallError, match='unexpected keyword "spec" for with_options'):
        client.with_options(spec=small(tmp_path))
    with pytest.raises(AttributeError, match="client settings are read-only"):
        client.spec = small(tmp_path)


def test_copies_and_pickles_keep_the_description(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.reply({})
    monkeypatch.chdir(tmp_path)
    client = Client(spec=small(tmp_path).name, base_url=server.base_url)
    pickled = pickle.dumps(client)
    monkeypatch.chdir("/")
    others = (copy.copy(client), copy.deepcopy(client), client.with_options(timeout=9), pickle.loads(pickled))
    for one in others:
        one.things.things_list()
        assert not hasattr(one, "chat")
    again: Client = pickle.loads(pickle.dumps(others[2]))
    again.things.things_list()


def test_a_list_in_pages_goes_on(server: Any, tmp_path: Path) -> None:
    from typed_openai import paginate  # noqa: PLC0415  the one test that needs it

    page = {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": {"type": "object"}},
            "has_more": {"type": "boolean"},
        },
    }
    operation = {
        "operationId": "listThings",
        "parameters": [{"name": "after", "in": "query", "schema": {"type": "string"}}],
        "responses": {"200": {"content": {"application/json": {"schema": page}}}},
    }
    client = Client(spec=small(tmp_path, paths={"/things": {"get": operation}}), base_url=server.base_url)
    server.reply({"data": [{"id": "a"}], "has_more": True})
    server.reply({"data": [{"id": "b"}], "has_more": False})
    assert [one["id"] for one in paginate(client.things.list_things)] == ["a", "b"]
    assert server.seen[-1].path == "/v1/things?after=a"


WITHOUT_YAML = """
import sys
sys.modules["yaml"] = None
from typed_openai import CallError, Client
print(Client(spec=sys.argv[1]).things.things_list.__name__)
try:
    Client(spec=sys.argv[2])
except CallError as error:
    print(error)
"""


def test_json_needs_no_yaml_and_yaml_says_what_it_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_YAML, str(small(tmp_path)), str(TRAITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == "things_list"
    assert 'PyYAML is needed: pip install "typed-openai[mypy]"; JSON needs no package' in second


def test_a_description_is_the_same_in_yaml_and_json(tmp_path: Path, quiet: None) -> None:
    path = tmp_path / "traits.json"
    path.write_text(json.dumps(parse_yaml(TRAITS.read_bytes(), "traits")))
    one, other = Client(spec=TRAITS), Client(spec=path)
    assert set(dir(one)) == set(dir(other))
    assert one.as_curl("openly") == other.as_curl("openly")


def test_no_description_costs_a_plain_client_nothing() -> None:
    code = """
import sys
from typed_openai import Client
Client("key").chat
print(sorted({"yaml", "typed_openai_spec.loading", "requests"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
