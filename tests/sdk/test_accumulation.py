"""``accumulate``: a stream over a real socket, and the reply that its events make up."""

from __future__ import annotations

import gc
import json
import pickle
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.sdk.streamed import chat_chunks, completion_chunks, response_events

from typed_openai import (
    APIError,
    CallError,
    Client,
    StreamTruncatedError,
    accumulate,
    accumulator,
    response_info,
    types,
)
from typed_openai._accumulating.growing_replies import growing_reply
from typed_openai.testing import serve
from typed_openai_spec.index.reader import packaged

MESSAGES = [{"role": "user", "content": "Hello"}]
CHAT: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "logprobs": None,
            "message": {"role": "assistant", "content": "Hello there!", "refusal": None},
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}
COMPLETION = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 1,
    "model": "babbage-002",
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "text": "Hello there!"}],
}
RESPONSE: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "status": "completed",
    "usage": None,
    "output": [
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Hello there!", "annotations": []}],
        }
    ],
}
DONE = b"data: [DONE]\n\n"


def sent(events: Iterator[Any]) -> list[bytes]:
    return [b"data: %s\n\n" % json.dumps(one).encode() for one in events]


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="sk-test", base_url=server.base_url, max_retries=0, timeout=20)


Call = Callable[..., Any]
CALLS: dict[str, tuple[Any, Callable[[Any], Iterator[Any]], Callable[[Client], Call]]] = {
    "chat": (
        CHAT,
        chat_chunks,
        lambda client: lambda **more: client.chat.create_chat_completion(MESSAGES, "gpt-4o", **more),
    ),
    "completions": (
        COMPLETION,
        completion_chunks,
        lambda client: lambda **more: client.completions.create_completion("babbage-002", "Hi", **more),
    ),
    "responses": (
        RESPONSE,
        response_events,
        lambda client: lambda **more: client.responses.create_response("Hi", "gpt-4o", **more),
    ),
    "stored response": (
        RESPONSE,
        response_events,
        lambda client: lambda **more: client.responses.get_response("resp_1", **more),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_value_is_the_reply_of_the_same_call_without_a_stream(
    name: str, server: Any, client: Client
) -> None:
    reply, split, make = CALLS[name]
    server.events(*sent(split(reply)), DONE)
    server.reply(reply)
    call = make(client)
    events = accumulate(call(stream=True))
    received = list(events)
    assert received == [*split(reply)]
    assert events.value == call() == reply


@pytest.mark.parametrize("name", CALLS)
def test_it_is_a_receiver_of_streams(name: str, server: Any, client: Client) -> None:
    reply, split, make = CALLS[name]
    server.events(*sent(split(reply)), DONE)
    receiver = accumulator()
    assert receiver.value == {}
    handle = make(client)(stream_to=receiver)
    assert handle.wait(20) == receiver.value == reply


def test_one_receiver_may_receive_several_streams(server: Any, client: Client) -> None:
    other = {**RESPONSE, "id": "resp_2"}
    receiver = accumulator(types.Response)
    server.events(*sent(response_events(RESPONSE)))
    server.events(*sent(response_events(other)))
    handles = []
    for _ in range(2):
        handles.append(client.responses.create_response("Hi", "gpt-4o", stream_to=receiver))
        handles[-1].wait(20)
    assert [one.wait(20) for one in handles] == [RESPONSE, other]
    assert receiver.value == other


def test_a_receiver_for_another_reply_is_refused(server: Any, client: Client) -> None:
    server.events(*sent(response_events(RESPONSE)))
    receiver: Any = accumulator(types.CreateChatCompletionResponse)
    handle = client.responses.create_response("Hi", "gpt-4o", stream_to=receiver)
    expected = "responses.create_response makes up a Response, not a CreateChatCompletionResponse"
    with pytest.raises(CallError, match=expected):
        handle.wait(20)


def test_an_error_midway_keeps_what_came(server: Any, client: Client) -> None:
    begun = sent(response_events(RESPONSE))[:7]
    failure = b'event: error\ndata: {"type": "error", "message": "Overloaded", "code": "server_error"}\n\n'
    for end, error in ((failure, APIError), (b"", StreamTruncatedError)):
        server.answers.clear()
        server.events(*begun, end)
        events = accumulate(client.responses.create_response("Hi", "gpt-4o", stream=True))
        with pytest.raises(error):
            events.finish()
        assert events.value["output"][0]["content"][0]["text"] == "Hello the"
        receiver = accumulator(types.Response)
        handle = client.responses.create_response("Hi", "gpt-4o", stream_to=receiver)
        with pytest.raises(error):
            handle.wait(20)
        assert receiver.value == events.value


def test_a_cancelled_receiver_has_what_came(server: Any, client: Client) -> None:
    server.endless(*sent(chat_chunks(CHAT))[:3])
    receiver = accumulator(types.CreateChatCompletionResponse)
    handle = client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream_to=receiver)
    until = time.monotonic() + 20
    while not receiver.value.get("choices") and time.monotonic() < until:
        time.sleep(0.01)
    handle.cancel()
    assert handle.wait(20)["choices"][0]["message"]["role"] == "assistant"


def test_leaving_the_loop_closes_the_stream_and_keeps_the_value(server: Any, client: Client) -> None:
    server.endless(*sent(response_events(RESPONSE))[:6])
    events = accumulate(client.responses.create_response("Hi", "gpt-4o", stream=True))
    for event in events:
        if event["type"] == "response.output_text.delta":
            break
    assert server.disconnected.wait(20)
    assert events.value["output"][0]["content"][0]["text"] == "Hel"
    with pytest.raises(ValueError, match="finished or closed"):
        iter(events)


def test_it_is_used_like_the_stream(server: Any, client: Client) -> None:
    server.endless(*sent(response_events(RESPONSE))[:6])
    stream = client.responses.create_response("Hi", "gpt-4o", stream=True)
    with accumulate(stream) as events:
        assert events.value == {}
        assert next(events)["type"] == "response.created"
        assert events.value["id"] == "resp_1"
        assert repr(events) == "<AccumulatedStream of responses.create_response>"
        assert response_info(events).status == 200
    assert server.disconnected.wait(20)
    assert events.value["id"] == "resp_1"
    with pytest.raises(TypeError):
        pickle.dumps(stream)


def test_losing_the_last_reference_closes_the_stream(server: Any, client: Client) -> None:
    server.endless(*sent(response_events(RESPONSE))[:6])
    events = accumulate(client.responses.create_response("Hi", "gpt-4o", stream=True))
    next(events)
    del events
    assert server.disconnected.wait(20)


def test_a_stream_that_was_read_or_closed_is_refused(server: Any, client: Client) -> None:
    server.events(*sent(response_events(RESPONSE)))
    stream = client.responses.create_response("Hi", "gpt-4o", stream=True)
    next(stream)
    with pytest.raises(ValueError, match="its first events are gone"):
        accumulate(stream)
    stream.close()
    with pytest.raises(ValueError, match="finished or closed"):
        accumulate(stream)


@pytest.mark.parametrize("wrong", [[], None, iter([]), {"id": "resp_1"}])
def test_anything_else_is_refused(wrong: Any) -> None:
    with pytest.raises(CallError, match=r'expected the stream of a call with stream=True, got "'):
        accumulate(wrong)


def test_a_stream_of_a_path_that_is_not_described_is_refused(server: Any, client: Client) -> None:
    server.events(*sent(response_events(RESPONSE)))
    stream = client.request("POST", "/no/such/path", json={}, stream=True)
    expected = "does not say how the events of POST /no/such/path make up a reply"
    with pytest.raises(CallError, match=expected):
        accumulate(stream)
    stream.close()


def test_a_request_by_path_is_accumulated_like_the_operation(server: Any, client: Client) -> None:
    server.events(*sent(response_events(RESPONSE)))
    stream = client.request("POST", "/responses", json={"input": "Hi", "model": "gpt-4o"}, stream=True)
    assert accumulate(stream).finish() == RESPONSE


def test_events_and_value_are_independent_of_each_other(server: Any, client: Client) -> None:
    server.events(*sent(response_events(RESPONSE)))
    events = accumulate(client.responses.create_response("Hi", "gpt-4o", stream=True))
    received = [json.dumps(one) for one in events]
    assert received == [json.dumps(one) for one in response_events(RESPONSE)]


def test_every_streaming_operation_of_the_embedded_server_makes_up_a_reply() -> None:
    with serve() as embedded:
        client = Client(api_key="k", base_url=embedded.base_url)
        upload = ("a.wav", b"RIFF")
        streams = [
            client.images.create_image("A tree", model="gpt-image-1", stream=True),
            client.images.create_image_edit("A tree", image=b"PNG", model="gpt-image-1", stream=True),
            client.audio.create_transcription(upload, "gpt-4o-transcribe", stream=True),
            client.responses.beta_create_response("Hi", "gpt-4o", stream=True),
        ]
        for stream in streams:
            value: Any = accumulate(stream).finish()
            assert value.get("output") or value.get("data") or value.get("text")
        speech = client.audio.create_speech("Hi", "gpt-4o-mini-tts", "alloy", stream_format="sse")
        assert isinstance(accumulate(speech).finish(), bytes)


# Cost


def _chunks(number: int) -> list[Any]:
    return [
        {"id": "c", "choices": [{"index": 0, "delta": {"content": "token"}, "finish_reason": None}]}
        for _ in range(number)
    ]


def _seconds(number: int) -> float:
    reply = growing_reply(packaged().accumulations["CreateChatCompletionStreamResponse"])
    chunks = _chunks(number)
    begin = time.process_time()
    for one in chunks:
        reply.add(one)
    assert len(reply.value()["choices"][0]["message"]["content"]) == 5 * number
    return time.process_time() - begin


def test_the_time_is_linear_in_the_number_of_events() -> None:
    few, many = min(_seconds(2_000) for _ in range(5)), min(_seconds(60_000) for _ in range(2))
    assert many < 30 * few * 3


@pytest.mark.slow(seconds=2)
def test_the_reply_is_not_copied_for_an_event() -> None:
    reply = growing_reply(packaged().accumulations["ResponseStreamEvent"])
    part = {"output_index": 0, "item_id": "m", "content_index": 0, "type": "response.output_text.delta"}
    event: dict[str, Any] = {**part, "delta": "x" * 1000}
    gc.collect()
    tracemalloc.start()
    for _ in range(1000):
        reply.add({**event, "delta": event["delta"] + "y"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


def test_threads_may_read_the_value_while_it_grows(server: Any, client: Client) -> None:
    text = "token " * 3000
    reply = {**CHAT, "choices": [{**CHAT["choices"][0], "message": {"role": "assistant", "content": text}}]}
    server.events(b"".join(sent(chat_chunks(reply))), DONE)
    receiver = accumulator(types.CreateChatCompletionResponse)
    handle = client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream_to=receiver)
    seen: list[str] = []

    def read() -> None:
        while not handle.done:
            for choice in receiver.value.get("choices", ()):
                seen.append(choice["message"]["content"] or "")

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert handle.wait(20) == reply
    assert all(text.startswith(one) for one in seen)
