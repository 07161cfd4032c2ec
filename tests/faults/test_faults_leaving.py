"""Leaving a stream or a file in any way disconnects immediately: the server sees it within a second."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

import pytest
from tests.faults.faulty import Faulty, NeverAccept, Read, Script, Send, Stall
from tests.faults.judging import client_of, hold_nothing_left, snapshot
from tests.faults.kinds import MESSAGES

from typed_openai import BinaryReply, Client, Stream
from typed_openai.streaming import StreamingClient

pytestmark = pytest.mark.timeout(15)

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
EVENT = b'data: {"n": 1}\n\n'
CHUNK = b"%x\r\n%s\r\n" % (len(EVENT), EVENT)

STREAMS: dict[str, Script] = {
    "chunked": (Read(), Send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK * 3), Stall()),
    "close-delimited": (Read(), Send(HEAD + b"\r\n" + EVENT * 3), Stall()),
    "that goes on": (Read(), Send(HEAD + b"\r\n"), Send(EVENT, times=None, pause=0.0005)),
}


def chat(client: Client, **options: Any) -> Any:
    return client.chat.create_chat_completion(MESSAGES, "m", timeout=60, **(options or {"stream": True}))


def leaves(server: Faulty, script: Script) -> bool:
    """Return whether the server sees the client disconnect within a second."""
    if isinstance(script[-1], Stall):
        return server.left.wait(1.0)
    deadline = time.monotonic() + 1.0
    while (alive := _senders()) and time.monotonic() < deadline:
        time.sleep(0.005)
    return not alive


def _senders() -> list[threading.Thread]:
    """Return the server's threads that still serve a connection, without the one that accepts them."""
    return [thread for thread in threading.enumerate() if thread.name == "faulty"][1:]


def by_break(stream: Stream[Any]) -> Any:
    for _ in stream:
        break
    return stream


def by_exception(stream: Stream[Any]) -> Any:
    with suppress(KeyError):
        for _ in stream:
            raise KeyError
    return stream


def by_an_interrupt(stream: Stream[Any]) -> Any:
    with suppress(KeyboardInterrupt):
        for _ in stream:
            raise KeyboardInterrupt
    return stream


def by_return(stream: Stream[Any]) -> Any:
    def first() -> Any:
        for event in stream:
            return event
        return None

    assert first() == {"n": 1}
    return stream


def by_close(stream: Stream[Any]) -> Any:
    next(iter(stream))
    stream.close()
    stream.close()
    with pytest.raises(ValueError, match="finished or closed"):
        list(stream)
    return stream


def by_close_before_the_first_event(stream: Stream[Any]) -> Any:
    stream.close()
    with pytest.raises(ValueError, match="finished or closed"):
        list(stream)
    return stream


def by_the_end_of_with(stream: Stream[Any]) -> Any:
    with stream:
        next(stream)
    return stream


def by_an_exception_in_with(stream: Stream[Any]) -> Any:
    with suppress(KeyError), stream:
        raise KeyError
    return stream


def by_a_closed_generator(stream: Stream[Any]) -> Any:
    def texts() -> Generator[Any, None, None]:
        for event in stream:
            yield event["n"]

    generator = texts()
    next(generator)
    generator.close()
    return stream


def by_another_thread(stream: Stream[Any]) -> Any:
    """Let another thread close the stream while this one waits for an event."""
    closing = threading.Timer(0.1, stream.close)
    closing.start()
    for _ in stream:
        pass
    closing.join()
    return stream


def by_a_signal(stream: Stream[Any]) -> Any:
    """Let a signal handler, like a greenlet of this thread, close the stream in the middle of a read."""
    closed: list[bool] = []

    def close(*_: object) -> None:
        stream.close()
        closed.append(True)

    before = signal.signal(signal.SIGUSR1, close)
    reader = threading.get_ident()
    sending = threading.Timer(0.1, signal.pthread_kill, (reader, signal.SIGUSR1))
    sending.start()
    try:
        for _ in stream:
            pass
    finally:
        sending.join()
        signal.signal(signal.SIGUSR1, before)
    assert closed == [True]
    return stream


WAYS = (
    by_break,
    by_exception,
    by_an_interrupt,
    by_return,
    by_close,
    by_close_before_the_first_event,
    by_the_end_of_with,
    by_an_exception_in_with,
    by_a_closed_generator,
    by_another_thread,
    by_a_signal,
)


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("leave", WAYS)
def test_the_server_sees_that_a_stream_is_left(leave: Callable[[Any], Any], name: str) -> None:
    with Faulty(STREAMS[name]) as server, client_of(server) as client:
        # The stream itself is kept.
        kept = leave(chat(client))
        assert leaves(server, STREAMS[name])
        del kept


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("taken", [0, 1, 2])
def test_the_server_sees_that_the_last_reference_is_lost(name: str, taken: int) -> None:
    with Faulty(STREAMS[name]) as server, client_of(server) as client:
        stream = chat(client)
        events = iter(stream)
        for _ in range(taken):
            next(events)
        del stream, events
        assert leaves(server, STREAMS[name])


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("name", STREAMS)
def test_the_server_sees_that_a_receiver_is_cancelled(name: str) -> None:
    came = threading.Event()
    with Faulty(STREAMS[name]) as server, client_of(server) as client:
        handle = chat(client, stream_to=lambda message: came.set())
        assert came.wait(5)
        handle.cancel()
        handle.cancel()
        assert leaves(server, STREAMS[name])
        handle.wait(5)
        assert handle.done


