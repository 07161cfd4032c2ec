"""No exception that passes through a call has a frame with a secret, whoever raised it and wherever."""

from __future__ import annotations

import asyncio
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.faults.faulty import Faulty, Read, Script, Send, Stall
from tests.faults.judging import client_of
from tests.faults.kinds import KEY, KINDS, MESSAGES

from typed_openai import APIError, Client
from typed_openai.aio import AsyncClient

pytestmark = pytest.mark.timeout(15)

OTHER = "-".join(("another", "secret", "0123456789"))
HEADERS = {"X-Api-Key": OTHER, "Cookie": f"session={OTHER}"}
QUERY = {"api_key": OTHER}

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
QUOTED = b'data: {"quoted": "%s"}\n\n' % KEY.encode()


class Stopped(BaseException):
    """Raised by user code; not an ``Exception``, as KeyboardInterrupt and gevent's time-outs."""


class Failed(Exception):
    """Raised by user code."""


def assert_hidden(error: BaseException) -> None:
    """Check each frame of the error and of its causes, as tools for error reports look into them."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        pending += [one.__cause__, one.__context__]
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if "/tests/" not in frame.f_code.co_filename:
                for text in texts(frame.f_locals):
                    where = f"{frame.f_code.co_filename} {frame.f_code.co_name}"
                    assert KEY not in text, where
                    assert OTHER not in text, where


def texts(value: object, depth: int = 5) -> Iterator[str]:
    """Yield the texts that sentry and rich show of a value: they look into mappings, whatever their repr."""
    if isinstance(value, Mapping) and depth:
        for name, one in value.items():
            yield repr(name)
            yield from texts(one, depth - 1)
    elif isinstance(value, (list, tuple, set)) and depth:
        for one in value:
            yield from texts(one, depth - 1)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type) and depth:
        for name, field in value.__dataclass_fields__.items():
            if field.repr:
                yield from texts(getattr(value, name, None), depth - 1)
    elif isinstance(value, (str, bytes, bytearray)):
        yield bytes(value).decode("latin-1") if not isinstance(value, str) else str.__str__(value)
    else:
        yield repr(value)


def raised(call: Callable[[], object], expected: type[BaseException]) -> list[str]:
    """Check the error of a call, and return the functions of its traceback."""
    try:
        call()
    except expected as error:
        assert_hidden(error)
        return [one.name for one in traceback.extract_tb(error.__traceback__)]
    pytest.fail(f"did not raise {expected.__name__}")


class File:
    """A file whose content cannot be read to its end."""

    def __init__(self, error: type[BaseException]) -> None:
        self._error = error
        self._done = False

    def read(self, size: int = -1) -> bytes:
        if self._done:
            raise self._error("the storage is down")
        self._done = True
        return b"x" * 1000


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("error", [Failed, Stopped, KeyboardInterrupt, OSError])
def test_a_body_that_cannot_be_read(error: type[BaseException]) -> None:
    body = ("a.bin", File(error))
    expected = error if error is not OSError else Exception
    served = Faulty((Read(body=False), Stall()))
    with served as server, client_of(server, http_headers=HEADERS, max_retries=0) as client:
        names = raised(lambda: client.files.create_file(body, "user_data", extra_query=QUERY), expected)
    if error is Failed:
        assert names[-1] == "read"
        assert "send" in names


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("error", [Failed, Stopped])
def test_an_iterator_that_fails(error: type[BaseException]) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise error

    served = Faulty((Read(body=False), Stall()))
    with served as server, client_of(server, http_headers=HEADERS, max_retries=0) as client:
        raised(lambda: client.files.create_file(("a.bin", pieces()), "user_data"), error)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("error", [Failed, Stopped, RuntimeError])
def test_an_auth_callable_that_fails(error: type[BaseException]) -> None:
    def auth(request: object) -> object:
        raise error("the token service is down")

    with Faulty((Read(), Stall())) as server:
        options = {"auth": auth, "proxies": {"ftp": f"http://user:{OTHER}@proxy.invalid"}}
        with client_of(server, http_headers=HEADERS, http_options=options, max_retries=0) as client:
            names = raised(client.models.list_models, error)
    assert names[-1] == "auth"


@pytest.mark.parametrize("hook", ["on_request", "on_response", "on_retry"])
def test_a_hook_that_fails(hook: str) -> None:
    def fail(info: object) -> None:
        raise Failed

    reply = Send(b"HTTP/1.1 503 No\r\nContent-Length: 40\r\n\r\n" + KEY.encode().ljust(40))
    options: dict[str, Any] = {"http_headers": HEADERS, hook: fail}
    with Faulty((Read(), reply)) as server, client_of(server, **options) as client:
        raised(client.models.list_models, Failed)


INTERRUPTED: dict[str, tuple[Script, str]] = {
    "connecting over tls": ((Stall(),), "get"),
    "sending": ((Read(body=False), Stall(taking=False)), "upload"),
    "waiting": ((Read(), Stall()), "post"),
    "reading headers": ((Read(), Send(b"HTTP/1.1 200 OK\r\nX-Quoted: " + KEY.encode()), Stall()), "get"),
    "reading": (
        (Read(), Send(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + KEY.encode()), Stall()),
        "get",
    ),
    "reading a file": (
        (
            Read(),
            Send(
                b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 999\r\n\r\n" + KEY.encode()
            ),
            Stall(),
        ),
        "read",
    ),
    "iterating": ((Read(), Send(HEAD + QUOTED), Stall()), "stream"),
}


@pytest.mark.slow(seconds=3)
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends a signal")
@pytest.mark.parametrize("error", [Failed, KeyboardInterrupt])
@pytest.mark.parametrize("name", INTERRUPTED)
def test_a_signal_handler_that_raises(name: str, error: type[BaseException], tmp_path: Path) -> None:
    assert threading.current_thread() is threading.main_thread()
    script, kind = INTERRUPTED[name]
    (tmp_path / "uploaded.bin").write_bytes(bytes(20_000_000))

    def interrupt(number: int, frame: object) -> None:
        del frame  # it holds what was interrupted
        raise error

    def call() -> object:
        if kind == "upload":
            return client.files.create_file(tmp_path / "uploaded.bin", "user_data")
        return KINDS[kind].run(client, tmp_path)

    before = signal.signal(signal.SIGALRM, interrupt)
    scheme = "https" if "tls" in name else "http"
    try:
        served = Faulty(script)
        options: dict[str, Any] = {"scheme": scheme, "http_headers": HEADERS, "timeout": 60}
        with served as server, client_of(server, **options) as client:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            names = raised(call, error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert names[-1] == "interrupt"


@pytest.mark.parametrize(
    "event",
    [
        b'data: {"error": {"message": "bad key %s"}}\n\n',
        b"event: error\ndata: bad key %s\n\n",
        b'data: {"n": "%s"}\n\n',
        b"data: {bad key %s\n\n",
    ],
)
def test_a_stream_that_quotes_the_key_and_fails(event: bytes) -> None:
    with Faulty((Read(), Send(HEAD + QUOTED + event % KEY.encode()))) as server, client_of(server) as client:
        raised(lambda: list(client.chat.create_chat_completion(MESSAGES, "m", stream=True)), APIError)


def test_calls_and_streams_of_the_asynchronous_client() -> None:
    def token(request: Any) -> Any:
        raise Failed("the token service is down")

    async def call(**settings: Any) -> None:
        async with AsyncClient(KEY, base_url=server.url(), http_headers=HEADERS, **settings) as client:
            await client.files.create_file(("a.bin", File(Failed)), "user_data", extra_query=QUERY)

    async def stream() -> None:
        async with AsyncClient(KEY, base_url=server.url(), http_headers=HEADERS) as client:
            async for _ in await client.chat.create_chat_completion(MESSAGES, "m", stream=True):
                pass

    with Faulty((Read(), Stall())) as server:
        raised(lambda: asyncio.run(call()), Failed)
        raised(lambda: asyncio.run(call(http_options={"auth": token})), Failed)
    with Faulty(
        (Read(), Send(HEAD + QUOTED + b"event: error\ndata: bad key %s\n\n" % KEY.encode()))
    ) as server:
        raised(lambda: asyncio.run(stream()), APIError)


def test_settings_in_the_frames_of_a_failed_constructor() -> None:
    settings: dict[str, Any] = {
        "api_key": KEY,
        "base_url": f"https://a.invalid/v1?api-key={OTHER}",
        "http_headers": HEADERS,
        "http_options": {
            "auth": ("user", OTHER),
            "cookies": {"a": OTHER},
            "proxies": {"http": f"http://user:{OTHER}@proxy.invalid"},
            "headers": {"Cookie": OTHER},
        },
    }
    for wrong in (
        {"max_retries": -1},
        {"http_headers": {**HEADERS, "X": "\n"}},
        {"base_url": f"no?key={KEY}"},
    ):
        raised(lambda wrong=wrong: Client(**{**settings, **wrong}), TypeError)  # type: ignore[misc]
