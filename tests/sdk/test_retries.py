"""Retries and their conditions, over real sockets."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from typed_openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    CallError,
    Client,
    InternalServerError,
    Timeout,
)

MESSAGES = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def client(server: Any) -> Iterator[Client]:
    with Client(api_key="sk-test", base_url=server.base_url, max_retries=2) as client:
        yield client


def completion(client: Client, **options: Any) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "m", **options)


class Pipe(io.RawIOBase):
    """A file that can be read once: it cannot seek."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._content.readinto(buffer)


def upload(client: Client, **options: Any) -> Any:
    return client.files.create_file(("data.bin", Pipe(b"x" * 1000)), "user_data", **options)


def test_a_kept_connection_that_closes_on_a_request_is_an_error_without_retries(
    server: Any, client: Client
) -> None:
    server.reply({"n": 1})
    server.hang_up()
    completion(client)
    with pytest.raises(APIConnectionError) as caught:
        completion(client, max_retries=0)
    assert (caught.value.was_sent, caught.value.reused, len(server.seen)) == (True, True, 2)


def test_a_kept_connection_that_closes_is_replaced_once_only(server: Any, client: Client) -> None:
    server.reply({"n": 1})
    server.hang_up()
    client.models.list_models()
    with pytest.raises(APIConnectionError):
        client.models.list_models(max_retries=0)
    assert len(server.seen) == 3


def test_a_new_connection_that_dies_is_a_failed_try(
    server: Any, client: Client, no_pauses: list[float]
) -> None:
    server.hang_up()
    server.reply({"n": 1})
    with pytest.raises(APIConnectionError):
        completion(client, max_retries=0)
    assert completion(client) == {"n": 1}
    assert no_pauses == []


def test_a_body_that_cannot_be_sent_again_is_not_and_the_error_says_so(server: Any, client: Client) -> None:
    server.reply({}, status=503)
    for retries in (0, 2):
        with pytest.raises(InternalServerError) as caught:
            upload(client, max_retries=retries)
        assert caught.value.__notes__ == [
            "Not retried: the body was read from a source that cannot be read twice."
        ]
    assert len(server.seen) == 2


def test_a_dead_connection_is_told_where_the_body_cannot_be_sent_again(server: Any, client: Client) -> None:
    server.reply({"n": 1})
    server.hang_up()
    completion(client)
    with pytest.raises(APIConnectionError, match="closed the connection") as caught:
        upload(client)
    assert "cannot be read twice" in caught.value.__notes__[0]


def test_a_file_that_is_gone_by_the_next_try_does_not_hide_the_first_error(
    server: Any, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"{}")

    def answer(handler: Any) -> None:
        path.unlink()
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answer(answer)
    with pytest.raises(InternalServerError, match="503") as caught:
        client.files.create_file(path, "batch")
    (note,) = caught.value.__notes__
    assert note.startswith("Not retried: data.jsonl: the file cannot be read")


def test_a_create_operation_that_timed_out_is_sent_again_only_where_that_is_asked_for(server: Any) -> None:
    def client(**settings: Any) -> Client:
        return Client(api_key="k", base_url=server.base_url, timeout=Timeout(first_byte=0.2), **settings)

    server.answer(lambda handler: server.disconnected.wait(1))
    with pytest.raises(APITimeoutError):
        completion(client())
    assert len(server.seen) == 1
    with pytest.raises(APITimeoutError):
        completion(client(retry_timeouts=True, max_retries=1))
    assert len(server.seen) == 3
    assert server.seen[1].headers["idempotency-key"] == server.seen[2].headers["idempotency-key"]
    with pytest.raises(CallError, match='retry_timeouts: expected "bool", got "int"'):
        client(retry_timeouts=1)


def cut(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    handler.close_connection = True


def test_a_reply_that_breaks_off_is_asked_for_again_where_that_changes_nothing(
    server: Any, client: Client
) -> None:
    server.answer(cut)
    server.reply({"ok": 1})
    assert client.models.list_models() == {"ok": 1}
    assert len(server.seen) == 2


def test_a_create_operation_whose_reply_breaks_off_is_not_sent_again(server: Any, client: Client) -> None:
    server.answer(cut)
    with pytest.raises(APIConnectionError, match="the reply is missing 99 bytes") as caught:
        completion(client)
    assert (len(server.seen), caught.value.was_sent, caught.value.retryable) == (1, True, False)


def test_a_long_pause_is_left_to_the_caller_and_the_error_says_so(server: Any, client: Client) -> None:
    server.reply({}, status=429, Retry_After="3600")
    with pytest.raises(APIStatusError) as caught:
        completion(client)
    assert caught.value.__notes__ == ["Not retried: the server asks for a pause of 3600 seconds."]
    assert len(server.seen) == 1


def test_the_idempotency_key_of_the_caller_is_kept(server: Any, client: Client) -> None:
    server.hang_up()
    server.reply({})
    completion(client, extra_headers={"Idempotency-Key": "mine"})
    assert [one.headers["idempotency-key"] for one in server.seen] == ["mine", "mine"]


def noted(error: Any) -> str:
    return " ".join(getattr(error, "__notes__", []))


def test_why_a_call_was_not_tried_again_is_noted(server: Any) -> None:
    client = Client(api_key="k", base_url=server.base_url, max_retries=2)
    server.reply({}, status=500, X_Should_Retry="false")
    with pytest.raises(InternalServerError) as refused:
        client.models.list_models()
    assert "x-should-retry: false" in noted(refused.value)

    def cut(handler: Any) -> None:
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"id"')
        handler.close_connection = True

    def silent(handler: Any) -> None:
        handler.close_connection = True
        handler.connection.recv(1)

    server.answers.clear()
    server.answer(cut, silent)
    with pytest.raises(APIConnectionError) as broken:
        client.embeddings.create_embedding("a", "m")
    assert "the request may have been processed" in noted(broken.value)
    with pytest.raises(APITimeoutError) as late:
        client.embeddings.create_embedding("a", "m", timeout=0.3)
    assert "Client(retry_timeouts=True)" in noted(late.value)
    assert len(server.seen) == 3
    server.answers.clear()
    server.reply({}, status=404)
    server.reply({}, status=500, X_Should_Retry="false")
    for tries in (2, 0):
        with pytest.raises(APIStatusError) as plain:
            client.models.list_models(max_retries=tries)
        assert noted(plain.value) == ""
