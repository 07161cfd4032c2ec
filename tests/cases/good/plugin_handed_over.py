"""Methods of ours that are handed to others keep their types, overloads among them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar, assert_type

from typed_openai import Client, Stream, StreamHandle, StreamingClient, paginate
from typed_openai.types import (
    CreateChatCompletionResponse,
    CreateChatCompletionStreamResponse,
    CreateCompletionStreamResponse,
    OpenAIFile,
)

client = Client()
create = client.chat.create_chat_completion


Given = ParamSpec("Given")
Result = TypeVar("Result")


def retried(method: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    return method(*args, **kwargs)


async def later(method: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    return method(*args, **kwargs)


def timed(
    times: int, method: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> tuple[Result, float]:
    return method(*args, **kwargs), times / 2


class Runner:
    def run(self, method: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        return method(*args, **kwargs)

    @staticmethod
    def apart(method: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        return method(*args, **kwargs)


class Counter(StreamingClient[CreateCompletionStreamResponse, int]):
    def handle_data(self, data: CreateCompletionStreamResponse, state: int) -> int:
        return state + 1


async def soon(pool: ThreadPoolExecutor) -> None:
    whole = pool.submit(create, [{"role": "user", "content": "hi"}], "gpt-4o")
    assert_type(whole, Future[CreateChatCompletionResponse])
    stream = pool.submit(create, [{"role": "user", "content": "hi"}], "gpt-4o", stream=True)
    assert_type(stream, Future[Stream[CreateChatCompletionStreamResponse]])
    handle = pool.submit(client.completions.create_completion, "gpt-4o", "hi", stream_to=Counter(0))
    assert_type(handle, Future[StreamHandle[int]])
    reply = await asyncio.to_thread(create, [{"role": "user", "content": "hi"}], "gpt-4o")
    assert_type(reply, CreateChatCompletionResponse)
    chunks = await asyncio.to_thread(create, [{"role": "user", "content": "hi"}], "gpt-4o", stream=True)
    assert_type(chunks, Stream[CreateChatCompletionStreamResponse])
    streaming = partial(create, model="gpt-4o", stream=True)
    assert_type(streaming([{"role": "user", "content": "hi"}]), Stream[CreateChatCompletionStreamResponse])

    def pages() -> None:
        for file in paginate(client.files.list_files, limit=100):
            assert_type(file, OpenAIFile)

    await asyncio.to_thread(pages)
    loop = asyncio.get_running_loop()
    waited = await loop.run_in_executor(None, create, [{"role": "user", "content": "hi"}], "gpt-4o")
    assert_type(waited, CreateChatCompletionResponse)


async def by_functions_of_ones_own() -> None:
    assert_type(retried(create, [{"role": "user", "content": "hi"}], "m"), CreateChatCompletionResponse)
    stream = retried(create, [{"role": "user", "content": "hi"}], "m", stream=True)
    assert_type(stream, Stream[CreateChatCompletionStreamResponse])
    assert_type(await later(create, [{"role": "user", "content": "hi"}], "m"), CreateChatCompletionResponse)
    reply, seconds = timed(3, create, [{"role": "user", "content": "hi"}], "m")
    assert_type(reply, CreateChatCompletionResponse)
    assert_type(seconds, float)
    assert_type(Runner().run(create, [{"role": "user", "content": "hi"}], "m"), CreateChatCompletionResponse)
    assert_type(Runner.apart(create, [{"role": "user", "content": "hi"}], "m"), CreateChatCompletionResponse)
    assert_type(retried(client.files.retrieve_file, "f"), OpenAIFile)
    assert_type(retried(len, "text"), int)
