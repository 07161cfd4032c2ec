"""Arrays passed as any iterable, read once, and sent again for a retry."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from typed_openai import CallError, Client

HELLO = {"role": "user", "content": "hello"}


class Rows:
    """Rows of a database, which can only be iterated over."""

    def __iter__(self) -> Iterator[dict[str, str]]:
        yield HELLO


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="k", base_url=server.base_url)


@pytest.mark.parametrize(
    "messages",
    [
        lambda: (one for one in [HELLO]),
        lambda: (HELLO,),
        lambda: deque([HELLO]),
        {"a": HELLO}.values,
        lambda: map(dict, [HELLO]),
        Rows,
    ],
)
def test_any_iterable_is_sent_as_an_array(messages: Callable[[], Any], server: Any, client: Client) -> None:
    server.reply({})
    client.chat.create_chat_completion(messages(), "gpt-4o")
    assert server.seen[0].json["messages"] == [HELLO]


def test_a_generator_is_read_once_and_sent_with_every_try(server: Any, client: Client) -> None:
    read: list[str] = []

    def conversation() -> Iterator[Any]:
        for text in ("hello", "there"):
            read.append(text)
            yield {"role": "user", "content": text}

    server.reply({}, status=500)
    server.reply({})
    client.chat.create_chat_completion(conversation(), "gpt-4o")
    assert read == ["hello", "there"]
    assert [[one["content"] for one in seen.json["messages"]] for seen in server.seen] == [read, read]


def test_a_generator_that_a_stream_is_asked_with_is_read_before_the_call_returns(
    server: Any, client: Client
) -> None:
    server.events(b"data: [DONE]\n\n")
    messages: Any = iter([HELLO])
    handle = client.chat.create_chat_completion(messages, "gpt-4o", stream_to=lambda message: None)
    assert list(messages) == []
    handle.wait(10)
    assert server.seen[0].json["messages"] == [HELLO]


@pytest.mark.parametrize("wrong", [b"hello", bytearray(b"hello"), memoryview(b"hello")])
def test_bytes_are_no_array(wrong: Any, server: Any, client: Client) -> None:
    with pytest.raises(CallError, match="messages: a file cannot be sent here"):
        client.chat.create_chat_completion(wrong, "gpt-4o")
    assert server.seen == []


def test_a_set_is_no_array_because_it_has_no_order(server: Any, client: Client) -> None:
    stop: Any = {"a", "b"}
    with pytest.raises(CallError, match='stop: expected a JSON value, got "set"'):
        client.chat.create_chat_completion([], "gpt-4o", stop=stop)


def test_what_a_generator_gives_is_named_where_json_cannot_hold_it(server: Any, client: Client) -> None:
    messages: Any = ({"role": "user", "content": one} for one in ("hello", object()))
    with pytest.raises(CallError, match=r'messages\[1\]\.content: expected a JSON value, got "object"'):
        client.chat.create_chat_completion(messages, "gpt-4o")
