"""Keys for other APIs: placed as the description says, never from the environment, and never shown."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import subprocess
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from typed_openai import APIConnectionError, APIStatusError, Client, MissingKeyError, RequestInfo
from typed_openai_spec.compile import build, index_files

TRAITS = Path(__file__).parents[1] / "fixtures" / "traits.yaml"
KEY = "stranger-key-0123456789"
OURS = "sk-environment-0123456789"
OPENAI = "https://api.openai.com/v1"

pytestmark = pytest.mark.filterwarnings("ignore::typed_openai.DescriptionWarning")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TYPED_OPENAI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", OURS)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", OURS)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-environment")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-the-environment")


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize(
    ("operation", "key", "headers", "query"),
    [
        ("deleteUser", KEY, {"authorization": f"Bearer {KEY}"}, ""),
        ("byOauth", KEY, {"authorization": f"Bearer {KEY}"}, ""),
        ("byHeader", KEY, {"x-door": KEY}, ""),
        ("byHeader", "two words", {"x-door": "two words"}, ""),
        ("byQuery", "a&b c", {}, "?door=a%26b%20c"),
        ("byCookie", KEY, {"cookie": f"door={KEY}"}, ""),
        ("byBasic", "me:pass word", {"authorization": basic("me:pass word")}, ""),
        ("byBasic", KEY, {"authorization": basic(f"{KEY}:")}, ""),
        ("byCustom", KEY, {"authorization": f"Token {KEY}"}, ""),
        ("byEither", KEY, {"x-door": KEY}, ""),
        ("byEither", "me:secret", {"authorization": basic("me:secret")}, ""),
        ("optionally", KEY, {"x-door": KEY}, ""),
        ("openly", KEY, {}, ""),
        ("byCertificate", KEY, {}, ""),
    ],
)
@pytest.mark.parametrize("own_session", [False, True])
def test_a_key_goes_where_the_description_wants_it(
    server: Any, operation: str, key: str, headers: dict[str, str], query: str, own_session: bool
) -> None:
    server.reply(b"", status=204)
    session = requests.Session() if own_session else None
    client = Client(key, spec=TRAITS, base_url=server.base_url, http_client=session)
    client.call(operation, *(["u"] if operation == "deleteUser" else []))
    (seen,) = server.seen
    carriers = ("authorization", "x-door", "cookie")
    assert {name: seen.headers[name] for name in carriers if name in seen.headers} == headers
    assert seen.path.partition("?")[2] == query.removeprefix("?")


def test_a_cookie_with_the_key_joins_the_calls_own(server: Any) -> None:
    server.reply(b"", status=204)
    Client(KEY, spec=TRAITS, base_url=server.base_url).keys.by_cookie(theme="dark")
    assert server.seen[0].headers["cookie"] == f"theme=dark; door={KEY}"


def test_a_key_of_the_call_goes_before_the_clients(server: Any) -> None:
    server.reply(b"", status=204)
    client = Client(KEY, spec=TRAITS, base_url=server.base_url)
    client.keys.by_header(api_key="this-one")
    client.request("GET", "/v1/keys/header", api_key="this-one")
    client.request("GET", "/v1/elsewhere", openai_api_key="this-one")  # its name for OpenAI's own API
    assert [one.headers.get("x-door") for one in server.seen] == ["this-one", "this-one", None]
    assert server.seen[2].headers["authorization"] == "Bearer this-one"


@pytest.mark.parametrize("operation", ["byHeader", "byQuery", "byCookie", "byBasic", "byOauth"])
def test_the_environments_key_is_not_for_other_apis(server: Any, operation: str) -> None:
    client = Client(spec=TRAITS, base_url=server.base_url)
    with pytest.raises(MissingKeyError) as caught:
        client.call(operation)
    assert "pass api_key=... to the client or api_key=... to the call" in str(caught.value)
    assert "OPENAI" not in str(caught.value)
    assert server.seen == []


def test_nothing_of_the_environment_reaches_another_api(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    server.reply(b"", status=204)
    client = Client(KEY, spec=TRAITS, base_url=server.base_url)
    client.keys.openly()
    client.keys.optionally()
    client.request("GET", "/v1/keys/none")
    Client(spec=TRAITS, base_url=server.base_url).keys.optionally()
    told = json.dumps([[one.path, one.headers, one.body.decode()] for one in server.seen])
    assert OURS not in told
    assert "of-the-environment" not in told
    assert "eu.traits.example" in repr(Client(spec=TRAITS))


def openais(folder: Path, **operation: Any) -> Path:
    """A description whose server is OpenAI's, as anyone may write one."""
    path = folder / "openai.json"
    get = {"operationId": "listModels", "responses": {}, **operation}
    path.write_text(
        json.dumps(
            {
                "openapi": "3.0.3",
                "info": {"title": "OpenAI API", "version": "0"},
                "servers": [{"url": OPENAI}],
                "security": [{"Key": []}],
                "paths": {"/models": {"get": get}},
                "components": {"securitySchemes": {"Key": {"type": "http", "scheme": "bearer"}}},
            }
        )
    )
    return path


