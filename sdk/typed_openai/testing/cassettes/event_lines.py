"""The pieces of a reply as lines of a cassette: one for each event of a stream, if it is written plainly.

A piece is ``{"data": ...}``, with ``event`` if the event has a name, or ``{"text": ...}``, or
``{"base64": ...}``. ``data`` is the value of a JSON object or array, or else the text itself. ``after`` is
the number of seconds since the piece before it.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from typed_openai.testing.cassettes.stored_bodies import in_base64, readable_json, readable_text

_BLANK_LINE: Final = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_PLAIN: Final = re.compile(r"(?:event: (?P<event>[^\r\n]*)\n)?data: (?P<data>[^\r\n]*)\n\n")

_AT_ONCE: Final = 0.005
_LARGEST: Final = 48 * 1024
"""Bytes that arrive within so many seconds share a line, up to so many of them."""

_DIGITS: Final = 3
"""Decimal places of seconds."""


class Piece(NamedTuple):
    """Bytes of a reply, and the seconds that passed since the bytes before them."""

    data: bytes
    after: float


def event_lines(pieces: Iterable[Piece]) -> Iterator[dict[str, Any]]:
    """Yield a line for each event of a stream, and one for an incomplete event at its end."""
    yield from (_timed(_event(block.data), block.after) for block in _blocks(pieces))


def byte_lines(pieces: Iterable[Piece]) -> Iterator[dict[str, Any]]:
    """Yield a line for each of the pieces of other replies."""
    yield from (_timed(_other(one.data), one.after) for one in _joined(pieces))


def rounded(seconds: float) -> float:
    """Return seconds as they are written."""
    return round(seconds, _DIGITS)


def piece_of(line: Mapping[str, Any]) -> Piece:
    """Return the piece that a line stands for. Raises ``ValueError`` if its base64 is wrong."""
    after = float(line.get("after", 0.0))
    if "base64" in line:
        return Piece(b64decode(line["base64"], validate=True), after)
    if "text" in line:
        return Piece(line["text"].encode(), after)
    data = line["data"]
    text = data if isinstance(data, str) else json.dumps(data)
    name = f"event: {line['event']}\n" if "event" in line else ""
    return Piece(f"{name}data: {text}\n\n".encode(), after)


def _timed(line: dict[str, Any], after: float) -> dict[str, Any]:
    return {**line, "after": rounded(after)}


def _blocks(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield the bytes up to each blank line, as of when the line arrived."""
    rest, waited = b"", 0.0
    for piece in pieces:
        rest, waited, start = rest + piece.data, waited + piece.after, 0
        for blank in _BLANK_LINE.finditer(rest):
            yield Piece(rest[start : blank.end()], waited)
            start, waited = blank.end(), 0.0
        rest = rest[start:]
    if rest:
        yield Piece(rest, waited)


def _event(block: bytes) -> dict[str, Any]:
    text = readable_text(block)
    plain = _PLAIN.fullmatch(text) if text is not None else None
    if plain is None:
        return _other(block)
    value = readable_json(plain["data"])
    named = {} if plain["event"] is None else {"event": plain["event"]}
    return {**named, "data": value if isinstance(value, (dict, list)) else plain["data"]}


def _other(data: bytes) -> dict[str, Any]:
    text = readable_text(data)
    return {"base64": in_base64(data)} if text is None else {"text": text}


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    held = Piece(b"", 0.0)
    for one in pieces:
        if held.data and (one.after >= _AT_ONCE or len(held.data) + len(one.data) > _LARGEST):
            yield held
            held = one
        else:
            held = Piece(held.data + one.data, held.after + one.after)
    if held.data:
        yield held
