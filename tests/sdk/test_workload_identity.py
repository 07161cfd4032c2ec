"""Tokens of a workload are exchanged for tokens of the API, kept, refreshed, and never shown."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from tests.faults.kinds import KEY as SUBJECT
from tests.faults.test_faults_frames import OTHER as ISSUED
from tests.faults.test_faults_frames import assert_hidden

from typed_openai import APITimeoutError, AuthenticationError, CallError, Client, RetryInfo, TokenError
from typed_openai._identity import kept_token
from typed_openai.aio import AsyncClient
from typed_openai.identity import GoogleToken, WorkloadIdentity


class Authority:
    """Issues tokens at /oauth/token, and refuses others at every other path. Serves as an answer."""

    def __init__(self, token: str = "issued") -> None:
        self.token = token
        self.issued = 0
        self.lifetime: Any = 3600
        self.delay = 0.0
        self.fails: list[tuple[int, Any]] = []
        self.revoked: set[str] = set()

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path.endswith("/oauth/token"):
            time.sleep(self.delay)
            answer(handler, *(self.fails.pop(0) if self.fails else (200, self._issue())))
        elif handler.headers["Authorization"].removeprefix("Bearer ") in self.revoked:
            answer(handler, 401, {"error": {"message": "expired"}})
        else:
            answer(handler, 200, {"data": []})

    def _issue(self) -> dict[str, Any]:
        self.issued += 1
        reply = {"access_token": f"{self.token}-{self.issued}", "token_type": "Bearer"}
        return reply if self.lifetime is None else reply | {"expires_in": self.lifetime}


def answer(handler: BaseHTTPRequestHandler, status: int, value: Any) -> None:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def authority(server: Any) -> Authority:
    made = Authority()
    server.answer(made)
    return made


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(kept_token, "now", made)
    return made


def subject() -> str:
    return SUBJECT


def identity_of(server: Any, source: Callable[[], str] = subject, **settings: Any) -> WorkloadIdentity:
    url = server.base_url.removesuffix("/v1") + "/oauth/token"
    given = {"identity_provider_id": "idp_1", "service_account_id": "sa_1", "token_url": url, **settings}
    return WorkloadIdentity(source, **given)


def client_of(server: Any, **settings: Any) -> Client:
    return Client(base_url=server.base_url, max_retries=0, **settings)


def tokens(server: Any) -> list[str]:
    """The tokens that the API received."""
    seen = [one for one in server.seen if not one.path.endswith("/oauth/token")]
    return [one.headers["authorization"].removeprefix("Bearer ") for one in seen]


# The exchange


def test_the_token_of_the_workload_is_exchanged_once(server: Any, authority: Authority) -> None:
    client = client_of(server, api_key=identity_of(server))
    client.models.list_models()
    client.models.list_models()
    assert tokens(server) == ["issued-1", "issued-1"]
    exchange = server.seen[0]
    assert (exchange.method, exchange.path) == ("POST", "/oauth/token")
    assert exchange.headers["content-type"] == "application/json"
    assert "authorization" not in exchange.headers
    assert exchange.json == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": SUBJECT,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "identity_provider_id": "idp_1",
        "service_account_id": "sa_1",
    }


@pytest.mark.usefixtures("authority")
def test_settings_of_the_environment_do_not_reach_the_token_endpoint(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    monkeypatch.setenv("OPENAI_ORG_ID", "org")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Own: 1")
    identity_of(server)()
    assert not {"authorization", "openai-organization", "x-own"} & server.seen[0].headers.keys()


class _Spiffe:
    token_type = "urn:example:jwt-svid"

    def __call__(self) -> str:
        return SUBJECT


@pytest.mark.usefixtures("authority")
def test_the_kind_of_the_token_is_that_of_its_source_or_the_argument(server: Any) -> None:
    identity_of(server, _Spiffe())()
    identity_of(server, _Spiffe(), token_type="id_token")()
    assert GoogleToken.token_type == "id_token"
    kinds = [one.json["subject_token_type"] for one in server.seen]
    assert kinds == ["urn:example:jwt-svid", "urn:ietf:params:oauth:token-type:id_token"]


# Time


@pytest.mark.parametrize(
    ("lifetime", "ahead", "kept_for"),
    [(3600, 300.0, 3300), ("3600", 0.0, 3600), (100, 300.0, 50), (None, 60.0, 240), (0, 300.0, 0)],
)
def test_a_token_is_replaced_before_it_expires(
    server: Any, authority: Authority, clock: Clock, lifetime: Any, ahead: float, kept_for: float
) -> None:
    authority.lifetime = lifetime
    identity = identity_of(server, refresh_ahead=ahead)
    assert identity() == "issued-1"
    if kept_for:
        clock.time += kept_for - 1
        assert identity() == "issued-1"
    clock.time += 1
    assert identity() == "issued-2"


def test_the_clock_of_the_machine_does_not_matter(
    server: Any, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 0.0)
    identity = identity_of(server)
    assert (identity(), identity(), authority.issued) == ("issued-1", "issued-1", 1)


def test_a_refresh_that_fails_keeps_a_valid_token(
    server: Any, authority: Authority, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    identity = identity_of(server)
    identity()
    clock.time += 3400
    authority.fails = [(403, {"error": SUBJECT})] * 2
    with caplog.at_level(logging.WARNING, "typed_openai"):
        assert identity() == "issued-1"
    assert "not refreshed, and is used until it expires: WorkloadIdentity: no token" in caplog.text
    assert SUBJECT not in caplog.text
    asked = len(server.seen)
    assert identity() == "issued-1"
    assert len(server.seen) == asked  # it is not tried again at once
    clock.time += 200
    with pytest.raises(TokenError):
        identity()
    assert identity() == "issued-2"


# One for all


@pytest.mark.slow(seconds=1)
def test_all_threads_wait_for_one_exchange(server: Any, authority: Authority) -> None:
    authority.delay = 0.3
    client = client_of(server, api_key=identity_of(server))
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: client.models.list_models(), range(32)))
    assert authority.issued == 1
    assert set(tokens(server)) == {"issued-1"}


@pytest.mark.slow(seconds=1)
def test_all_tasks_wait_for_one_exchange(server: Any, authority: Authority) -> None:
    authority.delay = 0.3

    async def calls() -> None:
        async with AsyncClient(identity_of(server), base_url=server.base_url, max_retries=0) as client:
            await asyncio.gather(*(client.models.list_models() for _ in range(20)))

    asyncio.run(calls())
    assert authority.issued == 1


@pytest.mark.slow(seconds=1)
def test_other_threads_use_the_old_token_during_a_refresh(
    server: Any, authority: Authority, clock: Clock
) -> None:
    identity = identity_of(server)
    identity()
    clock.time += 3400
    authority.delay = 1.0
    refreshing = threading.Thread(target=identity, daemon=True)
    refreshing.start()
    while len(server.seen) < 2:
        time.sleep(0.01)
    assert identity() == "issued-1"
    refreshing.join()
    assert identity() == "issued-2"


def test_threads_share_the_error_of_an_exchange(server: Any, authority: Authority) -> None:
    authority.delay = 0.3
    authority.fails = [(400, {"error": "invalid_grant"})]
    identity = identity_of(server)
    with ThreadPoolExecutor(8) as pool:
        found = [one.exception() for one in [pool.submit(identity) for _ in range(8)]]
    assert {type(one) for one in found} == {TokenError}
    assert len(server.seen) == 1


def test_an_interrupted_exchange_is_made_by_another_thread(server: Any, authority: Authority) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def source() -> str:
        if not begun.is_set():
            begun.set()
            go_on.wait(5)
            raise KeyboardInterrupt
        return SUBJECT

    def first() -> None:
        with pytest.raises(KeyboardInterrupt):
            identity()

    identity = identity_of(server, source)
    interrupted = threading.Thread(target=first)
    interrupted.start()
    begun.wait(5)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(identity)
        time.sleep(0.1)
        go_on.set()
        assert waiting.result(5) == "issued-1"
    interrupted.join()
    assert authority.issued == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_child_that_is_forked_during_an_exchange_makes_its_own(server: Any, authority: Authority) -> None:
    authority.delay = 0.5
    identity = identity_of(server)
    thread = threading.Thread(target=identity)
    thread.start()
    while not server.seen:
        time.sleep(0.01)
    child = os.fork()
    if not child:
        os._exit(0 if identity().startswith("issued") else 1)
    assert os.waitpid(child, 0)[1] == 0
    thread.join()
    assert authority.issued == 2


# A token that the API refuses


def test_a_refused_token_is_replaced_once(server: Any, authority: Authority) -> None:
    retries: list[RetryInfo] = []
    client = client_of(server, api_key=identity_of(server), on_retry=retries.append)
    client.models.list_models()
    authority.revoked = {"issued-1"}
    client.models.list_models()
    assert tokens(server) == ["issued-1", "issued-1", "issued-2"]
    assert [one.delay for one in retries] == [0.0]
    authority.revoked |= {"issued-2", "issued-3"}
    with pytest.raises(AuthenticationError):
        client.models.list_models()
    assert tokens(server)[3:] == ["issued-2", "issued-3"]


def test_many_threads_replace_a_refused_token_together(server: Any, authority: Authority) -> None:
    authority.revoked = {"issued-1"}
    authority.delay = 0.1
    client = client_of(server, api_key=identity_of(server))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.models.list_models(), range(8)))
    assert authority.issued == 2


def test_a_refused_token_is_replaced_for_the_next_call_if_the_body_is_gone(
    server: Any, authority: Authority
) -> None:
    client = client_of(server, api_key=identity_of(server))
    authority.revoked = {"issued-1"}
    with pytest.raises(AuthenticationError):
        client.files.create_file(("a.bin", iter([b"once"])), "user_data")
    client.models.list_models()
    assert tokens(server) == ["issued-1", "issued-2"]


def test_a_token_that_was_replaced_already_is_not_discarded(server: Any, authority: Authority) -> None:
    identity = identity_of(server)
    assert identity() == "issued-1"
    identity.discard("issued-1")
    assert identity() == "issued-2"
    identity.discard("issued-1")
    assert (identity(), authority.issued) == ("issued-2", 2)


def test_any_callable_can_discard_its_key(server: Any, authority: Authority) -> None:
    class Cache:
        key = "old"

        def __call__(self) -> str:
            return self.key

        def discard(self, key: str) -> None:
            assert key == "old"
            self.key = "new"

    authority.revoked = {"old"}
    client_of(server, api_key=Cache()).models.list_models()
    assert tokens(server) == ["old", "new"]


# Errors


REFUSED: dict[str, tuple[int, Any, str]] = {
    "an oauth error": (
        400,
        {"error": "invalid_grant", "error_description": f"bad token {SUBJECT}"},
        r"400 Bad Request: bad token \[key\]",
    ),
    "an error object": (401, {"error": {"message": "No.", "code": "no_rule"}}, "401 Unauthorized: No."),
    "a redirect": (307, {}, "307 Temporary Redirect"),
    "no json": (200, b"access_token=" + ISSUED.encode(), "the reply is not JSON"),
    "no object": (200, [], "the reply is not an object"),
    "no token": (200, {"expires_in": 5}, "the reply has no usable access_token"),
    "an empty token": (200, {"access_token": ""}, "the reply has no usable access_token"),
    "two lines": (200, {"access_token": f"{ISSUED}\nx"}, "the reply has no usable access_token"),
    "a wrong time": (200, {"access_token": ISSUED, "expires_in": "soon"}, "no usable expires_in"),
    "a flag as the time": (200, {"access_token": ISSUED, "expires_in": True}, "no usable expires_in"),
    "no finite time": (200, b'{"access_token": "t", "expires_in": 1e999}', "no usable expires_in"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_exchange_that_fails_says_where_and_shows_no_token(
    server: Any, authority: Authority, name: str
) -> None:
    status, value, words = REFUSED[name]
    authority.fails = [(status, value)]
    with pytest.raises(TokenError, match=words) as caught:
        client_of(server, api_key=identity_of(server)).models.list_models()
    error = caught.value
    assert (error.source, error.place) == ("WorkloadIdentity", identity_of(server)._exchange.url)
    assert error.status == (status if status != 200 else None)
    assert str(error).startswith(f"WorkloadIdentity: no token from {error.place}: ")
    assert_hidden(error)
    for text in (str(error), repr(error), repr(error.body), repr(error.__cause__), repr(vars(error))):
        assert SUBJECT not in text
        assert ISSUED not in text
    restored = pickle.loads(pickle.dumps(error))
    assert (str(restored), restored.status) == (str(error), error.status)
    assert tokens(server) == []


def test_the_code_of_the_error_is_kept(server: Any, authority: Authority) -> None:
    authority.fails = [(400, {"error": "invalid_subject_token", "error_description": "No."})]
    with pytest.raises(TokenError) as caught:
        identity_of(server)()
    assert (caught.value.code, caught.value.status) == ("invalid_subject_token", 400)


def test_an_exchange_is_tried_again_if_that_may_help(server: Any, authority: Authority) -> None:
    authority.fails = [(503, {}), (429, {})]
    assert identity_of(server)() == "issued-1"
    assert len(server.seen) == 3


def test_the_time_of_an_exchange_is_limited(server: Any, authority: Authority) -> None:
    authority.delay = 5.0
    begun = time.monotonic()
    with pytest.raises(TokenError, match=r"no answer from http://127.* within total=0.3 seconds") as caught:
        client_of(server, api_key=identity_of(server, timeout=0.3)).models.list_models()
    assert time.monotonic() - begun < 2
    assert isinstance(caught.value.__cause__, APITimeoutError)
    assert_hidden(caught.value)


def test_an_endpoint_that_does_not_exist_is_named(server: Any) -> None:
    identity = identity_of(server, token_url="http://127.0.0.1:9/oauth/token?tenant=1")
    with pytest.raises(
        TokenError, match=r"WorkloadIdentity: no connection to http://127.0.0.1:9/oauth/token"
    ):
        identity()


@pytest.mark.parametrize("returned", [None, 5, "", f"{SUBJECT}\n{SUBJECT}"])
def test_a_callable_that_returns_no_token_is_a_wrong_call(server: Any, returned: Any) -> None:
    with pytest.raises(CallError, match=r"subject_token\(\)") as caught:
        client_of(server, api_key=identity_of(server, lambda: returned)).models.list_models()
    assert SUBJECT not in str(caught.value)
    assert_hidden(caught.value)


def test_an_exception_of_the_callable_is_the_caller_s(server: Any) -> None:
    def source() -> str:
        raise LookupError("no token")

    with pytest.raises(LookupError, match="no token"):
        client_of(server, api_key=identity_of(server, source)).models.list_models()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a token": ({"subject_token": SUBJECT}, 'subject_token: expected a callable .* got "str"'),
    "nothing": ({"subject_token": None}, r'expected a callable, or http_options=.*"cert"'),
    "no provider": ({"identity_provider_id": ""}, "identity_provider_id: expected a non-empty text"),
    "no account": ({"service_account_id": None}, 'service_account_id: expected "str", got "None"'),
    "no url": ({"token_url": "auth.openai.com"}, "token_url: expected an http or https URL"),
    "no time": ({"timeout": 0}, "timeout: expected a Timeout, a positive number of seconds"),
    "negative": ({"refresh_ahead": -1}, "refresh_ahead: expected a number of seconds"),
    "another option": ({"http_options": {"auth": ("u", SUBJECT)}}, 'expected "cert", .* got "auth"'),
    "an option": ({"http_options": {"verfy": False}}, 'requests has no option "verfy"'),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_refused_at_once(name: str) -> None:
    settings, words = WRONG[name]
    given: dict[str, Any] = {"subject_token": subject, "identity_provider_id": "i", "service_account_id": "s"}
    with pytest.raises(CallError, match=words) as caught:
        WorkloadIdentity(**(given | settings))
    assert SUBJECT not in str(caught.value)
    assert_hidden(caught.value)


# Nothing shown


def test_a_pickled_identity_has_no_token(server: Any, authority: Authority) -> None:
    options = {"proxies": {"ftp": f"http://user:{ISSUED}@proxy.invalid"}}
    identity = identity_of(server, http_options=options)
    authority.token = ISSUED
    identity()
    kept = pickle.dumps(identity)
    assert ISSUED.encode() not in kept
    assert pickle.loads(kept)() == f"{ISSUED}-2"
    assert repr(pickle.loads(kept)) == repr(identity)


def test_neither_text_nor_log_of_an_identity_shows_a_token(
    server: Any, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    authority.token = ISSUED
    identity = identity_of(server)
    with caplog.at_level(logging.DEBUG):
        client_of(server, api_key=identity).models.list_models()
    for text in (repr(identity), repr(vars(identity)), repr(vars(identity._kept)), caplog.text):
        assert ISSUED not in text
        assert SUBJECT not in text
    assert "idp_1" in repr(identity)
