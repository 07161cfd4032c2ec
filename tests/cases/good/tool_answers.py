"""Tool calls and their answers, and JSON Schemas, that are right or may be: not a word of them."""

from typed_openai import Client
from typed_openai.types import (
    ChatCompletionRequestMessage,
    ChatCompletionRequestToolMessage,
    ChatCompletionRequestUserMessage,
    InputItem,
    ItemReferenceParam,
)

client = Client()
chat = client.chat


def converse(
    any_message: ChatCompletionRequestMessage,
    answer: ChatCompletionRequestToolMessage,
    user: ChatCompletionRequestUserMessage,
    several: list[ChatCompletionRequestMessage],
    ident: str,
) -> None:
    chat.create_chat_completion(
        [
            user,
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "a cat"},
        ],
        "gpt-4o",
    )
    chat.create_chat_completion(
        [
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
                ],
            },
            user,
            answer,
        ],
        "gpt-4o",
    )
    chat.create_chat_completion(
        [any_message, {"role": "tool", "tool_call_id": "call_1", "content": "a cat"}], "gpt-4o"
    )
    chat.create_chat_completion(
        [*several, {"role": "tool", "tool_call_id": "call_1", "content": "a cat"}], "gpt-4o"
    )
    chat.create_chat_completion([user, {"role": "tool", "tool_call_id": ident, "content": "a cat"}], "gpt-4o")


def respond(reference: ItemReferenceParam, item: InputItem) -> None:
    create = client.responses.create_response
    create([{"type": "function_call_output", "call_id": "c", "output": "."}], "m", previous_response_id="r")
    create([{"type": "function_call_output", "call_id": "c", "output": "a cat"}], "m", conversation="conv_1")
    create([{"id": "fc_1"}, {"type": "function_call_output", "call_id": "c", "output": "a cat"}], "m")
    create([reference, {"type": "function_call_output", "call_id": "c", "output": "a cat"}], "m")
    create([item, {"type": "function_call_output", "call_id": "c", "output": "a cat"}], "m")
    create(
        [
            {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "a cat"},
        ],
        "m",
        metadata={"k" * 64: "v" * 512},
        tools=[
            {
                "type": "function",
                "name": "look-at_it",
                "strict": False,
                "parameters": {
                    "type": ["object", "null"],
                    "properties": {"a": True, "typ": {"note": "any word may stand here", "items": [{}]}},
                    "required": ["b"],
                    "x-of-mine": 3,
                },
            },
        ],
    )
