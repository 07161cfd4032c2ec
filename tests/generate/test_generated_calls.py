"""A generated package at run time: calls reach its server, its types work, and no OpenAI key leaks."""

from __future__ import annotations

import inspect
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from tests.generate.conftest import PACKAGES

from typed_openai import CallError, Timeout
from typed_openai.testing import Server, serve
from typed_openai_spec.index.generated_packages import INDEX
from typed_openai_spec.index.reader import Index


@pytest.fixture(scope="module", autouse=True)
def importable(projects: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for one in PACKAGES:
            patch.syspath_prepend(projects / one)
        yield


@pytest.fixture
def shop() -> Any:
    return import_module("shop")


@pytest.fixture(scope="module")
def server(projects: Path) -> Iterator[Server]:
    with serve(index=Index(projects / "shop" / "shop" / INDEX)) as running:
        yield running


@pytest.mark.slow(seconds=1)
def test_calls_of_a_client_reach_its_server(shop: Any, server: Server) -> None:
    client = shop.Client("key", base_url=server.base_url)
    reply = client.items.create_item("a", 2.0, pet={"kind": "cat"})
    assert reply["name"]
    assert client.call("items.list_items", limit=3)["total"] is not None
    assert client.request("POST", "/items/", json={"name": "a", "price": 1})["name"]
    assert [(one.method, one.path) for one in server.requests[-3:]] == [
        ("POST", "/items/"),
        ("GET", "/items/"),
        ("POST", "/items/"),
    ]
    with pytest.raises(shop.CallError, match='unexpected keyword "colour"'):
        client.items.create_item("a", 2.0, colour="red")


def test_the_package_itself_is_a_client_configured_by_variables_of_its_own(
    shop: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "openai-secret")
    monkeypatch.setenv("OPENAI_ORG_ID", "openai-organization")
    assert shop.items.read_item(3)["name"]
    assert shop.call("items.read_item", 3)["name"]
    sent = server.requests[-1]
    assert sent.api_key == ""
    assert "openai-organization" not in sent.headers


def test_its_types_and_signatures_are_real(shop: Any) -> None:
    hints = get_type_hints(shop.types.Item)
    assert hints["name"] is str
    assert shop.types.Item.__module__ == "shop.types"
    assert shop.params.CreateItemParams.__required_keys__ == {"name", "price"}
    assert shop.resources.Items.__module__ == "shop.resources"
    assert list(inspect.signature(shop.Client().items.read_item).parameters)[:2] == ["item_id", "q"]
    assert "spec" not in inspect.signature(shop.Client).parameters
    assert shop.Timeout is Timeout
    assert {"items", "upload", "Client", "types", "Timeout"} <= set(dir(shop))


def test_a_client_is_copied_and_pickled_with_its_api(shop: Any) -> None:
    client = shop.Client("key", base_url="http://127.0.0.1:9")
    for one in (client.with_options(timeout=3), pickle.loads(pickle.dumps(client))):
        assert type(one) is shop.Client
        assert "items" in dir(one)
        assert "chat" not in dir(one)


def test_a_description_cannot_be_given_to_a_client_that_has_its_own(shop: Any) -> None:
    with pytest.raises(CallError, match='unexpected keyword "spec" for Client'):
        shop.Client(spec="other.yaml")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_that_a_package_lists_is_there(package: str) -> None:
    found = import_module(package)
    modules = [found, *(import_module(f"{package}.{one}") for one in ("types", "params", "resources"))]
    for module in modules:
        assert all(hasattr(module, name) for name in dir(module))
    client = found.Client(base_url="http://127.0.0.1:9")
    assert all(hasattr(client, name) for name in dir(client))


def test_importing_a_package_imports_nothing_of_the_client(paths: str) -> None:
    code = (
        "import shop, sys; print(sorted({'requests', 'typed_openai.client', 'inspect'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": paths}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_a_misspelt_name_gets_a_hint(shop: Any) -> None:
    with pytest.raises(AttributeError, match="module 'shop' has no attribute 'itms'; did you mean 'items'"):
        _ = shop.itms


@pytest.mark.parametrize("package", ["shop", "library"])
def test_the_calls_of_the_readme_work(
    package: str, projects: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (projects / package / "README.md").read_text()
    program = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    with serve(index=Index(projects / package / package / INDEX)) as running:
        monkeypatch.setenv(f"{package.upper()}_BASE_URL", running.base_url)
        exec(re.sub(r'(, )?base_url="https://[^"]*"', "", program), {})
        assert len(running.requests) >= 2
        assert all(one.status < 300 for one in running.requests)


def test_options_of_calls_have_neutral_names(shop: Any, server: Server, projects: Path) -> None:
    client = shop.Client("key", base_url=server.base_url)
    parameters = inspect.signature(client.items.read_item).parameters
    assert {"api_key", "timeout", "extra_headers"} < set(parameters)
    assert not [one for one in parameters if one.startswith("openai_")]
    client.items.read_item(3, api_key="another", timeout=5)
    client.request("GET", "/items/3", api_key="another")
    assert [one.api_key for one in server.requests[-2:]] == ["another", "another"]
    stubs = "".join(one.read_text() for one in (projects / "shop" / "shop").rglob("*.pyi"))
    assert "api_key: str | Omit" in stubs
    assert "openai_api_key" not in stubs


def test_packages_that_were_generated_earlier_keep_their_names_of_options(shop: Any, server: Server) -> None:
    client = shop.Client("key", base_url=server.base_url)
    client.items.read_item(3, openai_api_key="another")
    assert server.requests[-1].api_key == "another"
    with pytest.raises(shop.CallError, match='"api_key" is passed twice, also as "openai_api_key"'):
        client.items.read_item(3, api_key="a", openai_api_key="b")


def test_a_wrong_option_is_spelt_like_those_that_are_shown(shop: Any, server: Server) -> None:
    client = shop.Client(base_url=server.base_url)
    with pytest.raises(shop.CallError, match='did you mean "api_key"'):
        client.items.read_item(3, apikey="secret-one")
    with pytest.raises(shop.CallError, match='did you mean "api_key"'):
        client.request("GET", "/items/3", apikey="secret-one")
