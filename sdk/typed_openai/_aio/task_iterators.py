"""Uploads from async iterators: the thread that sends the body has its task fetch each piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from typed_openai._aio.jobs import RUNNING
from typed_openai._encoding.file_mistakes import is_named

_END = object()


class TaskIterator(Iterator[bytes]):
    """The pieces of an async iterator, for a thread. The task that awaits the call drives the iterator."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    def __next__(self) -> bytes:
        job = RUNNING.get()
        if job is None:
            raise RuntimeError("an async iterator can be sent only by a call of an AsyncClient")
        piece = job.ask(self._fetch)
        if piece is _END:
            raise StopIteration
        result: bytes = piece
        return result

    async def _fetch(self) -> object:
        return await anext(self._pieces, _END)


def readable(value: Any) -> Any:
    """Return an argument with each file whose content is an async iterator made readable by a thread."""
    if _is_async_file(value):
        return (value[0], TaskIterator(aiter(value[1])), *value[2:])
    if isinstance(value, (list, tuple)) and any(map(_is_async_file, value)):
        return [readable(one) for one in value]
    return value


def _is_async_file(value: Any) -> bool:
    return is_named(value) and hasattr(value[1], "__aiter__")
