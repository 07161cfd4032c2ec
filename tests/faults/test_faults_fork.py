"""Clients that were used before ``os.fork()`` work in parent and child, independently of each other."""

from __future__ import annotations

import faulthandler
import gc
import os
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.faults.faulty import Faulty, Read, Script, Send, Stall, WaitFor
from tests.faults.judging import client_of
from tests.faults.kinds import KINDS, MESSAGES, UPLOADED

from typed_openai import Client

pytestmark = [
    pytest.mark.timeout(15),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
]

OK = Send(b"HTTP/1.1 200 OK\r\nContent-Type: %TYPE%\r\nContent-Length: %SIZE%\r\n\r\n%BODY%")
SERVING: Script = tuple(step for _ in range(20) for step in (Read(), OK))

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
STREAM: Script = (
    Read(),
    Send(HEAD + b'data: {"n": 1}\n\n'),
    WaitFor(),
    Send(b'data: {"n": 2}\n\ndata: [DONE]\n\n'),
    Stall(),
)


def in_a_child(run: Callable[[], object]) -> None:
    """Run in a forked child, which must end well within the test's time."""
    # The child must not close resources that the parent's test still uses.
    child = os.fork()
    if child == 0:
        code = 1
        # No child outlives the test.
        faulthandler.dump_traceback_later(8, exit=True)
        try:
            run()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("kind_name", KINDS)
def test_a_client_works_in_parent_and_child(kind_name: str, tmp_path: Path) -> None:
    kind = KINDS[kind_name]
    (tmp_path / UPLOADED).write_bytes(bytes(1000))

    def call() -> None:
        assert kind.run(client, tmp_path) == kind.value

    def twice() -> None:
        call()
        call()
        client.close()

    with Faulty(SERVING, media_type=kind.media_type, body=kind.body) as server:
        with client_of(server, max_retries=0) as client:
            call()
            in_a_child(call)
            in_a_child(twice)
            call()
        served = [one.connection for one in server.seen]
        assert len(served) == 5
        # No child uses the parent's connection; the parent does, unless the call had a thread of its own.
        assert served[0] not in served[1:4]
        assert kind_name == "stream_to" or served[0] == served[4]


@pytest.mark.slow(seconds=1)
def test_a_child_that_closes_the_client_does_not_close_the_parent_s_connections(tmp_path: Path) -> None:
    kind = KINDS["get"]
    with Faulty(SERVING, body=kind.body) as server, client_of(server, max_retries=0) as client:
        kind.run(client, tmp_path)
        in_a_child(client.close)
        kind.run(client, tmp_path)
        assert [one.connection for one in server.seen] == [1, 1]


def leave_with(stream: Any) -> None:
    with stream:
        pass


def leave_loop(stream: Any) -> None:
    for _ in stream:
        break


@pytest.mark.parametrize(
    "leave",
    [leave_with, lambda stream: stream.close(), lambda stream: stream.__del__(), lambda stream: gc.collect()],
)
def test_a_child_that_leaves_a_stream_does_not_end_the_parent_s(leave: Callable[[Any], object]) -> None:
    with Faulty(STREAM) as server, client_of(server, max_retries=0) as client:
        stream = client.chat.create_chat_completion(MESSAGES, "m", stream=True)
        assert next(stream) == {"n": 1}
        in_a_child(lambda: leave(stream))
        server.go_on.set()
        assert list(stream) == [{"n": 2}]


def test_a_child_that_cancels_a_receiver_does_not_end_the_parent_s() -> None:
    messages: list[Any] = []
    came = threading.Event()

    def receive(message: Any) -> None:
        messages.append(message)
        came.set()

    with Faulty(STREAM) as server, client_of(server, max_retries=0) as client:
        handle = client.chat.create_chat_completion(MESSAGES, "m", stream_to=receive)
        assert came.wait(5)
        in_a_child(handle.cancel)
        server.go_on.set()
        handle.wait(5)
        assert len(messages) == 3


def test_a_child_that_leaves_a_file_does_not_end_the_parent_s() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 6\r\n\r\nabc"
    with Faulty((Read(), Send(head), WaitFor(), Send(b"def"))) as server, client_of(server) as client:
        reply = client.audio.create_speech("Hello", "m", "alloy")
        in_a_child(reply.close)
        server.go_on.set()
        assert reply.read() == b"abcdef"


def test_a_client_works_in_a_child_that_was_forked_while_another_thread_used_it(tmp_path: Path) -> None:
    kind = KINDS["get"]
    served = Faulty((Read(), Stall()), SERVING, body=kind.body)
    with served as server, client_of(server, max_retries=0) as client:
        handle = client.chat.create_chat_completion(MESSAGES, "m", stream_to=lambda message: None)
        while not server.seen:
            time.sleep(0.005)

        def call() -> None:
            assert kind.run(client, tmp_path) == kind.value

        in_a_child(call)
        call()
        handle.cancel()
        handle.wait(5)


def test_a_client_that_was_never_used_works_in_many_children(tmp_path: Path) -> None:
    kind = KINDS["post"]
    with Faulty(SERVING, body=kind.body) as server, client_of(server, max_retries=0) as client:
        used: Client = client
        for _ in range(4):
            in_a_child(lambda: kind.run(used, tmp_path))
        assert sorted(one.connection for one in server.seen) == [1, 2, 3, 4]
