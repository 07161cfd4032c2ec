"""The cost of calls and streams compared with the official client and bare requests.

Needs both clients in this Python's environment::

    pip install -e . openai
    python benchmarks/client.py [--rounds 7]

Each subject is a process of its own, and a server in another one answers them. Only the CPU time of the
subject counts. Its rounds alternate with the others', so that drift affects all of them equally. The output
has medians, and the ratios for which the project has bounds.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from measuring import Cost, in_turn, measure, measure_import

CALLS, EVENTS, WRITE = 200, 4000, 1 << 16
MODEL = "gpt-4o-mini"
MESSAGES = [{"role": "user", "content": "Say hello."}]
REPLY = {
    "id": "chatcmpl-9aZ1",
    "object": "chat.completion",
    "created": 1760000000,
    "model": MODEL,
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello.", "refusal": None, "annotations": []},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
    "service_tier": "default",
    "system_fingerprint": "fp_0123456789",
}


def payload(number: int) -> str:
    """The data of one event: a chunk of a chat, of about 300 bytes."""
    delta = {"content": f" w\u00f6rd{number}" if number % 8 == 0 else f" word{number}"}
    chunk = {
        "id": "chatcmpl-9aZ1bY2cX3dW4eV5fU6gT7hS8iR9j",
        "object": "chat.completion.chunk",
        "created": 1760000000,
        "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}],
        "obfuscation": "a1B2c3D4",
    }
    return json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))


PAYLOADS = [payload(number) for number in range(EVENTS)]


def serve(listener: socket.socket) -> None:
    """Answer requests without end: with a stream if the body requests one, else with the small reply."""
    body = json.dumps(REPLY).encode()
    small = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_1\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    events = "".join(f"data: {one}\n\n" for one in [*PAYLOADS, "[DONE]"]).encode()
    pieces = [events[at : at + WRITE] for at in range(0, len(events), WRITE)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in [*pieces, b""])
    stream = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    )
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, small, stream), daemon=True).start()


def answer(connection: socket.socket, small: bytes, stream: bytes) -> None:
    """Answer the requests of one connection."""
    # A client may hang up, with or without reading everything.
    with suppress(ConnectionError), connection:
        rest = b""
        while True:
            while b"\r\n\r\n" not in rest:
                if not (piece := connection.recv(WRITE)):
                    return
                rest += piece
            head, _, rest = rest.partition(b"\r\n\r\n")
            lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
            size = next(int(value) for name, _, value in lines if name.lower() == b"content-length")
            while len(rest) < size:
                rest += connection.recv(WRITE)
            streams = b'"stream":true' in rest[:size].replace(b" ", b"")
            rest = rest[size:]
            connection.sendall(stream if streams else small)


def typed_openai_work(url: str) -> dict[str, Callable[[], object]]:
    """Return the calls and streams of this project's client."""
    from typed_openai import Client  # noqa: PLC0415  # no subject pays for another one's import

    create: Any = Client(api_key="sk-benchmark-key", base_url=url).chat.create_chat_completion
    return {
        "call": lambda: create(MESSAGES, MODEL)["choices"][0]["message"]["content"],
        "stream": lambda: sum(1 for _ in create(MESSAGES, MODEL, stream=True)),
    }


def openai_work(url: str) -> dict[str, Callable[[], object]]:
    """Return the calls and streams of the official client."""
    from openai import OpenAI  # noqa: PLC0415  # no subject pays for another one's import

    create: Any = OpenAI(api_key="sk-benchmark-key", base_url=url).chat.completions.create
    return {
        "call": lambda: create(messages=MESSAGES, model=MODEL).choices[0].message.content,
        "stream": lambda: sum(1 for _ in create(messages=MESSAGES, model=MODEL, stream=True)),
    }


def bare_work(url: str) -> dict[str, Callable[[], object]]:
    """Return calls with plain requests, and json.loads over the data of the events."""
    import requests  # noqa: PLC0415  # no subject pays for another one's import

    session, body = requests.Session(), {"messages": MESSAGES, "model": MODEL}
    session.headers["Authorization"] = "Bearer sk-benchmark-key"
    return {
        "call": lambda: session.post(url + "/chat/completions", json=body).json()["choices"][0]["message"],
        "stream": lambda: len([None for one in PAYLOADS if json.loads(one) is None]) or EVENTS,
    }


SUBJECTS = {"typed-openai": typed_openai_work, "openai": openai_work, "bare": bare_work}
TIMES = {
    "call": dict.fromkeys(SUBJECTS, CALLS),
    "stream": {"typed-openai": 5, "openai": 1, "bare": 5},
}
"""The number of repetitions of each kind of work in a round, so that all take about as long."""


def subject(name: str, url: str, commands: Connection) -> None:
    """Do the requested work, and report the CPU seconds of one repetition."""
    work = SUBJECTS[name](url)
    assert work["stream"]() == EVENTS
    while (kind := commands.recv()) is not None:
        begin = time.process_time()
        for _ in range(TIMES[kind][name]):
            work[kind]()
        commands.send((time.process_time() - begin) / TIMES[kind][name])


@dataclass
class Process:
    """A subject's process, and the connection to it."""

    process: Any
    commands: Connection

    def measured(self, kind: str) -> float:
        """The CPU seconds of one call or stream."""
        self.commands.send(kind)
        seconds: float = self.commands.recv()
        return seconds


