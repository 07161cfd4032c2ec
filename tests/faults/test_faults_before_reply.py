"""Faults before the reply: connecting, TLS, the status line, the headers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.faulty import Close, NeverAccept, Read, Refuse, Reset, Send, Shut, Stall, Tls
from tests.faults.judging import Fault, judge, on_each_kind
from tests.faults.kinds import FEW, KINDS

from typed_openai import APIConnectionError, APITimeoutError, Timeout

pytestmark = pytest.mark.timeout(8)

OK = Send(b"HTTP/1.1 200 OK\r\n")

NO_CONNECTION = (
    Fault(
        "refused",
        ((Refuse(),),),
        APIConnectionError,
        ("no connection to", "refused"),
        tries=0,
        was_sent=False,
    ),
    Fault("closed at once", ((Close(),),), APIConnectionError, ("http://127.0.0.1",), tries=2, was_sent=None),
    Fault("reset at once", ((Reset(),),), APIConnectionError, ("http://127.0.0.1",), tries=2, was_sent=None),
    Fault(
        "closed without a reply",
        ((Read(), Close()),),
        APIConnectionError,
        ("closed the connection",),
        tries=2,
    ),
    Fault("reset without a reply", ((Read(), Reset()),), APIConnectionError, ("reset by peer",), tries=2),
    Fault(
        "never accepted",
        ((NeverAccept(),),),
        APITimeoutError,
        ("no connection to", "0.3 seconds"),
        tries=0,
        was_sent=False,
        kinds=FEW,
        timeout=0.3,
    ),
)

TLS = (
    Fault(
        "TLS to a plain port",
        ((Send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), Shut(), Stall()),),
        APIConnectionError,
        ("no connection to https://",),
        scheme="https",
        was_sent=False,
    ),
    Fault(
        "plain to a TLS port",
        ((Tls(),),),
        APIConnectionError,
        ("http://127.0.0.1",),
        tries=None,
        was_sent=None,
    ),
    Fault(
        "an alert of TLS in answer to plain HTTP",
        ((Read(), Send(b"\x15\x03\x01\x00\x02\x02\x46")),),
        APIConnectionError,
        ("did not answer with HTTP",),
    ),
    Fault(
        "an untrusted certificate",
        ((Tls(), Stall()),),
        APIConnectionError,
        ("no connection to https://", "certificate"),
        scheme="https",
        was_sent=False,
    ),
    Fault(
        "reset in the handshake",
        ((Reset(),),),
        APIConnectionError,
        ("https://127.0.0.1",),
        tries=2,
        scheme="https",
        was_sent=False,
    ),
    Fault(
        "closed in the handshake",
        ((Shut(), Stall()),),
        APIConnectionError,
        ("no connection to https://",),
        tries=2,
        scheme="https",
        was_sent=False,
    ),
    Fault(
        "stalled in the handshake",
        ((Stall(),),),
        APITimeoutError,
        ("https://127.0.0.1", "0.3 seconds"),
        kinds=FEW,
        timeout=0.3,
        scheme="https",
        was_sent=False,
    ),
)

BROKEN_HEADERS = (
    Fault(
        "reset inside the status line",
        ((Read(), Send(b"HTTP/1.1 2"), Reset()),),
        APIConnectionError,
        ("http://127.0.0.1",),
        tries=2,
    ),
    Fault(
        "closed inside the status line",
        ((Read(), Send(b"HTTP/1.1 200"), Close()),),
        APIConnectionError,
        ("http://127.0.0.1",),
        tries=2,
    ),
    Fault(
        "reset inside the headers",
        ((Read(), OK, Send(b"Content-Type: %TYPE%\r\nContent-"), Reset()),),
        APIConnectionError,
        ("http://127.0.0.1",),
        tries=2,
    ),
    Fault(
        "closed inside a header",
        ((Read(), OK, Send(b"Content-Type: %TYPE%\r\nContent-"), Close()),),
        APIConnectionError,
        ("headers",),
        tries=2,
    ),
    Fault(
        "closed between headers",
        ((Read(), OK, Send(b"Content-Type: %TYPE%\r\n"), Close()),),
        APIConnectionError,
        ("headers",),
        tries=2,
    ),
)

NO_HTTP = tuple(
    Fault(name, ((Read(), Send(answer), Close()),), APIConnectionError, ("did not answer with HTTP",))
    for name, answer in (
        ("the greeting of another protocol", b"220 mail.example.com ESMTP ready\r\n"),
        ("a reply without status line", b"<html><body>Welcome to HTTP/0.9</body></html>\n"),
        ("HTTP of another version", b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ("a status that is no number", b"HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n{}"),
        ("a status with a sign", b"HTTP/1.1 +200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ("a status with an underscore", b"HTTP/1.1 2_0 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ("a status of two digits", b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ("a status of many digits", b"HTTP/1.1 20000 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ("bytes of no text", bytes(range(128, 256)) + b"\r\n\r\n"),
        ("zeros", bytes(5000)),
    )
)

TOO_MUCH = tuple(
    Fault(name, ((Read(), OK, *sent),), APIConnectionError, ("header",))
    for name, sent in (
        ("a header of 100 kB", (Send(b"X-Big: " + b"a" * 100_000 + b"\r\nContent-Length: 2\r\n\r\n{}"),)),
        ("a header without end", (Send(b"X-Big: "), Send(b"a" * 65536, times=None))),
        (
            "three thousand headers",
            (Send(b"X-More: 1\r\n", times=3000), Send(b"Content-Length: 2\r\n\r\n{}")),
        ),
        ("headers without end", (Send(b"X-More: 1\r\n" * 1000, times=None),)),
    )
)

NO_HEADERS = tuple(
    Fault(name, ((Read(), OK, Send(sent), Close()),), APIConnectionError, ("header",))
    for name, sent in (
        ("white space before the first header", b" X-Odd: 1\r\nContent-Length: 2\r\n\r\n{}"),
        ("a tab before the first header", b"\tContent-Length: 9\r\nContent-Length: 2\r\n\r\n{}"),
        ("a line break in a header's name", b"X\rContent-Length: 9\r\nContent-Length: 2\r\n\r\n{}"),
        ("NUL in a header's name", b"X\0Y: 9\r\nContent-Length: 2\r\n\r\n{}"),
    )
)

TOO_SLOW = tuple(
    Fault(
        name,
        ((Read(), *sent),),
        APITimeoutError,
        ("http://127.0.0.1", "0.3 seconds"),
        kinds=FEW,
        timeout=0.3,
    )
    for name, sent in (
        ("stalled before the headers", (Stall(),)),
        ("stalled inside the status line", (Send(b"HTTP/1.1 20"), Stall())),
        ("stalled inside the headers", (OK, Send(b"Content-Type: appl"), Stall())),
        ("headers byte by byte", (OK, Send(b"X-Slow: " + b"a" * 5000, pause=0.01), Stall())),
        ("many short headers byte by byte", (OK, Send(b"X-S: a\r\n", times=None, pause=0.01))),
        ("too many interim replies", (Send(b"HTTP/1.1 100 Continue\r\n\r\n", times=None, pause=0.002),)),
        ("early hints without end", (Send(b"HTTP/1.1 103 Early Hints\r\n\r\n", times=None, pause=0.002),)),
    )
)

TRIED_AGAIN = (
    Fault(
        "no first byte in time",
        ((Read(), Stall()),),
        APITimeoutError,
        ("http://127.0.0.1", "first_byte", "0.2 seconds"),
        tries=1,
        again=("get", "save"),
        kinds=FEW,
        timeout=Timeout(first_byte=0.2),
    ),
    Fault(
        "no connection in time",
        ((NeverAccept(),),),
        APITimeoutError,
        ("no connection to", "0.2 seconds"),
        tries=0,
        was_sent=False,
        kinds=("post",),
        timeout=Timeout(connect=0.2),
    ),
    Fault(
        "no handshake in time",
        ((Stall(),),),
        APITimeoutError,
        ("no connection to https://", "0.2 seconds"),
        tries=2,
        was_sent=False,
        kinds=("post",),
        timeout=Timeout(connect=0.2),
        scheme="https",
    ),
)


TABLES = (NO_CONNECTION, TLS, BROKEN_HEADERS, NO_HTTP, NO_HEADERS, TOO_MUCH, TOO_SLOW, TRIED_AGAIN)


@pytest.mark.slow(seconds=9)
@on_each_kind(*TABLES)
def test_no_reply_ends_in_its_error(case: Fault, kind_name: str, tmp_path: Path) -> None:
    judge(case, KINDS[kind_name], tmp_path)
