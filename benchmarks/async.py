"""The async client beside the official AsyncOpenAI: CPU time, elapsed time and memory of concurrent calls.

A server on loopback speaks TLS and waits 50 ms before it answers. Each contender runs in a process of its
own, with as many calls at a time as there are calls. The official client is measured with its httpx, and with
aiohttp if ``openai[aiohttp]`` is installed. Each row ends with the number of connections, which is that of
TLS handshakes. The last rows are 200 streams at a time, of 50 events each.

    pip install "openai[aiohttp]"
    python benchmarks/async.py --loads 10 100 1000 3000
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import multiprocessing
import resource
import ssl
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

CERTIFICATE: Final = Path(__file__).parents[1] / "tests" / "faults" / "localhost.pem"
LATENCY: Final = 0.05
MESSAGES: Final = [{"role": "user", "content": "Hello"}]
BOUNDS: Final = {"httpx": 0.5, "aiohttp": 1.0}
"""The CPU time of a call, as a ratio to the official client's, at 100 and 1,000 calls."""

_CHOICE: Final = {
    "index": 0,
    "message": {"role": "assistant", "content": "Hello!", "refusal": None},
    "finish_reason": "stop",
    "logprobs": None,
}
_REPLY: Final = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [_CHOICE]}

STREAMS: Final = 200
EVENTS: Final = 50
_WARMING: Final = 3
_CHUNK: Final = {
    "id": "c",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}],
}

Call = Callable[[], Awaitable[Any]]


class Measured(NamedTuple):
    """Milliseconds of processor time per call, elapsed seconds, and the peak memory in MiB."""

    processor: float
    passed: float
    mebibytes: float


# The server


def serve(port: Any, connections: Any) -> None:
    """Answer every request with the same reply, after the latency."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    reply = _answer(json.dumps(_REPLY).encode(), "application/json")
    event = f"data: {json.dumps(_CHUNK)}\n\n".encode()
    stream = _answer(event * EVENTS + b"data: [DONE]\n\n", "text/event-stream")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.value += 1
        try:
            while True:
                received = (await reader.readuntil(b"\r\n\r\n")).lower()
                size = received.partition(b"content-length:")[2].partition(b"\r\n")[0]
                body = await reader.readexactly(int(size or 0))
                await asyncio.sleep(LATENCY)
                writer.write(stream if b'"stream"' in body else reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "localhost", 0, ssl=context, backlog=4096)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(main())


def _answer(body: bytes, media_type: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


# The contenders


async def _read(stream: Any) -> None:
    """Read a whole stream."""
    async for _ in await stream:
        pass


def ours(url: str, load: int, *, streams: bool) -> Call:
    """Return a call of this package's client."""
    from typed_openai.aio import AsyncClient  # noqa: PLC0415  only the measured process pays for it

    options = {"verify": str(CERTIFICATE)}
    client = AsyncClient("k", base_url=url, http_options=options, max_concurrency=load, timeout=None)
    create: Any = client.chat.create_chat_completion  # without types, as the messages are a plain list
    return (lambda: _read(create(MESSAGES, "m", stream=True))) if streams else (lambda: create(MESSAGES, "m"))


def official(url: str, load: int, http_client: Callable[..., Any], *, streams: bool) -> Call:
    """Return a call of the official client."""
    openai: Any = __import__("openai")
    # Newer releases use httpx2, whose names are the same.
    library = openai.DefaultAsyncHttpxClient.__mro__[1].__module__.partition(".")[0]
    httpx: Any = __import__(library)
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    limits = httpx.Limits(max_connections=load, max_keepalive_connections=load)
    session = http_client(verify=context, limits=limits, timeout=None)
    client = openai.AsyncOpenAI(api_key="k", base_url=url, http_client=session, timeout=None)
    call = partial(client.chat.completions.create, messages=MESSAGES, model="m")
    return (lambda: _read(call(stream=True))) if streams else call


def contenders() -> dict[str, Callable[..., Call]]:
    """Return the installed contenders by name, this package's client first."""
    found: dict[str, Callable[..., Call]] = {"typed-openai": ours}
    spec = importlib.util.find_spec("openai")
    # A folder of that name in this repository is no package.
    if spec is not None and spec.origin is not None:
        openai: Any = __import__("openai")
        found["httpx"] = partial(official, http_client=openai.DefaultAsyncHttpxClient)
        if importlib.util.find_spec("aiohttp"):
            found["aiohttp"] = partial(official, http_client=openai.DefaultAioHttpClient)
    return found


def run(name: str, url: str, load: int, rounds: int, *, streams: bool) -> None:
    """Make ``load`` calls at once, after rounds that open the connections, and print the cost of a call."""

    async def main() -> tuple[float, float]:
        call = contenders()[name](url, load, streams=streams)
        for _ in range(_WARMING):
            await asyncio.gather(*(call() for _ in range(load)))
        begun, clock = time.process_time(), time.perf_counter()
        for _ in range(rounds):
            await asyncio.gather(*(call() for _ in range(load)))
        return time.process_time() - begun, time.perf_counter() - clock

    processor, passed = asyncio.run(main())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(Measured(processor * 1000 / load / rounds, passed / rounds, peak)))


def measured(name: str, url: str, load: int, *, streams: bool = False) -> Measured:
    """Run a contender in a process of its own."""
    rounds = max(2, 2000 // load)
    command = [sys.executable, __file__, "--run", name, url, str(load), str(rounds)]
    command += ["--streams"] if streams else []
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return Measured(*json.loads(done.stdout.splitlines()[-1]))


def compare(url: str, loads: list[int], connections: Any) -> bool:
    """Print a row for each load and contender; return True if all bounds are kept."""
    kept = True
    for load in loads:
        found: dict[str, Measured] = {}
        for name in contenders():
            before = connections.value
            found[name] = one = measured(name, url, load)
            opened = connections.value - before
            print(f"{load:5} {name:13} {_cost(one)} {opened:6} connections", flush=True)
        for name, bound in BOUNDS.items():
            if name in found and load in (100, 1000):
                ratio = found["typed-openai"].processor / found[name].processor
                kept &= ratio <= bound
                print(f"{load:5} CPU of a call: {ratio:.2f} of {name}'s, at most {bound}", flush=True)
    for name in contenders():
        one = measured(name, url, STREAMS, streams=True)
        print(f"{STREAMS:5} {name:13} {_cost(one)} streams of {EVENTS} events", flush=True)
    return kept


def _cost(one: Measured) -> str:
    return f"{one.processor:6.2f} ms/call {one.passed:7.2f} s {one.mebibytes:7.0f} MiB"


def main() -> int:
    """Measure all contenders against one server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", type=int, nargs="+", default=[10, 100, 1000, 3000])
    parser.add_argument("--run", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--streams", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        name, url, load, rounds = given.run
        run(name, url, int(load), int(rounds), streams=given.streams)
        return 0
    port, connections = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    server = multiprocessing.Process(target=serve, args=(port, connections), daemon=True)
    server.start()
    while not port.value:
        time.sleep(0.05)
    kept = compare(f"https://localhost:{port.value}/v1", given.loads, connections)
    server.terminate()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
