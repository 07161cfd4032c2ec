"""Streams over real sockets: their events, their closing, and their possible ends."""

from __future__ import annotations

import copy
import gzip
import json
import pickle
import threading
from typing import Any

import pytest

from typed_openai._calls import send
from typed_openai._transport.deadlines import Cancellation
from typed_openai.client import Client
from typed_openai.errors import (
    APIError,
    APIStatusError,
    APITimeoutError,
    InvalidReplyError,
    OpenAIError,
    RateLimitError,
    StreamTruncatedError,
)
from typed_openai.streaming import StreamData, StreamError, StreamFinish, StreamHandle, StreamingClient

MESSAGES = [{"role": "user", "content": "Hello"}]
DONE = b"data: [DONE]\n\n"


def data(*values: object) -> bytes:
    return b"".join(b"data: %s\n\n" % json.dumps(value).encode() for value in values)


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="sk-test", base_url=server.base_url, max_retries=0, timeout=20)


def chat(client: Client, **options: Any) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "m", **(options or {"stream": True}))


def test_a_stream_gives_the_events_and_says_so_in_the_request(server: Any, client: Client) -> None:
    server.events(b": hi\n\n", data({"n": 1}), b'data: {"n":\r\ndata: 2}\r\n\r\n', b"data:\n\n", DONE)
    with chat(client) as stream:
        assert list(stream) == [{"n": 1}, {"n": 2}]
    assert server.seen[0].json["stream"] is True
    assert server.seen[0].headers["accept"] == "text/event-stream"


def test_a_stream_can_be_taken_event_by_event(server: Any, client: Client) -> None:
    server.events(data(1, 2), DONE)
    stream = chat(client)
    assert (next(stream), next(stream)) == (1, 2)
    with pytest.raises(StopIteration):
        next(stream)


def test_events_arrive_before_the_reply_is_over(server: Any, client: Client) -> None:
    server.endless(data({"n": 1}))
    stream = chat(client)
    assert next(stream) == {"n": 1}
    assert not server.disconnected.is_set()
    stream.close()
    assert server.disconnected.wait(5)
    for again in (iter, next, stream.__class__.__enter__):
        with pytest.raises(ValueError, match="the stream is finished or closed"):
            again(stream)


def test_leaving_the_loop_closes_the_connection_even_if_the_stream_is_kept(
    server: Any, client: Client
) -> None:
    server.endless(data(1, 2))
    stream = chat(client)
    for _ in stream:
        break
    assert server.disconnected.wait(5)
    with pytest.raises(ValueError, match="the stream is finished or closed"):
        list(stream)


def test_a_stream_that_was_read_is_over(server: Any, client: Client) -> None:
    server.events(data(1), DONE)
    stream = chat(client)
    assert list(stream) == [1]
    with pytest.raises(StopIteration):
        next(stream)
    with pytest.raises(ValueError, match="it can be iterated over only once"):
        iter(stream)


def test_a_second_thread_on_a_stream_is_told_so(server: Any, client: Client) -> None:
    server.endless(data(1))
    stream = chat(client)
    assert next(stream) == 1
    reader = threading.Thread(target=list, args=(stream,))
    reader.start()
    with pytest.raises(RuntimeError, match="another thread is reading this stream"):  # noqa: PT012
        for _ in range(1000):
            next(stream)
    stream.close()
    reader.join(10)
    assert not reader.is_alive()


def test_what_lives_on_a_connection_cannot_be_pickled(server: Any, client: Client) -> None:
    server.events(data(1), DONE)
    stream = chat(client)
    with pytest.raises(TypeError, match="a stream cannot be pickled"):
        pickle.dumps(stream)
    assert list(stream) == [1]
    handle = chat(client, stream_to=lambda message: None)
    with pytest.raises(TypeError, match="the handle of a stream cannot be pickled"):
        pickle.dumps(handle)
    handle.wait(10)
    server.answers.clear()
    server.reply(b"ID3", content_type="audio/mpeg")
    reply = client.audio.create_speech("Hello", "m", "alloy")
    with pytest.raises(TypeError, match="cannot be pickled"):
        copy.copy(reply)
    assert reply.read() == b"ID3"


