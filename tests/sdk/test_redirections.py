"""Redirects: those that are followed, the headers that are sent, and those that raise an error."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from typed_openai import APIConnectionError, APIStatusError, Client

MESSAGES = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="sk-test", base_url=server.base_url, http_headers={"X-Api-Key": "other"})


def redirect(server: Any, status: int, location: str | None) -> None:
    headers = {} if location is None else {"Location": location}
    server.reply(b"", status=status, content_type="text/plain", **headers)


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("own", [True, False])
def test_a_post_never_becomes_a_get(server: Any, status: int, own: bool) -> None:
    client = Client(api_key="k", base_url=server.base_url, http_client=None if own else requests.Session())
    redirect(server, status, server.base_url + "/elsewhere")
    server.reply({"ok": 1})
    with pytest.raises(APIStatusError, match=rf"{status} .*the redirect to 127\.0\.0\.1 was not") as caught:
        client.chat.create_chat_completion(MESSAGES, "m")
    assert caught.value.status == status
    assert not own or len(server.seen) == 1


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_repeated_as_it_was_at_the_same_host(server: Any, client: Client, status: int) -> None:
    redirect(server, status, "/v1/elsewhere")
    server.reply({"ok": 1})
    assert client.chat.create_chat_completion(MESSAGES, "m") == {"ok": 1}
    first, second = server.seen
    assert (second.method, second.path, second.body) == ("POST", "/v1/elsewhere", first.body)
    assert second.headers["authorization"] == "Bearer sk-test"


def test_a_post_is_not_repeated_at_another_host(server: Any, client: Client) -> None:
    redirect(server, 307, server.base_url.replace("127.0.0.1", "localhost") + "/elsewhere")
    with pytest.raises(APIStatusError, match="the redirect to localhost was not followed"):
        client.chat.create_chat_completion(MESSAGES, "m")
    assert len(server.seen) == 1


def test_another_host_is_read_from_without_credentials(server: Any, client: Client) -> None:
    redirect(server, 302, server.base_url.replace("127.0.0.1", "localhost") + "/elsewhere")
    server.reply({"ok": 1})
    assert client.models.list_models() == {"ok": 1}
    assert not {"authorization", "x-api-key"} & set(server.seen[1].headers)
    assert {"authorization", "x-api-key"} <= set(server.seen[0].headers)


@pytest.mark.parametrize("status", [300, 302, 304])
def test_a_redirection_to_nowhere_is_an_error(server: Any, client: Client, status: int) -> None:
    redirect(server, status, None)
    with pytest.raises(APIStatusError, match=f"{status} .*nowhere") as caught:
        client.models.list_models()
    assert caught.value.status == status


def test_endless_redirections_are_called_so(server: Any, client: Client) -> None:
    redirect(server, 302, "/v1/models")
    with pytest.raises(
        APIConnectionError, match=r"too many redirects from .*/v1/models: Exceeded 30"
    ) as caught:
        client.models.list_models()
    assert caught.value.was_sent
