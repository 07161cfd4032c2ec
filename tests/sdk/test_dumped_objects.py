"""Objects of the caller's classes in arguments: their JSON form is sent, or they are refused."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message as Headers
from typing import Any

import pydantic
import pydantic.v1
import pytest

from typed_openai import CallError, Client

HELLO = {"role": "user", "content": "hello"}


class Part(pydantic.BaseModel):
    kind: str = pydantic.Field(default="text", serialization_alias="type")
    text: str | None = None


class Model(pydantic.BaseModel):
    content: str | list[Part]
    role: str = "user"
    name: str | None = None


class Dated(pydantic.BaseModel):
    content: datetime
    role: str = "user"


@dataclasses.dataclass
class Data:
    content: Any
    role: str = "user"
    name: str | None = None


class Pairs:
    """An object that iterates over its names and values."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(HELLO.items())


class Broken(pydantic.BaseModel):
    content: str = ""

    @pydantic.field_serializer("content")
    def _fail(self, _: str) -> str:
        raise LookupError("no content")


def old_model() -> Any:
    kind = pydantic.v1.create_model("Old", content=(str, ...), role="user", name=(str | None, None))
    return kind(content="hello")


def headers() -> Headers:
    made = Headers()
    made["role"], made["content"] = "user", "hello"
    return made


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="k", base_url=server.base_url)


def sent(server: Any, client: Client, message: Any) -> Any:
    server.reply({})
    client.chat.create_chat_completion([message], "gpt-4o")
    return server.seen[-1].json["messages"][0]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Model(content="hello"), HELLO),
        (Model(content="hello", name=None), {**HELLO, "name": None}),
        (
            Model(content=[Part(text="a"), Part()]),
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text"}]},
        ),
        (
            Dated(content=datetime(2026, 1, 2, tzinfo=UTC)),
            {"role": "user", "content": "2026-01-02T00:00:00Z"},
        ),
        (Data("hello"), HELLO),
        (
            Data([Part(text="a")], name="n"),
            {"role": "user", "content": [{"type": "text", "text": "a"}], "name": "n"},
        ),
        (headers(), HELLO),
    ],
)
def test_the_json_form_of_an_object_is_sent(server: Any, client: Client, message: Any, expected: Any) -> None:
    assert sent(server, client, message) == expected


@pytest.mark.filterwarnings("ignore")
def test_models_of_the_first_pydantic_are_sent_too(server: Any, client: Client) -> None:
    assert sent(server, client, old_model()) == HELLO


def test_a_whole_body_may_be_a_model_to_which_options_are_added(server: Any, client: Client) -> None:
    server.reply({})
    client.request("POST", "/anything", json=Model(content="hello"), extra_body={"n": 1})
    assert server.seen[0].json == {**HELLO, "n": 1}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (Pairs(), r'messages\[0\]: expected a JSON value, got "Pairs"; pass it as a dict'),
        (Broken(), r'messages\[0\]: "Broken" cannot be converted to JSON: .*no content'),
        (Model, r'messages\[0\]: expected a JSON value, got "ModelMetaclass"'),
        (enum.Enum("Colour", "RED BLUE"), r'messages\[0\]: expected a JSON value, got "EnumType"'),
        (Data(object()), r'messages\[0\]\.content: expected a JSON value, got "object"'),
        (object(), r'messages\[0\]: expected a JSON value, got "object"'),
    ],
)
def test_an_object_without_a_json_form_is_refused(
    server: Any, client: Client, message: Any, words: str
) -> None:
    with pytest.raises(CallError, match=words):
        sent(server, client, message)
    assert server.seen == []
