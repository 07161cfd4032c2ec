"""Faults inside a reply: its length, its chunks, its encoding, its pace, its contents."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.faults.faulty import (
    Close,
    EndTls,
    Faulty,
    Read,
    Reset,
    Script,
    Send,
    Stall,
    Step,
    Tls,
    Wait,
)
from tests.faults.judging import Fault, client_of, judge, on_each_kind
from tests.faults.kinds import ALL, BINARY, FEW, JSON, KINDS, STREAMS
from urllib3 import HTTPResponse

from typed_openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    InternalServerError,
    InvalidReplyError,
    StreamTruncatedError,
)

pytestmark = pytest.mark.timeout(8)

TYPE = b"HTTP/1.1 200 OK\r\nContent-Type: %TYPE%\r\n"
TRUNCATED = (StreamTruncatedError, ("before its terminal event",))
PLACE = ("the connection to http://127.0.0.1",)


def reply(*steps: Step, head: bytes = b"", start: bytes = TYPE) -> tuple[Script, ...]:
    """Return one script: a request, the start of a reply with more headers, and further steps."""
    return ((Read(), Send(start + head + b"\r\n"), *steps),)


def chunk(data: bytes, size: bytes = b"") -> bytes:
    return (size or b"%x" % len(data)) + b"\r\n" + data + b"\r\n"


# urllib3 decompresses Zstandard if Python can, which is the case from 3.14 on.
NO_ZSTANDARD = ("Zstandard",) if "zstd" in HTTPResponse.CONTENT_DECODERS else ("zstd",)
LONGER = b"Content-Length: 100000\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
ONE_EVENT = b'data: {"n": 1}\n\n'
HALF = Send(b"%HALF%")

BROKEN = tuple(
    Fault(name, reply(*steps, head=head), APIConnectionError, PLACE, streams=TRUNCATED, again=("get",))
    for name, head, steps in (
        ("reset inside the body", LONGER, (HALF, Wait(0.05), Reset())),
        ("closed inside the body", LONGER, (HALF, Close())),
        ("chunks without a last one", CHUNKED, (Send(chunk(ONE_EVENT)), Close())),
        ("closed inside a chunk", CHUNKED, (Send(chunk(ONE_EVENT) + b"fff\r\n"), HALF, Close())),
        ("closed inside the size of a chunk", CHUNKED, (Send(chunk(ONE_EVENT) + b"ff"), Close())),
        ("a chunk of no size", CHUNKED, (Send(chunk(ONE_EVENT) + chunk(b"data", b"zz")), Stall())),
        ("a chunk of a negative size", CHUNKED, (Send(chunk(ONE_EVENT) + chunk(b"data", b"-5")), Close())),
        ("a chunk's size without end", CHUNKED, (Send(chunk(ONE_EVENT)), Send(b"0" * 65536, times=None))),
    )
)

SLOW = tuple(
    Fault(
        name, scripts, APITimeoutError, ("http://127.0.0.1", "0.3 seconds"), tries=1, kinds=kinds, timeout=0.3
    )
    for name, scripts, kinds in (
        ("stalled before the body", reply(Stall(), head=LONGER), FEW),
        ("stalled inside the body", reply(HALF, Stall(), head=LONGER), ALL),
        ("stalled inside a chunk", reply(Send(b"ffff\r\n%HALF%"), Stall(), head=CHUNKED), FEW),
        ("stalled before the last chunk", reply(Send(chunk(ONE_EVENT)), Stall(), head=CHUNKED), FEW),
        (
            "a body byte by byte",
            reply(Send(b" ", times=None, pause=0.02)),
            ("get", "read", "iterate", "save"),
        ),
        ("a stream byte by byte", reply(Send(b": hi\n", times=None, pause=0.02)), STREAMS),
        ("chunks byte by byte", reply(Send(b"1\r\n \r\n", times=None, pause=0.01), head=CHUNKED), FEW),
        (
            "trailers without end",
            reply(Send(b"0\r\n"), Send(b"X-More: 1\r\n", times=None, pause=0.001), head=CHUNKED),
            ("get", "post", "iterate", "save"),
        ),
    )
)

LENGTHS = (
    Fault(
        "a length that is no number",
        reply(Send(b"%BODY%"), Close(), head=b"Content-Length: many\r\n"),
        APIConnectionError,
        ("Content-Length",),
    ),
    Fault(
        "a negative length",
        reply(Send(b"%BODY%"), Close(), head=b"Content-Length: -5\r\n"),
        APIConnectionError,
        ("Content-Length",),
    ),
    Fault(
        "a length that is too long",
        reply(Send(b"%BODY%"), Close(), head=LONGER),
        APIConnectionError,
        PLACE,
        kinds=(*JSON, *BINARY),
        again=("get",),
    ),
    Fault(
        "two lengths",
        reply(Send(b"%BODY%"), Close(), head=b"Content-Length: 2\r\nContent-Length: 3\r\n"),
        APIConnectionError,
        ("Content-Length",),
    ),
    Fault(
        "a length that is too short",
        reply(Send(b"%BODY%"), Stall(), head=b"Content-Length: 8\r\n"),
        InvalidReplyError,
        ("expected JSON, got application/json: '{\"object'",),
        kinds=JSON,
    ),
    Fault(
        "a stream's length that is too short",
        reply(Send(b"%BODY%"), Stall(), head=b"Content-Length: 8\r\n"),
        StreamTruncatedError,
        TRUNCATED[1],
        kinds=STREAMS,
    ),
    Fault(
        "an empty reply",
        reply(head=b"Content-Length: 0\r\n"),
        InvalidReplyError,
        ("an empty reply",),
        kinds=JSON,
    ),
    Fault(
        "an empty stream",
        reply(head=b"Content-Length: 0\r\n"),
        StreamTruncatedError,
        ("after 0 events",),
        kinds=STREAMS,
    ),
)


def encoded(name: bytes, body: bytes) -> tuple[Script, ...]:
    return reply(Send(body), head=b"Content-Encoding: %s\r\nContent-Length: %d\r\n" % (name, len(body)))


CUT_GZIP = gzip.compress(bytes(range(256)) * 400)[:-300]
SOME_GZIP = gzip.compress(ONE_EVENT * 2000, mtime=0)

ENCODINGS = tuple(
    Fault(name, scripts, InvalidReplyError, words, kinds=kinds)
    for name, scripts, words, kinds in (
        ("no gzip", encoded(b"gzip", b"data: this is no gzip\n\n"), ("gzip",), ALL),
        ("no deflate", encoded(b"deflate", b"data: this is no deflate\n\n"), ("deflate",), ALL),
        ("a part of no gzip", encoded(b"gzip", SOME_GZIP[:30] + b"\xff" * 50), ("gzip",), ALL),
        ("gzip twice that is gzip once", encoded(b"gzip, gzip", SOME_GZIP), ("gzip",), ALL),
        ("a cut gzip", encoded(b"gzip", CUT_GZIP), ("gzip",), BINARY),
        ("no brotli", encoded(b"br", b"\x8b\x05\x80data\x03"), ("br",), ALL),
        ("no zstandard", encoded(b"zstd", b"\x28\xb5\x2f\xfddata"), NO_ZSTANDARD, ALL),
        ("brotli in gzip", encoded(b"br, gzip", gzip.compress(b"\x8b\x05\x80data\x03")), ("br",), ALL),
    )
)


UNVERIFIED: dict[str, Any] = {"http_options": {"verify": False}}
CUT_TLS = tuple(
    Fault(
        name,
        ((Tls(), Read(), Send(TYPE + b"\r\n" + sent), Close()),),
        APIConnectionError,
        ("https://127.0.0.1", "incomplete"),
        scheme="https",
        options=UNVERIFIED,
        again=("get",),
        streams=TRUNCATED,
    )
    for name, sent in (
        ("TLS cut inside a body without length", b"%HALF%"),
        ("TLS cut before a body without length", b""),
    )
)


@pytest.mark.slow(seconds=1)
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")  # verify=False is on purpose
@on_each_kind(CUT_TLS)
def test_tls_that_is_cut_does_not_end_a_body(case: Fault, kind_name: str, tmp_path: Path) -> None:
    judge(case, KINDS[kind_name], tmp_path)


@pytest.mark.slow(seconds=1)
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize("kind_name", ["get", "stream_to", "save"])
def test_tls_that_ends_properly_ends_a_body_without_length(kind_name: str, tmp_path: Path) -> None:
    kind = KINDS[kind_name]
    script = (Tls(), Read(), Send(TYPE + b"\r\n%BODY%"), EndTls(), Close())
    with (
        Faulty(script, media_type=kind.media_type, body=kind.body) as server,
        client_of(server, scheme="https", max_retries=0, **UNVERIFIED) as client,
    ):
        assert kind.run(client, tmp_path) == kind.value


def content(body: bytes, media_type: bytes = b"%TYPE%") -> tuple[Script, ...]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n" % (media_type, len(body))
    return reply(Send(body), start=head)


NOT_JSON = tuple(
    Fault(name, content(body), InvalidReplyError, words, kinds=JSON)
    for name, body, words in (
        ("cut JSON", b'{"object": "list", "da', ("expected JSON, got application/json",)),
        ("invalid UTF-8", b'{"object": "\xff\xfe\x80"}', ("expected JSON", "\ufffd")),
        ("plain text", b"OK", ("expected JSON, got application/json: 'OK'",)),
        ("two values", b"{}{}", ("expected JSON, got application/json: '{}{}'",)),
        # Python 3.14 reads some 50,000 of them on a stack of 8 MiB.
        ("a million lists", b"[" * 1_000_000 + b"]" * 1_000_000, ("expected JSON", "[[[[")),
        ("a million objects", b'{"a":' * 1_000_000 + b"1" + b"}" * 1_000_000, ("expected JSON",)),
        ("a number of ten thousand digits", b'{"n": ' + b"9" * 10_000 + b"}", ("expected JSON",)),
        ("spaces only", b" \n ", ("expected JSON",)),
        ("zeros", bytes(100), ("expected JSON",)),
        ("the key", b"sk-faulty-0123456789-abcdefghij", ("expected JSON", "[key]")),
    )
) + tuple(
    Fault(
        f"the scalar {body.decode()}",
        content(body),
        InvalidReplyError,
        ("expected a JSON object",),
        kinds=("get", "post", "upload"),
    )
    for body in (b"null", b"true", b"1", b'"text"', b"NaN")
)

NO_EVENTS = tuple(
    Fault(name, content(body), error, words, kinds=STREAMS)
    for name, body, error, words in (
        ("an event that is no JSON", ONE_EVENT + b"data: {oops\n\n", InvalidReplyError, ("{oops",)),
        (
            "an event of no depth",
            b"data: " + b"[" * 10_000 + b"\n\n",
            InvalidReplyError,
            ("expected JSON in an",),
        ),
        (
            "an event with the key",
            b"data: sk-faulty-0123456789-abcdefghij\n\n",
            InvalidReplyError,
            ("[key]",),
        ),
        (
            "an error with the key",
            b'data: {"error": "sk-faulty-0123456789-abcdefghij"}\n\n',
            APIError,
            ("[key]",),
        ),
        ("bytes of no text", bytes(range(128, 256)) * 10, *TRUNCATED),
        ("zeros for events", bytes(10_000), *TRUNCATED),
        ("a plain JSON reply", b'{"id": 1}', InvalidReplyError, ("expected an event stream",)),
    )
)

PAGE = b"<!doctype html><html><body>Sign in, sk-faulty-0123456789-abcdefghij</body></html>"
ENDLESS_PAGE = Send(PAGE * 500, times=None)


def page(status: bytes, *steps: Step, head: bytes = b"") -> tuple[Script, ...]:
    start = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\n" % status
    return reply(*(steps or (Send(PAGE),)), head=head, start=start)


SIZE = b"Content-Length: %d\r\n" % len(PAGE)

PAGES = (
    Fault(
        "a page", page(b"200 OK", head=SIZE), InvalidReplyError, ("got text/html", "<!doctype html>", "[key]")
    ),
    Fault(
        "a page without end", page(b"200 OK", ENDLESS_PAGE), InvalidReplyError, ("got text/html", "<!doctype")
    ),
    Fault(
        "a page of a gateway",
        page(b"502 Bad Gateway", head=SIZE),
        InternalServerError,
        ("502", "Sign in, [key]"),
        tries=None,
    ),
    Fault(
        "a page of a gateway without end",
        page(b"502 Bad Gateway", ENDLESS_PAGE),
        InternalServerError,
        ("502", "Sign in, [key]"),
        tries=2,
    ),
    Fault(
        "a page of a gateway that is cut",
        page(b"502 Bad Gateway", Send(PAGE), Close(), head=LONGER),
        InternalServerError,
        ("502",),
        tries=2,
    ),
    Fault(
        "a page of a gateway that stalls",
        page(b"502 Bad Gateway", Send(PAGE), Stall(), head=LONGER),
        InternalServerError,
        ("502",),
        kinds=("post", "stream_to", "save"),
        timeout=0.3,
    ),
    Fault(
        "a refusal that is cut",
        page(b"400 Bad Request", Send(PAGE), Close(), head=LONGER),
        BadRequestError,
        ("400",),
    ),
    Fault(
        "a refusal that is reset",
        page(b"400 Bad Request", Wait(0.05), Reset(), head=LONGER),
        BadRequestError,
        ("400",),
    ),
    Fault(
        "a refusal in no gzip",
        page(b"400 Bad Request", Send(PAGE), head=SIZE + b"Content-Encoding: gzip\r\n"),
        BadRequestError,
        ("400",),
    ),
    Fault(
        "a status line with the key",
        page(b"400 sk-faulty-0123456789-abcdefghij", head=SIZE),
        BadRequestError,
        ("400",),
    ),
)

STATUSES = tuple(
    Fault(name, reply(Close(), start=start, head=b"Content-Length: 0\r\n"), error, words)
    for name, start, error, words in (
        (
            "other protocols",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n",
            InvalidReplyError,
            ("101",),
        ),
        ("not modified", b"HTTP/1.1 304 Not Modified\r\n", APIStatusError, ("304",)),
        ("many choices", b"HTTP/1.1 300 Multiple Choices\r\n", APIStatusError, ("300",)),
    )
)


TABLES = (BROKEN, SLOW, LENGTHS, ENCODINGS, NOT_JSON, NO_EVENTS, PAGES, STATUSES)


@pytest.mark.slow(seconds=6)
@on_each_kind(*TABLES)
def test_a_bad_reply_ends_in_its_error(case: Fault, kind_name: str, tmp_path: Path) -> None:
    judge(case, KINDS[kind_name], tmp_path)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("kind_name", ["get", "raw"])
@pytest.mark.parametrize("head", [b"", CHUNKED])
def test_a_json_reply_without_end_is_given_up(
    kind_name: str, head: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typed_openai._calls.results._LARGEST_VALUE", 1 << 20)
    piece = b'{"a": "b"}, ' * 1000
    endless = Send(chunk(piece) if head else piece, times=None)
    scripts = reply(Send(chunk(b"[") if head else b"["), endless, head=head)
    case = Fault("JSON without end", scripts, InvalidReplyError, ("expected at most 1 MiB",))
    judge(case, KINDS[kind_name], tmp_path)


@pytest.mark.parametrize("kind_name", ["get", "stream_to", "save"])
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_coding_that_only_urllib3_knows_is_decoded(
    kind_name: str, in_chunks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As for Brotli, whose package need not be installed.
    monkeypatch.setattr("typed_openai._transport.other_codings.UNPACKED", frozenset())
    kind = KINDS[kind_name]
    packed = gzip.compress(kind.body)
    sent = chunk(packed[:30]) + chunk(packed[30:]) + chunk(b"") if in_chunks else packed
    head = CHUNKED if in_chunks else b"Content-Length: %d\r\n" % len(packed)
    scripts = reply(Send(sent), head=head + b"Content-Encoding: gzip\r\n")
    with (
        Faulty(*scripts, media_type=kind.media_type, body=kind.body) as server,
        client_of(server, max_retries=0) as client,
    ):
        assert kind.run(client, tmp_path) == kind.value


PACKED: dict[bytes, Callable[[bytes], bytes]] = {
    b"gzip": gzip.compress,
    b"gzip, gzip": lambda body: gzip.compress(gzip.compress(body)),
    b"deflate": zlib.compress,
}


@pytest.mark.parametrize("kind_name", ["get", "save"])
@pytest.mark.parametrize("coding", list(PACKED))
def test_a_coding_that_only_urllib3_knows_must_be_complete(
    kind_name: str, coding: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typed_openai._transport.other_codings.UNPACKED", frozenset())
    packed = PACKED[coding](KINDS[kind_name].body)
    cut = packed[:-9]
    head = b"Content-Length: %d\r\nContent-Encoding: %s\r\n" % (len(cut), coding)
    fault = Fault("a cut coding", reply(Send(cut), head=head), InvalidReplyError, ("ends early",))
    judge(fault, KINDS[kind_name], tmp_path)


def test_a_truncated_stream_keeps_what_came(tmp_path: Path) -> None:
    for case in BROKEN:
        # Unread data is lost when a connection is reset.
        if "reset" not in case.name:
            error = judge(case, KINDS["stream"], tmp_path)
            assert isinstance(error, StreamTruncatedError)
            assert error.events[:1] == [{"n": 1}]
