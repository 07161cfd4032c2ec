"""The events of a stream, read from its bytes until its end."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from typed_openai.errors import APIConnectionError, APITimeoutError, StreamTruncatedError


def events_of(source: Any, reader: Any, operation: str) -> Generator[Any, None, None]:
    """Yield the events of a stream, and close its source at the end.

    Source and reader are those of :class:`typed_openai.streaming.Stream`.

    Raises ``StreamTruncatedError`` if the stream ends too early, and the errors of the source and reader.
    """
    broken: APIConnectionError | None = None
    try:
        try:
            for chunk in source.chunks():
                yield from reader.feed(chunk)
                if reader.ended:
                    return
        except APIConnectionError as error:
            broken = error
        if source.aborted:
            return
        yield from reader.close(broken is not None)
    finally:
        source.close()
    if reader.finished:
        return
    if isinstance(broken, APITimeoutError):
        raise broken
    events, dropped = reader.arrived()
    raise StreamTruncatedError(
        f"{operation}: the stream ended after {dropped + len(events)} events, before its terminal event",
        operation=operation,
        events=events,
        dropped=dropped,
        request_id=reader.request_id,
    ) from broken
