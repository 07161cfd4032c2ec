"""One client in many threads and in forked processes: nothing is lost, mixed or left open."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from typed_openai import APIConnectionError, Client, Timeout
from typed_openai.testing import serve

pytestmark = pytest.mark.timeout(120)

THREADS, CALLS = 64, 40
MESSAGES = [{"role": "user", "content": "Hello"}]


def sockets() -> int:
    """Return the number of open sockets of this process."""
    count = 0
    for one in Path("/proc/self/fd").iterdir():
        try:
            count += str(one.readlink()).startswith("socket:")
        except OSError:
            continue
    return count


class Echo:
    """A server that answers each request with the marker in it, over any number of connections."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            received = b""
            while data := connection.recv(1 << 16):
                received += data
                while (end := received.find(b"\r\n\r\n")) >= 0:
                    length = re.search(rb"content-length: (\d+)", received[:end], re.IGNORECASE)
                    size = end + 4 + int(length[1] if length else 0)
                    if len(received) < size:
                        break
                    marker = re.search(rb"marker-\d+-\d+", received[:size])
                    body = json.dumps({"marker": marker[0].decode() if marker else None}).encode()
                    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    connection.sendall(head % len(body) + body)
                    received = received[size:]


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.mark.slow(seconds=4)
def test_thousands_of_calls_of_many_threads_lose_and_mix_nothing() -> None:
    wrong: list[object] = []
    with serve() as server:
        client = Client(api_key="test", base_url=server.base_url, max_retries=0)
        before = sockets(), threading.active_count()

        def work(thread: int) -> None:
            for call in range(CALLS):
                name = f"model-{thread}-{call}"
                try:
                    if client.models.retrieve_model(name)["id"] != name:
                        wrong.append(name)
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        asked = [one.arguments["model"] for one in server.requests]
        assert len(asked) == len(set(asked)) == THREADS * CALLS
        # The sessions of finished threads are closed, although the client is not.
        wait_for(lambda: (sockets(), threading.active_count()) <= before)


def wait_for(condition: Any) -> None:
    waiting = threading.Event()
    for _ in range(100):
        gc.collect()
        if condition():
            return
        waiting.wait(0.05)
    assert condition()


@pytest.mark.slow(seconds=1)
def test_closing_twice_is_closing_and_a_closed_client_goes_on(echo: Echo) -> None:
    before = sockets()
    client = Client(api_key="k", base_url=echo.url)
    client.close()
    for _ in range(2):
        assert client.request("POST", "/echo", json={}) == {"marker": None}
        client.close()
        client.close()
    wait_for(lambda: sockets() <= before)


def test_a_client_that_was_used_goes_on_in_parent_and_child(echo: Echo) -> None:
    client = Client(api_key="k", base_url=echo.url, timeout=Timeout(total=20))
    client.request("POST", "/echo", json={"text": "marker-0-0"})
    busy = threading.Thread(target=lambda: [client.request("POST", "/echo", json={}) for _ in range(300)])
    busy.start()
    children = []
    for number in range(1, 5):
        child = os.fork()
        if not child:
            # The child's own requests, in its main thread and in another one.
            code = 1
            try:
                for call in range(20):
                    marker = f"marker-{number}-{call}"
                    assert client.request("POST", "/echo", json={"text": marker}) == {"marker": marker}
                thread = threading.Thread(target=lambda: client.request("POST", "/echo", json={}))
                thread.start()
                thread.join(20)
                client.close()
                code = int(thread.is_alive())
            finally:
                os._exit(code)
        children.append(child)
        marker = f"marker-0-{number}"
        assert client.request("POST", "/echo", json={"text": marker}) == {"marker": marker}
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0, 0]
    busy.join(20)
    assert client.request("POST", "/echo", json={}) == {"marker": None}


IN_PROCESSES = """\
import multiprocessing
import sys
import textwrap

from typed_openai import Client

if __name__ == "__main__":
    client = Client(base_url=sys.argv[2])
    client.request("POST", "/echo", json={})
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        asked = [
            pool.apply_async(client.request, ("POST", "/echo"), {"json": {"text": f"marker-{number}-0"}})
            for number in range(6)
        ]
        print([one.get(60)["marker"] for one in asked])
"""


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_method_of_a_client_that_was_used_is_called_in_other_processes(
    echo: Echo, tmp_path: Path, method: str
) -> None:
    # In a program, because processes that are not forked import the module that started them.
    program = tmp_path / "program.py"
    program.write_text(IN_PROCESSES)
    # A pickle leaves the key out, so each process reads it from the environment.
    done = subprocess.run(
        [sys.executable, program, method, echo.url],
        env={**os.environ, "OPENAI_API_KEY": "k"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.stdout.strip() == str([f"marker-{number}-0" for number in range(6)]), done.stderr


@pytest.mark.slow(seconds=1)
def test_streams_that_are_received_in_the_background_leave_no_thread_nor_socket(server: Any) -> None:
    server.events(b'data: {"n": 1}\n\ndata: [DONE]\n\n')
    client = Client(api_key="k", base_url=server.base_url)
    before_sockets, before_threads = sockets(), threading.active_count()
    handles = [
        client.chat.create_chat_completion(MESSAGES, "m", stream_to=lambda message: None) for _ in range(20)
    ]
    for handle in handles:
        handle.wait(20)
    del handles, handle
    wait_for(lambda: sockets() <= before_sockets and threading.active_count() <= before_threads)


def test_a_stream_without_a_thread_to_receive_it_is_not_sent(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        # As at the interpreter's exit, or if the system has no more threads.
        raise RuntimeError("can't start new thread")

    client = Client(api_key="k", base_url=server.base_url)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(APIConnectionError, match="can't start new thread") as caught:
        client.chat.create_chat_completion(MESSAGES, "m", stream_to=print)
    assert not caught.value.was_sent
    assert server.seen == []


def test_a_client_that_lives_until_the_exit_says_nothing_there(echo: Echo) -> None:
    program = f"""
        from typed_openai import Client
        client = Client(api_key="k", base_url={echo.url!r}, max_retries=0)
        client.request("GET", "/1")
        # As when the modules of the libraries are gone.
        import typed_openai._transport.connections as connections
        connections._close_idle = None
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
