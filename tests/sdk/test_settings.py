"""A client's settings: fixed, changed in a copy, rejected with the nearest valid name; and import *."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from typed_openai import APIConnectionError, CallError, Timeout
from typed_openai.client import Client, ClientOptions


@pytest.mark.parametrize("name", sorted(ClientOptions.__annotations__))
def test_no_setting_can_be_assigned(name: str) -> None:
    client: Any = Client(api_key="k")
    with pytest.raises(AttributeError, match=rf"with_options\({name}=\.\.\.\)"):
        setattr(client, name, "value")


def test_another_setting_makes_another_client(server: Any) -> None:
    server.reply({"data": []})
    seen: list[Any] = []
    client = Client(
        api_key="sk-1", base_url=server.base_url, http_headers={"X-Mine": "1"}, on_request=seen.append
    )
    other = client.with_options(timeout=3, max_retries=0, http_headers={"X-Yours": "2"})
    other.models.list_models()
    client.models.list_models()
    client.with_options(api_key="sk-2").models.list_models()
    keys = [one.headers["authorization"] for one in server.seen]
    assert keys == ["Bearer sk-1", "Bearer sk-1", "Bearer sk-2"]
    assert ["x-mine" in one.headers for one in server.seen] == [False, True, True]
    assert server.seen[0].headers["x-yours"] == "2"
    assert len(seen) == 3
    assert other._settings.timeout == Timeout(3, 3, 3, 3)
    assert client._settings.timeout == Timeout()
    assert client.with_options(http_options={"timeout": 4})._settings.timeout == Timeout(4, 4, 4, 4)
    assert other.with_options(max_retries=1)._settings.timeout == Timeout(3, 3, 3, 3)


def test_a_client_of_a_subclass_stays_one() -> None:
    class Mine(Client):
        def __init__(self) -> None:
            super().__init__(api_key="k")

    assert type(Mine().with_options(max_retries=0)) is Mine


def test_a_wrong_setting_is_named_with_the_nearest_right_one() -> None:
    client: Any = Client
    with pytest.raises(CallError, match='unexpected keyword "api_kye" for Client; did you mean "api_key"'):
        client(api_kye="k")
    with pytest.raises(CallError, match='"api_key" for Client is passed twice'):
        client("k", api_key="k")
    with pytest.raises(CallError, match="Client takes 10 positional arguments, got 11"):
        client(*[None] * 11)
    with pytest.raises(CallError, match='did you mean "timeout"'):
        client().with_options(timout=3)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENAI_API_KEY", "a b"),
        ("OPENAI_BASE_URL", "ftp://a"),
        ("OPENAI_API_BASE", "https://user:pw@a"),
        ("OPENAI_ORG_ID", "a\nb"),
        ("OPENAI_PROJECT_ID", "\u00e4"),
    ],
)
def test_a_bad_value_of_the_environment_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv(variable, value)
    with pytest.raises(CallError, match=f"^{variable}: "):
        Client().models.list_models()


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length"])
def test_a_header_that_the_body_decides_is_refused(server: Any, name: str) -> None:
    with pytest.raises(CallError, match=f"header {name}: cannot be set"):
        Client(http_headers={name: "1"})
    with pytest.raises(CallError, match=f"header {name}: cannot be set"):
        Client(api_key="k", base_url=server.base_url).models.list_models(extra_headers={name: "1"})
    assert server.seen == []


class Rubbish:
    def request(self, method: str, url: str, **options: Any) -> None:
        return None


def test_a_session_that_gives_no_response_is_told_so() -> None:
    with pytest.raises(CallError, match=r'to return a requests\.Response, got "NoneType"'):
        Client(api_key="k", http_client=Rubbish()).models.list_models()


@pytest.mark.parametrize(
    "proxy", ["http://user:pass-word@127.0.0.1:9", "http://user:pass-word@proxy.invalid:80"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_said_to_be_the_proxy(proxy: str, scheme: str) -> None:
    client = Client(
        api_key="k",
        base_url=f"{scheme}://api.invalid",
        max_retries=0,
        http_options={"proxies": {scheme: proxy}},
    )
    place = proxy.replace("user:pass-word@", "")
    expected = f"no connection to the proxy {place}, on the way to"
    with pytest.raises(APIConnectionError, match=expected) as caught:
        client.models.list_models()
    assert "pass-word" not in str(caught.value)


def test_import_star_binds_what_is_public() -> None:
    code = (
        "import sys, typed_openai\n"
        "assert 'typed_openai.client' not in sys.modules\n"
        "before = set(globals())\n"
        "from typed_openai import *\n"
        "bound = set(globals()) - before - {'before'}\n"
        "assert bound == set(typed_openai.__all__), bound\n"
        "assert {'Client', 'Stream', 'CallError', 'response_info', 'call'} <= bound\n"
        "assert not bound & {'chat', 'models', 'annotations', 'import_module', 'Any'}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
