"""A reply of requests as an ``HttpReply``: its body unwrapped as it arrives, its failures our errors."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

import requests
import urllib3

from typed_openai._transport.deadlines import Exchange, Limits
from typed_openai._transport.decompression import UNPACKED, BadCoding, TooBig, codings_of, unpacked
from typed_openai._transport.failures import LIBRARY_ERRORS, our_error
from typed_openai._transport.http1 import READ_SIZE, Reply
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import InvalidReplyError, OpenAIError

_UNREADABLE = (BadCoding, TooBig, urllib3.exceptions.DecodeError)
_READING_ERRORS = (*LIBRARY_ERRORS, *_UNREADABLE)


class RequestsReply:
    """A reply of any session, read as far as requests lets us."""

    def __init__(self, response: Any, request: HttpRequest, limits: Limits) -> None:
        self._response = response
        self._request = request
        self._limits = limits
        self.status: int = response.status_code
        self.aborted = False

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in lower case."""
        return {name.lower(): value for name, value in self._response.headers.items()}

    def chunks(self) -> Iterator[bytes]:
        """The decoded body in pieces, each as soon as it arrives."""
        try:
            yield from self._pieces()
        except Exception as error:
            # Whatever a connection does that was closed under a reader, it is no error then.
            if self.aborted:
                return
            if isinstance(error, _READING_ERRORS):
                raise self._error(error) from error
            raise

    def read(self, most: int | None = None) -> bytes:
        """The rest of the decoded body, or at least ``most`` bytes of it."""
        pieces: list[bytes] = []
        size = 0
        try:
            for piece in self._pieces(kept=True):
                pieces.append(piece)
                size += len(piece)
                if most is not None and size >= most:
                    break
        except _READING_ERRORS as error:
            raise self._error(error) from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        """Close the connection unless everything was read."""
        close = getattr(self._response, "close", None)
        if close is not None and not self._is_made_by_hand:
            close()

    def abort(self) -> None:
        """End a read that blocks in another thread, and the connection with it."""
        self.aborted = True
        sock = _socket_below(self._raw)
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        self.close()

    @property
    def _raw(self) -> Any:
        return getattr(self._response, "raw", None)

    @property
    def _is_made_by_hand(self) -> bool:
        """Whether this is a response with its content set: there is nothing to read from or to close."""
        return isinstance(self._response, requests.Response) and self._raw is None

    @property
    def _gives_its_wire(self) -> bool:
        """Whether the body can be had as it comes."""
        return isinstance(self._raw, urllib3.HTTPResponse)

    def _pieces(self, *, kept: bool = False) -> Iterator[bytes]:
        """The body's pieces; where they are ``kept``, ``TooBig`` saves the memory."""
        raw = self._raw
        # What was read already, by a hook of the user's or a session that does not stream, is kept there.
        if self._is_made_by_hand or getattr(self._response, "_content_consumed", False) is True:
            yield self._response.content or b""
        elif not self._gives_its_wire:
            # A stand-in of the user's.
            if kept and isinstance(content := getattr(self._response, "content", None), bytes):
                yield content
                return
            for piece in self._response.iter_content(None if hasattr(raw, "stream") else READ_SIZE):
                self._limits.check("idle")
                yield piece
        else:
            codings = codings_of(self.headers.get("content-encoding", ""))
            if any(one in raw.CONTENT_DECODERS and one not in UNPACKED for one in codings):
                # urllib3 knows one that we do not: the user asked for it.
                yield from self._wire(raw, decoded=True)
            else:
                yield from unpacked(self._wire(raw), codings, kept=kept)

    def _wire(self, raw: Any, decoded: bool = False) -> Iterator[bytes]:
        """The body as it comes; ``decoded`` where urllib3 is to undo its codings."""
        sock = _socket_below(raw)
        while True:
            self._limits.check("idle")
            if sock is not None:
                with suppress(OSError):
                    sock.settimeout(self._limits.least("idle"))
            if not (piece := raw.read1(READ_SIZE, decode_content=decoded)):
                return
            yield piece

    def _error(self, error: Exception) -> OpenAIError:
        request, request_id = self._request, self.headers.get("x-request-id")
        if not isinstance(error, _UNREADABLE):
            return our_error(error, request, self._limits, request_id, answered=True)
        return InvalidReplyError(
            f"{request.operation}: {error} (status {self.status})",
            operation=request.operation,
            status=self.status,
            request_id=request_id,
        )


class TimedReply(RequestsReply):
    """A reply over a connection of ours: each read keeps to the limits, and its end is known at once."""

    def __init__(self, response: Any, request: HttpRequest, exchange: Exchange, wire: Reply) -> None:
        super().__init__(response, request, exchange.limits)
        self._exchange = exchange
        self._reply = wire
        self._is_reading = False

    def close(self) -> None:
        """Keep the connection for the next request where the reply is complete, else close it."""
        raw = self._raw
        if self._is_reading and not self._exchange.is_inherited:
            # Another thread waits for more: the end that it comes to is not the reply's.
            self._exchange.abort()
        # What a forked child would read there is for its parent.
        if not (self._exchange.aborted or self._exchange.is_inherited):
            self._reply.finish_at_hand()
        if not self._released():
            self._exchange.hang_up()
        raw.close()

    def abort(self) -> None:
        """End a read that blocks in another thread, and the connection with it."""
        self.aborted = True
        self._exchange.abort()
        # A thread of the parent's may have been reading when this process was forked: its lock is never
        # freed.
        if not self._exchange.is_inherited:
            self.close()

    @property
    def _gives_its_wire(self) -> bool:
        return True

    def _wire(self, raw: Any, decoded: bool = False) -> Iterator[bytes]:
        if decoded:
            yield from super()._wire(raw, decoded)
            return
        while piece := self._piece():
            yield piece
        if not self._released():
            self.close()

    def _piece(self) -> bytes:
        self._is_reading = True
        try:
            return self._reply.piece()
        finally:
            self._is_reading = False

    def _released(self) -> bool:
        """Give the connection back where the reply is complete; whether it is."""
        if self._reply.is_complete:
            # From here on it carries other exchanges.
            self._exchange.sock = None
            self._raw.release_conn()
        return self._reply.is_complete


def _socket_below(raw: Any) -> socket.socket | None:
    """The socket under http.client's file object, where a session of the user's lets us reach it."""
    below: Any = raw
    for name in ("_fp", "fp", "raw", "_sock"):
        below = getattr(below, name, None)
    return below if isinstance(below, socket.socket) else None
