"""Streams that end in a value, and waiting for work: the types follow the events and the method."""

import asyncio
from typing import assert_type

from typed_openai import Accumulated, Client, Stream, accumulate, accumulator, poll, poller, types
from typed_openai.aio import AsyncClient

client = Client()
MESSAGES: list[types.ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]

events = accumulate(client.responses.create_response("Hi", "gpt-4o", stream=True))
assert_type(events, Accumulated[types.ResponseStreamEvent, types.Response])
for event in events:
    if event["type"] == "response.output_text.delta":
        print(event["delta"])
assert_type(events.value, types.Response)

chat = client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream=True)
assert_type(accumulate(chat).finish(), types.CreateChatCompletionResponse)
completion = client.completions.create_completion("babbage-002", "Hi", stream=True)
assert_type(accumulate(completion).finish(), types.CreateCompletionResponse)
beta = client.responses.beta_create_response("Hi", "gpt-4o", stream=True)
assert_type(accumulate(beta).finish(), types.BetaResponse)
image = client.images.create_image("A tree", model="gpt-image-1", stream=True)
assert_type(accumulate(image).finish(), types.ImagesResponse)
edited = client.images.create_image_edit("A tree", image=b"PNG", model="gpt-image-1", stream=True)
assert_type(accumulate(edited).finish(), types.ImagesResponse)
recording = client.audio.create_transcription(("a.wav", b"RIFF"), "gpt-4o-transcribe", stream=True)
assert_type(
    accumulate(recording).finish(),
    types.CreateTranscriptionResponseJson | types.CreateTranscriptionResponseDiarizedJson,
)
speech = client.audio.create_speech("Hi", "gpt-4o-mini-tts", "alloy", stream_format="sse")
assert_type(accumulate(speech).finish(), bytes)


def text(stream: Stream[types.ResponseStreamEvent]) -> types.Response:
    return accumulate(stream).finish()


print(text(client.responses.create_response("Hi", "gpt-4o", stream=True))["id"])

handle = client.responses.create_response("Hi", "gpt-4o", stream_to=accumulator(types.Response))
assert_type(handle.wait(), types.Response)
receiver = accumulator(types.CreateChatCompletionResponse)
assert_type(
    client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream_to=receiver).wait(),
    types.CreateChatCompletionResponse,
)
assert_type(receiver.value, types.CreateChatCompletionResponse)
pictures = client.images.create_image(
    "A tree", model="gpt-image-1", stream_to=accumulator(types.ImagesResponse)
)
assert_type(pictures.wait(), types.ImagesResponse)

assert_type(poll(client.batches.retrieve_batch, "batch_1"), types.Batch)
poll(client.responses.get_response, "resp_1", timeout=10)


def show(batch: types.Batch) -> None:
    print(batch["status"])


wait = poller(client.batches.retrieve_batch, deadline=60, on_progress=show, cancel=True)
assert_type(wait("batch_1", timeout=10), types.Batch)
found = poller(client.models.retrieve_model, until=lambda model: model["id"] != "")("gpt-4o")
assert_type(found, types.Model)


async def main() -> None:
    async with AsyncClient() as client:
        stream = await client.responses.create_response("Hi", "gpt-4o", stream=True)
        async with accumulate(stream) as events:
            async for event in events:
                assert_type(event, types.ResponseStreamEvent)
        assert_type(events.value, types.Response)
        chat = await client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream=True)
        assert_type(await accumulate(chat).finish(), types.CreateChatCompletionResponse)
        handle = await client.responses.create_response("Hi", "gpt-4o", stream_to=accumulator(types.Response))
        assert_type(await handle.wait(), types.Response)
        assert_type(await poll(client.batches.retrieve_batch, "batch_1"), types.Batch)
        wait = poller(client.batches.retrieve_batch, deadline=60, on_progress=show)
        assert_type(await wait("batch_1"), types.Batch)


asyncio.run(main())
