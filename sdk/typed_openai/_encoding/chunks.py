"""A request's body as pieces of bytes, made while they are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator


class Pieces:
    """A body whose size is not known beforehand. Iterating again sends it again, where ``replayable``."""

    def __init__(self, begin: Callable[[], Iterator[bytes]], *, replayable: bool) -> None:
        self._begin = begin
        self.replayable = replayable

    def __iter__(self) -> Iterator[bytes]:
        return self._begin()


class SizedPieces(Pieces):
    """A body of known size, so that it is sent with a Content-Length."""

    def __init__(self, begin: Callable[[], Iterator[bytes]], *, size: int, replayable: bool) -> None:
        super().__init__(begin, replayable=replayable)
        self._size = size

    def __len__(self) -> int:
        return self._size


def pieces(begin: Callable[[], Iterator[bytes]], *, size: int | None, replayable: bool) -> Pieces:
    """The body that ``begin`` gives the pieces of; ``size`` is in bytes, None where it is not known."""
    if size is None:
        return Pieces(begin, replayable=replayable)
    return SizedPieces(begin, size=size, replayable=replayable)
