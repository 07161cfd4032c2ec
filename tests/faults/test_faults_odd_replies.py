"""Unusual but acceptable replies, as compatible servers and gateways send them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.faulty import Close, Faulty, Read, Script, Send, Step, Wait
from tests.faults.judging import Odd, client_of, on_each_kind
from tests.faults.kinds import BINARY, JSON, KINDS, STREAMS, UPLOADED, Kind

pytestmark = pytest.mark.timeout(8)

START = b"HTTP/1.1 200 OK\r\n"
TYPE = b"Content-Type: %TYPE%\r\n"
SIZE = b"Content-Length: %SIZE%\r\n"
BODY = b"\r\n%BODY%"
WHOLE = START + TYPE + SIZE + BODY


def answer(*sent: bytes | Step) -> tuple[Script, ...]:
    return ((Read(), *(Send(one) if isinstance(one, bytes) else one for one in sent), Close()),)


HEADS = tuple(
    Odd(name, answer(*sent))
    for name, sent in (
        ("HTTP 1.0", (b"HTTP/1.0 200 OK\r\n" + TYPE + BODY,)),
        ("no length", (START + TYPE + b"Connection: close\r\n" + BODY,)),
        ("a hundred that goes on", (b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE,)),
        ("early hints", (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + WHOLE,)),
        (
            "processing",
            (b"HTTP/1.1 102 Processing\r\n\r\n", Wait(0.02), b"HTTP/1.1 102 Processing\r\n\r\n" + WHOLE),
        ),
        ("no reason", (b"HTTP/1.1 200\r\n" + TYPE + SIZE + BODY,)),
        ("a reason of no ASCII", (b"HTTP/1.1 200 \xc3\x9c\xff\r\n" + TYPE + SIZE + BODY,)),
        ("line feeds alone", (WHOLE.replace(b"\r\n", b"\n"),)),
        (
            "small letters",
            (
                START
                + (TYPE + SIZE).lower().replace(b"%type%", b"%TYPE%").replace(b"%size%", b"%SIZE%")
                + BODY,
            ),
        ),
        ("a header of no ASCII", (START + b"X-Odd: \xff\xfe\xe4\r\n" + TYPE + SIZE + BODY,)),
        ("a folded header", (START + b"X-Odd: a\r\n b\r\n" + TYPE + SIZE + BODY,)),
        ("an empty header", (START + b"X-Odd:\r\n" + TYPE + SIZE + BODY,)),
        ("ninety headers", (START + b"".join(b"X-%d: 1\r\n" % n for n in range(90)) + TYPE + SIZE + BODY,)),
        ("a header of 60 kB", (START + b"X-Big: " + b"a" * 60_000 + b"\r\n", TYPE + SIZE + BODY)),
        ("another good status", (b"HTTP/1.1 201 Created\r\n" + TYPE + SIZE + BODY,)),
        ("an unknown good status", (b"HTTP/1.1 299 Whatever\r\n" + TYPE + SIZE + BODY,)),
        ("the length twice", (START + TYPE + SIZE + SIZE + BODY,)),
        ("the length twice in a line", (START + TYPE + b"Content-Length: %SIZE%, %SIZE%\r\n" + BODY,)),
        (
            "a length with many zeros",
            (START + TYPE + b"Content-Length: %s%%SIZE%%\r\n" % (b"0" * 999) + BODY,),
        ),
        ("two lengths of one number", (START + TYPE + SIZE + b"Content-Length: 0%SIZE%\r\n" + BODY,)),
        ("a status line with more spaces", (b"HTTP/1.1  200   OK\r\n" + TYPE + SIZE + BODY,)),
        ("NUL and CR in a value", (START + b"X-Odd: a\0b\rc\r\n" + TYPE + SIZE + BODY,)),
        ("the head byte by byte", (Send(START + TYPE, pause=0.001), SIZE + BODY)),
        ("a slow body", (START + TYPE + SIZE + b"\r\n", Wait(0.05), b"%BODY%")),
        ("no content type", (START + SIZE + BODY,)),
        ("a content type of no meaning", (START + b"Content-Type: ;;\r\n" + SIZE + BODY,)),
        ("a charset of no meaning", (START + b"Content-Type: %TYPE%; charset=klingon\r\n" + SIZE + BODY,)),
        ("plain text", (START + b"Content-Type: text/plain\r\n" + SIZE + BODY,)),
    )
)
BYTES = (
    # Of a path that the description does not have, such a reply is a file.
    Odd(
        "bytes",
        answer(START + b"Content-Type: application/octet-stream\r\n" + SIZE + BODY),
        kinds=tuple(one for one in KINDS if one != "raw"),
    ),
)


def chunks(body: bytes, size: int, extension: bytes = b"", trailer: bytes = b"", zeros: bytes = b"") -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    sent = b"".join(b"%s%X%s\r\n%s\r\n" % (zeros, len(one), extension, one) for one in pieces)
    return sent + zeros + b"0" + extension + b"\r\n" + trailer + b"\r\n"


def coded(name: bytes, body: bytes) -> bytes:
    return START + TYPE + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (name, len(body)) + body


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


CHUNKED = START + TYPE + b"Transfer-Encoding: chunked\r\n"
WRAPPINGS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("chunks", lambda body: CHUNKED + b"\r\n" + chunks(body, 10)),
    ("chunks of a byte", lambda body: CHUNKED + b"\r\n" + chunks(body, 1)),
    ("chunks with many zeros", lambda body: CHUNKED + b"\r\n" + chunks(body, 10, zeros=b"0" * 999)),
    ("chunks with extensions", lambda body: CHUNKED + b"\r\n" + chunks(body, 7, b';name="value"')),
    ("chunks with a trailer", lambda body: CHUNKED + b"\r\n" + chunks(body, 7, trailer=b"X-End: 1\r\n")),
    ("chunks and a length", lambda body: CHUNKED + b"Content-Length: 3\r\n\r\n" + chunks(body, 10)),
    ("gzip", lambda body: coded(b"gzip", gzip.compress(body))),
    ("x-gzip", lambda body: coded(b"x-gzip", gzip.compress(body))),
    ("GZIP", lambda body: coded(b" GZIP ", gzip.compress(body))),
    ("gzip in two parts", lambda body: coded(b"gzip", gzip.compress(body[:9]) + gzip.compress(body[9:]))),
    ("deflate", lambda body: coded(b"deflate", zlib.compress(body))),
    ("deflate without its frame", lambda body: coded(b"deflate", raw_deflate(body))),
    ("gzip twice", lambda body: coded(b"gzip, gzip", gzip.compress(gzip.compress(body)))),
    ("identity", lambda body: coded(b"identity", body)),
    ("an empty encoding", lambda body: coded(b"", body)),
    ("an encoding that is a charset", lambda body: coded(b"utf-8", body)),
    ("an encoding that is none", lambda body: coded(b"none", body)),
    (
        "gzip in chunks",
        lambda body: CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + chunks(gzip.compress(body), 3),
    ),
)
BODIES = tuple(
    Odd(f"{name} for {kind_name}", answer(wrap(KINDS[kind_name].body)), kinds=(kind_name,))
    for kind_name in ("get", "stream", "stream_to", "save")
    for name, wrap in WRAPPINGS
)


def sized(body: bytes) -> tuple[Script, ...]:
    return answer(START + TYPE + b"Content-Length: %d\r\n\r\n" % len(body) + body)


VALUES = tuple(
    Odd(name, sized(body), kinds=("get", "post"), value=value)
    for name, body, value in (
        ("a byte order mark", b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ("UTF-16", '{"a": "ä"}'.encode("utf-16"), {"a": "ä"}),
        ("UTF-32", '{"a": "ä"}'.encode("utf-32"), {"a": "ä"}),
        ("spaces around", b'\r\n \t{"a": 1}\n\n', {"a": 1}),
        ("infinity", b'{"a": Infinity, "b": -Infinity}', {"a": float("inf"), "b": float("-inf")}),
        ("the same key twice", b'{"a": 1, "a": 2}', {"a": 2}),
        ("nothing", b"{}", {}),
        ("an empty list", b"[]", []),
        (
            "nulls",
            b'{"object": null, "data": null, "choices": null}',
            {"object": None, "data": None, "choices": None},
        ),
        (
            "unknown fields and values",
            b'{"object": "odd", "extra": {"n": [1]}}',
            {"object": "odd", "extra": {"n": [1]}},
        ),
        (
            "other types",
            b'{"object": 1, "data": {"a": "b"}, "created": "today"}',
            {"object": 1, "data": {"a": "b"}, "created": "today"},
        ),
        ("half a surrogate pair", b'{"a": "\\ud800"}', {"a": "\ud800"}),
        ("a surrogate in UTF-8", b'{"a": "\xed\xa0\x80"}', {"a": "\ud800"}),
        ("a long number", b'{"a": 12345678901234567890123}', {"a": 12345678901234567890123}),
        (
            "a depth of a hundred",
            b'{"a":' * 100 + b"1" + b"}" * 100,
            json.loads('{"a":' * 100 + "1" + "}" * 100),
        ),
        ("an error that is null", b'{"error": null, "a": 1}', {"error": None, "a": 1}),
    )
)

DONE = b"data: [DONE]\n\n"
EVENTS = tuple(
    Odd(name, sized(body), kinds=STREAMS, value=value)
    for name, body, value in (
        ("a byte order mark before events", b"\xef\xbb\xbfdata: 1\n\n" + DONE, [1]),
        ("carriage returns", b"data: 1\r\rdata: 2\r\rdata: [DONE]\r\r", [1, 2]),
        ("both line ends", b"data: 1\r\n\r\ndata: [DONE]\r\n\r\n", [1]),
        ("line ends mixed", b"data: [1,\r\ndata: 2]\n\r" + DONE, [[1, 2]]),
        ("comments", b": hello\n\n:\n\n: OPENROUTER PROCESSING\n\ndata: 1\n\n" + DONE, [1]),
        ("no space", b"data:1\n\ndata:[DONE]\n\n", [1]),
        ("two spaces", b"data:  1\n\n" + DONE, [1]),
        ("ids and times", b"id: 7\nretry: 10\ndata: 1\n\nretry: x\n\n" + DONE, [1]),
        ("unknown fields", b"sequence: 4\ndata: 1\nfoo\n\n" + DONE, [1]),
        ("empty events", b"data\n\ndata:\n\ndata: 1\n\nevent: ping\ndata:\n\n" + DONE, [1]),
        (
            "unknown events",
            b'event: odd.new\ndata: {"type": "odd.new", "x": 1}\n\n' + DONE,
            [{"type": "odd.new", "x": 1}],
        ),
        ("other names", b'event: ping\ndata: {"type": "pong"}\n\n' + DONE, [{"type": "pong"}]),
        ("no line break after the last", b"data: 1\n\ndata: [DONE]", [1]),
        ("one line break after the last", b"data: 1\n\ndata: [DONE]\n", [1]),
        ("spaces after the end", b"data: 1\n\ndata: [DONE] \n\n", [1]),
        ("events after the end", b"data: 1\n\n" + DONE + b"data: {oops\n\n", [1]),
        ("text of no UTF-8", b'data: {"a": "\xff\xfe"}\n\n' + DONE, [{"a": "\ufffd\ufffd"}]),
        ("zeros in text", b'data: {"a": "\\u0000"}\n\n' + DONE, [{"a": "\0"}]),
        ("an error that is null in an event", b'data: {"error": null}\n\n' + DONE, [{"error": None}]),
        ("other values", b"data: null\n\ndata: true\n\ndata: [1]\n\n" + DONE, [None, True, [1]]),
        ("an event of a megabyte", b'data: "' + b"a" * 1_000_000 + b'"\n\n' + DONE, ["a" * 1_000_000]),
        ("a stream that ends at once", DONE, []),
    )
)

FILES = tuple(
    Odd(name, scripts, kinds=BINARY, value=value)
    for name, scripts, value in (
        ("an empty file", sized(b""), b""),
        ("a file that looks like an event stream", sized(DONE), DONE),
        (
            "a file that looks like JSON",
            sized(b'{"error": {"message": "no"}}'),
            b'{"error": {"message": "no"}}',
        ),
        (
            "a JSON file",
            answer(START + b"Content-Type: application/json\r\nContent-Length: 8\r\n\r\n" + b'{"a": 1}'),
            b'{"a": 1}',
        ),
    )
)


TABLES = (HEADS, BODIES, VALUES, EVENTS, FILES)


@pytest.mark.slow(seconds=4)
@on_each_kind(*TABLES)
def test_an_odd_reply_is_taken_as_it_is(case: Odd, kind_name: str, tmp_path: Path) -> None:
    accept(case, KINDS[kind_name], tmp_path)


def accept(case: Odd, kind: Kind, tmp_path: Path) -> None:
    (tmp_path / UPLOADED).write_bytes(bytes(1000))
    with Faulty(*case.scripts, media_type=kind.media_type, body=kind.body) as server:
        with closing(client_of(server, max_retries=0, client_type=kind.client_type)) as client:
            assert kind.run(client, tmp_path) == (kind.value if case.value is None else case.value)
        assert server.connections == case.tries


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("path", ["/models", "/anything"])
@pytest.mark.parametrize("length", [b"Content-Length: 30\r\n", b"Transfer-Encoding: chunked\r\n", b""])
def test_a_reply_to_head_has_no_content(path: str, length: bytes) -> None:
    head = START + b"Content-Type: application/json\r\n" + length + b"\r\n"
    with Faulty((Read(), Send(head), Read(), Send(head), Close())) as server, client_of(server) as client:
        assert [client.request("HEAD", path) for _ in range(2)] == [None, None]
        assert server.connections == 1


def test_no_number_is_one_too(tmp_path: Path) -> None:
    for kind_name in JSON:
        with Faulty(*sized(b'{"a": NaN}')) as server, client_of(server) as client:
            (tmp_path / UPLOADED).write_bytes(b"")
            value = KINDS[kind_name].run(client, tmp_path)
            assert isinstance(value, dict)
            assert value["a"] != value["a"]
