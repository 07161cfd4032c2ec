"""Requests whose tools, models and JSON strings are right, or not known before the program runs."""

import io
import json
from collections.abc import Sequence
from typing import Any, BinaryIO

from typed_openai import Client
from typed_openai.params import CreateChatCompletionParams, CreateResponseParams
from typed_openai.types import (
    ChatCompletionMessageToolCall,
    ChatCompletionRequestMessage,
    ChatCompletionTool,
    FunctionTool,
    Tool,
)

client = Client()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]
look: ChatCompletionTool = {"type": "function", "function": {"name": "look"}}
function: FunctionTool = {"type": "function", "name": "look", "parameters": None, "strict": None}


def choices(name: str, more: Sequence[ChatCompletionTool], tools: Sequence[Tool], given: dict[str, Any]) -> None:
    chat.create_chat_completion(hello, "gpt-4o", tools=[look], tool_choice="required")
    chat.create_chat_completion(
        hello,
        "gpt-4o",
        tools=[
            {"type": "function", "function": {"name": "look"}},
            {"type": "custom", "custom": {"name": "look"}},
        ],
        tool_choice={"type": "custom", "custom": {"name": "look"}},
    )
    chosen: CreateChatCompletionParams = {
        "messages": hello,
        "model": "gpt-4o",
        "tool_choice": {"type": "function", "function": {"name": "look"}},
    }
    chosen["tools"] = [look]
    chat.create_chat_completion(
        hello, "gpt-4o", tools=[look, *more], tool_choice={"type": "function", "function": {"name": "go"}}
    )
    chat.create_chat_completion(
        hello,
        "gpt-4o",
        tools=[{"type": "function", "function": {"name": name}}, {"type": "function", "function": {"name": name}}],
        tool_choice={"type": "function", "function": {"name": "go"}},
    )
    chat.create_chat_completion(
        hello,
        "gpt-4o",
        tools=[{"type": "function", "function": {"name": "look"}}],
        tool_choice={"type": "function", "function": {"name": name}},
    )
    chat.create_chat_completion(
        hello, "gpt-4o", tool_choice={"type": "function", "function": {"name": "go"}}, **given
    )
    chat.create_chat_completion(hello, "gpt-4o", tool_choice="auto", extra_body={"tools": given})
    client.responses.create_response("hello", "gpt-4o", tool_choice="auto")
    client.responses.create_response("hello", "gpt-4o", tools=tools, tool_choice="required")
    client.responses.create_response("hello", "gpt-4o", tools=tools, tool_choice={"type": "file_search"})
    client.responses.create_response(
        "hello", prompt={"id": "pmpt_1"}, tool_choice={"type": "function", "name": "look"}
    )
    client.responses.create_response("hello", "gpt-4o", tools=[function], tool_choice={"type": "function", "name": "go"})
    client.responses.create_response(
        "hello",
        "gpt-4o",
        tools=[
            {
                "type": "namespace",
                "name": "crm",
                "description": "Customers.",
                "tools": [{"type": "function", "name": "look"}],
            }
        ],
        tool_choice={"type": "function", "name": "look"},
    )
    client.responses.create_response(
        "hello",
        "gpt-4o",
        tools=[{"type": "web_search"}],
        tool_choice={"type": "web_search_preview"},
    )
    later: CreateResponseParams = {"model": "gpt-4o", "tool_choice": "required"}
    later["tools"] = [function]


def models(name: str, size: str, which: bool) -> None:
    chat.create_chat_completion(hello, "o3", temperature=1, top_p=1.0, presence_penalty=0, logprobs=False)
    chat.create_chat_completion(hello, "o3", max_completion_tokens=100, reasoning_effort="low")
    chat.create_chat_completion(hello, "o3", temperature=None)
    chat.create_chat_completion(hello, "gpt-5-chat-latest", temperature=0.2)
    chat.create_chat_completion(hello, "gpt-5.1", temperature=0.2, reasoning_effort="none")
    chat.create_chat_completion(hello, "o3-tuned", temperature=0.2)
    chat.create_chat_completion(hello, "openai/o3", temperature=0.2)
    chat.create_chat_completion(hello, name, temperature=0.2)
    chat.create_chat_completion(hello, "o3", temperature=0.2, base_url="https://gateway.test/v1")
    chat.create_chat_completion(hello, "o3" if which else "gpt-4o", stop=None)
    client.responses.create_response("hello", "gpt-5", reasoning={"effort": "minimal"}, temperature=1)
    client.images.create_image("a cat", model="dall-e-3", n=1, size="1792x1024", quality="hd", style="vivid")
    client.images.create_image("a cat", model="gpt-image-1", size="auto", quality="high", background="opaque")
    client.images.create_image("a cat", model="gpt-image-2", size="1536x864")
    client.images.create_image("a cat", model="dall-e-2", size=size)
    client.images.create_image("a cat", size="256x256")
    client.embeddings.create_embedding("hello", "text-embedding-3-small", dimensions=1536)
    client.embeddings.create_embedding("hello", "text-embedding-3-large", dimensions=3072)
    client.embeddings.create_embedding("hello", "text-embedding-4", dimensions=8192)
    client.audio.create_transcription(b"", "gpt-4o-transcribe")
    client.audio.create_transcription(b"", "gpt-4o-transcribe-diarize", response_format="diarized_json")
    client.audio.create_speech("hello", "tts-1", "alloy")
    chat.create_chat_completion(
        hello, "gpt-audio", modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"}
    )
    chat.create_chat_completion(hello, "gpt-4o", modalities=["text"])


def texts(call: ChatCompletionMessageToolCall, city: str) -> None:
    started: ChatCompletionMessageToolCall = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "look", "arguments": ""},
    }
    started["function"]["arguments"] += '{"city":'
    chat.create_chat_completion(
        [
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "look", "arguments": json.dumps({"city": city})},
                    },
                    {
                        "id": "call_2",
                        "type": "function",
                        "function": {"name": "look", "arguments": f'{{"city": "{city}"}}'},
                    },
                    {"id": "call_3", "type": "function", "function": {"name": "look", "arguments": ' {"a": [1]} '}},
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "plain text"},
            {"role": "tool", "tool_call_id": "call_2", "content": "plain text"},
            {"role": "tool", "tool_call_id": "call_3", "content": "plain text"},
        ],
        "gpt-4o",
    )
    print(json.loads(call["function"]["arguments"])["city"], call["function"]["arguments"][0])
    print(call["function"]["arguments"].strip())


def files(file: BinaryIO) -> None:
    client.files.create_file(file, "batch")
    client.files.create_file(open("example.jsonl", "rb"), "batch")
    client.files.create_file(("example.jsonl", io.BytesIO(b"{}")), "batch")
    client.files.create_file("example.jsonl", "batch")
