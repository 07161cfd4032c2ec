"""Mistakes with the async client: the same as with the synchronous one, and a missing await."""

from typed_openai.aio import AsyncClient, paginate
from typed_openai.types import ChatCompletionRequestMessage

client = AsyncClient()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]


async def calls() -> None:
    await chat.create_chat_completion([{"role": "usr", "content": "hello"}], "gpt-4o")
    await chat.create_chat_completion(hello, "gpt-4o", temperature=3)
    await chat.create_chat_completion(hello, "gpt-4o", tempreature=1)
    await client.call("retrieveModl", "m")
    await client.call("retrieveModel", model=3)
    reply = await chat.create_chat_completion(hello, "gpt-4o")
    print(reply["choice"])
    model = await client.request("GET", "/models/m")
    print(model["idd"])


async def missing() -> None:
    print(chat.create_chat_completion(hello, "gpt-4o")["choices"])
    late = chat.create_chat_completion(hello, "gpt-4o")
    print(late["choices"])
    async for event in client.responses.create_response("hello", "gpt-4o", stream=True):
        print(event)
    async with client.responses.create_response("hello", "gpt-4o", stream=True) as events:
        print(events)


async def statements() -> None:
    for event in await client.responses.create_response("hello", "gpt-4o", stream=True):
        print(event)
    async for file in paginate(client.files.list_files, limt=3):
        print(file)
