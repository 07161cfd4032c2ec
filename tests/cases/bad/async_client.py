"""Mistakes with the async client: the same as with the synchronous one, and a missing await."""

import asyncio
import functools
import io

import typed_openai
from typed_openai import types
from typed_openai.aio import AsyncClient, paginate
from typed_openai.types import ChatCompletionRequestMessage

client = AsyncClient()
chat = client.chat
models = client.models
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
        pass
    async with client.responses.create_response("hello", "gpt-4o", stream=True) as events:
    # E:16: missing "await" before "client.responses.create_response(...)": the client is asynchronous  [openai-async]
        pass


async def statements() -> None:
    for event in await client.responses.create_response("hello", "gpt-4o", stream=True):
    # E:18: the client is asynchronous: use "async for", not "for", with "AsyncStream[ResponseStreamEvent]"  [openai-async]
        pass
    async for file in paginate(client.files.list_files, limt=3):
    # E:62: unexpected keyword "limt" for files.list_files; did you mean "limit"?  [openai-arg]
        print(file)
    async for file in paginate(models.list_models):
    # E:32: models.list_models is not paginated; it returns everything at once: iterate over ["data"]  [openai-arg]
        pass
    async for whole in paginate(models.list_models):
    # E:33: models.list_models is not paginated; it returns everything at once: iterate over ["data"]  [openai-arg]
        print(whole)
    async for other in typed_openai.paginate(client.files.list_files):
    # E:46: files.list_files belongs to the asynchronous client; use paginate of typed_openai.aio  [openai-arg]
        pass
    async for file in paginate(await client.files.list_files()):
    # E:38: paginate calls files.list_files itself: write paginate(client.files.list_files, ...), the arguments after it  [openai-arg]
        pass
    paginate(typed_openai.files.list_files)
    # E:14: files.list_files belongs to the synchronous client; use paginate of typed_openai  [openai-arg]
    typed_openai.paginate(client.files.list_files)
    # E:27: files.list_files belongs to the asynchronous client; use paginate of typed_openai.aio  [openai-arg]
    async for chunk in await chat.create_chat_completion(hello, "gpt-4o"):
    # E:24: "CreateChatCompletionResponse" is not a stream; pass stream=True  [openai-async]
        pass
    async for model in (await models.list_models())["data"]:
    # E:24: use "for", not "async for", with "list[Model]"  [openai-async]
        pass
    async for file in await paginate(client.files.list_files):
    # E:23: remove "await" before "AsyncIterator[OpenAIFile]": "async for" iterates over it  [openai-async]
        pass
    reply = await models.list_models()
    print(await reply)
    # E:11: remove "await" before "ListModelsResponse": it is the reply itself  [openai-async]
    with AsyncClient() as other:
    # E:10: the client is asynchronous: use "async with", not "with", with "AsyncClient"  [openai-async]
        pass


async def values(flag: bool) -> None:
    await client.files.create_file(("notes.txt", open("notes.txt")), "assistants")
    # E:50: file[1]: expected "bytes | IO[bytes] | Iterator[bytes] | ... (2 more)", got "TextIOWrapper[_WrappedBuffer]"; open it in binary mode: open(path, "rb")  [openai-arg]
    await client.files.create_file(io.StringIO("hello"), "assistants")
    # E:36: file: expected "AsyncFileInput", got "StringIO"; pass bytes: getvalue().encode()  [openai-arg]
    await client.assistants.delete_assistant("a")
    # E:11: assistants.delete_assistant is deprecated; use the Responses API (client.responses.create_response), with prompts or instructions in place of assistants  [openai-deprecated]
    await chat.create_chat_completion(hello, "gpt-4o", top_logprobs=3)
    # E:69: top_logprobs: needs "logprobs" to be True, which is not given  [openai-dependent]
    await client.chat.completions.create(hello, "gpt-4o")
    # E:23: "AsyncChat" has no attribute "completions"; use client.chat.create_chat_completion for chat.completions.create of openai  [openai-arg]
    await client.chat.create_chat_completions(hello, "gpt-4o")
    # E:11: "AsyncChat" has no attribute "create_chat_completions"; maybe "create_chat_completion", "get_chat_completion", or "delete_chat_completion"?  [attr-defined]
    text = await client.audio.create_transcription(("a.mp3", b""), "whisper-1", response_format="text")
    print(text["text"])
    # E:16: the reply is a text, without the key "text"  [openai-arg]
    print((await client.responses.create_response("hi", "m", stream=True))["output"])
    # E:76: "AsyncStream[ResponseStreamEvent]" is a stream, without the key "output"; iterate over it  [openai-arg]
    print((await client.responses.create_response("hi", "m", stream=flag))["output"])
    # E:76: "Response | AsyncStream[ResponseStreamEvent]" may be a stream, without the key "output"; pass stream as a literal, or narrow it first  [openai-arg]
    answer = await chat.create_chat_completion(hello, "gpt-4o")
    print(answer["choices"][0]["message"]["tool_calls"])
    # E:11: message.tool_calls may be absent; use .get("tool_calls") or check "tool_calls" in message first  [openai-absent]
    print(answer["choices"][0]["message"]["content"].upper())
    # E:11: message.content may be None; check it first: if answer["choices"][0]["message"]["content"] is not None  [openai-arg]
    print(answer.get("usages"))
    # E:22: "CreateChatCompletionResponse" has no key "usages"; did you mean "usage"?  [openai-key]
    number: int = await chat.create_chat_completion([{"role": "usr", "content": "hello"}], "gpt-4o")
    # E:19: Incompatible types in assignment (expression has type "CreateChatCompletionResponse", variable has type "int")  [assignment]
    # E:63: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    wrong: types.Response = await chat.create_chat_completion(hello, "gpt-4o")
    # E:29: wrong: expected "Response", got "CreateChatCompletionResponse"  [openai-arg]
    await asyncio.gather(client.models.retrieve_model("m"), models.retrieve_model(3))
    # E:83: model: expected "str", got "int"  [openai-arg]
    async with asyncio.TaskGroup() as group:
        group.create_task(chat.create_chat_completion(hello, "gpt-4o", temperature="0"))
        # E:84: temperature: expected "float | None", got "str"  [openai-arg]
        task = group.create_task(chat.create_chat_completion(hello, "gpt-4o"))
    print(task.result()["choice"])
    # E:25: unknown key "choice" for CreateChatCompletionResponse; did you mean "choices"?  [openai-arg]


async def bound() -> None:
    create = functools.partial(chat.create_chat_completion, hello)
    await create("gpt-4o", temperature=3)
    # E:40: temperature: expected at most 2, got 3  [openai-limit]