@pytest.mark.slow(seconds=2)
def test_openais_own_description_has_openais_environment(server: Any, tmp_path: Path) -> None:
    server.reply({})
    client = Client(spec=openais(tmp_path), base_url=server.base_url)
    client.models.list_models()
    assert server.seen[0].headers["authorization"] == f"Bearer {OURS}"
    assert server.seen[0].headers["openai-organization"] == "org-of-the-environment"


@pytest.mark.slow(seconds=1)
def test_a_description_cannot_lead_the_environments_key_to_a_server_of_its_own(
    server: Any, tmp_path: Path
) -> None:
    server.reply({})
    spec = openais(tmp_path, servers=[{"url": server.base_url}])
    with pytest.raises(MissingKeyError):
        Client(spec=spec).models.list_models()
    with pytest.raises(MissingKeyError):
        Client(spec=spec).request("GET", "/models")
    Client(KEY, spec=spec).models.list_models()
    (seen,) = server.seen
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert "openai-organization" not in seen.headers


def test_an_api_without_schemes_gets_a_key_that_is_given_and_no_other(server: Any, tmp_path: Path) -> None:
    server.reply({})
    path = tmp_path / "api.json"
    operation = {"get": {"operationId": "x", "responses": {}}}
    path.write_text(
        json.dumps({"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": {"/x": operation}})
    )
    Client(spec=path, base_url=server.base_url).call("x")
    Client(KEY, spec=path, base_url=server.base_url).call("x")
    Client(spec=path, base_url=server.base_url).request("GET", "/y")
    found = [one.headers.get("authorization") for one in server.seen]
    assert found == [None, f"Bearer {KEY}", None]


