"""Keys that a callable returns, clients without a key, and headers that take the place of a key."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from typed_openai import AuthenticationError, CallError, Client, MissingKeyError
from typed_openai.aio import AsyncClient
from typed_openai.observing import RequestInfo, RetryInfo


class Tokens:
    """Returns the next token each time it is called, and the last one again and again."""

    def __init__(self, *tokens: Any) -> None:
        self.calls = 0
        self._tokens = tokens

    def __call__(self) -> Any:
        self.calls += 1
        return self._tokens[min(self.calls, len(self._tokens)) - 1]


def client_of(server: Any, **settings: Any) -> Client:
    return Client(base_url=server.base_url, **{"max_retries": 0, **settings})


def sent(server: Any, name: str = "authorization") -> list[str | None]:
    return [one.headers.get(name) for one in server.seen]


def test_a_callable_is_asked_for_each_request(server: Any) -> None:
    server.reply({}, status=503, Retry_After="0")
    server.reply({"data": []})
    tokens = Tokens("one", "two", "three")
    client = client_of(server, api_key=tokens, max_retries=1)
    assert tokens.calls == 0
    client.models.list_models()
    client.models.list_models()
    assert sent(server) == ["Bearer one", "Bearer two", "Bearer three"]


def test_a_refused_key_is_refreshed_and_tried_once_more(server: Any) -> None:
    server.reply({}, status=401)
    server.reply({"data": []})
    requests: list[RequestInfo] = []
    retries: list[RetryInfo] = []
    client = client_of(
        server, api_key=Tokens("old", "new"), on_request=requests.append, on_retry=retries.append
    )
    assert client.models.list_models() == {"data": []}
    assert sent(server) == ["Bearer old", "Bearer new"]
    assert [one.headers["authorization"] for one in requests] == ["***", "***"]
    assert [(one.tries, one.delay) for one in retries] == [(1, 0.0)]


def test_a_key_that_is_refused_again_is_an_error(server: Any) -> None:
    server.reply({}, status=401)
    with pytest.raises(AuthenticationError):
        client_of(server, api_key=Tokens("one", "two", "three"), max_retries=5).models.list_models()
    assert len(server.seen) == 2


def test_a_key_that_is_the_same_again_is_not_sent_again(server: Any) -> None:
    server.reply({}, status=401)
    with pytest.raises(AuthenticationError):
        client_of(server, api_key=Tokens("one")).models.list_models()
    assert len(server.seen) == 1


def test_a_plain_key_that_is_refused_is_not_sent_again(server: Any) -> None:
    server.reply({}, status=401)
    with pytest.raises(AuthenticationError):
        client_of(server, api_key="key").models.list_models()
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, r'api_key\(\): expected "str", got "None"'),
        (5, r'api_key\(\): expected "str", got "int"'),
        ("torn\napart", r"api_key\(\): a key is a non-empty text"),
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(server: Any, returned: Any, message: str) -> None:
    with pytest.raises(CallError, match=message) as caught:
        client_of(server, api_key=Tokens(returned)).models.list_models()
    assert "apart" not in str(caught.value)
    assert not server.seen


def test_an_exception_of_the_callable_is_the_caller_s(server: Any) -> None:
    def fail() -> str:
        raise LookupError("no token")

    with pytest.raises(LookupError, match="no token"):
        client_of(server, api_key=fail).models.list_models()


def test_the_key_of_a_call_comes_before_the_callable(server: Any) -> None:
    server.reply({"data": []})
    tokens = Tokens("never")
    client_of(server, api_key=tokens).models.list_models(openai_api_key="own")
    assert (sent(server), tokens.calls) == (["Bearer own"], 0)


def test_a_callable_is_kept_by_other_options_and_shown_nowhere(server: Any) -> None:
    server.reply({"data": []})
    client = client_of(server, api_key=Tokens("secret-token")).with_options(timeout=5)
    client.models.list_models()
    assert sent(server) == ["Bearer secret-token"]
    assert "secret-token" not in repr(client._settings)
    assert "$OPENAI_API_KEY" in client.as_curl("listModels")


def test_a_stream_in_the_background_asks_the_callable_too(server: Any) -> None:
    server.events(b"data: [DONE]\n\n")
    client = client_of(server, api_key=Tokens("token"))
    client.chat.create_chat_completion([], "m", stream_to=lambda message: None).wait(5)
    assert sent(server) == ["Bearer token"]


@pytest.fixture
def key_in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-environment")


@pytest.mark.usefixtures("key_in_environment")
def test_the_asynchronous_client_asks_the_callable_too(server: Any) -> None:
    server.reply({"error": {"message": "expired"}}, 401)
    server.reply({"data": []})
    keys = Tokens("old", "new")

    async def call() -> None:
        async with AsyncClient(keys, base_url=server.base_url, max_retries=0) as client:
            await client.models.list_models()

    asyncio.run(call())
    assert sent(server) == ["Bearer old", "Bearer new"]


def test_a_client_without_a_key_sends_none(server: Any) -> None:
    server.reply({"data": []})
    client = client_of(server, keyless=True)
    client.models.list_models()
    client.request("GET", "/models")
    client.request("GET", "/elsewhere")
    client.with_options(timeout=5).models.list_models()
    assert sent(server) == [None] * 4
    assert "Authorization" not in client.as_curl("listModels")
    client.models.list_models(openai_api_key="own")
    assert sent(server)[-1] == "Bearer own"


def test_a_client_that_lost_its_key_says_so(server: Any) -> None:
    with pytest.raises(MissingKeyError):
        client_of(server).models.list_models()


@pytest.mark.usefixtures("key_in_environment")
@pytest.mark.parametrize("name", ["api-key", "X-API-Key", "x-goog-api-key", "Ocp-Apim-Subscription-Key"])
def test_a_key_in_another_header_takes_the_place_of_the_environment_s(server: Any, name: str) -> None:
    server.reply({"data": []})
    client_of(server, http_headers={name: "other"}).models.list_models()
    client_of(server).models.list_models(extra_headers={name: "other"})
    client_of(server, http_headers={name: "other"}).request("GET", "/elsewhere")
    assert sent(server) == [None] * 3
    assert sent(server, name.lower()) == ["other"] * 3
    client_of(server, api_key="explicit", http_headers={name: "other"}).models.list_models()
    assert sent(server)[-1] == "Bearer explicit"


@pytest.mark.usefixtures("key_in_environment")
@pytest.mark.parametrize("name", ["X-Session-Token", "Cookie", "CF-Access-Client-Secret"])
def test_other_tokens_are_sent_beside_the_key(server: Any, name: str) -> None:
    server.reply({"data": []})
    client_of(server, http_headers={name: "other"}).models.list_models()
    assert sent(server) == ["Bearer key-of-the-environment"]


@pytest.mark.parametrize("name", ["User-Agent", "accept", "Accept-Encoding", "Idempotency-Key", "X-Own"])
def test_none_removes_a_header(server: Any, name: str) -> None:
    server.reply({"data": []})
    client = client_of(server, api_key="k", http_headers={"X-Own": "1"})
    client.with_options(http_headers={name: None}).request("POST", "/anything", json={})
    client.request("POST", "/anything", json={}, extra_headers={name: None})
    assert sent(server, name.lower()) == [None, None]
    assert sent(server) == ["Bearer k"] * 2


@pytest.mark.usefixtures("key_in_environment")
def test_none_removes_the_authorization(server: Any) -> None:
    server.reply({"data": []})
    client_of(server, http_headers={"Authorization": None}).models.list_models()
    assert sent(server) == [None]


def test_headers_of_the_environment_are_sent_with_every_request(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.reply({"data": []})
    client = client_of(server, api_key="k", http_headers={"x-second": "own"})
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-First: a: b\n\nX-Second: environment\nnothing\n")
    client.models.list_models()
    assert (sent(server, "x-first"), sent(server, "x-second")) == (["a: b"], ["own"])
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "api-key: of-azure")
    client_of(server).models.list_models()
    assert (sent(server, "api-key")[-1], sent(server)[-1]) == ("of-azure", None)


def test_a_header_of_the_environment_that_cannot_be_sent_names_the_variable(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "not a name: secret")
    with pytest.raises(CallError, match="OPENAI_CUSTOM_HEADERS: 'not a name' is not a header name"):
        client_of(server, api_key="k").models.list_models()
