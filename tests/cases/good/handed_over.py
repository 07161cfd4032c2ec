"""Methods of ours that are handed to others keep their types, overloads among them."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import assert_type

from typed_openai import Client, Stream, StreamHandle, StreamingClient, paginate
from typed_openai.types import (
    CreateChatCompletionResponse,
    CreateChatCompletionStreamResponse,
    OpenAIFile,
    ResponseStreamEvent,
)

client = Client()
create = client.chat.create_chat_completion


class Counter(StreamingClient[ResponseStreamEvent, int]):
    def handle_data(self, data: ResponseStreamEvent, state: int) -> int:
        return state + 1


async def soon(pool: ThreadPoolExecutor) -> None:
    whole = pool.submit(create, [{"role": "user", "content": "hi"}], "gpt-4o")
    assert_type(whole, Future[CreateChatCompletionResponse])
    stream = pool.submit(create, [{"role": "user", "content": "hi"}], "gpt-4o", stream=True)
    assert_type(stream, Future[Stream[CreateChatCompletionStreamResponse]])
    handle = pool.submit(client.responses.create_response, "hi", "gpt-4o", stream_to=Counter(0))
    assert_type(handle, Future[StreamHandle[int]])
    reply = await asyncio.to_thread(create, [{"role": "user", "content": "hi"}], "gpt-4o")
    assert_type(reply, CreateChatCompletionResponse)
    chunks = await asyncio.to_thread(create, [{"role": "user", "content": "hi"}], "gpt-4o", stream=True)
    assert_type(chunks, Stream[CreateChatCompletionStreamResponse])
    streaming = partial(create, model="gpt-4o", stream=True)
    assert_type(streaming([{"role": "user", "content": "hi"}]), Stream[CreateChatCompletionStreamResponse])
    for file in paginate(client.files.list_files, limit=100):
        assert_type(file, OpenAIFile)
