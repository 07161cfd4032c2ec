"""Calls as they are written: positional order, keywords, literals at depth, options."""

from collections.abc import Sequence
from typing import Literal, assert_type

import typed_openai as ai
from typed_openai import Client, types

client = Client(timeout=None, max_retries=0)

reply = client.chat.create_chat_completion(
    [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}]},
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}}],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "1", "content": "a cat"},
    ],
    "gpt-4o",
    logit_bias={"8043": -100},
    stop=["\n", "END"],
    temperature=1,
    tools=[
        {
            "type": "function",
            "function": {
                "name": "look",
                "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
                "strict": True,
            },
        }
    ],
    tool_choice={"type": "function", "function": {"name": "look"}},
    response_format={"type": "json_object"},
    metadata={"run": "7"},
    timeout=20.5,
    extra_headers={"X-Trace": "1"},
    extra_body={"top_p": 0.5},
)
assert_type(reply, types.CreateChatCompletionResponse)
assert_type(reply["choices"][0]["message"]["content"], str | None)

messages: list[types.ChatCompletionRequestUserMessage] = [{"role": "user", "content": "hello"}]
client.chat.create_chat_completion(messages, model="a-model-of-another-vendor")
client.chat.create_chat_completion(tuple(messages), "gpt-4o")
client.chat.create_chat_completion(messages=messages, model="gpt-4o", stop="END")

client.completions.create_completion("text-davinci-003", "The sky is")
client.responses.create_response("tell me a joke", "gpt-4o-mini", previous_response_id="resp_1")
client.conversations.create_conversation_items("conv_1", [{"role": "user", "content": "I need help"}])
client.embeddings.create_embedding(["one", "two"], "text-embedding-3-small")
client.embeddings.create_embedding("one", "text-embedding-3-small")
client.fine_tuning.list_paginated_fine_tuning_jobs(limit=3)

vectors = client.vector_stores.create_vector_store(name="docs", file_ids=["file-1"])
assert_type(vectors["id"], str)

for model in ai.models.list_models()["data"]:
    assert_type(model, types.Model)
    print(model["id"])

with Client() as other:
    other.files.list_files()


def of_another_server() -> types.ListModelsResponse:
    return client.models.list_models(
        openai_api_key="abc",
        openai_organization_key="def",
        base_url="http://127.0.0.1:8000",
        extra_query={"debug": True},
    )


def ask(names: list[str], flags: dict[str, str]) -> str | None:
    answer = client.chat.create_chat_completion(
        [{"role": "user", "content": name} for name in names], "gpt-4o", stop=names, metadata=flags
    )
    return answer["choices"][0]["message"]["content"]


def index(store: str, names: Sequence[str], fixed: tuple[str, ...]) -> None:
    client.vector_stores.create_vector_store(file_ids=names)
    client.vector_stores.create_vector_store(file_ids=fixed)
    client.vector_stores.create_vector_store_file_batch(store, file_ids=["file-1", *names])


def moderate() -> types.CreateModerationResponse:
    """A list of objects where a list of texts would do as well."""
    return client.moderations.create_moderation(
        [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]
    )


assert ask(["Anna", "Otto"], {"run": "7"}) is not None
print(moderate()["results"])
index("vs_1", ["file-1"], ("file-2",))


def of_one_role(role: Literal["system", "user", "assistant"], text: str) -> types.ChatCompletionRequestMessage:
    """A role that is decided when the program runs."""
    client.chat.create_chat_completion([{"role": role, "content": text}], "gpt-4o")
    client.responses.create_response([{"role": role, "content": text}], "gpt-4o")
    return {"role": role, "content": text}


def go_on_by_hand(question: str, answer: str) -> None:
    """Write an assistant's turn by hand, without the keys that only a server writes."""
    client.responses.create_response(
        [
            {"role": "user", "content": question},
            {"role": "assistant", "content": [{"type": "output_text", "text": answer}]},
            {"type": "reasoning", "summary": [], "encrypted_content": "AAAA"},
            {"role": "user", "content": [{"type": "input_image", "image_url": "https://a.test/b.png"}]},
        ],
        "gpt-5",
    )
