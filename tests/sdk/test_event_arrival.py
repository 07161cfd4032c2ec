"""Each event reaches the user as soon as its bytes arrive: the server waits for that before the next one."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from typed_openai.client import Client
from typed_openai.streaming import StreamData

LAST = 5
PATIENCE = 20
Coder = Callable[[bytes], bytes]


def plain() -> Coder:
    return lambda text: text


def flushed(wbits: int) -> Callable[[], Coder]:
    def begin() -> Coder:
        compressor = zlib.compressobj(wbits=wbits)
        return lambda text: compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)

    return begin


CODINGS = {"identity": plain, "gzip": flushed(31), "deflate": flushed(15)}
FRAMINGS = ("chunked", "close", "chunked in pieces")
ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}


def framed(text: bytes, framing: str) -> Iterator[bytes]:
    """Yield the bytes for a piece of the body; each chunk is a separate write."""
    if framing == "close":
        yield text
        return
    step = 7 if framing == "chunked in pieces" else len(text)
    for at in range(0, len(text), step):
        piece = text[at : at + step]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


@pytest.fixture
def confirmed(server: Any) -> Callable[..., Any]:
    """Return a function that starts an answer; the client must call its result for each event."""

    def prepare(coding: str, framing: str, end: str) -> Any:
        code, arrivals, late = CODINGS[coding](), threading.Semaphore(0), []

        def answer(handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.send_header("Content-Encoding", coding)
            if framing == "close":
                handler.send_header("Connection", "close")
                handler.close_connection = True
            else:
                handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            for number in range(LAST):
                text = f'data: {{"n": {number}}}{end}{end}'.encode()
                for piece in framed(code(text), framing):
                    handler.wfile.write(piece)
                if not arrivals.acquire(timeout=PATIENCE):
                    late.append(number)
                    handler.close_connection = True
                    return
            for piece in framed(code(f"data: [DONE]{end}{end}".encode()), framing):
                handler.wfile.write(piece)
            if framing != "close":
                handler.wfile.write(b"0\r\n\r\n")

        server.answer(answer)
        arrivals.late = late  # type: ignore[attr-defined]  # what the test looks at
        return arrivals

    return prepare


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="sk-test", base_url=server.base_url, max_retries=0, timeout=PATIENCE / 2)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("coding", CODINGS)
def test_the_next_event_waits_for_the_one_before_to_be_seen(
    confirmed: Any, client: Client, coding: str, framing: str, end: str
) -> None:
    arrivals = confirmed(coding, framing, ENDS[end])
    seen = []
    for event in client.request("POST", "/chat/completions", json={}, stream=True):
        seen.append(event["n"])
        arrivals.release()
    assert (seen, arrivals.late) == ([*range(LAST)], [])


def test_a_receiver_in_the_background_sees_each_event_at_once_too(confirmed: Any, client: Client) -> None:
    arrivals = confirmed("gzip", "chunked", "\n")
    seen = []

    def receive(message: Any) -> None:
        if isinstance(message, StreamData):
            seen.append(message.data["n"])
            arrivals.release()

    client.request("POST", "/chat/completions", json={}, stream_to=receive).wait(PATIENCE)
    assert (seen, arrivals.late) == ([*range(LAST)], [])
