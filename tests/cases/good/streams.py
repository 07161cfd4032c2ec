"""Streams: iterated, by literal and by bool; to a callback; to a receiver with a state."""

from typing import assert_type

from typed_openai import (
    Client,
    OpenAIError,
    Stream,
    StreamData,
    StreamError,
    StreamFinish,
    StreamHandle,
    StreamingClient,
    StreamMessage,
    types,
)

client = Client()
MESSAGES: list[types.ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]

with client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream=True) as stream:
    assert_type(stream, Stream[types.CreateChatCompletionStreamResponse])
    for event in stream:
        assert_type(event, types.CreateChatCompletionStreamResponse)
        print(event["choices"][0]["delta"].get("content"))

plain = client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream=False)
assert_type(plain, types.CreateChatCompletionResponse)


def either(flag: bool) -> None:
    answer = client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream=flag)
    assert_type(
        answer, types.CreateChatCompletionResponse | Stream[types.CreateChatCompletionStreamResponse]
    )
    if isinstance(answer, Stream):
        for event in answer:
            print(event["id"])
    else:
        print(answer["id"])


def show(message: StreamMessage[types.CreateChatCompletionStreamResponse]) -> None:
    match message:
        case StreamData(data):
            print(data["id"])
        case StreamError(error):
            print(error)
        case StreamFinish():
            print("end")


handle = client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream_to=show)
assert_type(handle, StreamHandle[None])
handle.wait(timeout=5)
client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream=True, stream_to=show)
client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream_to=lambda message: print(message))


class Count(StreamingClient[types.CreateChatCompletionStreamResponse, int]):
    def handle_data(self, data: types.CreateChatCompletionStreamResponse, state: int) -> int:
        return state + len(data["choices"])

    def handle_error(self, error: OpenAIError, state: int) -> int:
        return state

    def handle_finish(self, state: int) -> int:
        return state


counting = client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream_to=Count(0))
assert_type(counting.wait(timeout=5), int)
client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream_to=Count(0)).cancel()

for response_event in client.responses.create_response("hi", "gpt-4o-mini", stream=True):
    if response_event["type"] == "response.output_text.delta":
        assert_type(response_event["delta"], str)
