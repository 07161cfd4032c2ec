"""``OMIT`` where nothing can be left out, and ``None`` where it is meant."""

from typing import Unpack

from typed_openai import OMIT, Client, Omit
from typed_openai.params import CreateChatCompletionOptions, CreateChatCompletionParams
from typed_openai.types import ChatCompletionRequestMessage

client = Client()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]


# null is no value of these arguments
def ask(user: str | None, name: str | Omit = OMIT) -> None:
    chat.create_chat_completion(hello, "gpt-4o", user=user)
    # E:55: user: expected "str", got "str | None"; exclude None first, or give OMIT in its place  [openai-arg]
    chat.create_chat_completion(hello, "gpt-4o", user=None)
    # E:55: user: expected "str", got "None"; give OMIT to leave it out  [openai-arg]
    chat.create_chat_completion(hello, "gpt-4o", user=3)
    # E:55: user: expected "str", got "int"  [openai-arg]
    params: CreateChatCompletionParams = {"messages": hello, "model": "gpt-4o", "user": None}
    # E:89: params.user: expected "str", got "None"; give OMIT to leave it out  [openai-arg]
    chat.create_chat_completion(**params)
    client.models.retrieve_model(name)
    # E:34: model: expected "str", got "str | Omit"; exclude OMIT first  [openai-arg]


def hand_on(question: str, user: str | None = None) -> None:
    chat.create_chat_completion([{"role": "user", "content": question}], "gpt-4o", user=user)
    # E:89: user: expected "str", got "str | None"; exclude None first, or give OMIT in its place  [openai-arg]


# a required argument, and a key inside a value
chat.create_chat_completion(hello, OMIT)
# E:36: model: expected "ModelIdsShared", got "Omit"  [openai-arg]
chat.create_chat_completion([{"role": "user", "content": "hi", "name": OMIT}], "gpt-4o")
# E:72: messages[0].name: expected "str", got "Omit"  [openai-arg]


# options of a wrapper
def wrapped(**options: Unpack[CreateChatCompletionOptions]) -> None:
    chat.create_chat_completion(hello, "gpt-4o", **options)


wrapped(temperatur=0.5)
# E:20: unexpected keyword "temperatur" for wrapped; did you mean "temperature"?  [openai-arg]
wrapped(stream=True)
# E:16: unexpected keyword "stream" for wrapped  [openai-arg]
wrapped(temperature="0.5")
# E:21: temperature: expected "float | None", got "str"  [openai-arg]
