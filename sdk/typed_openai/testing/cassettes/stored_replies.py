"""Replies as they are written to a cassette: a head, and lines for the pieces of a streamed body."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from typed_openai._security.credentials import is_secret_name
from typed_openai.testing.cassettes.event_lines import (
    Piece,
    byte_lines,
    event_lines,
    piece_of,
    rounded,
)
from typed_openai.testing.cassettes.scrubbing import Scrubber
from typed_openai.testing.cassettes.stored_bodies import (
    UNREADABLE,
    in_base64,
    readable_json,
    readable_text,
)
from typed_openai_spec.model.media import EVENT_STREAM, bare, is_json

End: TypeAlias = Literal["complete", "cut", "left"]
"""The end of a body: all of it arrived, the connection broke, or the program did not read further."""

ENDS: Final = ("complete", "cut", "left")

_LEFT_OUT: Final = frozenset(
    {
        *("connection", "content-encoding", "keep-alive", "set-cookie", "set-cookie2", "transfer-encoding"),
        *("openai-organization", "openai-project"),
    }
)
"""Headers of the connection or of the coding, which a replayed reply does not have, and of accounts."""


@dataclass(frozen=True, slots=True)
class HeardReply:
    """A reply as it arrived: ``after`` are the seconds until its headers did. Its body is decoded."""

    status: int
    headers: Mapping[str, str]
    after: float
    pieces: Sequence[Piece]
    end: End


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A reply as it is written: its head, and the lines of its body with their end, if it is streamed."""

    head: Mapping[str, Any]
    lines: tuple[Mapping[str, Any], ...] = ()
    end: End = "complete"

    @property
    def is_streamed(self) -> bool:
        """True if the body has lines of its own."""
        return bool(self.head.get("streamed"))

    def pieces(self) -> list[Piece]:
        """Return the bytes of the body. Raises ``ValueError`` if a line cannot be decoded."""
        if self.is_streamed:
            return [piece_of(one) for one in self.lines]
        if "json" in self.head:
            return [Piece(json.dumps(self.head["json"]).encode(), 0.0)]
        text = self.head.get("text", "")
        return [Piece(text.encode(), 0.0)] if text else []


def stored_reply(heard: HeardReply, scrubber: Scrubber) -> StoredReply:
    """Return a reply as it is written, without credentials."""
    media_type = bare(heard.headers.get("content-type", ""))
    head: dict[str, Any] = {
        "status": heard.status,
        "headers": _kept_headers(heard, scrubber),
        "after": rounded(heard.after),
    }
    content = b"".join(one.data for one in heard.pieces)
    if media_type == EVENT_STREAM and content:
        return _streamed(head, list(event_lines(heard.pieces)), heard.end, scrubber)
    text = readable_text(content)
    if heard.end != "complete" or text is None:
        whole = scrubber.data(content)
        # The parts of a credential may be in two pieces.
        pieces = heard.pieces if whole == content and text is None else [Piece(whole, 0.0)]
        return _streamed(head, list(byte_lines(pieces)), heard.end, scrubber)
    if is_json(media_type) and (value := readable_json(text)) is not UNREADABLE:
        return StoredReply({**_without_length(head), "json": scrubber.json(value)})
    return StoredReply({**head, "text": scrubber.text(text)} if text else head)


def json_values(heard: HeardReply) -> Iterator[Any]:
    """Yield the JSON values in a reply: the body, or the data of its events."""
    media_type = bare(heard.headers.get("content-type", ""))
    if media_type == EVENT_STREAM:
        yield from (one["data"] for one in event_lines(heard.pieces) if "data" in one)
    elif is_json(media_type):
        value = readable_json(b"".join(one.data for one in heard.pieces))
        if value is not UNREADABLE:
            yield value


def _kept_headers(heard: HeardReply, scrubber: Scrubber) -> dict[str, str]:
    names = [one for one in heard.headers if one not in _LEFT_OUT and not is_secret_name(one)]
    if heard.headers.get("content-encoding", "identity") != "identity" or heard.end != "complete":
        names = [one for one in names if one != "content-length"]
    return {one: scrubber.text(heard.headers[one]) for one in sorted(names)}


def _without_length(head: dict[str, Any]) -> dict[str, Any]:
    headers = {name: one for name, one in head["headers"].items() if name != "content-length"}
    return {**head, "headers": headers}


def _streamed(head: dict[str, Any], lines: list[dict[str, Any]], end: End, scrubber: Scrubber) -> StoredReply:
    scrubbed = tuple(_scrubbed(one, scrubber) for one in lines)
    return StoredReply({**head, "streamed": True}, scrubbed, end)


def _scrubbed(line: dict[str, Any], scrubber: Scrubber) -> dict[str, Any]:
    if "base64" not in line:
        cleaned: dict[str, Any] = scrubber.json(line)
        return cleaned
    return {**line, "base64": in_base64(scrubber.data(b64decode(line["base64"])))}


def replayed_headers(reply: StoredReply, pieces: Sequence[Piece]) -> dict[str, str]:
    """Return the headers of a reply from a cassette; a length is that of the recorded body."""
    headers = dict(reply.head["headers"])
    if "content-length" in headers:
        headers["content-length"] = str(sum(len(one.data) for one in pieces))
    return headers