@pytest.mark.parametrize("name", STREAMS)
def test_the_server_sees_that_a_receiver_cancels_itself(name: str) -> None:
    handles: list[Any] = []
    ready = threading.Event()

    def receive(message: Any) -> None:
        ready.wait(5)
        handles[0].cancel()

    with Faulty(STREAMS[name]) as server, client_of(server) as client:
        handles.append(chat(client, stream_to=receive))
        ready.set()
        assert leaves(server, STREAMS[name])
        handles[0].wait(5)


@pytest.mark.parametrize("name", STREAMS)
def test_the_server_sees_that_a_receiver_fails(name: str) -> None:
    class Failing(StreamingClient[Any, None]):
        def handle_data(self, data: Any, state: None) -> None:
            raise KeyError("no")

    with Faulty(STREAMS[name]) as server, client_of(server) as client:
        handle = chat(client, stream_to=Failing(None))
        with pytest.raises(KeyError):
            handle.wait(5)
        assert leaves(server, STREAMS[name])


BEFORE_THE_HEADERS: dict[str, Script] = {
    "before the reply": (Read(), Stall()),
    "inside the headers": (Read(), Send(b"HTTP/1.1 200 OK\r\nContent-"), Stall()),
    "before the first event": (Read(), Send(HEAD + b"\r\n"), Stall()),
    "inside an event": (Read(), Send(HEAD + b'\r\ndata: {"n":'), Stall()),
    "inside a refusal": (Read(), Send(b"HTTP/1.1 500 X\r\nContent-Length: 100\r\n\r\n{"), Stall()),
}


@pytest.mark.parametrize("name", BEFORE_THE_HEADERS)
def test_a_cancelled_receiver_waits_for_nothing(name: str) -> None:
    messages: list[Any] = []
    with Faulty(BEFORE_THE_HEADERS[name]) as server, client_of(server) as client:
        before = snapshot()
        handle = chat(client, stream_to=messages.append)
        while not server.seen:
            time.sleep(0.005)
        time.sleep(0.05)
        handle.cancel()
        assert server.left.wait(1.0)
        handle.wait(5)
        assert handle.done
        assert messages == []
        assert server.connections == 1
        # The threads of the receiver and of the server have ended.
        hold_nothing_left(before)


def test_a_receiver_that_is_cancelled_while_connecting_ends() -> None:
    messages: list[Any] = []
    with Faulty((NeverAccept(),)) as server, client_of(server) as client:
        before = snapshot()
        handle = chat(client, stream_to=messages.append)
        time.sleep(0.1)
        handle.cancel()
        handle.wait(1)
        hold_nothing_left(before)
        assert messages == []


def test_a_receiver_that_is_cancelled_as_it_connects_closes_its_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handles: list[Any] = []
    sockets: list[socket.socket] = []
    ready = threading.Event()
    connect = socket.socket.connect

    def connect_and_cancel(sock: socket.socket, address: Any) -> None:
        connect(sock, address)
        sockets.append(sock)
        assert ready.wait(5)
        handles[0].cancel()

    with Faulty(STREAMS["chunked"]) as server, client_of(server) as client:
        before = snapshot()
        monkeypatch.setattr(socket.socket, "connect", connect_and_cancel)
        handles.append(chat(client, stream_to=lambda message: None))
        ready.set()
        handles[0].wait(5)
        hold_nothing_left(before)
        assert [one.fileno() for one in sockets] == [-1]


def test_a_receiver_that_is_cancelled_between_tries_ends() -> None:
    refusal = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"
    messages: list[Any] = []
    with Faulty((Read(), Send(refusal), Stall())) as server, client_of(server) as client:
        handle = chat(client, stream_to=messages.append)
        while not server.seen:
            time.sleep(0.005)
        time.sleep(0.1)
        handle.cancel()
        handle.wait(1)
        assert messages == []
        assert len(server.seen) == 1


CONTENT = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 1000000\r\n\r\n" + bytes(100_000)
FILE: Script = (Read(), Send(CONTENT), Stall())


def file_by_break(reply: BinaryReply) -> Any:
    for _ in reply:
        break
    return reply


def file_by_close(reply: BinaryReply) -> Any:
    reply.close()
    reply.close()
    return reply


def file_by_the_end_of_with(reply: BinaryReply) -> Any:
    with reply:
        next(iter(reply))
    return reply


def file_by_losing_it(reply: BinaryReply) -> None:
    del reply


@pytest.mark.parametrize("leave", [file_by_break, file_by_close, file_by_the_end_of_with, file_by_losing_it])
def test_the_server_sees_that_a_file_is_left(leave: Callable[[Any], Any]) -> None:
    with Faulty(FILE) as server, client_of(server) as client:
        # The only reference is the one that leaves it.
        kept = leave(client.audio.create_speech("Hello", "m", "alloy", timeout=60))
        assert server.left.wait(1.0)
        del kept
