"""The ``HttpReply`` for requests: a body that is decoded as it arrives, and this package's errors."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

import requests
import urllib3

from typed_openai._transport.clock import now
from typed_openai._transport.deadlines import Exchange, Limits
from typed_openai._transport.decompression import BadCoding, TooBig, codings_of, unpacked
from typed_openai._transport.failures import LIBRARY_ERRORS, our_error
from typed_openai._transport.http1 import READ_SIZE, Reply
from typed_openai._transport.other_codings import decoded, needs_urllib3
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import InvalidReplyError, OpenAIError

_UNREADABLE = (BadCoding, TooBig, urllib3.exceptions.DecodeError)
_READING_ERRORS = (*LIBRARY_ERRORS, *_UNREADABLE)


class RequestsReply:
    """A reply of any session, as far as requests gives access to it."""

    def __init__(self, response: Any, request: HttpRequest, limits: Limits) -> None:
        self._response = response
        self._request = request
        self._limits = limits
        self.status: int = response.status_code
        self._aborted = False

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers, with names in lower case."""
        return {name.lower(): value for name, value in self._response.headers.items()}

    @property
    def aborted(self) -> bool:
        """True after :meth:`abort`."""
        return self._aborted

    def chunks(self) -> Iterator[bytes]:
        """Yield the decoded body in pieces, each as soon as it arrives."""
        try:
            yield from self._pieces()
        except Exception as error:
            # Errors of a connection that was closed during a read are expected.
            if self.aborted:
                return
            if isinstance(error, _READING_ERRORS):
                raise self._error(error) from error
            raise

    def read(self, most: int | None = None) -> bytes:
        """Return the rest of the decoded body, or at least ``most`` bytes of it."""
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
        """End a blocked read of another thread, and the connection."""
        self._aborted = True
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
        """True for a response whose content was set by hand: there is nothing to read or to close."""
        return isinstance(self._response, requests.Response) and self._raw is None

    @property
    def _gives_its_wire(self) -> bool:
        """True if the body can be read as it arrives."""
        return isinstance(self._raw, urllib3.HTTPResponse)

    def _pieces(self, *, kept: bool = False) -> Iterator[bytes]:
        """Yield the body's pieces; if they are ``kept``, ``TooBig`` protects the memory."""
        raw = self._raw
        # Content that a user's hook, or a session that does not stream, has read already.
        if self._is_made_by_hand or getattr(self._response, "_content_consumed", False) is True:
            yield self._response.content or b""
        elif not self._gives_its_wire:
            # A user's substitute.
            if kept and isinstance(content := getattr(self._response, "content", None), bytes):
                yield content
                return
            for piece in self._response.iter_content(None if hasattr(raw, "stream") else READ_SIZE):
                self._limits.check("idle")
                yield piece
        else:
            codings = codings_of(self.headers.get("content-encoding", ""))
            decode = decoded if needs_urllib3(codings) else unpacked
            yield from decode(self._wire(raw), codings, kept=kept)

    def _wire(self, raw: Any) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        sock = _socket_below(raw)
        while True:
            self._limits.check("idle")
            if sock is not None:
                with suppress(OSError):
                    sock.settimeout(self._limits.least("idle"))
            if not (piece := raw.read1(READ_SIZE, decode_content=False)):
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
            request_id=request_id and request.redacted(request_id),
        )


class TimedReply(RequestsReply):
    """A reply over a timed connection: reads respect the limits, and its end is detected at once."""

    def __init__(self, response: Any, request: HttpRequest, exchange: Exchange, wire: Reply) -> None:
        super().__init__(response, request, exchange.limits)
        self._exchange = exchange
        self._reply = wire
        self._is_reading = False

    @property
    def aborted(self) -> bool:
        """True after :meth:`abort`, and when the call was cancelled, which aborts the exchange only."""
        return self._aborted or self._exchange.aborted

    def close(self) -> None:
        """Keep the connection for the next request if the reply is complete, else close it."""
        raw = self._raw
        if self._is_reading and sys.is_finalizing():
            # A daemon thread that holds the lock of the file object never releases it. The system closes all.
            return
        if self._is_reading and not self._exchange.is_inherited:
            # Another thread waits for more: the end that it sees is not the reply's.
            self._exchange.abort()
        # In a forked child, unread data belongs to its parent.
        if not (self._exchange.aborted or self._exchange.is_inherited):
            self._reply.finish_at_hand()
        if not self._released():
            self._exchange.hang_up()
        # Called by a greenlet or a signal handler in the middle of a read of the same thread. The read ends
        # now, and the reader closes the reply.
        with suppress(RuntimeError):
            raw.close()

    def abort(self) -> None:
        """End a blocked read of another thread, and the connection."""
        self._aborted = True
        self._exchange.abort()
        # In a forked child, a thread of the parent may have held the lock, which is never released then.
        if not self._exchange.is_inherited:
            self.close()

    @property
    def _gives_its_wire(self) -> bool:
        return True

    def _wire(self, raw: Any) -> Iterator[bytes]:
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
        """Release the connection if the reply is complete; return True if it is."""
        if self._reply.is_complete:
            # From here on it carries other exchanges.
            self._exchange.sock = None
            self._exchange.ended = now()
            self._raw.release_conn()
        return self._reply.is_complete


def _socket_below(raw: Any) -> socket.socket | None:
    """Return the socket below http.client's file object, if a user's session gives access to it."""
    below: Any = raw
    for name in ("_fp", "fp", "raw", "_sock"):
        below = getattr(below, name, None)
    return below if isinstance(below, socket.socket) else None
