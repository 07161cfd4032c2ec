"""Repeated refusals, connections that break between calls, rejected uploads, proxies that refuse."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.faults.faulty import Close, Faulty, Read, Reset, Script, Send, Shut, Stall, Step, Wait
from tests.faults.judging import Fault, client_of, failure, hold_no_key, judge, on_each_kind
from tests.faults.kinds import KEY, KINDS, UPLOADED

from typed_openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    InternalServerError,
    RateLimitError,
    Timeout,
)

pytestmark = pytest.mark.timeout(8)

REFUSAL = b'{"error": {"message": "slow down, sk-faulty-0123456789-abcdefghij", "code": "rate"}}'


def refusing(*headers: bytes, status: bytes = b"429 Too Many Requests") -> tuple[Script, ...]:
    lines = (b"HTTP/1.1 " + status, b"Content-Length: %d" % len(REFUSAL), *headers, b"", REFUSAL)
    return ((Read(), Send(b"\r\n".join(lines)), Close()),)


STORMS = tuple(
    Fault(
        f"429 {name}",
        refusing(*headers),
        RateLimitError,
        ("429", "slow down, [key]"),
        tries=tries,
        kinds=kinds,
    )
    for name, headers, tries, kinds in (
        ("that says nothing", (), 2, tuple(KINDS)),
        ("with no pause", (b"Retry-After: 0",), 2, tuple(KINDS)),
        ("with a pause of an hour", (b"Retry-After: 3600",), 1, tuple(KINDS)),
        ("with a pause of many digits", (b"Retry-After: " + b"9" * 400,), 1, ("get", "post")),
        ("with an infinite pause", (b"Retry-After: inf",), 1, ("get", "post")),
        ("with a pause that is no number", (b"Retry-After: nan",), 2, ("get", "post")),
        ("with a negative pause", (b"Retry-After: -5",), 2, ("get", "post")),
        ("with a pause of no meaning", (b"Retry-After: soon\xff",), 2, ("get", "post")),
        ("until a day that has been", (b"Retry-After: Mon, 01 Jan 2001 00:00:00 GMT",), 2, ("get", "post")),
        ("until a far day", (b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT",), 1, ("get", "post")),
        ("until a day that is none", (b"Retry-After: Fri, 99 Foo 99999 99:99:99 GMT",), 2, ("get", "post")),
        (
            "until a day of a strange zone",
            (b"Retry-After: Mon, 01 Jan 2001 00:00:00 +9999",),
            2,
            ("get", "post"),
        ),
        ("with two pauses", (b"Retry-After: 0", b"Retry-After: 3600"), None, ("get", "post")),
        ("that forbids another try", (b"X-Should-Retry: false",), 1, ("get", "post")),
        ("with a word of no meaning", (b"X-Should-Retry: perhaps", b"retry-after-ms: x"), 2, ("get", "post")),
        ("with some milliseconds", (b"retry-after-ms: 5",), 2, ("get", "post")),
    )
)


@pytest.mark.slow(seconds=1)
@on_each_kind(STORMS)
def test_a_storm_of_refusals_ends_in_the_last_one(case: Fault, kind_name: str, tmp_path: Path) -> None:
    error = judge(case, KINDS[kind_name], tmp_path)
    assert isinstance(error, RateLimitError)
    assert error.code == "rate"


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("headers", [(), (b"Retry-After: 3",), (b"retry-after-ms: 100",)])
def test_no_storm_outlives_the_total_time(headers: tuple[bytes, ...], tmp_path: Path) -> None:
    with Faulty(*refusing(*headers)) as server:
        with client_of(server, max_retries=1000, timeout=Timeout(total=0.4)) as client:
            began = time.monotonic()
            error = failure(lambda: KINDS["post"].run(client, tmp_path))
            assert time.monotonic() - began < 2.5
        assert isinstance(error, RateLimitError | APITimeoutError)
        hold_no_key(error)


OK: tuple[Step, ...] = (
    Read(),
    Send(b"HTTP/1.1 200 OK\r\nContent-Type: %TYPE%\r\nContent-Length: %SIZE%\r\n\r\n%BODY%"),
)

DEAD = {
    "closed after the reply": (*OK, Close()),
    "closed a little later": (*OK, Wait(0.02), Close()),
    "reset after the reply": (*OK, Reset()),
}

# The server has the next request, or a part of it, before it closes the connection.
UNSURE = {
    "closed when used again": (*OK, Read(), Close()),
    "closed inside the next request": (*OK, Read(body=False), Close()),
    "reset when used again": (*OK, Read(), Reset()),
}

SAFE = ("get", "save")
"""The kinds that change nothing on the server."""

MORE = {
    "more than the reply": (*OK, Send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"), *OK),
    "more in a second piece": (*OK, Wait(0.02), Send(b"HTTP/1.1 200 OK\r\n\r\n\r\nother"), *OK),
    "line breaks after the reply": (*OK, Send(b"\r\n\r\n"), *OK),
}


@pytest.mark.slow(seconds=5)
@pytest.mark.parametrize("kind_name", KINDS)
@pytest.mark.parametrize("name", DEAD)
def test_a_dead_connection_is_replaced_silently(name: str, kind_name: str, tmp_path: Path) -> None:
    kind = KINDS[kind_name]
    (tmp_path / UPLOADED).write_bytes(bytes(300_000))
    with Faulty(DEAD[name], OK, media_type=kind.media_type, body=kind.body) as server:
        # A stream_to call has its own thread, and therefore its own connections.
        with client_of(server, max_retries=0) as client:
            assert kind.run(client, tmp_path) == kind.value
            time.sleep(0.3)
            assert kind.run(client, tmp_path) == kind.value
        assert server.connections == 2
        assert len(server.seen) == 2


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("kind_name", [name for name in KINDS if name not in SAFE])
@pytest.mark.parametrize("name", UNSURE)
def test_what_may_have_been_processed_is_not_sent_again_beyond_the_policy(
    name: str, kind_name: str, tmp_path: Path
) -> None:
    kind = KINDS[kind_name]
    (tmp_path / UPLOADED).write_bytes(bytes(300_000))
    with Faulty(UNSURE[name], OK, media_type=kind.media_type, body=kind.body) as server:
        with client_of(server, max_retries=0) as client:
            assert kind.run(client, tmp_path) == kind.value
            error = failure(lambda: kind.run(client, tmp_path))
        assert server.connections == 1
        assert type(error) is APIConnectionError
        assert error.was_sent
        hold_no_key(error)


@pytest.mark.parametrize("name", UNSURE)
def test_the_policy_may_send_it_again_and_the_hooks_learn_of_it(name: str, tmp_path: Path) -> None:
    kind = KINDS["post"]
    requests: list[int] = []
    retries: list[Any] = []
    with Faulty(UNSURE[name], OK, body=kind.body) as server:
        hooks: dict[str, Any] = {
            "on_request": lambda info: requests.append(info.tries),
            "on_retry": retries.append,
        }
        with client_of(server, max_retries=1, **hooks) as client:
            assert kind.run(client, tmp_path) == kind.value
            assert kind.run(client, tmp_path) == kind.value
        keys = [one.headers["idempotency-key"] for one in server.seen]
    assert requests == [1, 1, 2]
    assert [type(one.error) for one in retries] == [APIConnectionError]
    assert keys[0] != keys[1] == keys[2]


@pytest.mark.parametrize("kind_name", SAFE)
@pytest.mark.parametrize("name", UNSURE)
def test_what_changes_nothing_is_sent_again_once_and_the_hooks_learn_of_it(
    name: str, kind_name: str, tmp_path: Path
) -> None:
    kind = KINDS[kind_name]
    retries: list[Any] = []
    with Faulty(UNSURE[name], OK, media_type=kind.media_type, body=kind.body) as server:
        with client_of(server, max_retries=0, on_retry=retries.append) as client:
            assert kind.run(client, tmp_path) == kind.value
            assert kind.run(client, tmp_path) == kind.value
        assert server.connections == 2
    assert [(one.tries, one.delay) for one in retries] == [(1, 0.0)]


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("kind_name", KINDS)
@pytest.mark.parametrize("name", MORE)
def test_what_comes_after_a_reply_is_not_taken_for_the_next(
    name: str, kind_name: str, tmp_path: Path
) -> None:
    kind = KINDS[kind_name]
    (tmp_path / UPLOADED).write_bytes(bytes(1000))
    served = Faulty(MORE[name], OK, media_type=kind.media_type, body=kind.body)
    with served as server, client_of(server, max_retries=0) as client:
        assert kind.run(client, tmp_path) == kind.value
        time.sleep(0.05)
        assert kind.run(client, tmp_path) == kind.value


@pytest.mark.parametrize("end", [Close(), Reset()])
def test_a_dead_connection_is_replaced_once_only(end: Step, tmp_path: Path) -> None:
    kind = KINDS["get"]
    with Faulty((*OK, Read(), end), (Read(), end), body=kind.body) as server:
        with client_of(server, max_retries=0) as client:
            assert kind.run(client, tmp_path) == kind.value
            error = failure(lambda: kind.run(client, tmp_path))
        assert type(error) is APIConnectionError
        assert server.connections == 2


TOO_BIG = (
    b'HTTP/1.1 413 Content Too Large\r\nContent-Length: 40\r\n\r\n{"error": {"message": "that is too big"}}'
)

UPLOADS = (
    Fault(
        "refused before it was read",
        ((Read(body=False), Send(TOO_BIG), Shut(), Stall()),),
        APIStatusError,
        ("413", "that is too big"),
        kinds=("upload",),
    ),
    Fault(
        "reset while it was sent",
        ((Read(body=False), Reset()),),
        APIConnectionError,
        ("http://127.0.0.1",),
        tries=2,
        kinds=("upload",),
    ),
    Fault(
        "not taken",
        ((Read(body=False), Stall(taking=False)),),
        APITimeoutError,
        ("http://127.0.0.1", "0.3 seconds"),
        kinds=("upload",),
        timeout=0.3,
    ),
    Fault(
        "not taken after some",
        ((Read(body=False), Stall(taking=False)),),
        APITimeoutError,
        ("http://127.0.0.1", "idle", "0.3 seconds"),
        kinds=("upload",),
        timeout=Timeout(idle=0.3),
    ),
)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("case", UPLOADS, ids=lambda case: case.name.replace(" ", "_"))
def test_an_upload_that_nobody_wants_ends_in_its_error(case: Fault, tmp_path: Path) -> None:
    def upload(client: Any, folder: Path) -> object:
        (folder / UPLOADED).write_bytes(bytes(20_000_000))
        return KINDS["upload"].run(client, folder)

    kind = KINDS["upload"]
    judge(case, type(kind)(kind.name, kind.operation, upload), tmp_path)


def test_an_upload_refused_by_a_hang_up_tells_the_refusal_or_the_hang_up(tmp_path: Path) -> None:
    (tmp_path / UPLOADED).write_bytes(bytes(20_000_000))
    with Faulty((Read(body=False), Send(TOO_BIG), Close())) as server:
        with client_of(server, max_retries=0) as client:
            error = failure(lambda: KINDS["upload"].run(client, tmp_path))
        assert type(error) in (APIStatusError, APIConnectionError)
        hold_no_key(error)


def test_an_upload_that_cannot_be_read_twice_is_tried_once_and_says_so(tmp_path: Path) -> None:
    (tmp_path / UPLOADED).write_bytes(bytes(1000))

    class Pipe:
        """A file that is not seekable."""

        def __init__(self) -> None:
            self._left = 3

        def read(self, size: int = -1) -> bytes:
            self._left -= 1
            return bytes(1000) if self._left >= 0 else b""

    with Faulty(*refusing(status=b"503 Service Unavailable")) as server:
        with client_of(server) as client:
            error = failure(lambda: client.files.create_file(("a.bin", Pipe()), "user_data"))
        assert type(error) is InternalServerError
        assert server.connections == 1
        assert any("cannot be read twice" in note for note in error.__notes__)


PROXIES = (
    (
        "refuses",
        (Send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), Close()),
        APIConnectionError,
        ("no connection to the proxy http://127.0.0.1", "https://api.example", "403"),
    ),
    (
        "wants credentials",
        (Send(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), Close()),
        APIConnectionError,
        ("no connection to the proxy http://127.0.0.1", "https://api.example", "407"),
    ),
    ("hangs up", (Close(),), APIConnectionError, ("https://api.example",)),
    ("resets", (Reset(),), APIConnectionError, ("https://api.example",)),
    (
        "is none",
        (Send(b"220 mail.example.com ESMTP\r\n"), Close()),
        APIConnectionError,
        ("https://api.example",),
    ),
    ("stalls", (Stall(),), APITimeoutError, ("no connection to the proxy", "https://api.example")),
    (
        "stalls in its headers",
        (Send(b"HTTP/1.1 200 OK\r\nX: "), Stall()),
        APITimeoutError,
        ("no connection to",),
    ),
    (
        "never ends its headers",
        (Send(b"HTTP/1.1 200 OK\r\n"), Send(b"X: y\r\n", times=None, pause=0.002)),
        APITimeoutError,
        ("no connection to",),
    ),
    (
        "opens a tunnel to nobody",
        (Send(b"HTTP/1.1 200 Connection established\r\n\r\n"), Close()),
        APIConnectionError,
        ("https://api.example",),
    ),
    (
        "opens a tunnel that stalls",
        (Send(b"HTTP/1.1 200 Connection established\r\n\r\n"), Stall()),
        APITimeoutError,
        ("no connection to https://api.example",),
    ),
)


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("kind_name", ["post", "stream_to", "save"])
@pytest.mark.parametrize(
    ("steps", "error", "words"),
    [one[1:] for one in PROXIES],
    ids=[one[0].replace(" ", "_") for one in PROXIES],
)
def test_a_proxy_that_gives_no_tunnel_ends_in_its_error(
    steps: Script, error: Any, words: tuple[str, ...], kind_name: str, tmp_path: Path
) -> None:
    kind = KINDS[kind_name]
    limit = 0.3 if error is APITimeoutError else 5
    with Faulty((Read(), *steps)) as proxy:
        proxies = {"https": f"http://user:proxy-password@127.0.0.1:{proxy.port}"}
        options: dict[str, Any] = {"max_retries": 0, "timeout": limit, "http_options": {"proxies": proxies}}
        with client_of(proxy, base_url="https://api.example/v1", **options) as client:
            got = failure(lambda: kind.run(client, tmp_path))
        assert type(got) is error, repr(got)
        for word in words:
            assert word in str(got)
        assert not got.was_sent, repr(got)
        assert KEY.encode() not in proxy.heard
        assert proxy.seen[0].method == "CONNECT"
    assert "proxy-password" not in str(got) + repr(vars(got))
    hold_no_key(got)
