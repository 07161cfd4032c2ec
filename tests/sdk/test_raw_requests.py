"""``client.request``: a method and a path, with the matched operation's key, headers and kind of result."""

from __future__ import annotations

from typing import Any

import pytest

from typed_openai import BinaryReply, CallError, Client, Stream


@pytest.fixture
def client(server: Any) -> Client:
    server.reply({"ok": 1})
    return Client(api_key="plain", admin_api_key="admin", base_url=server.base_url)


def test_a_known_path_is_sent_as_its_operation(server: Any, client: Client) -> None:
    body = {"model": "m", "messages": []}
    assert client.request("POST", "/chat/completions", json=body) == {"ok": 1}
    client.request("get", "/threads/t1", params={"include": ["a"]}, headers={"X-Mine": "1"})
    client.request("GET", "/organization/certificates")
    first, second, third = server.seen
    assert (first.path, first.json, first.headers["authorization"]) == (
        "/v1/chat/completions",
        body,
        "Bearer plain",
    )
    assert first.headers["idempotency-key"]
    assert (second.headers["openai-beta"], second.headers["x-mine"]) == ("assistants=v2", "1")
    assert second.path in ("/v1/threads/t1?include[]=a", "/v1/threads/t1?include%5B%5D=a")
    assert third.headers["authorization"] == "Bearer admin"


def test_an_unknown_path_is_sent_with_the_plain_key(server: Any, client: Client) -> None:
    assert client.request("POST", "/v2/new?x=1", json=[1], extra_query={"y": 2}) == {"ok": 1}
    (seen,) = server.seen
    assert (seen.path, seen.json) == ("/v1/v2/new?x=1&y=2", [1])
    assert seen.headers["authorization"] == "Bearer plain"


def test_a_reply_to_head_cannot_be_streamed(server: Any, client: Client) -> None:
    for options in ({"stream": True}, {"stream_to": print}):
        with pytest.raises(CallError, match="HEAD has no content"):
            client.request("HEAD", "/models", **options)
    assert server.seen == []


@pytest.mark.parametrize("options", [{"stream": True}, {"json": {"stream": True}}])
def test_a_stream_can_be_asked_for_in_either_way(
    server: Any, client: Client, options: dict[str, Any]
) -> None:
    server.answers.clear()
    server.events(b"data: 1\n\ndata: [DONE]\n\n")
    options = {"json": {"model": "m"}} | options
    stream = client.request("POST", "/chat/completions", **options)
    assert isinstance(stream, Stream)
    assert list(stream) == [1]
    assert server.seen[0].json["stream"] is True


def test_a_stream_that_is_asked_for_in_the_query_is_asked_for_there(server: Any, client: Client) -> None:
    server.answers.clear()
    server.events(b"data: 1\n\ndata: [DONE]\n\n")
    assert list(client.request("GET", "/responses/r", stream=True)) == [1]
    assert server.seen[0].path == "/v1/responses/r?stream=true"


def test_named_events_follow_the_matched_operation(server: Any, client: Client) -> None:
    server.answers.clear()
    server.events(b'event: thread.created\ndata: {"id": "t"}\n\nevent: done\ndata: [DONE]\n\n')
    received: list[Any] = []
    client.request("POST", "/threads/runs", json={"assistant_id": "a"}, stream_to=received.append).wait(10)
    assert received[0].data == {"event": "thread.created", "data": {"id": "t"}}


def test_files_make_a_form_and_binary_replies_are_files(server: Any, client: Client) -> None:
    client.request("POST", "/files", data={"purpose": "batch"}, files={"file": ("a.txt", b"x")})
    assert server.seen[0].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="purpose"\r\n\r\nbatch\r\n' in server.seen[0].body
    server.answers.clear()
    server.reply(b"zip", content_type="application/zip")
    reply = client.request("GET", "/files/f/content")
    assert isinstance(reply, BinaryReply)
    assert reply.read() == b"zip"


def test_data_is_sent_as_it_is(server: Any, client: Client) -> None:
    client.request("POST", "/realtime/calls", data="v=0", headers={"Accept": "x/y"})
    client.request("POST", "/other", data={"a": [1, True]})
    first, second = server.seen
    assert (first.body, first.headers["content-type"]) == (b"v=0", "application/sdp")
    assert first.headers["accept"] == "x/y"
    assert second.body == b"a%5B%5D=1&a%5B%5D=true"


def test_the_path_with_the_most_fixed_words_wins(client: Client) -> None:
    match = client._endpoints.match

    def name(method: str, path: str, **query: str) -> str | None:
        endpoint = match(method, path, [*query.items()])
        return None if endpoint is None else str(endpoint.operation.id)

    assert name("POST", "/responses") == "createResponse"
    assert (
        name("POST", "/responses", beta="true")
        == client._endpoints.get("responses", "beta_create_response").operation.id
    )
    assert name("POST", "/threads/runs") == "createThreadAndRun"
    assert name("GET", "/nowhere") is None
