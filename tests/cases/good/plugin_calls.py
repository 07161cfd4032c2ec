"""Correct calls, of which the plugin must not say a word."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

from typed_openai import Client
from typed_openai.types import (
    ChatCompletionRequestMessage,
    ChatCompletionRequestUserMessage,
    CreateChatCompletionResponse,
)

client = Client()
chat = client.chat
USER: Final = "user"
CLOSED: dict[str, object] = {"type": "object", "properties": {}, "additionalProperties": False}


def calls(
    anything: Any,
    mapping: dict[str, Any],
    which: bool,
    role: Literal["user"],
    text: str | None,
    texts: list[str | None],
) -> Iterator[ChatCompletionRequestMessage]:
    user: ChatCompletionRequestUserMessage = {"role": "user", "content": "hello"}
    messages: list[ChatCompletionRequestMessage] = [user, {"role": "system", "content": "be brief"}]
    messages.append({"role": "assistant", "content": "hi"})
    messages += [{"role": role, "content": "again"}]
    chat.create_chat_completion(messages, "gpt-4o", temperature=0.5, stream=which)
    chat.create_chat_completion([{"role": USER, "content": "a" if which else "b"}], "gpt-4o")
    chat.create_chat_completion([{"role": "user", "content": t} for t in texts if t], "gpt-4o")
    other: ChatCompletionRequestUserMessage = {**user, "content": "other"}
    chat.create_chat_completion([other], "gpt-4o")
    chat.create_chat_completion(anything, anything, temperature=anything)
    chat.create_chat_completion([anything], "gpt-4o", stream=anything)
    chat.create_chat_completion(**mapping)
    chat.create_chat_completion([user], "gpt-4o", extra_body={"top_k": 5}, timeout=3)
    if text is not None:
        chat.create_chat_completion([{"role": "user", "content": text}], "gpt-4o", stop=["a", "b"])
    client.responses.create_response(
        [
            {"role": "user", "content": "hello"},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "42"},
        ],
        "gpt-4o-mini",
        tools=[{"type": "function", "name": "f", "parameters": CLOSED, "strict": True}],
    )
    yield {"role": "user", "content": "yielded"}


def returned() -> Sequence[ChatCompletionRequestMessage]:
    return [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]


later: Callable[[str], CreateChatCompletionResponse] = lambda text: chat.create_chat_completion(
    [{"role": "user", "content": text}], "gpt-4o"
)
