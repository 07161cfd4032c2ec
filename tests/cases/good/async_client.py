"""Right use of the async client."""

import asyncio
from collections.abc import AsyncIterator

from typed_openai import StreamMessage
from typed_openai.aio import AsyncClient, AsyncStream, AsyncStreamingClient, paginate
from typed_openai.types import ChatCompletionRequestMessage, CreateChatCompletionStreamResponse

hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]


class Text(AsyncStreamingClient[CreateChatCompletionStreamResponse, str]):
    async def handle_data(self, data: CreateChatCompletionStreamResponse, state: str) -> str:
        return state + data["id"]


async def pieces() -> AsyncIterator[bytes]:
    yield b"content"


async def receive(message: StreamMessage[CreateChatCompletionStreamResponse]) -> None:
    print(message)


async def main() -> None:
    async with AsyncClient(max_concurrency=10) as client:
        reply = await client.chat.create_chat_completion(hello, "gpt-4o")
        print(reply["choices"][0]["message"]["content"])
        stream: AsyncStream[CreateChatCompletionStreamResponse] = (
            await client.chat.create_chat_completion(hello, "gpt-4o", stream=True)
        )
        async with stream as chunks:
            async for chunk in chunks:
                print(chunk["id"].upper())
        handle = await client.chat.create_chat_completion(hello, "gpt-4o", stream_to=Text(""))
        print((await handle.wait()).upper())
        await client.chat.create_chat_completion(hello, "gpt-4o", stream_to=receive)
        file = await client.files.create_file(("notes.txt", pieces()), "assistants")
        content = await client.files.download_file(file["id"])
        print(len(await content.read()))
        async for one in paginate(client.files.list_files, limit=10):
            print(one["filename"].upper())
        both = await asyncio.gather(client.models.list_models(), client.models.retrieve_model("m"))
        print(both[0]["data"], both[1]["id"])
