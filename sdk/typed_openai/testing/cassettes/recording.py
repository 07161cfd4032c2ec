"""A reply that is recorded while the program reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from typed_openai._transport.clock import now
from typed_openai._transport.seam import HttpReply
from typed_openai.errors import APIError
from typed_openai.testing.cassettes.event_lines import Piece
from typed_openai.testing.cassettes.stored_replies import End, HeardReply


class Recording:
    """A request, and as much of its reply as has been read."""

    def __init__(self, request: Mapping[str, Any], reply: HttpReply, after: float) -> None:
        self.request = request
        self._status = reply.status
        self._headers = dict(reply.headers)
        self._after = after
        self._pieces: list[Piece] = []
        self._end: End = "left"
        self._last = now()

    def arrived(self, data: bytes) -> None:
        """Note bytes of the body that have arrived."""
        time = now()
        self._pieces.append(Piece(data, time - self._last))
        self._last = time

    def ended(self, end: End) -> None:
        """Note the end of the body."""
        self._end = end

    def heard(self) -> HeardReply:
        """Return the reply as far as it was read."""
        return HeardReply(self._status, self._headers, self._after, tuple(self._pieces), self._end)


class RecordedReply:
    """The reply of a server, which is noted while it is read."""

    def __init__(self, reply: HttpReply, recording: Recording) -> None:
        self._reply = reply
        self._recording = recording
        self.status: int = reply.status
        self.close: Callable[[], None] = reply.close
        self.abort: Callable[[], None] = reply.abort

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, with names in lower case."""
        return self._reply.headers

    @property
    def aborted(self) -> bool:
        """True after the reply was aborted."""
        return self._reply.aborted

    def chunks(self) -> Iterator[bytes]:
        """Yield the decoded body in pieces, each as soon as it arrives."""
        try:
            for piece in self._reply.chunks():
                self._recording.arrived(piece)
                yield piece
        except APIError:
            self._recording.ended("cut")
            raise
        if not self._reply.aborted:
            self._recording.ended("complete")

    def read(self, most: int | None = None) -> bytes:
        """Return the rest of the decoded body, or at least ``most`` bytes of it."""
        try:
            data = self._reply.read(most)
        except APIError:
            self._recording.ended("cut")
            raise
        if data:
            self._recording.arrived(data)
        if most is None or len(data) < most:
            self._recording.ended("complete")
        return data
