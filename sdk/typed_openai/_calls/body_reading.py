"""Read the body of a reply as :mod:`typed_openai._calls.results` plans it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from typed_openai._calls import results
from typed_openai._calls.described import Described
from typed_openai._streams.sse import LONGEST_FIELD, begins_like_events
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.binary import BinaryReply
from typed_openai.errors import APIError, APIStatusError
from typed_openai.streaming import Stream, StreamSource
from typed_openai_spec.model import Result


def failure(reply: HttpReply, request: HttpRequest) -> APIStatusError:
    """Return the error of a reply with an error status; read the body as far as possible, and close it."""
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in reply.chunks():
            pieces.append(piece)
            size += len(piece)
            if size >= results.LARGEST_ERROR:
                break
    except APIError:
        # The status is more important than a truncated explanation.
        pass
    finally:
        reply.close()
    return results.failure(reply, request, b"".join(pieces))


def read(reply: HttpReply, request: HttpRequest, result: Result, described: Described) -> Any:
    """Return the value of a successful reply. Raises ``InvalidReplyError`` if it is not as expected.

    The caller closes the reply if this raises.
    """
    plan = results.plan(reply, request, result, described)
    accumulation = partial(described.accumulation, result)
    if isinstance(plan, results.Whole):
        if plan.events is not None:
            stream = partial(
                Stream, reader=plan.events, operation=request.operation, accumulation=accumulation
            )
            return _events_or_value(reply, plan.value, stream)
        return plan.value(reply.read(plan.limit))
    if isinstance(plan, results.Events):
        return Stream(reply, plan.reader, request.operation, accumulation)
    if plan.check is None:
        return BinaryReply(reply, plan.media_type, plan.size, request.operation)
    begin, peeked, is_whole = _begun(reply)
    if not plan.check(b"".join(begin), is_whole):
        return None
    return BinaryReply(peeked, plan.media_type, plan.size, request.operation)


def _events_or_value(
    reply: HttpReply, value: Callable[[bytes], Any], stream: Callable[[StreamSource], Stream[Any]]
) -> Any:
    """Return the stream in a body that begins like one, whatever its declared type; else its value."""
    pieces = reply.chunks()
    begin = _first(pieces, LONGEST_FIELD)
    if begins_like_events(begin):
        return stream(_Peeked(reply, chain([begin], pieces)))
    return value(begin + _first(pieces, results.LARGEST_ERROR))


def _first(pieces: Iterator[bytes], size: int) -> bytes:
    """Return at least ``size`` bytes; fewer at the end."""
    found = b""
    for piece in pieces:
        found += piece
        if len(found) >= size:
            break
    return found


class _Peeked:
    """A reply whose first pieces have been read."""

    def __init__(self, reply: HttpReply, pieces: Iterator[bytes]) -> None:
        self._reply = reply
        self._pieces = pieces
        self.close = reply.close
        self.abort = reply.abort

    @property
    def aborted(self) -> bool:
        return self._reply.aborted

    def chunks(self) -> Iterator[bytes]:
        return self._pieces

    def read(self) -> bytes:
        return b"".join(self._pieces)


def _begun(reply: HttpReply) -> tuple[list[bytes], _Peeked, bool]:
    """Return the first pieces of a reply, the reply including them, and True if they are all of it."""
    pieces = reply.chunks()
    begin: list[bytes] = []
    size = 0
    for piece in pieces:
        begin.append(piece)
        size += len(piece)
        if size > results.LARGEST_ERROR:
            return begin, _Peeked(reply, chain(begin, pieces)), False
    return begin, _Peeked(reply, iter(begin)), True
