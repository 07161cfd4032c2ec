"""The cost of ``accumulate`` compared with iterating over the same stream.

::

    python benchmarks/accumulating.py [--rounds 15]

A server in another process sends each stream over a socket, in large pieces, so that reading is cheap and the
ratio high. Only the CPU time of the client counts. Rounds with and without ``accumulate`` alternate; the
output has the least time of each, and the ratios with their bounds.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from typed_openai import Client, accumulate

EVENTS: Final = 4000
MOST: Final = 1.5
MOST_GROWTH: Final = 1.3
"""The bound for the cost of an event in a stream ten times as long."""

HEAD: Final = {
    "id": "chatcmpl-9aZ1bY2cX3dW4eV5fU6gT7hS8iR9j",
    "object": "chat.completion.chunk",
    "created": 1760000000,
    "model": "gpt-4o-mini-2024-07-18",
    "service_tier": "default",
    "system_fingerprint": "fp_0123456789",
}
ITEM: Final = {"item_id": "msg_68a1b2c3d4e5f60718293a4b5c6d7e8f", "output_index": 0, "content_index": 0}


def chunk(delta: Any, number: int, finish: str | None = None) -> Any:
    """Return a chunk of a chat."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {**HEAD, "choices": [choice], "obfuscation": f"a1B2c3D{number % 10}"}


def chat(number: int) -> Iterator[Any]:
    """Yield the chunks of a text."""
    yield chunk({"role": "assistant", "content": "", "refusal": None}, 0)
    yield from (chunk({"content": f" word{one % 100}"}, one) for one in range(number))
    yield chunk({}, 0, "stop")


def tools(number: int) -> Iterator[Any]:
    """Yield the chunks of a call of a tool."""
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}
    yield chunk({"role": "assistant", "content": None, "tool_calls": [call]}, 0)
    for one in range(number):
        yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": f'"{one}",'}}]}, one)
    yield chunk({}, 0, "tool_calls")


def response(number: int) -> Iterator[Any]:
    """Yield the events of a response with a text."""
    begun = {"id": "resp_1", "object": "response", "status": "in_progress", "output": [], "tools": []}
    item = {"id": ITEM["item_id"], "type": "message", "role": "assistant", "content": []}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.output_item.added", "output_index": 0, "item": item}
    yield {"type": "response.content_part.added", **ITEM, "part": part}
    for one in range(number):
        delta = {"delta": f" word{one % 100}", "logprobs": [], "obfuscation": "a1B2c3D4"}
        yield {"type": "response.output_text.delta", "sequence_number": one, **ITEM, **delta}
    yield {"type": "response.completed", "response": {**begun, "status": "completed"}}


STREAMS: Final[dict[str, tuple[str, Callable[[int], Iterator[Any]]]]] = {
    "chat, text": ("/chat/completions", chat),
    "chat, call of a tool": ("/chat/completions", tools),
    "response, text": ("/responses", response),
}


def serve(listener: socket.socket) -> None:
    """Answer each request with the stream that its header names, of the length that another one names."""
    made: dict[tuple[str, int], bytes] = {}
    while True:
        connection, _ = listener.accept()
        with connection:
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(1 << 16)
            lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
            headers = dict(one.lower().split(": ", 1) for one in lines)
            key = headers["x-stream"], int(headers["x-events"])
            if key not in made:
                events = STREAMS[key[0]][1](key[1])
                made[key] = b"".join(b"data: %s\n\n" % json.dumps(one).encode() for one in events)
            head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            connection.sendall(head.encode() + made[key] + b"data: [DONE]\n\n")


def seconds(client: Client, name: str, events: int, *, accumulated: bool) -> float:
    """Return the CPU seconds of reading a stream, and of its value."""
    headers = {"X-Stream": name, "X-Events": str(events)}
    body = {"model": "gpt-4o-mini", "input": "Hi"}
    stream = client.request("POST", STREAMS[name][0], json=body, headers=headers, stream=True)
    begin = time.process_time()
    if accumulated:
        grown = accumulate(stream)
        for _ in grown:
            pass
        assert grown.value
    else:
        for _ in stream:
            pass
    return time.process_time() - begin


def least(client: Client, name: str, events: int, rounds: int) -> tuple[float, float]:
    """Return the least CPU seconds without and with ``accumulate``; rounds of both alternate."""
    pairs = [[seconds(client, name, events, accumulated=one) for one in (False, True)] for _ in range(rounds)]
    plain, accumulated = map(min, zip(*pairs, strict=True))
    return plain, accumulated


def imports(program: str) -> bool:
    """Return True if a program imports the modules that accumulate and poll."""
    shown = f"{program}\nimport sys\nprint('typed_openai.accumulation' in sys.modules, end='')"
    found = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)
    return found.stdout == "True"


def judged(what: str, found: float, bound: float) -> bool:
    """Print a figure with its bound; return True if it is kept."""
    print(f"  {what:<34} {found:5.2f}  (<= {bound:g}{'' if found <= bound else ', MISSED'})")
    return found <= bound


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listener,), daemon=True)
    server.start()
    client = Client(api_key="k", base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
    kept = []
    for name in STREAMS:
        plain, accumulated = least(client, name, EVENTS, rounds)
        _, longer = least(client, name, 10 * EVENTS, max(1, rounds // 5))
        each = [1e6 * one / EVENTS for one in (plain, accumulated)]
        print(f"{name}: microseconds for an event: iterated {each[0]:.1f}, accumulated {each[1]:.1f}")
        kept.append(judged("accumulated / iterated", accumulated / plain, MOST))
        kept.append(judged("an event of a stream 10 x as long", longer / accumulated / 10, MOST_GROWTH))
    print("Modules imported by those who do not use it: " + ("yes, MISSED" if imports(_OTHER) else "none"))
    server.terminate()
    return 0 if all(kept) and not imports(_OTHER) else 1


_OTHER: Final = "import typed_openai; typed_openai.Client(api_key='k').responses.create_response"


if __name__ == "__main__":
    sys.exit(main())
