"""The parser of JSON lines, at every split of its input."""

from __future__ import annotations

import pytest

from typed_openai._streams.json_lines import JsonLinesParser

TEXT = '\ufeff{"a": "é"}\r\n\n \x1e[1]\n"last"'.encode()


@pytest.mark.parametrize("split", range(len(TEXT) + 1))
def test_lines_do_not_depend_on_the_pieces_in_which_they_arrive(split: int) -> None:
    parser = JsonLinesParser()
    events = [*parser.feed(TEXT[:split]), *parser.feed(TEXT[split:])]
    assert [one.data for one in events] == ['{"a": "é"}', "[1]"]
    assert parser.pending is not None
    assert parser.pending.data == '"last"'
    assert [one.data for one in parser.feed(b"\n")] == ['"last"']
    assert not parser.is_inside_event


def test_a_byte_at_a_time_gives_the_same_lines() -> None:
    parser = JsonLinesParser()
    events = [event for byte in TEXT for event in parser.feed(bytes([byte]))]
    assert [one.data for one in events] == ['{"a": "é"}', "[1]"]
