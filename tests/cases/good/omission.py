"""``OMIT`` for every optional argument, and the options of wrappers."""

from typing import Unpack, assert_type

from typed_openai import OMIT, Client, Omit, Stream, types
from typed_openai.client import CallOptions
from typed_openai.params import CreateChatCompletionOptions, CreateChatCompletionParams

client = Client()
hello: list[types.ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]


def ask(
    temperature: float | Omit | None = OMIT, tools: list[types.ChatCompletionTool] | Omit = OMIT
) -> types.CreateChatCompletionResponse:
    return client.chat.create_chat_completion(hello, "gpt-4o", temperature=temperature, tools=tools)


assert_type(
    client.chat.create_chat_completion(hello, "gpt-4o", stream=OMIT, timeout=OMIT, extra_body=OMIT),
    types.CreateChatCompletionResponse,
)


def either(stream: bool | Omit) -> None:
    reply = client.chat.create_chat_completion(hello, "gpt-4o", stream=stream)
    assert_type(
        reply, types.CreateChatCompletionResponse | Stream[types.CreateChatCompletionStreamResponse]
    )


def narrowed(limit: int | Omit) -> int:
    if limit is OMIT:
        return 0
    assert_type(limit, int)
    return limit


def passed_on(limit: int | Omit = OMIT) -> None:
    params: CreateChatCompletionParams = {"messages": hello, "model": "gpt-4o", "n": limit, "top_p": OMIT}
    client.chat.create_chat_completion(**params)
    options: CallOptions = {"timeout": OMIT, "max_retries": limit}
    client.request("GET", "/files", params={"limit": limit, "order": OMIT}, headers=OMIT, **options)
    client.request("POST", "/embeddings", json={"model": "m", "input": "x", "dimensions": limit})
    client.call("createChatCompletion", hello, "gpt-4o", n=limit)


def wrapped(prompt: str, **options: Unpack[CreateChatCompletionOptions]) -> str | None:
    """Names the required arguments, and passes on all others with what decides the result."""
    messages: list[types.ChatCompletionRequestMessage] = [{"role": "user", "content": prompt}]
    with client.chat.create_chat_completion(
        messages, "gpt-4o", **options, stream=True, stream_options={"include_usage": True}
    ) as chunks:
        for chunk in chunks:
            print(chunk.get("usage"))
    return client.chat.create_chat_completion(messages, "gpt-4o", **options)["choices"][0]["message"]["content"]


wrapped("hi", temperature=0.5, n=OMIT)
