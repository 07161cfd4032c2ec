"""No credential is in a cassette, whatever place of a request it has, and however a server quotes it."""

from __future__ import annotations

import html
import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sdk.conftest import Loopback, _handler

from typed_openai import BinaryReply, Client, OpenAIError, Stream
from typed_openai.identity import WorkloadIdentity
from typed_openai.testing import CassetteError, cassette

TEXT: Final = "".join(map(chr, range(0x21, 0x7F)))
KEYS: Final = st.one_of(
    st.text(TEXT, min_size=12, max_size=60),
    st.from_regex(r"sk-(proj-)?[A-Za-z0-9_-]{20,48}", fullmatch=True),
)

Call = Callable[[str, str], Any]


UNHURRIED: Final = settings(suppress_health_check=[HealthCheck.too_slow])


def client(base_url: str, **settings: Any) -> Client:
    return Client(**{"api_key": "dummy-key-for-tests", "base_url": base_url, "max_retries": 0, **settings})


def post(base_url: str, body: object = None, **options: Any) -> Any:
    return client(base_url).request("POST", "/things", json=body, **options)


SETTINGS: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "api_key": lambda key: {"api_key": key},
    "callable api_key": lambda key: {"api_key": lambda: key},
    "header": lambda key: {"http_headers": {"api-key": key}},
    "authorization": lambda key: {"http_headers": {"Authorization": f"Bearer {key}"}},
    "cookie header": lambda key: {"http_headers": {"Cookie": f"a=1; session={quote(key)}"}},
    "auth": lambda key: {"http_options": {"auth": ("user", key)}},
    "cookies": lambda key: {"http_options": {"cookies": {"session": quote(key)}}},
}
"""The settings of a client that hold a credential."""

IN_THE_CALL: Final[Mapping[str, Call]] = {
    "extra_headers": lambda url, key: post(url, extra_headers={"X-Api-Key": key}),
    "extra_query": lambda url, key: post(url, extra_query={"api-key": key}),
    "query of the base URL": lambda url, key: post(f"{url}?sig={quote(key, safe='')}"),
    "openai_api_key": lambda url, key: post(url, openai_api_key=key),
    "tool": lambda url, key: post(url, {"tools": [{"type": "mcp", "authorization": key}]}),
    "headers of a tool": lambda url, key: post(
        url, {"tools": [{"headers": {"Authorization": f"Bearer {key}", "X-Auth-Token": key}}]}
    ),
    "custom header of a tool": lambda url, key: post(url, {"tools": [{"headers": {"X-Tenant": key}}]}),
    "user of a URL": lambda url, key: post(
        url, {"tools": [{"server_url": f"https://me:{quote(key, safe='')}@tools.test/mcp"}]}
    ),
    "name in a URL": lambda url, key: post(url, {"text": f"see https://{quote(key, safe='')}@tools.test/"}),
    "query of a URL": lambda url, key: post(
        url, {"file_url": f"https://files.test/a?page=2&X-Amz-Signature={quote_plus(key)}&part=1"}
    ),
    "fragment of a URL": lambda url, key: post(
        url, {"image_url": {"url": f"https://files.test/a#access_token={quote_plus(key)}"}}
    ),
    "URL in a form": lambda url, key: client(url).request(
        "POST", "/a", data={"url": f"https://files.test/?token={quote_plus(key)}"}
    ),
    "client secret": lambda url, key: post(url, {"client_secret": {"value": key, "expires_at": 1}}),
    "password of a form": lambda url, key: client(url).request("POST", "/a", data={"password": key}),
}
"""Calls that have a credential in a place of their own."""

EVERYWHERE: Final[Mapping[str, Call]] = {
    "body": lambda url, key: client(url, api_key=key).request("POST", "/a", json={"a": [f"({key})"]}),
    "name in the body": lambda url, key: client(url, api_key=key).request("POST", "/a", json={key: 1}),
    "query": lambda url, key: client(url, api_key=key).request("GET", "/a", params={"q": key}),
    "path": lambda url, key: client(url, api_key=key).models.retrieve_model(key),
    "form": lambda url, key: client(url, api_key=key).request("POST", "/a", data={"a": key}),
    "text of a file": lambda url, key: client(url, api_key=key).files.create_file(
        ("a.txt", key.encode()), "user_data"
    ),
    "bytes of a file": lambda url, key: client(url, api_key=key).files.create_file(
        ("a.bin", b"\0" + key.encode()), "user_data"
    ),
    "name of a file": lambda url, key: client(url, api_key=key).files.create_file((key, b"a"), "user_data"),
    "raw body": lambda url, key: client(url, api_key=key).request("POST", "/a", data=key),
}
"""Calls that repeat the client's key."""