def frames(error: BaseException) -> list[str]:
    """Return a traceback's view of the frames of an error and of its causes, without the test's own."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    found = []
    while told is not None:
        found += [repr(one.locals) for one in told.stack if one.filename != __file__]
        told = told.__cause__ or told.__context__  # type: ignore[assignment]  # None ends it
    return found


@pytest.mark.parametrize("operation", ["byHeader", "byQuery", "byCookie", "byBasic", "byCustom"])
@pytest.mark.parametrize("own_session", [False, True])
def test_a_key_is_never_shown(
    server: Any, operation: str, own_session: bool, caplog: pytest.LogCaptureFixture
) -> None:
    key = "me:pass-0123456789-word"
    hidden = [key, quote(key)]
    if operation == "byBasic":
        hidden += ["pass-0123456789-word", basic(key).removeprefix("Basic ")]
    told: list[RequestInfo] = []
    session = requests.Session() if own_session else None
    client = Client(
        key, spec=TRAITS, base_url=server.base_url, http_client=session, on_request=told.append, max_retries=0
    )
    server.reply({"error": {"message": f"no such key: {' '.join(hidden)}"}}, status=401, x_echo=hidden[-1])
    server.hang_up()
    texts: list[str] = []
    with caplog.at_level(logging.DEBUG, logger="typed_openai"):
        for kind in (APIStatusError, APIConnectionError):
            with pytest.raises(kind) as caught:
                client.call(operation)
            texts += [str(caught.value), repr(vars(caught.value)), *frames(caught.value)]
    texts += [repr(client), repr(told), caplog.text, client.as_curl(operation)]
    texts.append(repr(pickle.dumps(client)))
    assert not [(one, text) for one in hidden for text in texts if one in text]
    assert len(server.seen) >= 2


def test_a_key_does_not_follow_a_redirection_to_another_place(server: Any) -> None:
    other = server.base_url.replace("127.0.0.1", "localhost")
    for operation in ("byHeader", "byQuery", "byCookie", "byBasic"):
        server.reply(b"", status=307, location=f"{other}/elsewhere")
        server.reply(b"", status=204)
        Client(KEY, spec=TRAITS, base_url=server.base_url).call(operation)
        before, after = server.seen[-2:]
        assert KEY in json.dumps([before.path, before.headers]) or "Basic " in before.headers["authorization"]
        assert KEY not in json.dumps([after.path, after.headers])
        assert "authorization" not in after.headers
        server.answers.clear()


def test_a_key_in_the_query_follows_a_redirection_on_the_same_server(server: Any) -> None:
    server.reply(b"", status=307, location="/v1/elsewhere?page=2")
    server.reply(b"", status=204)
    Client(KEY, spec=TRAITS, base_url=server.base_url).keys.by_query()
    assert server.seen[-1].path == f"/v1/elsewhere?page=2&door={KEY}"


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("byHeader", '--header "X-Door: $API_KEY"'),
        ("byQuery", "'https://eu.traits.example/api/v1/v1/keys/query?door='\"$API_KEY\""),
        ("byCookie", '--header "Cookie: door=$API_KEY"'),
        ("byBasic", '--user "$API_KEY"'),
        ("byCustom", '--header "Authorization: Token $API_KEY"'),
        ("deleteUser", '--header "Authorization: Bearer $API_KEY"'),
    ],
)
def test_curl_has_the_key_where_it_belongs(operation: str, words: str) -> None:
    command = Client(spec=TRAITS).as_curl(operation, *(["u"] if operation == "deleteUser" else []))
    assert words in command
    assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0


def test_an_operation_without_security_shows_no_key_in_curl() -> None:
    assert "KEY" not in Client(spec=TRAITS).as_curl("openly")


def test_a_compiled_index_is_no_more_trusted_than_its_file(server: Any, tmp_path: Path) -> None:
    for name, text in index_files(build(TRAITS).api).items():
        (tmp_path / "index" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "index" / name).write_text(text)
    with pytest.raises(MissingKeyError):
        Client(spec=tmp_path / "index", base_url=server.base_url).keys.by_header()


@pytest.mark.parametrize(
    "scheme",
    [
        {"type": "apiKey", "in": "header", "name": "X-Door\r\nX-Evil: 1"},
        {"type": "apiKey", "in": "header", "name": "Content-Length"},
        {"type": "apiKey", "in": "header", "name": "Host"},
        {"type": "apiKey", "in": "cookie", "name": "a; b"},
        {"type": "apiKey", "in": "body", "name": "a"},
        {"type": "apiKey", "in": "query", "name": ""},
        {"type": "http", "scheme": "Token\r\nX-Evil:"},
        {"type": "http", "scheme": "digest"},
        {"type": "mutualTLS"},
    ],
)
def test_a_scheme_that_no_key_can_serve_has_nothing_sent(
    server: Any, tmp_path: Path, scheme: dict[str, str]
) -> None:
    server.reply({})
    description = json.loads(openais(tmp_path).read_text())
    description["servers"], description["components"]["securitySchemes"]["Key"] = [], scheme
    path = tmp_path / "api.json"
    path.write_text(json.dumps(description))
    Client(KEY, spec=path, base_url=server.base_url).models.list_models()
    (seen,) = server.seen
    assert KEY not in json.dumps([seen.path, seen.headers])
    assert "x-evil" not in seen.headers


AZURE: dict[str, Any] = {
    "bearer": {"type": "oauth2", "flows": {}},
    "connect": {"type": "openIdConnect", "openIdConnectUrl": "https://login.example"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "api-key"},
}


def several(folder: Path, address: str, *names: str, **changes: Any) -> Client:
    """Return a client of an operation that any one of these security schemes authorizes."""
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Several", "version": "1"},
        "paths": {
            "/models": {"get": {"operationId": "listModels", "responses": {"204": {"description": ""}}}}
        },
        "security": [{one: []} for one in names],
        "components": {"securitySchemes": {one: AZURE[one] for one in names}},
    }
    path = folder / "several.json"
    path.write_text(json.dumps(document | changes))
    return Client(KEY, spec=path, base_url=address)


@pytest.mark.parametrize(
    ("names", "carrier"),
    [
        (("bearer", "apiKey"), "api-key"),
        (("connect", "bearer", "apiKey"), "api-key"),
        (("apiKey", "bearer"), "api-key"),
        (("bearer",), "authorization"),
        (("bearer", "connect"), "authorization"),
    ],
)
def test_a_key_is_no_token_of_an_exchange_where_another_scheme_serves(
    server: Any, tmp_path: Path, names: tuple[str, ...], carrier: str
) -> None:
    server.reply(b"", status=204)
    client = several(tmp_path, server.base_url, *names)
    client.models.list_models()
    client.request("GET", "/unknown")
    for seen in server.seen:
        assert {one for one in ("api-key", "authorization") if one in seen.headers} == {carrier}
    assert f"{carrier}: " in client.as_curl("listModels").lower()


def test_a_token_goes_where_http_headers_put_it(server: Any, tmp_path: Path) -> None:
    server.reply(b"", status=204)
    client = several(tmp_path, server.base_url, "bearer", "apiKey")
    client.with_options(api_key=None, http_headers={"Authorization": "Bearer token"}).models.list_models()
    assert "api-key" not in server.seen[0].headers
    assert server.seen[0].headers["authorization"] == "Bearer token"


def test_a_curl_command_shows_cookies_that_are_no_secrets(tmp_path: Path) -> None:
    cookies = [{"name": one, "in": "cookie", "schema": {"type": "string"}} for one in ("theme", "sessionid")]
    get = {"operationId": "look", "parameters": cookies, "security": [], "responses": {}}
    client = several(tmp_path, "https://jar.example", "apiKey", paths={"/look": {"get": get}})
    client = client.with_options(api_key=None)
    assert "--header 'Cookie: theme=dark%20blue'" in client.as_curl("look", theme="dark blue")
    command = client.as_curl("look", theme="dark", sessionid="x1y2")
    assert "--header 'Cookie: theme=dark; sessionid=***'" in command
    command = client.as_curl("look", theme="dark", extra_headers={"Cookie": "theme=other"})
    assert "--header 'Cookie: ***'" in command


def test_a_curl_command_has_one_header_of_cookies() -> None:
    client = Client(spec=TRAITS, base_url="https://traits.example")
    command = client.as_curl("byCookie", theme="dark")
    assert command.count("Cookie") == 1
    assert '--header "Cookie: theme=dark; door=$API_KEY"' in command
