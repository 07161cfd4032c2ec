"""Values at the API's limits, and what depends on something that is there or may be: not a word of them."""

from typing import Any, Final

from typed_openai import Client
from typed_openai.types import (
    ChatCompletionRequestMessage as Message,
    ChatCompletionRequestUserMessage,
    CreateChatCompletionResponse,
    CreateResponse,
    FunctionObject,
)

client = Client()
chat = client.chat
hello: list[Message] = [{"role": "user", "content": "hello"}]
HOTTEST: Final = 2


def calls(flag: bool, number: int, options: dict[str, Any]) -> None:
    chat.create_chat_completion(hello, "gpt-4o", temperature=HOTTEST, n=128, presence_penalty=-2)
    chat.create_chat_completion(hello, "gpt-4o", temperature=2 if flag else 0, stop=["a", "b", "c", "d"])
    chat.create_chat_completion(hello, "gpt-4o", stream=True, stream_options={"include_usage": True})
    chat.create_chat_completion(hello, "gpt-4o", stream_to=print, stream_options={"include_usage": True})
    chat.create_chat_completion(hello, "gpt-4o", stream=flag, stream_options={"include_usage": True})
    chat.create_chat_completion(hello, "gpt-4o", logprobs=True, top_logprobs=20)
    chat.create_chat_completion(hello, "gpt-4o", top_logprobs=2, extra_body={"logprobs": True})
    chat.create_chat_completion(hello, "gpt-4o", stream_options=None)
    client.responses.create_response("hello", "gpt-4o", previous_response_id="r", conversation=None)
    chat.create_chat_completion(
        [*hello, {"role": "tool", "tool_call_id": "call_1", "content": "a cat"}], "gpt-4o", n=number
    )


later: CreateResponse = {"model": "gpt-4o", "input": "hello", "stream_options": {"include_obfuscation": False}}
later["stream"] = True
user: ChatCompletionRequestUserMessage = {"role": "user", "content": "hello"}
user["content"] = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
function: FunctionObject = {"name": "look", "parameters": {"type": "object"}, "strict": False}


def reply_of_a_test(choices: Any) -> CreateChatCompletionResponse:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "gpt-4-0314",
        "choices": choices,
        "system_fingerprint": "fp",
    }