ECHOES: Final[Mapping[str, tuple[str, Callable[[str], bytes]]]] = {
    "json": ("application/json", lambda key: json.dumps({"a": [f"wrong key: {key}"]}).encode()),
    "name in json": ("application/json", lambda key: json.dumps({key: 1}).encode()),
    "escaped json": (
        "application/json",
        lambda key: f'{{"a": "{"".join(f"{chr(92)}u{ord(one):04x}" for one in key)}"}}'.encode(),
    ),
    "json in json": ("application/json", lambda key: json.dumps({"a": json.dumps({"b": key})}).encode()),
    "url in json": ("application/json", lambda key: json.dumps({"a": f"/?k={quote_plus(key)}&b"}).encode()),
    "page": ("text/html", lambda key: f"<p>{html.escape(key)}</p>".encode()),
    "plain text": ("text/plain", lambda key: f"the key {key} is wrong".encode()),
    "bytes": ("audio/mpeg", lambda key: b"\0\xff" + key.encode() + b"\xff"),
    "event": (
        "text/event-stream",
        lambda key: f"data: {json.dumps({'a': key})}\n\ndata: [DONE]\n\n".encode(),
    ),
    "odd event": ("text/event-stream", lambda key: f": {key}\r\n\r\ndata: {key}\r\n\r\n".encode()),
    "bytes in events": ("text/event-stream", lambda key: b"\xff" + key.encode() + b"\n\n"),
}
"""Replies that quote a key."""


class Echo:
    """A server that answers with what a test sets, and with the key in two headers."""

    def __init__(self) -> None:
        self.loopback = Loopback()
        self.loopback.answer(self._answer)
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.loopback))
        self.http.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        self.content_type, self.body, self.key = "application/json", b"{}", ""
        self.status = 200
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def set(self, kind: str, key: str, status: int) -> None:
        self.content_type, make = ECHOES[kind]
        self.body, self.key, self.status = make(key), key, status

    def _answer(self, handler: Any) -> None:
        handler.send_response(self.status)
        handler.send_header("Content-Type", self.content_type)
        handler.send_header("Content-Length", str(len(self.body)))
        handler.send_header("X-Rejected", f"key={self.key}")
        handler.send_header("Set-Cookie", "session=abcdefgh-0123456789; Path=/")
        handler.end_headers()
        handler.wfile.write(self.body)


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.http.shutdown()
    server.http.server_close()


def taped(call: Callable[[], Any]) -> str:
    """Return the content of a cassette that records a call, whatever its outcome is."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        # The server answers with all kinds of nonsense.
        with cassette(path), suppress(OpenAIError):
            reply = call()
            if isinstance(reply, Stream | BinaryReply):
                list(reply)
        text = path.read_text()
    assert text.count('{"reply": ') == 1
    return text


def recorded(echo: Echo, key: str, place: str, quoted: str, status: int) -> str:
    """Return the content of a cassette for a request with a key in a place, and a reply that quotes it."""
    echo.set(quoted, key, status)
    call = CALLS[place]
    if call is not None:
        return taped(lambda: call(echo.base_url, key))
    made = client(echo.base_url, **SETTINGS[place](key))
    return taped(lambda: made.request("POST", "/things", json={}, stream="event" in quoted))


def texts(value: Any) -> Iterator[str]:
    """Yield all texts in a JSON value: as they are, and decoded from base64."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            if name == "base64":
                yield b64decode(one).decode("latin-1")
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def assert_hidden(key: str, text: str) -> None:
    forms = {key, quote(key), quote(key, safe=""), quote_plus(key), html.escape(key)}
    forms |= {json.dumps(key)[1:-1], b64encode(f"user:{key}".encode()).decode()}
    values = [one for line in text.splitlines() for one in texts(json.loads(line))]
    for form in forms:
        assert form not in text
        assert not [one for one in values if form in one]


CALLS: Final[Mapping[str, Call | None]] = {
    **dict.fromkeys(SETTINGS),
    **IN_THE_CALL,
    **EVERYWHERE,
}


@pytest.mark.slow(seconds=2)
@UNHURRIED
@given(
    key=KEYS,
    place=st.sampled_from(sorted(CALLS)),
    quoted=st.sampled_from(sorted(ECHOES)),
    status=st.sampled_from([200, 401]),
)
def test_no_key_is_in_a_cassette(echo: Echo, key: str, place: str, quoted: str, status: int) -> None:
    assert_hidden(key, recorded(echo, key, place, quoted, status))


@pytest.mark.slow(seconds=15)
@pytest.mark.parametrize("place", sorted(CALLS))
@pytest.mark.parametrize("quoted", sorted(ECHOES))
def test_every_place_hides_a_key_from_every_reply(echo: Echo, place: str, quoted: str) -> None:
    key = 'p+/="\\<&%0123456789abcdef'
    assert_hidden(key, recorded(echo, key, place, quoted, 200))


