"""Keys, tokens and passwords: the hosts that must not receive them, and the texts that must not show them."""

from __future__ import annotations

import json
import pickle
import traceback
from typing import Any
from urllib.parse import quote

import pytest
import requests

import typed_openai
from typed_openai import (
    APIStatusError,
    AuthenticationError,
    CallError,
    Client,
    InvalidReplyError,
    OpenAIError,
    StreamTruncatedError,
)
from typed_openai._security.credentials import Secret, is_secret_name

KEY = 'sk-odd/"key"\\with+signs'
MESSAGES = [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize(
    "name",
    """Authorization Proxy-Authorization Cookie Set-Cookie api-key X-API-Key x-goog-api-key X-Auth-Token
    apikey Ocp-Apim-Subscription-Key X-Access-Token access_token Private-Token X-Amz-Security-Token
    client_secret X-Amz-Signature sig X-Password X-Auth OAuth X-JWT X-Credentials
    xapikey code-signature""".split(),
)
def test_names_that_say_secret_are(name: str) -> None:
    assert is_secret_name(name)
    assert is_secret_name(name.upper())


@pytest.mark.parametrize(
    "name",
    """Idempotency-Key X-Monkey Author X-Tokenizer x-ratelimit-remaining-tokens page_token next-token keyboard
    Content-Type OpenAI-Organization X-Request-Id max_tokens Surrogate-Key signed
    design prompt_cache_key""".split(),
)
def test_names_that_only_sound_so_are_not(name: str) -> None:
    assert not is_secret_name(name)


def test_a_key_is_found_however_it_is_quoted() -> None:
    secret = Secret(KEY)
    for quoted in (
        KEY,
        json.dumps(KEY)[1:-1],
        json.dumps(KEY)[1:-1].replace("/", "\\/"),
        quote(KEY, safe=""),
    ):
        assert secret.redact(f"wrong: {quoted}!") == "wrong: [key]!"
    assert secret.redact(quote(KEY, safe="").lower()) == "[key]"
    assert Secret("k").redact("keep k, not keen") == "keep [key], not keen"


def client_of(server: Any, **settings: Any) -> Client:
    return Client(api_key=KEY, base_url=server.base_url, max_retries=0, **settings)


def shown(error: BaseException) -> str:
    """Return all that a tool may show of an error: its texts, and the variables of its frames."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [str(frame.locals) for frame in told.stack if "/tests/" not in frame.filename]
    parts = [repr(error), str(error), repr(vars(error)), repr(pickle.dumps(error)), *frames]
    return "".join([*parts, *traceback.format_exception(error)])


def assert_unseen(text: str) -> None:
    for one in (
        KEY,
        json.dumps(KEY)[1:-1],
        repr(KEY)[1:-1],
        repr(json.dumps(KEY))[2:-2],
        quote(KEY, safe=""),
    ):
        assert one not in text


def test_a_server_that_repeats_the_key_everywhere_does_not_make_us_tell_it(server: Any) -> None:
    address = quote(KEY, safe="")
    server.reply(
        {"error": {"message": f"Wrong key {KEY}", "code": KEY}},
        status=401,
        X_Seen=KEY,
        Location=f"/v1/x?key={address}",
        Set_Cookie="session=cookie-value",
    )
    with pytest.raises(AuthenticationError) as caught:
        client_of(server).models.list_models()
    assert_unseen(shown(caught.value))
    assert caught.value.code == "[key]"
    assert caught.value.headers["set-cookie"] == "***"


def test_neither_the_media_type_nor_the_events_of_a_broken_reply_tell_the_key(server: Any) -> None:
    server.reply(b"<html>", content_type=f"text/html; key={KEY}")
    with pytest.raises(InvalidReplyError) as caught:
        client_of(server).models.list_models()
    assert_unseen(shown(caught.value))
    server.answers.clear()
    server.events(b"data: %s\n\n" % json.dumps({"key": KEY}).encode())
    with pytest.raises(StreamTruncatedError) as cut:
        list(client_of(server).chat.create_chat_completion(MESSAGES, "m", stream=True))
    assert cut.value.events == [{"key": "[key]"}]


def test_a_setting_that_is_refused_shows_no_other_setting() -> None:
    hidden = "zq" * 8
    with pytest.raises(CallError) as caught:
        Client(
            api_key=hidden,
            base_url=f"https://a.invalid/v1?api-key={hidden}",
            http_headers={"X-Goog-Api-Key": hidden},
            http_options={
                "auth": ("user", hidden),
                "cookies": {"a": hidden},
                "proxies": {"http": f"http://user:{hidden}@proxy.invalid"},
                "headers": {"Cookie": f"a={hidden}"},
            },
            max_retries=-1,
        )
    assert hidden not in shown(caught.value)


@pytest.mark.parametrize("base_url", ["https://a.invalid/v1#part", "https://a.invalid/v1?x=1#part"])
def test_an_address_with_a_fragment_is_refused(base_url: str) -> None:
    with pytest.raises(CallError, match="base_url: expected a URL without a fragment"):
        Client(base_url=base_url)


HEADERS = {"X-Goog-Api-Key": "g-secret", "Ocp-Apim-Subscription-Key": "o-secret", "X-Plain": "plain"}


def redirected(server: Any, location: str) -> None:
    def answer(handler: Any) -> None:
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answer(answer)


@pytest.mark.parametrize("own_session", [False, True])
def test_no_credential_follows_a_redirection_to_another_host(server: Any, own_session: bool) -> None:
    redirected(server, server.base_url.replace("127.0.0.1", "localhost") + "/elsewhere")
    server.reply({"ok": 1})
    with requests.Session() as session:
        session.headers["X-Auth-Token"] = "s-secret"
        session.auth = ("user", "password")
        client = client_of(
            server,
            http_headers=HEADERS,
            http_options={"cookies": {"session": "c-secret"}},
            http_client=session if own_session else None,
        )
        assert client.models.list_models() == {"ok": 1}
        client.close()
    before, after = server.seen
    assert before.headers["x-goog-api-key"] == "g-secret"
    assert "authorization" in before.headers
    assert "c-secret" in before.headers["cookie"]
    assert after.headers["x-plain"] == "plain"
    assert not [name for name in after.headers if is_secret_name(name)]
    assert "-secret" not in str(after.headers)


@pytest.mark.parametrize("own_session", [False, True])
def test_on_the_same_host_the_credentials_stay(server: Any, own_session: bool) -> None:
    redirected(server, "/v1/elsewhere")
    server.reply({"ok": 1})
    with requests.Session() as session:
        client = client_of(server, http_headers=HEADERS, http_client=session if own_session else None)
        assert client.models.list_models() == {"ok": 1}
        client.close()
    assert [one.headers["x-goog-api-key"] for one in server.seen] == ["g-secret", "g-secret"]
    assert server.seen[1].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("location", ["ftp://a.invalid/", "http://user:pw@a.invalid/", "http://[bad"])
def test_a_redirection_that_cannot_be_followed_is_the_reply(server: Any, location: str) -> None:
    redirected(server, location)
    with pytest.raises(APIStatusError, match="302"):
        client_of(server).models.list_models()
    assert len(server.seen) == 1


@pytest.mark.parametrize("own_session", [False, True])
def test_netrc_is_not_asked(server: Any, own_session: bool, monkeypatch: Any, tmp_path: Any) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login stranger password netrc-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    redirected(server, server.base_url.replace("127.0.0.1", "localhost") + "/elsewhere")
    server.reply({"ok": 1})
    with requests.Session() as session:
        client = client_of(server, http_client=session if own_session else None)
        client.models.list_models()
        client.close()
    assert [one.headers.get("authorization") for one in server.seen] == [f"Bearer {KEY}", None]


HIDDEN = "sk-" + "zq" * 12


def environment_key(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f"{HIDDEN}\n")
    Client(base_url=server.base_url).models.list_models()


def environment_address(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"https://user:{HIDDEN}@a.invalid/v1")
    Client(api_key="k").models.list_models()


def refused_proxy(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Client(http_options={"proxies": {"http": f"ftp://user:{HIDDEN}@a.invalid"}})


def dead_proxy(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"proxies": {"http": f"http://user:{HIDDEN}@127.0.0.1:9"}}
    client_of(server, http_options=options).models.list_models()


def misspelt(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client_of(server).models.list_models(openai_apikey=HIDDEN)


def misspelt_by_id(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    typed_openai.call("listModels", openai_apikey=HIDDEN)


def misspelt_request(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request: Any = typed_openai.request
    request("GET", "/models", openai_apikey=HIDDEN)


def misspelt_setting(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client: Any = Client
    client(api_kye=HIDDEN)


def query_when_nothing_answers(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(api_key=KEY, base_url="http://127.0.0.1:9", max_retries=0)
    client.models.list_models(extra_query={"api-key": HIDDEN, "sig": HIDDEN})


def page_that_repeats_the_key(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.reply(f"<html>{HIDDEN}".encode(), content_type="text/html")
    Client(api_key=HIDDEN, base_url=server.base_url).models.list_models()


def broken_json_that_repeats_the_key(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.reply(f'{{"key": "{HIDDEN}"'.encode())
    Client(api_key=HIDDEN, base_url=server.base_url).models.list_models()


def refusal_that_repeats_the_key(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.reply(f"wrong: {HIDDEN}".encode(), status=401)
    Client(api_key=HIDDEN, base_url=server.base_url).models.list_models()


def any_client(**settings: Any) -> Any:
    return lambda server, monkeypatch: Client(**settings)


LEAKS = [
    environment_key,
    environment_address,
    refused_proxy,
    dead_proxy,
    misspelt,
    misspelt_by_id,
    misspelt_request,
    misspelt_setting,
    query_when_nothing_answers,
    page_that_repeats_the_key,
    broken_json_that_repeats_the_key,
    refusal_that_repeats_the_key,
    any_client(api_key=f"{HIDDEN}\n"),
    any_client(api_key=[HIDDEN]),
    any_client(admin_api_key=(HIDDEN,)),
    any_client(base_url=f"https://user:{HIDDEN}@a.invalid/v1"),
    any_client(base_url=f"https://a.invalid/v1?api-key={HIDDEN}#part"),
    any_client(http_headers={"X-Api-Key": f"{HIDDEN}\n"}),
    any_client(http_options={"auth": ["user", HIDDEN]}),
    any_client(http_options={"cookies": {"a": [HIDDEN]}}),
]


@pytest.mark.parametrize("leak", LEAKS)
def test_no_frame_of_an_error_shows_a_credential(
    server: Any, monkeypatch: pytest.MonkeyPatch, leak: Any
) -> None:
    with pytest.raises(OpenAIError) as caught:
        leak(server, monkeypatch)
    assert HIDDEN not in shown(caught.value)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    chained = [one for one in (told.__cause__, told.__context__) if one is not None]
    assert HIDDEN not in "".join(str(frame.locals) for one in chained for frame in one.stack)
