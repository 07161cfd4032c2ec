"""Whatever a server sends, the lines of a cassette stand for the same events, values and bytes."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from typed_openai._streams.sse import EventStreamParser, ServerSentEvent
from typed_openai.testing.cassettes.cassette_files import Interaction, read_cassette, write_cassette
from typed_openai.testing.cassettes.event_lines import Piece, byte_lines, event_lines, piece_of
from typed_openai.testing.cassettes.scrubbing import Scrubber
from typed_openai.testing.cassettes.stored_bodies import UNREADABLE, readable_json
from typed_openai.testing.cassettes.stored_replies import HeardReply, StoredReply, stored_reply

FRAGMENTS: Final = (
    *(b"data: ", b"data:", b"event: ", b"id: 7", b": comment", b"retry: 5", b"\n", b"\n\n", b"\r\n", b"\r"),
    *(b'{"a": 1}', b'[1, "\xc3\xa9"]', b'"text"', b"[DONE]", b"17", b"\xff", b"\xef\xbb\xbf", b"x", b" "),
)
STREAMS: Final = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(b"".join)
# Nothing that is named like a credential, or looks like one.
TEXTS: Final = st.text('abcé\u2028"\\/%&;\n \x7f', max_size=20)
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


UNHURRIED: Final = settings(suppress_health_check=[HealthCheck.too_slow])


def split(data: bytes, cuts: list[int]) -> list[Piece]:
    """Return the data in pieces, each a tenth of a second after the one before it."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [Piece(data[start:end], 0.1) for start, end in pairwise(places)]


def events_of(data: bytes) -> list[Any]:
    """Return the events of a stream, with the values of those that are JSON."""
    parser = EventStreamParser()
    events = [*parser.feed(data)]
    pending = parser.pending
    return [_event(one) for one in [*events, *([pending] if pending else [])]]


def _event(event: ServerSentEvent) -> Any:
    value = readable_json(event.data)
    return event.event, event.data if value is UNREADABLE else value


@pytest.mark.slow(seconds=1)
@UNHURRIED
@given(data=STREAMS, cuts=st.lists(st.integers(0, 200), max_size=6))
def test_lines_have_the_events_of_the_stream(data: bytes, cuts: list[int]) -> None:
    lines = [*event_lines(split(data, cuts))]
    assert events_of(b"".join(piece_of(one).data for one in lines)) == events_of(data)
    json.dumps(lines)


@UNHURRIED
@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=6))
def test_lines_have_the_bytes_of_other_replies(data: bytes, cuts: list[int]) -> None:
    pieces = split(data, cuts)
    lines = [*byte_lines(pieces)]
    assert b"".join(piece_of(one).data for one in lines) == data
    assert sum(one["after"] for one in lines) == pytest.approx(sum(one.after for one in pieces))


@UNHURRIED
@given(value=VALUES, indent=st.none() | st.just(2))
def test_a_json_body_is_the_same_value(value: Any, indent: int | None) -> None:
    body = json.dumps(value, indent=indent).encode()
    heard = HeardReply(200, {"content-type": "application/json"}, 0.0, [Piece(body, 0.0)], "complete")
    stored = stored_reply(heard, Scrubber())
    assert json.loads(b"".join(one.data for one in stored.pieces())) == value


@UNHURRIED
@given(value=VALUES, text=st.text(), lines=st.lists(VALUES, max_size=3))
def test_a_file_has_what_was_written(tmp_path_factory: Any, value: Any, text: str, lines: list[Any]) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "written.jsonl"
    request = {"operation": text, "method": "POST", "url": text, "headers": {}, "json": value}
    streamed = {"status": 200, "headers": {"a": text}, "after": 0.5, "streamed": True}
    pieces = tuple({"data": one, "after": 0.1} for one in lines)
    replies = [
        StoredReply({"status": 200, "headers": {}, "json": value}),
        StoredReply(streamed, pieces, "left"),
    ]
    write_cassette(path, text, [Interaction(request, one) for one in replies])
    found = read_cassette(path)
    assert found.test == text
    assert [(one.request, one.reply) for one in found.interactions] == [(request, one) for one in replies]


def test_an_event_that_is_written_plainly_is_a_readable_line() -> None:
    data = b'event: a\ndata: {"b": "\xc3\xa9"}\n\ndata: [DONE]\n\n: note\n\n'
    assert [*event_lines([Piece(data[:20], 0.25), Piece(data[20:], 0.5)])] == [
        {"event": "a", "data": {"b": "é"}, "after": 0.75},
        {"data": "[DONE]", "after": 0.0},
        {"text": ": note\n\n", "after": 0.0},
    ]