class Forgetful(StreamingClient[Any, int]):
    """Handles only events."""

    def handle_data(self, data: Any, state: int) -> int:
        return state + 1


def test_an_error_that_no_receiver_handles_is_raised_by_wait(server: Any, client: Client) -> None:
    server.events(data(1, 2))
    handle = chat(client, stream_to=Forgetful(0))
    with pytest.raises(StreamTruncatedError) as caught:
        handle.wait(10)
    assert handle.error is caught.value
    assert repr(handle) == "<StreamHandle of chat.create_chat_completion (failed: StreamTruncatedError)>"


def test_a_handle_tells_how_its_stream_ended(server: Any, client: Client) -> None:
    server.reply({"error": {"message": "slow down"}}, status=429)
    server.events(data(1), DONE)
    server.endless(data(1))
    failed = chat(client, stream_to=lambda message: None)
    assert failed.wait(10) is None
    assert isinstance(failed.error, RateLimitError)
    complete = chat(client, stream_to=lambda message: None)
    complete.wait(10)
    complete.cancel()
    assert (complete.error, complete.cancelled) == (None, False)
    assert repr(complete) == "<StreamHandle of chat.create_chat_completion (complete)>"
    arrived = threading.Event()
    handle = chat(client, stream_to=lambda message: arrived.set())
    assert arrived.wait(10)
    assert "(running)" in repr(handle)
    handle.cancel()
    handle.wait(10)
    assert (handle.error, handle.cancelled) == (None, True)
    assert "(cancelled)" in repr(handle)


def test_an_exception_in_the_loop_closes_the_connection(server: Any, client: Client) -> None:
    server.endless(data(1, 2))

    def loop() -> None:
        for _ in stream:
            raise KeyError

    stream = chat(client)
    with pytest.raises(KeyError):
        loop()
    assert server.disconnected.wait(5)


def test_losing_the_last_reference_closes_the_connection(server: Any, client: Client) -> None:
    server.endless(data(1, 2))
    stream = chat(client)
    next(stream)
    del stream
    assert server.disconnected.wait(5)


@pytest.mark.parametrize(
    "end",
    [
        b"",
        b'data: {"n',
        b"data: 3\n",
        b": bye\n\n",
        b'data: {"type": "response.completed"',
        b'data: {"type": "other"}',
        b"data: [DON",
    ],
)
def test_an_end_before_the_terminal_event_is_an_error_that_keeps_what_came(
    server: Any, client: Client, end: bytes
) -> None:
    server.events(data(1, 2), end)
    received: list[Any] = []
    with pytest.raises(StreamTruncatedError, match="after 2 events") as caught:
        received.extend(chat(client))
    assert received == caught.value.events == [1, 2]
    assert pickle.loads(pickle.dumps(caught.value)).events == [1, 2]


def test_a_connection_that_breaks_inside_a_chunk_is_truncation_too(server: Any, client: Client) -> None:
    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"9\r\ndata: 1\n\n\r\nff\r\ndata:")
        handler.close_connection = True

    server.answer(answer)
    with pytest.raises(StreamTruncatedError) as caught:
        list(chat(client))
    assert caught.value.events == [1]


def test_the_announced_end_is_enough_where_the_connection_stays_open(server: Any, client: Client) -> None:
    server.endless(data(1), DONE)
    assert list(chat(client)) == [1]
    assert server.disconnected.wait(5)


@pytest.mark.filterwarnings("ignore:.* is deprecated; use :DeprecationWarning")  # of threads
def test_named_events_of_assistants_are_objects_of_event_and_data(server: Any, client: Client) -> None:
    server.events(
        b'event: thread.created\ndata: {"id": "t"}\n\n',
        b'event: thread.run.completed\ndata: {"id": "r"}\n\n',
        b"event: done\ndata: [DONE]\n\n",
    )
    assert list(client.threads.create_run("t", "a", stream=True)) == [
        {"event": "thread.created", "data": {"id": "t"}},
        {"event": "thread.run.completed", "data": {"id": "r"}},
    ]


