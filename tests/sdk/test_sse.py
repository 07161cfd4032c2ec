"""The event stream parser against the WHATWG standard (HTML, section 9.2.6)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai._streams.sse import EventStreamParser, ServerSentEvent

# Streams, and the (event, data, id) that the standard's algorithm produces for each.
CORPUS: list[tuple[str, bytes, list[tuple[str, str, str]]]] = [
    ("one event", b"data: a\n\n", [("", "a", "")]),
    ("carriage returns", b"data: a\r\rdata: b\r\r", [("", "a", ""), ("", "b", "")]),
    ("both line ends", b"data: a\r\n\r\ndata: b\r\n\r\n", [("", "a", ""), ("", "b", "")]),
    ("mixed line ends", b"data: a\r\ndata: b\n\rdata: c\r\r\n", [("", "a\nb", ""), ("", "c", "")]),
    ("lines of data are joined", b"data: a\ndata\ndata: b\n\n", [("", "a\n\nb", "")]),
    ("byte order mark", b"\xef\xbb\xbfdata: a\n\n", [("", "a", "")]),
    ("only the first mark is one", b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [("", "b", "")]),
    ("comments", b": hello\n:\n\ndata: a\n: in between\n\n", [("", "a", "")]),
    ("a name", b"event: added\ndata: a\n\ndata: b\n\n", [("added", "a", ""), ("", "b", "")]),
    ("a name without data is no event", b"event: added\n\ndata: b\n\n", [("", "b", "")]),
    (
        "ids stay",
        b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
        [("", "a", "1"), ("", "b", "1"), ("", "c", "")],
    ),
    ("an id with NUL is ignored", b"id: 1\nid: 2\0\ndata: a\n\n", [("", "a", "1")]),
    ("one space only is dropped", b"data:  a\ndata:b\n\n", [("", " a\nb", "")]),
    ("empty data is an event", b"data:\n\n", [("", "", "")]),
    ("unknown fields", b"other: x\nerror\ndata: a\n\n", [("", "a", "")]),
    ("no blank line, no event", b"data: a\n\ndata: b\n", [("", "a", "")]),
    (
        "text beyond ASCII",
        "data: \u00e4\u2028\x85\U0001f600\n\n".encode(),
        [("", "\u00e4\u2028\x85\U0001f600", "")],
    ),
    ("invalid UTF-8", b"data: \xff\xe2\x82\n\n", [("", "\ufffd\ufffd", "")]),
    ("other separators of Python", b"data: a\x0bb\x0cc\x1cd\n\n", [("", "a\x0bb\x0cc\x1cd", "")]),
    ("colons in data", b'data: {"a": 1}\n\n', [("", '{"a": 1}', "")]),
    (
        "many blank lines",
        b"\n\n\ndata: a\n\n\n\n\ndata: b\n\n\n",
        [("", "a", ""), ("", "b", "")],
    ),
    (
        "many events of all forms",
        b"retry: 10\ndata: a\n\nid: 1\nevent: e\ndata: b\n\n: c\n\n"
        b"data: d\ndata: e\n\ndata:f\n\nevent: g\n\n",
        [("", "a", ""), ("e", "b", "1"), ("", "d\ne", "1"), ("", "f", "1")],
    ),
    (
        "line ends that change",
        b"data: a\n\ndata: b\r\n\r\ndata: c\n\ndata: d\r\rdata: e\n\n",
        [("", one, "") for one in "abcde"],
    ),
    ("NUL in data and names", b"da\0ta: a\nevent: \0\ndata: \0\n\n", [("\0", "\0", "")]),
    ("spaces are part of a name", b" data: a\ndata : b\n\ndata: c\n\n", [("", "c", "")]),
]


def parsed(*chunks: bytes) -> list[ServerSentEvent]:
    parser = EventStreamParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def reference(stream: bytes) -> list[ServerSentEvent]:
    """The standard's algorithm, word for word, over the whole stream at once."""
    text = stream.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    events, data, kind, last_id = [], "", "", ""
    for line in text.split("\n")[:-1]:
        if not line:
            if data:
                events.append(ServerSentEvent(data.removesuffix("\n"), kind, last_id))
            data, kind = "", ""
            continue
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data":
            data += value + "\n"
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last_id = value
    return events


@pytest.mark.parametrize(("name", "stream", "expected"), CORPUS, ids=[one[0] for one in CORPUS])
def test_the_standard_s_events_at_every_byte_split(
    name: str, stream: bytes, expected: list[tuple[str, str, str]]
) -> None:
    events = [ServerSentEvent(data, event, last_id) for event, data, last_id in expected]
    assert reference(stream) == events
    assert parsed(stream) == events
    assert parsed(*(stream[at : at + 1] for at in range(len(stream)))) == events
    for at in range(len(stream) + 1):
        assert parsed(stream[:at], stream[at:]) == events, at


LINES = st.sampled_from(
    [
        b"data: x",
        b"data",
        b"data",
        b"data: {}",
        b"data:",
        b"data:  y\xc3\xa4",
        b"event: e",
        b"id: 7",
        b"id",
        b": c",
        b"",
        b"",
        b"z: 1",
    ]
) | st.binary(max_size=6)
ENDS = [b"\n", b"\r", b"\r\n"]


def streams(ends: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    lines = st.lists(st.tuples(LINES, ends), max_size=14)
    return lines.map(lambda lines: b"".join(line + end for line, end in lines))


# Servers use the same line end throughout, most often LF.
STREAMS = streams(st.just(b"\n")) | st.sampled_from(ENDS).flatmap(lambda end: streams(st.just(end)))
STREAMS |= streams(st.sampled_from(ENDS))


@given(st.sampled_from([b"", b"\xef\xbb\xbf"]), STREAMS, st.lists(st.integers(0, 80), max_size=6))
def test_any_chunking_of_any_stream_gives_the_reference_s_events(
    mark: bytes, stream: bytes, cuts: list[int]
) -> None:
    stream = mark + stream
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(places)]
    assert parsed(*chunks) == reference(stream)


def test_an_event_is_given_as_soon_as_its_last_line_end_began() -> None:
    parser = EventStreamParser()
    assert list(parser.feed(b"data: a\r\n\r")) == [ServerSentEvent("a")]
    assert list(parser.feed(b"\ndata: b\n\n")) == [ServerSentEvent("b")]


def test_a_long_line_in_many_pieces_costs_its_length_not_its_square() -> None:
    parser, piece, size = EventStreamParser(), b"x" * 1000, 20_000
    parser.feed(b"data: a\n\ndata: ")
    events = [event for _ in range(size) for event in parser.feed(piece)]
    assert events == []
    assert [len(one.data) for one in parser.feed(b"\n\n")] == [size * len(piece)]


def test_the_reconnection_time_is_kept_when_it_is_a_number() -> None:
    parser = EventStreamParser()
    list(parser.feed(b"retry: 250\nretry: soon\nretry: -1\n"))
    assert parser.retry == 250


@pytest.mark.parametrize("end", [b"", b"\n", b"\r"])
def test_an_event_without_its_blank_line_is_pending(end: bytes) -> None:
    parser = EventStreamParser()
    assert parser.pending is None
    assert list(parser.feed(b"data: a\n\nevent: e\ndata: b\ndata: c" + end)) == [ServerSentEvent("a")]
    assert parser.pending == ServerSentEvent("b\nc", "e")
