"""Calls of classes and their methods by way of ``Self``, ``super()``, type variables and generic classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, ParamSpec, TypeVar

from typing_extensions import Self

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Prompt:
    history: ClassVar[list[ChatCompletionRequestMessage]] = []
    message: ChatCompletionRequestMessage

    @classmethod
    def made(cls) -> Self:
        return cls({"role": "usr", "content": "x"})
        # E:29: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]

    def again(self) -> Self:
        type(self)({"role": "usr", "content": "x"})
        # E:29: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
        self.__class__({"role": "usr", "content": "x"})
        # E:33: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
        return replace(self, message={"role": "usr", "content": "x"})
        # E:47: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]

    def sent(self, message: ChatCompletionRequestMessage) -> ChatCompletionRequestMessage:
        return message


class Longer(Prompt):
    def sent(self, message: ChatCompletionRequestMessage) -> ChatCompletionRequestMessage:
        return super().sent({"role": "usr", "content": "x"})
        # E:38: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]


Prompt.history += [{"role": "usr", "content": "x"}]
# E:29: history[...].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]


class Task(Generic[P, R]):
    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)


@Task
def send(message: ChatCompletionRequestMessage) -> int:
    return len(message)


send({"role": "usr", "content": "x"})
# E:15: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]


def call(sender: Callable[[ChatCompletionRequestMessage], int] | None) -> None:
    sender({"role": "usr", "content": "x"})
    # E:5: "None" not callable  [misc]
    # E:21: argument 1.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]


# the members of a union that take the same are wrong once
def make(kind: type[Prompt] | type[Longer], sender: Callable[[ChatCompletionRequestMessage], int]) -> None:
    kind({"role": "usr", "content": "x"})
    # E:19: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    sender({"role": "user", "content": "x"}, 3)
    # E:46: too many positional arguments for sender; it takes 1  [openai-arg]


# a client of ours or of somebody else
class OtherEmbeddings:
    def create_embedding(self, input: str, model: str) -> int:
        return 1


class OtherClient:
    embeddings: OtherEmbeddings


def either(client: Client | OtherClient) -> int:
    reply = client.embeddings.create_embedding("x", 3)
    # E:53: model: expected "str", got "int"  [openai-arg]
    print(client.embeddings.create_embedding("x", 3), reply)
    # E:51: model: expected "str", got "int"  [openai-arg]
    return client.embeddings.create_embedding("x", 3)
    # E:52: model: expected "str", got "int"  [openai-arg]


# a variable that a base class declares
class Shorter(Prompt):
    message = {"role": "usr", "content": "x"}
    # E:24: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
