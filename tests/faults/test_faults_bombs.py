"""Replies that decompress to more than any memory, or never end: the client's memory stays bounded."""

from __future__ import annotations

import subprocess
import sys
import zlib
from functools import cache

import pytest
from tests.faults.faulty import Close, Faulty, Read, Script, Send
from tests.faults.kinds import KEY

pytestmark = pytest.mark.timeout(60)

MEGABYTE = 1 << 20
GIGABYTE = 1 << 30

CALLS = """
import resource, sys
from typed_openai import Client, OpenAIError

client = Client(api_key=sys.argv[2], base_url=sys.argv[1], max_retries=0, timeout=40)
messages = [{"role": "user", "content": "Hello"}]
calls = {
    "json": lambda: client.models.list_models(),
    "stream": lambda: list(client.chat.create_chat_completion(messages, "m", stream=True)),
    "read": lambda: client.audio.create_speech("Hello", "m", "alloy").read(),
    "iterate": lambda: sum(map(len, client.audio.create_speech("Hello", "m", "alloy"))),
}


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


try:
    client.call("listModels", base_url="http://127.0.0.1:9", timeout=1)
except OpenAIError:
    pass  # what calling needs is loaded
before = peak()
try:
    result = calls[sys.argv[3]]()
except OpenAIError as error:
    result = f"{type(error).__name__}: {error}"[:500]
print(peak() - before, result)
"""


@cache
def bomb() -> Script:
    """Return a GiB of zeros as gzip, a megabyte long: the same block repeatedly."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(GIGABYTE // MEGABYTE):
        check = zlib.crc32(_ZEROS, check)
    end = b"\x03\x00" + check.to_bytes(4, "little") + GIGABYTE.to_bytes(4, "little")
    return (Send(head), Send(block, times=GIGABYTE // MEGABYTE), Send(end), Close())


_ZEROS = bytes(MEGABYTE)


def reply(status: bytes, *headers: bytes) -> Send:
    return Send(b"\r\n".join((b"HTTP/1.1 " + status, b"Content-Type: %TYPE%", *headers, b"", b"")))


PACKED = b"Content-Encoding: gzip"
ENDLESS = Send(b"a" * 65536, times=None)
TYPES = {
    "json": b"application/json",
    "stream": b"text/event-stream",
    "read": b"audio/mpeg",
    "iterate": b"audio/mpeg",
}

CASES: dict[str, tuple[str, tuple[Send, ...], str, int]] = {
    "a bomb for JSON": ("json", (reply(b"200 OK", PACKED),), "InvalidReplyError: ", 160),
    "a bomb for a refusal": ("json", (reply(b"400 Bad Request", PACKED),), "BadRequestError: ", 160),
    "a bomb for a stream's refusal": ("stream", (reply(b"429 Slow", PACKED),), "RateLimitError: ", 160),
    "a bomb for a stream": ("stream", (reply(b"200 OK", PACKED), Send(b"")), "InvalidReplyError: ", 400),
    "a bomb for a file that is read": ("read", (reply(b"200 OK", PACKED),), "InvalidReplyError: ", 160),
    "a bomb for a file that is iterated": ("iterate", (reply(b"200 OK", PACKED),), str(GIGABYTE), 32),
    "a refusal without end": ("json", (reply(b"400 Bad Request"), ENDLESS), "BadRequestError: ", 64),
    "a page without end": (
        "stream",
        (Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), ENDLESS),
        "InvalidReplyError: ",
        64,
    ),
    "an event without end": (
        "stream",
        (reply(b"200 OK"), Send(b"data: "), ENDLESS),
        "InvalidReplyError: ",
        400,
    ),
    "an event of endless lines": (
        "stream",
        (reply(b"200 OK"), Send(b"data: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" * 1000, times=None)),
        "InvalidReplyError: ",
        1200,
    ),
}


@pytest.mark.slow(seconds=7)
@pytest.mark.skipif(sys.platform == "win32", reason="there is no measure of memory here")
@pytest.mark.parametrize("name", CASES)
def test_memory_stays_bounded(name: str) -> None:
    call, steps, outcome, megabytes = CASES[name]
    script: Script = (Read(), *steps, *(bomb() if "bomb" in name else ()))
    with Faulty(script, media_type=TYPES[call]) as server:
        run = subprocess.run(
            [sys.executable, "-c", CALLS, server.url(), KEY, call],
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    grown, result = run.stdout.split(" ", 1)
    assert result.startswith(outcome), result
    assert int(grown) < megabytes * MEGABYTE
    assert KEY not in run.stdout + run.stderr
