"""The client, the embedded server and ``typed-openai explain`` find the same operation for a request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from typed_openai import Client
from typed_openai.cli.explain.finding import find
from typed_openai.testing import Server, serve
from typed_openai_spec.loading import load
from typed_openai_spec.model import Operation

PATHS = ("/a/{x}/c", "/a/b/{y}", "/a/{x}", "/a/{x}:stop", "/größe/{x}", "/two words", "/ends/", "/ends/{x}/")

DESCRIPTION = """
openapi: 3.1.0
info: {title: Overlapping paths, version: '1'}
servers: [{url: 'https://api.test/v1'}]
paths:
""" + "\n".join(
    f"  {path}:\n    get:\n      operationId: op{number}\n      responses: {{'204': {{description: done}}}}\n"
    f"      parameters: [{{name: {path[path.index('{') + 1]}, in: path, required: true, schema: {{}}}}]"
    if "{" in path
    else f"  {path}: {{get: {{operationId: op{number}, responses: {{'204': {{description: done}}}}}}}}"
    for number, path in enumerate(PATHS)
)

ROUTES = [
    ("/a/b/c", "/a/b/{y}"),
    ("/a/other/c", "/a/{x}/c"),
    ("/a/b:stop", "/a/{x}:stop"),
    ("/a/b", "/a/{x}"),
    ("/gr%C3%B6%C3%9Fe/1", "/größe/{x}"),
    ("/two%20words", "/two words"),
    ("/ends/", "/ends/"),
    ("/ends/1/", "/ends/{x}/"),
]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("overlapping")
    path = folder / "api.yaml"
    path.write_text(DESCRIPTION, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TYPED_OPENAI_CACHE", str(folder / "cache"))
        yield path


@pytest.fixture(scope="module")
def server(spec: Path) -> Iterator[Server]:
    with serve(spec=spec) as running:
        yield running


@pytest.mark.parametrize(("sent", "path"), ROUTES)
def test_a_request_is_one_operation_for_every_reader(
    spec: Path, server: Server, sent: str, path: str
) -> None:
    client = Client("key", spec=spec, base_url=server.base_url, max_retries=0)
    client.request("GET", sent)
    endpoint = client._endpoints.match("GET", sent, [])
    found = find(load(spec).index, f"GET {sent}")
    wanted = f"op{PATHS.index(path)}"
    assert endpoint is not None
    assert isinstance(found, Operation)
    assert (endpoint.operation.id, found.id) == (wanted, wanted)
    assert server.requests[-1].operation == endpoint.name


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_explained_as_it_is_described(spec: Path, path: str) -> None:
    if " " not in path:  # explain reads a path up to the first space
        found = find(load(spec).index, f"GET {path}")
        assert isinstance(found, Operation)
        assert found.path == path


def test_a_slash_at_the_end_may_be_added_to_a_path_that_is_explained(spec: Path) -> None:
    found = find(load(spec).index, "GET /a/b/c/")
    assert isinstance(found, Operation)
    assert found.path == "/a/b/{y}"
