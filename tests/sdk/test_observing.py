"""Sent and received data in ``response_info``, hooks and the log, never with a credential."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import pprint
from typing import Any

import pytest

from typed_openai import RateLimit, RequestInfo, ResponseInfo, RetryInfo, response_info
from typed_openai._security.credentials import shown_url
from typed_openai.client import Client
from typed_openai.errors import APIConnectionError, CallError, RateLimitError
from typed_openai.observing import duration

KEY = "sk-0123456789abcdef0123456789"
MESSAGES = [{"role": "user", "content": "Hello"}]
VALUE = {"id": "x", "choices": [{"index": 0, "text": "\u00e4"}], "none": None}
LIMITS = {
    "X_RateLimit_Limit_Requests": "60",
    "X_RateLimit_Remaining_Requests": "59",
    "X_RateLimit_Reset_Requests": "6m0s",
    "X_RateLimit_Reset_Tokens": "120ms",
    "X_RateLimit_Limit_Tokens": "many",
}


class Told:
    """Hooks that record their arguments."""

    def __init__(self) -> None:
        self.all: list[Any] = []

    def client(self, server: Any, **settings: Any) -> Client:
        tell = self.all.append
        settings = {"api_key": KEY, "base_url": server.base_url, "timeout": 20} | settings
        return Client(on_request=tell, on_response=tell, on_retry=tell, **settings)


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key=KEY, base_url=server.base_url, timeout=20)


def test_a_reply_tells_of_its_call(server: Any, client: Client) -> None:
    server.reply({"error": "busy"}, status=503)
    server.reply(VALUE, X_Request_Id="req_1", **LIMITS)
    info = response_info(client.chat.create_chat_completion(MESSAGES, "m"))
    assert (info.operation, info.status, info.request_id, info.tries) == (
        "chat.create_chat_completion",
        200,
        "req_1",
        2,
    )
    assert info.headers["content-type"] == "application/json"
    assert info.rate_limit == RateLimit(60, None, 59, None, 360.0, 0.12)
    assert 0 < info.elapsed < 20


def test_lists_texts_streams_and_files_tell_of_their_call_too(server: Any, client: Client) -> None:
    server.reply([1, 2], X_Request_Id="req_1")
    assert response_info(client.request("GET", "/anything")).request_id == "req_1"
    server.answers.clear()
    server.reply(b"WEBVTT", content_type="text/vtt", X_Request_Id="req_2")
    text = client.audio.create_transcription(b"x", "whisper-1", response_format="vtt")
    assert (text, response_info(text).request_id) == ("WEBVTT", "req_2")
    copies = [copy.copy(text), copy.deepcopy(text), pickle.loads(pickle.dumps(text)), str(text), text + ""]
    assert {(type(one), one) for one in copies} == {(str, "WEBVTT")}
    server.answers.clear()
    server.events(b"data: [DONE]\n\n")
    with client.chat.create_chat_completion(MESSAGES, "m", stream=True) as stream:
        info = response_info(stream)
        assert (info.status, info.headers["content-type"]) == (200, "text/event-stream")
        assert info.request_id is None
        assert info.rate_limit == RateLimit()
    server.answers.clear()
    server.reply(b"\x00", content_type="audio/mpeg", X_Request_Id="req_3")
    with client.audio.create_speech("hi", "m", "alloy") as speech:
        assert response_info(speech).request_id == "req_3"


@pytest.mark.parametrize("value", [{}, [], None, "text", 1, {"_facts": 1}], ids=repr)
def test_what_comes_from_no_call_has_no_info(value: object) -> None:
    with pytest.raises(TypeError, match="an unrelated"):
        response_info(value)


@pytest.mark.parametrize("value", [VALUE, [VALUE, 1]], ids=["object", "array"])
def test_replies_are_as_good_as_plain_values(server: Any, client: Client, value: Any) -> None:
    server.reply(value)
    reply = client.request("GET", "/anything")
    assert isinstance(reply, type(value))
    assert reply == value
    assert value == reply
    assert repr(reply) == repr(value)
    assert str(reply) == str(value)
    assert json.dumps(reply) == json.dumps(value)
    assert json.dumps(reply, indent=1) == json.dumps(value, indent=1)
    assert pprint.pformat(reply) == pprint.pformat(value)
    copies = [reply.copy(), copy.copy(reply), copy.deepcopy(reply), pickle.loads(pickle.dumps(reply))]
    copies += [pickle.loads(pickle.dumps(reply, protocol)) for protocol in range(6)]
    copies.append({**reply} if isinstance(value, dict) else [*reply])
    copies.append(reply | {} if isinstance(value, dict) else reply[:])
    assert [type(one) for one in copies] == [type(value)] * len(copies)
    assert all(one == value for one in copies)


def test_a_reply_can_be_matched_changed_and_spread(server: Any, client: Client) -> None:
    server.reply(dict(VALUE))
    reply = client.request("GET", "/anything")
    match reply:
        case {"id": found, **rest}:
            assert (found, rest) == ("x", {name: one for name, one in VALUE.items() if name != "id"})
        case _:
            pytest.fail("a reply is a mapping")
    reply["id"] = "y"
    assert dict(reply, more=1)["id"] == "y"
    with pytest.raises(TypeError, match="unhashable"):
        hash(reply)


def test_hooks_are_told_of_each_request_reply_and_repetition_in_order(server: Any) -> None:
    told = Told()
    server.reply({"error": {"message": "busy"}}, status=429, X_Request_Id="req_1", Retry_After_Ms="5")
    server.reply(VALUE, X_Request_Id="req_2")
    told.client(server).chat.create_chat_completion(MESSAGES, "m")
    kinds = [RequestInfo, ResponseInfo, RetryInfo, RequestInfo, ResponseInfo]
    assert [type(one) for one in told.all] == kinds
    assert {one.operation for one in told.all} == {"chat.create_chat_completion"}
    assert [one.tries for one in told.all] == [1, 1, 1, 2, 2]
    first, refused, retry, again, reply = told.all
    assert (first.method, first.url) == ("POST", f"{server.base_url}/chat/completions")
    assert json.loads(first.body) == server.seen[0].json
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"]
    assert (refused.status, refused.request_id) == (429, "req_1")
    assert (retry.delay, type(retry.error)) == (0.005, RateLimitError)
    assert (reply.status, reply.request_id) == (200, "req_2")


def test_a_request_that_gets_no_reply_is_told_of_too(server: Any) -> None:
    told = Told()
    server.hang_up()
    with pytest.raises(APIConnectionError):
        told.client(server, max_retries=1).request("POST", "/anything", json={})
    assert [type(one) for one in told.all] == [RequestInfo, RetryInfo, RequestInfo]


@pytest.mark.parametrize("name", ["on_request", "on_response", "on_retry"])
def test_what_a_hook_raises_ends_the_call_and_its_connection(server: Any, name: str) -> None:
    def refuse(info: object) -> None:
        raise LookupError(type(info).__name__)

    if name == "on_retry":
        server.reply({}, status=500)
    else:
        server.endless()
    hooks: Any = {name: refuse}
    client = Client(api_key=KEY, base_url=server.base_url, timeout=20, **hooks)
    with pytest.raises(LookupError):
        client.chat.create_chat_completion(MESSAGES, "m", stream=True)
    assert len(server.seen) == (name != "on_request")
    if name == "on_response":
        assert server.disconnected.wait(5)


def test_a_hook_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(CallError, match='on_retry: expected a callable or None, got "int"'):
        Client(on_retry=3)  # type: ignore[arg-type]  # what is tested


def test_a_copy_keeps_the_hooks_and_a_pickled_client_has_none(server: Any) -> None:
    told = Told()
    client = told.client(server)
    server.reply({})
    copy.copy(client).models.list_models()
    assert len(told.all) == 2
    restored = pickle.loads(pickle.dumps(client))
    restored.models.list_models(openai_api_key=KEY)
    assert len(told.all) == 2


def secrets_everywhere(server: Any) -> list[Any]:
    """Return all observed data of a call that has credentials in every possible place."""
    told = Told()
    client = told.client(
        server,
        base_url=f"{server.base_url}?api-version=1&api-key={KEY}",
        http_headers={"X-Api-Key": KEY, "Cookie": f"a={KEY}"},
    )
    server.reply({"error": {"message": f"no {KEY}"}}, status=500, X_Echo=f"Bearer {KEY}")
    server.reply({}, X_Echo=f"Bearer {KEY}", Set_Cookie=f"a={KEY}", X_Request_Id="req_1")
    reply = client.chat.create_chat_completion(MESSAGES, "m", extra_headers={"Api-Key": KEY})
    assert KEY in server.seen[0].path
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"
    return [*told.all, response_info(reply)]


def test_nothing_that_is_told_has_a_credential(server: Any) -> None:
    infos = secrets_everywhere(server)
    assert len(infos) == 6
    for info in infos:
        assert KEY not in repr(info)
        assert KEY.encode() not in pickle.dumps(info)
    first, last = infos[0], infos[-1]
    assert first.headers["authorization"] == first.headers["cookie"] == first.headers["api-key"] == "***"
    assert first.url.endswith("/chat/completions?api-version=1&api-key=***")
    assert (last.headers["x-echo"], last.headers["set-cookie"]) == ("Bearer [key]", "***")


def test_the_log_tells_the_same_without_credentials(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "typed_openai")
    secrets_everywhere(server)
    ours = [one for one in caplog.records if one.name == "typed_openai"]
    assert [one.levelname for one in ours] == ["DEBUG", "DEBUG", "INFO", "DEBUG", "DEBUG"]
    text = "\n".join(one.getMessage() for one in ours)
    assert KEY not in text
    assert f"chat.create_chat_completion: POST {server.base_url}/chat/completions (try 1)" in text
    assert "status 200" in text
    assert "req_1" in text


def test_nothing_is_logged_above_debug_for_a_call_that_goes_well(
    server: Any, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    server.reply({})
    caplog.set_level(logging.INFO, "typed_openai")
    client.models.list_models()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1h2m3.5s", 3723.5),
        ("1d", 86400.0),
        ("0s", 0.0),
        ("7.5", 7.5),
        ("60", 60.0),
        ("15us", 15e-6),
        ("", None),
        ("soon", None),
        ("-1s", None),
        ("1s later", None),
        ("s", None),
        ("1" * 5000, None),
        ("nan", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    found = duration(text)
    assert found == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ""),
        ("?after=x&limit=2", "?after=x&limit=2"),
        ("?api-key=a", "?api-key=***"),
        ("?key=a&b", "?key=***&b"),
        ("?access_token=a&token=b", "?access_token=***&token=***"),
        ("?client_secret=a&sig=b&X-Signature=c", "?client_secret=***&sig=***&X-Signature=***"),
        ("?monkey=a&page_token=b", "?monkey=a&page_token=b"),
    ],
)
def test_credentials_in_a_query_are_not_shown(query: str, shown: str) -> None:
    assert shown_url(f"http://a/v1{query}") == f"http://a/v1{shown}"
