"""Mistakes with the async client: the same as with the synchronous one, and a missing await."""

from typed_openai.aio import AsyncClient, paginate
from typed_openai.types import ChatCompletionRequestMessage

client = AsyncClient()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]


async def calls() -> None:
    await chat.create_chat_completion([{"role": "usr", "content": "hello"}], "gpt-4o")
    # E:49: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    await chat.create_chat_completion(hello, "gpt-4o", temperature=3)
    # E:68: temperature: expected at most 2, got 3  [openai-limit]
    await chat.create_chat_completion(hello, "gpt-4o", tempreature=1)
    # E:68: unexpected keyword "tempreature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
    reply = await chat.create_chat_completion(hello, "gpt-4o")
    print(reply["choice"])
    # E:17: unknown key "choice" for CreateChatCompletionResponse; did you mean "choices"?  [openai-arg]


async def missing() -> None:
    print(chat.create_chat_completion(hello, "gpt-4o")["choices"])
    # E:11: missing "await" before "chat.create_chat_completion(...)": the client is asynchronous  [openai-async]
    late = chat.create_chat_completion(hello, "gpt-4o")
    print(late["choices"])
    # E:11: missing "await": the client is asynchronous  [openai-async]
    async for event in client.responses.create_response("hello", "gpt-4o", stream=True):
    # E:24: missing "await" before "client.responses.create_response(...)": the client is asynchronous  [openai-async]
        print(event)
    async with client.responses.create_response("hello", "gpt-4o", stream=True) as events:
    # E:16: missing "await" before "client.responses.create_response(...)": the client is asynchronous  [openai-async]
        print(events)


async def statements() -> None:
    for event in await client.responses.create_response("hello", "gpt-4o", stream=True):
    # E:18: the client is asynchronous: use "async for", not "for", with "AsyncStream[ResponseStreamEvent]"  [openai-async]
        print(event)
    async for file in paginate(client.files.list_files, limt=3):
    # E:62: unexpected keyword "limt" for files.list_files; did you mean "limit"?  [openai-arg]
        print(file)