@pytest.mark.parametrize("place", sorted(SETTINGS))
def test_a_short_key_is_hidden_as_a_word(echo: Echo, place: str) -> None:
    assert "hunter2" not in recorded(echo, "hunter2", place, "plain text", 200)


def test_exchanged_tokens_are_hidden_and_replayed(server: Loopback, tmp_path: Path) -> None:
    subject, issued = "subject-token-0123456789", "issued.token.0123456789"
    path = tmp_path / "a.jsonl"
    server.reply({"access_token": issued, "token_type": "Bearer", "expires_in": 3600})
    server.reply({"data": [], "note": f"for {issued}"})
    for base_url in (server.base_url, "http://127.0.0.1:1/v1"):
        identity = WorkloadIdentity(
            lambda: subject,
            identity_provider_id="idp_1",
            service_account_id="sa_1",
            token_url=f"{base_url.removesuffix('/v1')}/oauth/token",
        )
        with cassette(path, strict=True):
            reply = Client(api_key=identity, base_url=base_url).models.list_models()
        assert reply["data"] == []
    assert len(server.seen) == 2
    text = path.read_text()
    assert_hidden(subject, text)
    assert_hidden(issued, text)


def test_keys_that_a_reply_creates_are_hidden(echo: Echo) -> None:
    created = {
        "value": "sk-admin-abcdefgh01234567",
        "client_secret": {"value": "short", "expires_at": 1},
        "note": "Bearer abcdefghijklmn0123",
        "session": {"id": "sess_C9CiUVUzUzYIssh3ELY1d", "ephemeral": "ek_0123456789abcdefgh"},
    }
    echo.content_type, echo.body, echo.key = "application/json", json.dumps(created).encode(), ""
    text = taped(lambda: post(echo.base_url))
    reply = json.loads(text.splitlines()[2])["reply"]["json"]
    assert reply == {
        "value": "[key]",
        "client_secret": {"value": "[key]", "expires_at": 1},
        "note": "Bearer [key]",
        "session": {"id": "sess_C9CiUVUzUzYIssh3ELY1d", "ephemeral": "[key]"},
    }


def test_what_only_sounds_like_a_key_is_kept(echo: Echo) -> None:
    body = {
        "logprobs": [{"token": "Hello", "bytes": [72]}],
        "filters": {"type": "eq", "key": "region", "value": "us"},
        "max_tokens": 5,
        "prompt_cache_key": "user-1",
        "parameters": {"properties": {"password": {"type": "string", "description": "the password"}}},
        "text": "a risk-assessment-of-something-2024, with sk-learn-and-other-libraries",
        "links": ["https://a.test/?page=2&sort_key=name#part", "mail me@a.test: token=5"],
        "headers": {"Content-Type": "text/plain"},
        "schema": {"properties": {"headers": {"type": "object", "title": "Headers"}}},
    }
    echo.content_type, echo.body, echo.key = "application/json", json.dumps(body).encode(), ""
    lines = taped(lambda: post(echo.base_url, body)).splitlines()
    assert json.loads(lines[1])["request"]["json"] == body
    assert json.loads(lines[2])["reply"]["json"] == body


def test_secrets_of_the_environment_are_hidden(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SERVICE_TOKEN", "abcdefgh12")
    text = taped(lambda: post(echo.base_url, {"a": "use abcdefgh12 there"}))
    assert "abcdefgh12" not in text


def test_a_recording_with_a_hidden_key_is_replayed_with_any_key(echo: Echo, tmp_path: Path) -> None:
    echo.set("json", "", 200)
    path = tmp_path / "a.jsonl"
    for key in ("sk-0123456789abcdefghij", "sk-another-0123456789", "short"):
        with cassette(path) as tape:
            body = {"tools": [{"authorization": key}], "text": f"the key {key} is in here"}
            client(echo.base_url, api_key=key).request("POST", "/things", json=body, extra_query={"sig": key})
    assert tape.replayed == 1


@pytest.mark.parametrize("place", sorted(IN_THE_CALL))
def test_the_error_for_an_unexpected_call_has_no_key(echo: Echo, place: str, tmp_path: Path) -> None:
    echo.set("json", "", 200)
    path, key = tmp_path / "a.jsonl", "sk-0123456789abcdefghij"
    with cassette(path):
        post(echo.base_url, {"other": 1})
    with cassette(path), pytest.raises(CassetteError) as caught:
        IN_THE_CALL[place](f"{echo.base_url}/elsewhere", key)
    assert key not in str(caught.value)