@contextmanager
def running(target: Callable[..., None], *arguments: Any) -> Iterator[Process]:
    """Run ``target`` in a process, with the other end of a connection."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(*arguments, theirs), daemon=True)
    process.start()
    try:
        yield Process(process, ours)
    finally:
        process.terminate()
        process.join()


def serving(ready: Connection) -> None:
    """Serve on a port that the system chooses, and report its number."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    ready.send(listener.getsockname()[1])
    serve(listener)


def work_costs(rounds: int) -> dict[str, dict[str, float]]:
    """Return the median CPU seconds of each kind of work for each subject."""
    with running(serving) as server:
        url = f"http://127.0.0.1:{server.commands.recv()}/v1"
        # Each subject has a process of its own, so that it does not pay for another one's imports.
        with (
            running(partial(subject, "typed-openai", url)) as ours,
            running(partial(subject, "openai", url)) as theirs,
            running(partial(subject, "bare", url)) as bare,
        ):
            processes = dict(zip(SUBJECTS, (ours, theirs, bare), strict=True))
            found: dict[str, dict[str, list[float]]] = {
                kind: {name: [] for name in SUBJECTS} for kind in TIMES
            }
            for _ in range(rounds):
                for kind, figures in found.items():
                    for name, process in processes.items():
                        figures[name].append(process.measured(kind))
    return {
        kind: {name: statistics.median(one) for name, one in figures.items()}
        for kind, figures in found.items()
    }


def import_costs(rounds: int) -> dict[str, Cost]:
    """Return the median cost of importing each subject's package."""
    modules = {"typed-openai": "typed_openai", "openai": "openai", "bare": "requests"}
    with tempfile.TemporaryDirectory() as folder:
        imports = {name: partial(measure_import, one, Path(folder)) for name, one in modules.items()}
        return in_turn(imports, rounds)


FIRST = {
    "typed-openai": """
from typed_openai import Client
client = Client(api_key="k", base_url=url)
client.chat.create_chat_completion(messages, "m")
""",
    "openai": """
from openai import OpenAI
client = OpenAI(api_key="k", base_url=url)
client.chat.completions.create(messages=messages, model="m")
""",
    "bare": """
import requests
requests.post(url + "/chat/completions", json={"messages": messages, "model": "m"}).json()
""",
    "empty": "",
}
"""Programs that make one call, and one that makes none."""


def first_call_costs(rounds: int) -> dict[str, float]:
    """Return the median CPU seconds of a program that makes one call, beyond those of an empty one."""
    head = f"import sys\nurl, messages = sys.argv[1], {MESSAGES!r}\n"
    with running(serving) as server, tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{server.commands.recv()}/v1"
        costs = in_turn(
            {
                name: partial(measure, [sys.executable, "-c", head + text, url], Path(folder))
                for name, text in FIRST.items()
            },
            rounds,
        )
    return {name: costs[name].processor - costs["empty"].processor for name in SUBJECTS}


def judged(what: str, ratio: float, bound: float, at_most: bool) -> str:
    """Return a line with a ratio and its bound."""
    fits = ratio <= bound if at_most else ratio >= bound
    return f"  {what:<42} {ratio:7.2f}  ({'<=' if at_most else '>='} {bound:g}{'' if fits else ', MISSED'})"


def report(
    work: dict[str, dict[str, float]], imports: dict[str, Cost], first: dict[str, float]
) -> Iterator[str]:
    """Yield the figures and their ratios, line by line."""
    call, stream = work["call"], work["stream"]
    yield "CPU of one small call, microseconds: " + _listed(call, 1e6)
    yield judged("ours / openai", call["typed-openai"] / call["openai"], 0.45, at_most=True)
    yield judged("ours / requests", call["typed-openai"] / call["bare"], 1, at_most=True)
    yield "CPU of one streamed event, microseconds: " + _listed(stream, 1e6 / EVENTS)
    yield judged("events per CPU second, ours / openai", stream["openai"] / stream["typed-openai"], 15, False)
    yield judged("the same, ours / json.loads", stream["bare"] / stream["typed-openai"], 0.7, False)
    seconds = {name: cost.processor for name, cost in imports.items()}
    yield "CPU of the import, milliseconds: " + _listed(seconds, 1e3)
    yield judged("ours / openai", seconds["typed-openai"] / seconds["openai"], 0.1, at_most=True)
    yield judged("ours / requests", seconds["typed-openai"] / seconds["bare"], 1, at_most=True)
    yield "CPU of the first call of a process, milliseconds: " + _listed(first, 1e3)
    yield judged("ours / openai", first["typed-openai"] / first["openai"], 0.45, at_most=True)
    yield "Memory after the import, MiB: " + _listed({name: one.mebibytes for name, one in imports.items()})
    yield judged("ours, MiB", imports["typed-openai"].mebibytes, 20, at_most=True)


def _listed(figures: dict[str, float], factor: float = 1) -> str:
    return ", ".join(f"{name} {figure * factor:.1f}" for name, figure in figures.items())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    for name in [one for one in os.environ if one.startswith("OPENAI_")]:
        del os.environ[name]
    for line in report(work_costs(rounds), import_costs(rounds), first_call_costs(rounds)):
        print(line)


if __name__ == "__main__":
    main()
