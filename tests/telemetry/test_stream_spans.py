"""The span of a stream or a file ends when that is read, in whatever way the reading ends."""

from __future__ import annotations

import gc
import json
import threading
from contextlib import suppress
from typing import Any

import pytest
from opentelemetry.trace import StatusCode
from tests.telemetry.conftest import MESSAGES, USAGE, Recorded, data

from typed_openai.errors import APIError, APIStatusError, StreamTruncatedError


def chunk(text: str = "", finish: str | None = None, index: int = 0, **more: object) -> str:
    """An event of a chat's stream."""
    choice = {"index": index, "delta": {"content": text}, "finish_reason": finish}
    return json.dumps({"id": "c1", "model": "gpt-4o-1", "choices": [choice], **more})


LAST = json.dumps({"id": "c1", "model": "gpt-4o-1", "choices": [], "usage": USAGE})
WHOLE = data(chunk("A"), chunk("B"), chunk("", "stop"), LAST, "[DONE]")


def chat(client: Any, **arguments: Any) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "gpt-4o", **arguments)


def test_a_stream_that_is_read_whole(server: Any, recorded: Recorded) -> None:
    server.events(WHOLE)
    stream = chat(recorded.client(server), stream=True)
    assert next(stream)["id"] == "c1"
    assert recorded.spans == ()
    assert len(list(stream)) == 3
    assert recorded.span.status.status_code is StatusCode.UNSET
    assert 0 < recorded.found["gen_ai.response.time_to_first_chunk"] < 20
    expected = {
        "gen_ai.request.stream": True,
        "gen_ai.response.id": "c1",
        "gen_ai.response.model": "gpt-4o-1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 4,
    }
    assert expected.items() <= recorded.found.items()


def test_a_stream_of_responses_has_its_facts_in_the_last_event(server: Any, recorded: Recorded) -> None:
    begun = {"id": "r1", "model": "m-1", "status": "in_progress", "usage": None}
    done = {**begun, "status": "completed", "usage": {"input_tokens": 2, "output_tokens": 3}}
    events = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_text.delta", "delta": "A", "item_id": "no"},
        {"type": "response.completed", "response": done},
    ]
    server.events(data(*map(json.dumps, events)))
    list(recorded.client(server).responses.create_response("Hi", "m", stream=True))
    expected = {
        "gen_ai.response.id": "r1",
        "gen_ai.response.finish_reasons": ("completed",),
        "gen_ai.usage.output_tokens": 3,
    }
    assert expected.items() <= recorded.found.items()


@pytest.mark.slow(seconds=1)
def test_leaving_the_loop_ends_the_span(server: Any, recorded: Recorded) -> None:
    server.events(WHOLE)
    for _ in chat(recorded.client(server), stream=True):
        break
    gc.collect()
    assert recorded.span.status.status_code is StatusCode.UNSET
    assert recorded.found["gen_ai.response.finish_reasons"] == ("error",)


def test_closing_ends_the_span_at_once(server: Any, recorded: Recorded) -> None:
    server.endless(data(chunk("A")))
    stream = chat(recorded.client(server), stream=True)
    next(stream)
    stream.close()
    assert recorded.found["gen_ai.response.finish_reasons"] == ("error",)
    assert "error.type" not in recorded.found


def test_closing_from_another_thread_ends_the_span(server: Any, recorded: Recorded) -> None:
    server.endless(data(chunk("A")))
    stream = chat(recorded.client(server), stream=True)
    next(stream)
    threading.Timer(0.05, stream.close).start()
    assert list(stream) == []
    assert "error.type" not in recorded.found


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("is_begun", [False, True])
def test_losing_the_stream_ends_the_span(is_begun: bool, server: Any, recorded: Recorded) -> None:
    server.endless(data(chunk("A")))
    stream = chat(recorded.client(server), stream=True)
    if is_begun:
        next(stream)
    del stream
    gc.collect()
    assert "error.type" not in recorded.found


def test_a_stream_that_breaks_is_an_error(server: Any, recorded: Recorded) -> None:
    server.events(data(chunk("A"), chunk("B", index=1), chunk("", "stop", index=1)))
    with pytest.raises(StreamTruncatedError):
        list(chat(recorded.client(server), stream=True))
    assert recorded.found["error.type"] == "StreamTruncatedError"
    assert recorded.span.status.status_code is StatusCode.ERROR
    assert recorded.found["gen_ai.response.finish_reasons"] == ("error", "stop")


