"""Scripted replies of the embedded server that do not fit the operation."""

from typed_openai import Client
from typed_openai.aio import AsyncClient
from typed_openai.testing import serve

with serve() as server:
    client = Client(api_key="test", base_url=server.base_url)
    server.reply(client.chat.create_chat_completion, {"choices": [{"message": {"content": "Hello"}}]})
    server.reply(client.chat.create_chat_completion, {"choices": [{"message": {"content": 5}}]})
    # E:91: choices[0].message.content: expected string or null, got integer  [openai-script]
    server.reply(client.chat.create_chat_completion, {"choises": []})
    # E:66: choises: unknown key; did you mean "choices"?  [openai-script]
    server.reply(client.chat.create_chat_completion, value={"choices": [{"finish_reason": "stopped"}]}, times=2)
    # E:91: choices[0].finish_reason: expected one of 'stop', 'length', 'tool_calls', 'content_filter', 'function_call'; got 'stopped'  [openai-script]
    server.reply(client.files.list_files, {"data": [{"id": "file-1"}, {"bytes": "12"}]})
    # E:81: data[1].bytes: expected integer, got string  [openai-script]
    server.reply(client.files.list_files, "no files")
    # E:43: value: expected object, got string  [openai-script]
    server.reply("models.list_models", {"data": {}})
    # E:49: data: expected array, got object  [openai-script]
    server.stream(client.responses.create_response, text="Hello")
    server.stream(client.responses.create_response, text=5)
    # E:58: text: expected "str | None", got "int"  [openai-arg]
    server.stream(
        client.responses.create_response,
        events=[{"type": "response.output_text.delta", "delta": "Hi"}, {"type": "response.output_text.delta", "delta": 1}],
        # E:120: events[1].delta: expected string, got integer  [openai-script]
    )
    server.reply_tool_call("get_weather", {"city": "Rome"})
    server.fail("rest")
    # E:17: failure: expected one of 'stall', 'reset', 'truncate' or int; got 'rest'; did you mean 'reset'?  [openai-arg]
    server.fail(500, client.models.list_models, times=2)


async def asynchronous(base_url: str) -> None:
    with serve() as server:
        client = AsyncClient(api_key="test", base_url=base_url)
        server.reply(client.models.list_models, {"data": [{"id": "one"}]})
        server.reply(client.models.list_models, {"data": [{"id": 1}]})
        # E:66: data[0].id: expected string, got integer  [openai-script]


def accepted(base_url: str) -> None:
    with serve(strict=True, seed=3) as server:
        client = Client(api_key="test", base_url=server.base_url)
        server.reply(client.files.download_file, b"content")
        server.reply(client.audio.create_transcription, "Hello")
        server.reply(client.models.list_models, {"object": "list", "data": []}, when={"model": "x"})
        server.reply(client.chat.create_chat_completion, {"choices": []}, when=lambda request: request.status == 0)
