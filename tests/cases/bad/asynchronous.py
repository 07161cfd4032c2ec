"""Asynchronous use of the synchronous client."""

import typed_openai
from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

client = Client()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]


async def calls() -> None:
    print(await chat.create_chat_completion(hello, "gpt-4o"))
    # E:11: the client is synchronous: remove "await" before "CreateChatCompletionResponse"; to run it in a thread: "await asyncio.to_thread(chat.create_chat_completion, ...)"  [openai-async]
    await typed_openai.chat.create_chat_completion(hello, "gpt-4o")
    # E:5: the client is synchronous: remove "await" before "CreateChatCompletionResponse"; to run it in a thread: "await asyncio.to_thread(typed_openai.chat.create_chat_completion, ...)"  [openai-async]
    await client.files.download_file("file_1")
    # E:5: the client is synchronous: remove "await" before "BinaryReply"; to run it in a thread: "await asyncio.to_thread(client.files.download_file, ...)"  [openai-async]
    models = client.models.list_models()
    # E:14: client.models.list_models blocks the event loop: use AsyncClient, or "await asyncio.to_thread(client.models.list_models, ...)"  [openai-blocking]
    print(await models)
    # E:11: the client is synchronous: remove "await" before "ListModelsResponse"  [openai-async]


async def streams() -> None:
    async for event in client.responses.create_response("hello", "gpt-4o", stream=True):
    # E:24: the client is synchronous: use "for", not "async for", with "Stream[ResponseStreamEvent]"  [openai-async]
        pass
    stream = chat.create_chat_completion(hello, "gpt-4o", stream=True)
    # E:14: chat.create_chat_completion blocks the event loop: use AsyncClient, or "await asyncio.to_thread(chat.create_chat_completion, ...)"  [openai-blocking]
    async for chunk in stream:
    # E:24: the client is synchronous: use "for", not "async for", with "Stream[CreateChatCompletionStreamResponse]"  [openai-async]
        pass
    print([chunk async for chunk in stream])
    # E:37: the client is synchronous: use "for", not "async for", with "Stream[CreateChatCompletionStreamResponse]"  [openai-async]
    async for page in typed_openai.paginate(client.files.list_files):
    # E:23: the client is synchronous: use "for", not "async for", with "Iterator[OpenAIFile]"  [openai-async]
        pass
    for chunk in await chat.create_chat_completion(hello, "gpt-4o", stream=True):
    # E:18: the client is synchronous: remove "await" before "Stream[CreateChatCompletionStreamResponse]"; to run it in a thread: "await asyncio.to_thread(chat.create_chat_completion, ...)"  [openai-async]
        pass


async def contexts() -> None:
    async with Client():
    # E:16: the client is synchronous: use "with", not "async with", with "Client"  [openai-async]
        pass
    async with chat.create_chat_completion(hello, "gpt-4o", stream=True) as chunks:
    # E:16: the client is synchronous: use "with", not "async with", with "Stream[CreateChatCompletionStreamResponse]"  [openai-async]
        pass