def test_named_events_of_other_operations_are_their_data(server: Any, client: Client) -> None:
    server.events(b'event: chunk\ndata: {"n": 1}\n\n', DONE)
    assert list(chat(client)) == [{"n": 1}]


@pytest.mark.parametrize(
    "event",
    [
        b'data: {"error": {"message": "too much", "code": "c", "param": "p", "type": "t"}}\n\n',
        b'event: error\ndata: {"type": "error", "message": "too much", "code": "c", "param": "p"}\n\n',
        b'event: error\ndata: {"error": {"message": "too much", "code": "c", "param": "p"}}\n\n',
        b"event: error\ndata: too much\n\n",
    ],
)
def test_an_error_in_mid_stream_is_raised(server: Any, client: Client, event: bytes) -> None:
    server.events(data(1), event, data(2), DONE)
    received: list[Any] = []
    with pytest.raises(
        APIError, match=r"chat\.create_chat_completion: the stream reports an error: too much"
    ) as caught:
        received.extend(chat(client))
    assert received == [1]
    if b"{" in event:
        assert (caught.value.code, caught.value.param) == ("c", "p")


@pytest.mark.parametrize(("begin", "indent"), [(b"", None), (b"\n", 2)])
def test_an_error_object_that_is_called_an_event_stream_is_its_error(
    server: Any, client: Client, begin: bytes, indent: int | None
) -> None:
    body = json.dumps({"error": {"message": "no such model", "code": "m"}}, indent=indent)
    server.reply(begin + body.encode(), content_type="text/event-stream", X_Request_Id="req_1")
    with pytest.raises(APIError, match="the stream reports an error: no such model") as caught:
        list(chat(client))
    assert (caught.value.code, caught.value.request_id) == ("m", "req_1")


def test_a_plain_reply_that_is_called_an_event_stream_is_shown(server: Any, client: Client) -> None:
    server.reply({"id": "chatcmpl"}, content_type="text/event-stream")
    with pytest.raises(InvalidReplyError, match=r"expected an event stream, got '\{\\?\"id"):
        list(chat(client))


def test_events_of_odd_types_are_given_as_they_are(server: Any, client: Client) -> None:
    server.events(data({"type": [1]}, {"type": {"a": 1}}), DONE)
    assert list(chat(client)) == [{"type": [1]}, {"type": {"a": 1}}]


def test_an_event_of_endless_depth_is_no_json_to_us(server: Any, client: Client) -> None:
    server.events(b"data: " + b"[" * 100_000 + b"\n\n", DONE)
    with pytest.raises(InvalidReplyError, match="expected JSON in an event"):
        list(chat(client))


