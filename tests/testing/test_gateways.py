"""A lenient server accepts what gateways and newer clients send."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from typed_openai import Client
from typed_openai.testing import Server, serve

CHAT = {"messages": [{"role": "user", "content": "Hi"}]}


def post(server: Server, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())


AZURE = "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (AZURE, CHAT),
        (AZURE, {**CHAT, "model": "gpt-4o", "data_sources": []}),
        ("/openai/v1/chat/completions?api-version=preview", {**CHAT, "model": "gpt-4o"}),
        ("/v1/chat/completions?trace=1", {**CHAT, "model": "gpt-4o", "top_k": 5}),
    ],
)
def test_requests_of_gateways_are_answered(path: str, body: Any) -> None:
    with serve(lenient=True) as server:
        status, reply = post(server, path, body, {"api-key": "secret"})
        assert (status, reply.get("model")) == (200, "gpt-4o-2024-08-06"), reply
        (request,) = server.requests
        assert (request.operation, request.arguments["model"]) == ("chat.create_chat_completion", "gpt-4o")
        assert request.path == path.partition("?")[0]
        assert "secret" not in repr(request)
    with serve() as server:
        assert post(server, path, body, {"api-key": "secret"})[0] in (400, 401, 404)


def test_a_lenient_server_still_refuses_wrong_values_and_keys() -> None:
    with serve(lenient=True, api_key="right") as server:
        assert post(server, AZURE, {**CHAT, "temperature": "hot"}, {"api-key": "right"})[0] == 400
        assert post(server, AZURE, {}, {"api-key": "right"})[0] == 400
        assert post(server, AZURE, CHAT, {"api-key": "wrong"})[0] == 401
        assert post(server, AZURE, CHAT, {"api-key": "right"})[0] == 200


def test_the_client_for_azure_is_answered() -> None:
    with serve(lenient=True) as server:
        client = Client(
            "test",
            base_url=f"{server.url}/openai/deployments/gpt-4o-mini?api-version=2024-10-21",
        )
        reply = client.chat.create_chat_completion([{"role": "user", "content": "Hi"}], "gpt-4o-mini")
        assert reply["object"] == "chat.completion"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"port": "x"}, "port: expected a number from 0 to 65535, got 'x'"),
        ({"port": 70_000}, "got 70000"),
        ({"port": True}, "got True"),
        ({"delay": "1"}, "delay: expected a number of seconds, 0 or more, got '1'"),
        ({"delay": -1}, "got -1"),
        ({"seed": "a"}, "seed: expected an integer, got 'a'"),
    ],
)
def test_a_wrong_setting_says_what_is_expected(settings: Any, said: str) -> None:
    with pytest.raises(ValueError, match=r"expected") as caught, serve(**settings):
        pass
    assert said in str(caught.value)
