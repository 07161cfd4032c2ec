"""Request bodies in pieces of bytes that are produced while they are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator


class Pieces:
    """A body of unknown size. Iterating again sends it again if it is ``replayable``."""

    def __init__(self, begin: Callable[[], Iterator[bytes]], *, replayable: bool) -> None:
        self._begin = begin
        self.replayable = replayable

    def __iter__(self) -> Iterator[bytes]:
        return self._begin()


class SizedPieces(Pieces):
    """A body of known size, which is sent with a Content-Length."""

    def __init__(self, begin: Callable[[], Iterator[bytes]], *, size: int, replayable: bool) -> None:
        super().__init__(begin, replayable=replayable)
        self._size = size

    def __len__(self) -> int:
        return self._size


def pieces(begin: Callable[[], Iterator[bytes]], *, size: int | None, replayable: bool) -> Pieces:
    """Return the body whose pieces ``begin`` yields; ``size`` is in bytes, or None if it is unknown."""
    if size is None:
        return Pieces(begin, replayable=replayable)
    return SizedPieces(begin, size=size, replayable=replayable)