def test_an_error_in_a_stream_is_an_error(server: Any, recorded: Recorded) -> None:
    server.events(data(chunk("A"), json.dumps({"error": {"message": "no", "code": "x"}})))
    with pytest.raises(APIError):
        list(chat(recorded.client(server), stream=True))
    assert recorded.span.status.status_code is StatusCode.ERROR


def test_a_stream_that_is_refused_is_an_error(server: Any, recorded: Recorded) -> None:
    server.reply({"error": {"message": "no"}}, status=400)
    with pytest.raises(APIStatusError):
        chat(recorded.client(server), stream=True)
    assert recorded.found["http.response.status_code"] == 400


def test_an_exception_in_the_loop_is_not_an_error_of_the_call(server: Any, recorded: Recorded) -> None:
    server.events(WHOLE)
    with suppress(KeyError), chat(recorded.client(server), stream=True) as stream:
        for _ in stream:
            raise KeyError
    assert recorded.span.status.status_code is StatusCode.UNSET


def test_a_stream_in_the_background_has_the_callers_parent(server: Any, recorded: Recorded) -> None:
    server.events(WHOLE)
    messages: list[Any] = []
    with recorded.tracers.get_tracer("app").start_as_current_span("outer") as outer:
        handle = chat(recorded.client(server), stream_to=messages.append)
    handle.wait()
    (span,) = (one for one in recorded.spans if one.name != "outer")
    assert span.parent == outer.get_span_context()
    assert len(messages) == 5


@pytest.mark.parametrize(
    "cancel",
    [
        lambda handle: handle.cancel(),
        # The reader may see the end of the connection before the stream is closed.
        lambda handle: handle._cancelled.set(),
    ],
    ids=["whole", "connection first"],
)
def test_cancelling_in_the_background_ends_the_span(cancel: Any, server: Any, recorded: Recorded) -> None:
    server.endless(data(chunk("A")))
    arrived = threading.Event()
    handle = chat(recorded.client(server), stream_to=lambda _: arrived.set())
    assert arrived.wait(20)
    cancel(handle)
    handle.wait()
    assert "error.type" not in recorded.found


# Files


def test_the_span_of_a_file_ends_with_its_content(server: Any, recorded: Recorded) -> None:
    server.reply(b"x" * 100, content_type="audio/mpeg")
    speech = recorded.client(server).audio.create_speech("Hi", "tts-1", "alloy")
    assert recorded.spans == ()
    assert speech.read() == b"x" * 100
    assert recorded.span.name == "speech tts-1"


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("close", [lambda file: file.close(), lambda file: next(file.iterate(10))])
def test_a_file_that_is_not_read_whole_ends_its_span(close: Any, server: Any, recorded: Recorded) -> None:
    server.reply(b"x" * 100, content_type="audio/mpeg")
    speech = recorded.client(server).audio.create_speech("Hi", "tts-1", "alloy")
    close(speech)
    del speech
    gc.collect()
    assert "error.type" not in recorded.found


@pytest.mark.slow(seconds=1)
def test_a_file_that_breaks_is_an_error(server: Any, recorded: Recorded) -> None:
    server.reply(b"x", content_type="audio/mpeg", Transfer_Encoding="chunked")
    speech = recorded.client(server, timeout=1).audio.create_speech("Hi", "tts-1", "alloy")
    with pytest.raises(APIError):
        speech.read()
    assert recorded.span.status.status_code is StatusCode.ERROR


# Metrics


def test_a_stream_is_measured_chunk_by_chunk(server: Any, recorded: Recorded) -> None:
    server.events(WHOLE)
    list(chat(recorded.client(server), stream=True))
    (first,) = recorded.points("gen_ai.client.operation.time_to_first_chunk")
    (others,) = recorded.points("gen_ai.client.operation.time_per_output_chunk")
    assert (first.count, others.count) == (1, 3)
    assert (first.attributes or {})["gen_ai.response.model"] == "gpt-4o-1"
    assert first.sum == recorded.found["gen_ai.response.time_to_first_chunk"]