def test_errors_after_the_headers_have_the_request_s_id(server: Any, client: Client) -> None:
    def cut(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("X-Request-Id", "req_1")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(data(1))
        handler.close_connection = True

    def stall(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("X-Request-Id", "req_2")
        handler.end_headers()
        handler.wfile.write(data(1))
        server.disconnected.wait(1)

    server.answer(cut, cut, stall)
    with pytest.raises(StreamTruncatedError) as truncated:
        list(chat(client))
    with pytest.raises(APIError) as broken:
        client.models.list_models()
    with pytest.raises(APITimeoutError) as stalled:
        list(chat(client, stream=True, timeout=0.1))
    ids = [one.value.request_id for one in (truncated, broken, stalled)]
    assert ids == ["req_1", "req_1", "req_2"]


def test_a_long_stream_that_is_cut_keeps_its_last_events_only(server: Any, client: Client) -> None:
    events = [{"n": number, "text": "x" * 10_000} for number in range(500)]
    server.events(*(data(one) for one in events))
    with pytest.raises(StreamTruncatedError, match="after 500 events") as caught:
        list(chat(client))
    kept = caught.value.events
    assert kept == events[-len(kept) :]
    assert 50 < len(kept) < 300
    assert caught.value.dropped == 500 - len(kept)


def test_an_error_status_instead_of_a_stream_is_its_error(server: Any, client: Client) -> None:
    server.reply({"error": {"message": "slow down", "code": "rate"}}, status=429)
    with pytest.raises(RateLimitError, match="slow down"):
        chat(client)


def test_a_plain_error_object_with_status_200_is_an_error(server: Any, client: Client) -> None:
    server.reply({"error": {"message": "no such model", "code": "m"}})
    with pytest.raises(APIStatusError, match="no such model") as caught:
        chat(client)
    assert (caught.value.status, caught.value.code) == (200, "m")


@pytest.mark.parametrize(
    ("body", "content_type"), [(b"<html>Sign in</html>", "text/html"), (b'{"id": 1}', "application/json")]
)
def test_a_page_or_plain_reply_instead_of_a_stream_shows_its_beginning(
    server: Any, client: Client, body: bytes, content_type: str
) -> None:
    server.reply(body, content_type=content_type)
    with pytest.raises(InvalidReplyError, match="expected an event stream, got") as caught:
        chat(client)
    assert caught.value.preview == body.decode()


def test_an_event_that_is_not_json_is_shown(server: Any, client: Client) -> None:
    server.events(b"data: {oops\n\n", DONE)
    with pytest.raises(InvalidReplyError, match=r"expected JSON in an event of the stream, got '\{oops'"):
        list(chat(client))


def test_a_stalled_stream_raises_after_the_time_out(server: Any, client: Client) -> None:
    server.endless(data(1))
    stream = chat(client, stream=True, timeout=0.2)
    assert next(stream) == 1
    with pytest.raises(APITimeoutError):
        next(stream)
    assert server.disconnected.wait(5)


def test_a_variant_value_streams_too(server: Any, client: Client) -> None:
    server.events(data({"type": "speech.audio.delta"}, {"type": "speech.audio.done"}))
    stream = client.audio.create_speech("hi", "tts", "alloy", stream_format="sse")
    assert [one["type"] for one in stream] == ["speech.audio.delta", "speech.audio.done"]


def test_a_callback_gets_messages_from_another_thread(server: Any, client: Client) -> None:
    server.events(data(1, 2), DONE)
    messages: list[Any] = []
    threads = set()

    def receive(message: Any) -> None:
        messages.append(message)
        threads.add(threading.current_thread())

    handle = chat(client, stream_to=receive)
    assert isinstance(handle, StreamHandle)
    assert handle.wait(10) is None
    assert handle.done
    assert messages == [StreamData(1), StreamData(2), StreamFinish()]
    assert threading.current_thread() not in threads
    assert server.seen[0].json["stream"] is True


def test_errors_of_the_call_go_to_the_callback(server: Any, client: Client) -> None:
    server.reply({"error": {"message": "slow down"}}, status=429)
    messages: list[Any] = []
    chat(client, stream_to=messages.append).wait(10)
    (message,) = messages
    assert isinstance(message, StreamError)
    assert isinstance(message.error, RateLimitError)


class Joined(StreamingClient[dict[str, str], str]):
    def handle_data(self, data: dict[str, str], state: str) -> str:
        return state + data["text"]

    def handle_error(self, error: OpenAIError, state: str) -> str:
        return f"{state}!{type(error).__name__}"

    def handle_finish(self, state: str) -> str:
        return state + "."


def test_a_streaming_client_carries_its_state_to_the_end(server: Any, client: Client) -> None:
    server.events(data({"text": "a"}, {"text": "b"}), DONE)
    joined = Joined(">")
    assert chat(client, stream_to=joined).wait(10) == ">ab."
    assert chat(client, stream_to=joined).wait(10) == ">ab."


def test_a_streaming_client_gives_its_state_after_an_error(server: Any, client: Client) -> None:
    server.events(data({"text": "a"}))
    assert chat(client, stream_to=Joined("")).wait(10) == "a!StreamTruncatedError"


def test_what_the_receiver_raises_is_raised_by_wait_and_closes_the_connection(
    server: Any, client: Client
) -> None:
    server.endless(data({"other": "a"}))
    handle = chat(client, stream_to=Joined(""))
    with pytest.raises(KeyError, match="text"):
        handle.wait(10)
    assert server.disconnected.wait(5)


def test_cancelling_closes_the_connection_and_delivers_nothing_more(server: Any, client: Client) -> None:
    server.endless(data({"text": "a"}))
    arrived = threading.Event()
    messages: list[Any] = []

    def receive(message: Any) -> None:
        messages.append(message)
        arrived.set()

    handle = chat(client, stream_to=receive, timeout=None)
    assert arrived.wait(10)
    with pytest.raises(TimeoutError):
        handle.wait(0)
    handle.cancel()
    handle.wait(10)
    assert messages == [StreamData({"text": "a"})]
    assert server.disconnected.wait(5)


def test_cancelling_before_the_answer_ends_the_waiting_at_once(server: Any, client: Client) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(handler: Any) -> None:
        asked.set()
        answer.wait(20)
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        try:  # the client may reset the connection as well as close it
            handler.wfile.write(data(1))
            gone = not handler.connection.recv(1)
        except OSError:
            gone = True
        if gone:
            server.disconnected.set()

    server.answer(slow)
    messages: list[Any] = []
    handle = chat(client, stream_to=messages.append, timeout=None)
    assert asked.wait(10)
    handle.cancel()
    handle.wait()
    assert handle.done
    answer.set()
    assert server.disconnected.wait(5)
    assert messages == []


def test_cancelling_ends_the_tries_at_once(server: Any, client: Client, monkeypatch: Any) -> None:
    waiting = threading.Event()

    def pause(seconds: float, cancelled: Cancellation) -> bool:
        waiting.set()
        return cancelled.wait(seconds)

    monkeypatch.setattr("typed_openai._calls.send.pause", pause)
    server.reply({}, status=500, Retry_After="50")
    messages: list[Any] = []
    before = set(threading.enumerate())
    handle = chat(client, stream_to=messages.append, max_retries=4, timeout=None)
    assert waiting.wait(10)
    (thread,) = [one for one in set(threading.enumerate()) - before if one.name == "typed-openai-stream"]
    handle.cancel()
    thread.join(20)
    assert not thread.is_alive()
    assert (len(server.seen), messages) == (1, [])


def test_a_pause_lasts_until_it_is_cancelled() -> None:
    cancelled = Cancellation()
    assert not send.pause(0, cancelled)
    assert not send.pause(0, None)
    cancelled.set()
    assert send.pause(50, cancelled)


def test_what_the_receiver_raises_is_logged_with_its_traceback(
    server: Any, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    server.events(data({"other": "a"}), DONE)
    with pytest.raises(KeyError):
        chat(client, stream_to=Joined("")).wait(10)
    (record,) = [one for one in caplog.records if one.name == "typed_openai"]
    assert record.levelname == "ERROR"
    assert record.exc_info is not None
    assert record.exc_info[0] is KeyError


def test_a_receiver_cannot_wait_for_its_own_end(server: Any, client: Client) -> None:
    server.events(data(1), DONE)
    handles: list[StreamHandle[None]] = []
    ready = threading.Event()
    raised: list[BaseException] = []

    def receive(message: Any) -> None:
        ready.wait(10)
        try:
            handles[0].wait()
        except RuntimeError as error:
            raised.append(error)

    handles.append(chat(client, stream_to=receive))
    ready.set()
    handles[0].wait(10)
    assert [str(one) for one in raised] == [
        "a receiver cannot wait for the end of the stream that it receives"
    ] * 2


def test_a_wrong_call_is_raised_at_once_even_with_a_receiver(client: Client) -> None:
    with pytest.raises(TypeError):
        client.chat.create_chat_completion(MESSAGES, stream_to=print)


def test_a_long_event_in_many_pieces_is_put_together(server: Any, client: Client) -> None:
    value = {"text": "x" * 3_000_000}
    whole = data(value) + DONE
    server.events(*(whole[at : at + 10_000] for at in range(0, len(whole), 10_000)))
    assert list(chat(client)) == [value]


def test_a_compressed_reply_that_is_no_stream_is_read(server: Any, client: Client) -> None:
    server.reply(gzip.compress(b'{"data": []}'), Content_Encoding="gzip")
    assert client.models.list_models() == {"data": []}
