"""``http_client``: any object with the interface of ``requests.Session``, including the user's fakes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from unittest.mock import MagicMock

import pytest
import requests

from typed_openai import Client

MESSAGES = [{"role": "user", "content": "Hello"}]
EVENTS = b'data: {"n": 1}\n\ndata: {"n": 2}\n\ndata: [DONE]\n\n'


def from_bytes_io(content: bytes, content_type: str) -> Any:
    response = requests.Response()
    response.status_code = 200
    response.headers["Content-Type"] = content_type
    response.raw = io.BytesIO(content)
    return response


def with_content(content: bytes, content_type: str) -> Any:
    response = from_bytes_io(content, content_type)
    response.raw = None
    response._content = content
    return response


class Fake:
    """Only the interface that a reader of streams needs: no ``raw``, no ``content``, nothing to close."""

    status_code = 200

    def __init__(self, content: bytes, content_type: str) -> None:
        self._content = content
        self.headers = {"Content-Type": content_type}

    def iter_content(self, chunk_size: int = 1) -> Iterator[bytes]:
        for start in range(0, len(self._content), chunk_size):
            yield self._content[start : start + chunk_size]


class Session:
    def __init__(self, response: Any) -> None:
        self._response = response

    def request(self, method: str, url: str, **options: Any) -> Any:
        return self._response


@pytest.mark.parametrize("response", [from_bytes_io, with_content, Fake])
def test_replies_of_any_make_are_read_streamed_and_closed(response: Any) -> None:
    def client(content: bytes, content_type: str) -> Client:
        session = Session(response(content, content_type))
        return Client(api_key="k", base_url="http://nowhere.invalid", http_client=session)

    with client(EVENTS, "text/event-stream").chat.create_chat_completion(
        MESSAGES, "m", stream=True
    ) as stream:
        assert list(stream) == [{"n": 1}, {"n": 2}]
    stream = client(EVENTS, "text/event-stream").chat.create_chat_completion(MESSAGES, "m", stream=True)
    assert next(stream) == {"n": 1}
    stream.close()
    assert client(b'{"data": []}', "application/json").models.list_models() == {"data": []}
    assert client(b"mp3", "audio/mpeg").audio.create_speech("x", "m", "v").read() == b"mp3"
    assert b"".join(client(b"mp3", "audio/mpeg").audio.create_speech("x", "m", "v")) == b"mp3"


def test_a_mock_is_a_session() -> None:
    session = MagicMock()
    session.request.return_value.status_code = 200
    session.request.return_value.content = b'{"data": []}'
    session.request.return_value.headers = {}
    client = Client(api_key="k", base_url="http://nowhere.invalid", http_client=session)
    assert client.models.list_models() == {"data": []}


@pytest.mark.parametrize("patched", ["requests.Session.send", "requests.adapters.HTTPAdapter.send"])
def test_what_replaces_or_watches_requests_sees_our_calls(
    monkeypatch: pytest.MonkeyPatch, patched: str
) -> None:
    seen: list[requests.PreparedRequest] = []

    def send(_self: object, request: requests.PreparedRequest, **_options: object) -> Any:
        seen.append(request)
        return from_bytes_io(b'{"object": "list", "data": []}', "application/json")

    monkeypatch.setattr(patched, send)
    client = Client(api_key="k", base_url="http://nowhere.invalid")
    assert client.models.list_models() == {"object": "list", "data": []}
    assert [(one.method, one.url) for one in seen] == [("GET", "http://nowhere.invalid/models")]
