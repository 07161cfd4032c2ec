"""Limits that hold everywhere: idle connections, early refusals, frozen clocks, forks, background calls."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.faults.faulty import (
    Close,
    Faulty,
    Read,
    Script,
    Send,
    Shut,
    Stall,
    Step,
    Tls,
    Wait,
)
from tests.faults.judging import client_of, failure
from tests.faults.kinds import KINDS, UPLOADED

from typed_openai import APIStatusError, APITimeoutError, Timeout
from typed_openai._transport import connections
from typed_openai._transport.early_replies import final_status

pytestmark = [pytest.mark.timeout(30), pytest.mark.filterwarnings("ignore:Unverified HTTPS request")]

OK: tuple[Step, ...] = (
    Read(),
    Send(b"HTTP/1.1 200 OK\r\nContent-Type: %TYPE%\r\nContent-Length: %SIZE%\r\n\r\n%BODY%"),
)


@pytest.mark.slow(seconds=1)
def test_a_connection_that_was_idle_for_long_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The network has forgotten it: what is sent there is never answered."""
    monkeypatch.setattr(connections, "LONGEST_IDLE", 0.2)
    kind = KINDS["post"]
    with Faulty((*OK, *OK, Stall()), OK, body=kind.body) as server:
        with client_of(server, max_retries=0, timeout=2) as client:
            for pause in (0.0, 0.0, 0.3):
                time.sleep(pause)
                assert kind.run(client, tmp_path) == kind.value
        assert [one.connection for one in server.seen] == [1, 1, 2]


@pytest.mark.slow(seconds=1)
def test_connections_are_kept_alive_by_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[socket.socket] = []
    connect = socket.socket.connect

    def spy(sock: socket.socket, address: Any) -> None:
        connect(sock, address)
        made.append(sock)

    with Faulty(OK, body=KINDS["get"].body) as server, client_of(server) as client:
        monkeypatch.setattr(socket.socket, "connect", spy)
        KINDS["get"].run(client, tmp_path)
        assert made[0].getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if hasattr(socket, "TCP_KEEPIDLE"):
            assert made[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 60


REFUSED = b'HTTP/1.1 413 Content Too Large\r\nContent-Length: 35\r\n\r\n{"error": {"message": "too large"}}'
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"

EARLY: dict[str, Script] = {
    "in a stalled upload": (Read(body=False), Send(REFUSED), Stall(taking=False)),
    "after interim replies": (
        Read(body=False),
        Send(CONTINUE),
        Wait(0.05),
        Send(REFUSED),
        Stall(taking=False),
    ),
    "over tls": (Tls(), Read(body=False), Send(REFUSED), Stall(taking=False)),
    "over tls after interim replies": (
        *(Tls(), Read(body=False), Send(CONTINUE), Wait(0.05)),
        *(Send(REFUSED), Stall(taking=False)),
    ),
    "and the upload goes on": (Read(body=False), Send(REFUSED), Stall()),
    "over tls, and the upload goes on": (Tls(), Read(body=False), Send(REFUSED), Stall()),
}


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("name", EARLY)
def test_a_refusal_is_seen_while_the_upload_is_still_being_sent(name: str, tmp_path: Path) -> None:
    (tmp_path / UPLOADED).write_bytes(bytes(20_000_000))
    secure = "tls" in name
    options: dict[str, Any] = {"http_options": {"verify": False}} if secure else {}
    with Faulty(EARLY[name]) as server:
        scheme = "https" if secure else "http"
        client = client_of(server, scheme=scheme, max_retries=0, timeout=20, **options)
        began = time.monotonic()
        error = failure(lambda: KINDS["upload"].run(client, tmp_path))
        client.close()
    assert isinstance(error, APIStatusError)
    assert (error.status, time.monotonic() - began < 4) == (413, True)
    assert "too large" in str(error)


def test_a_refusal_ends_an_upload_whose_pieces_come_slowly() -> None:
    def pieces() -> Any:
        for number in range(1000):
            yield b"x" * 1000
            time.sleep(0.02)
            assert number < 900

    refusing = Faulty((Read(body=False), Send(REFUSED), Stall()))
    with refusing as server, client_of(server, max_retries=0) as client:
        error = failure(lambda: client.files.create_file(("a.bin", pieces()), "user_data"))
    assert isinstance(error, APIStatusError)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", None),
        (b"HTTP/1.1 ", None),
        (b"HTTP/1.1 4", b"4"),
        (b"HTTP/1.1 100 Continue\r\n", None),
        (b"HTTP/1.1 100 Continue\r\n\r\n", None),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 ", None),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\nX: y\n\nHTTP/1.1 200 OK", b"2"),
    ],
)
def test_interim_replies_are_no_final_status(data: bytes, status: bytes | None) -> None:
    assert final_status(data) == status


@pytest.mark.parametrize("limits", [Timeout(first_byte=0.3), Timeout(total=0.3)])
def test_limits_hold_while_a_test_tool_has_stopped_the_clock(
    limits: Timeout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such tools replace the functions of ``time`` in all modules that have them."""
    real = time.monotonic
    frozen = real()
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("typed_openai"):
            for name, value in list(vars(module).items()):
                if value in (time.monotonic, time.perf_counter, time.time):
                    monkeypatch.setattr(module, name, lambda: frozen)
    for name in ("monotonic", "perf_counter", "time"):
        monkeypatch.setattr(time, name, lambda: frozen)
    dribble = Send(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1000, pause=0.02)
    with Faulty((Read(), dribble)) as server, client_of(server, max_retries=0, timeout=limits) as client:
        began = real()
        error = failure(lambda: KINDS["get"].run(client, tmp_path))
        assert real() - began < 4
    assert type(error) is APITimeoutError


@pytest.mark.parametrize("secure", [False, True])
def test_calls_in_the_background_use_connections_again(secure: bool, tmp_path: Path) -> None:
    kind = KINDS["stream_to"]
    script = (*((Tls(),) if secure else ()), *OK, *OK, *OK)
    served = Faulty(script, media_type=kind.media_type, body=kind.body)
    options: dict[str, Any] = {"http_options": {"verify": False}} if secure else {}
    with served as server, client_of(server, scheme="https" if secure else "http", **options) as client:
        for _ in range(3):
            assert kind.run(client, tmp_path) == kind.value
            time.sleep(0.05)
        assert server.connections == 1


PROGRAM = """
import os, sys, threading
from typed_openai import Client

client = Client("k", base_url=sys.argv[1], timeout=5, max_retries=0)
threading.Thread(target=client.models.list_models).start()
while "requests" not in sys.modules:
    pass
child = os.fork()
if not child:
    client.models.list_models()
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_that_is_forked_inside_the_first_call_can_call() -> None:
    with Faulty((*OK, Close()), body=b'{"data": []}') as server:
        command = [sys.executable, "-W", "ignore", "-c", PROGRAM, server.url()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=25, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_an_early_end_of_the_connection_is_no_refusal(tmp_path: Path) -> None:
    (tmp_path / UPLOADED).write_bytes(bytes(2_000_000))
    with Faulty((Read(body=False), Shut(), Stall())) as server, client_of(server, max_retries=0) as client:
        error = failure(lambda: KINDS["upload"].run(client, tmp_path))
    assert "closed the connection" in str(error)
