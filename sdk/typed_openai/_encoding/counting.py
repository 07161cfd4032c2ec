"""The bytes of a transfer, counted on their way and reported to a callback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized

from typed_openai._encoding.chunks import Pieces, pieces
from typed_openai.progress import Progress

_PIECE = 1 << 18


class Stopped(BaseException):
    """Carries what a callback raised through the libraries that send, past their own handling of errors.

    They would take an ``OSError`` of the callback's for one of the connection's.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


def counted(
    content: Iterable[bytes], total: int | None, on_progress: Callable[[Progress], object]
) -> Iterator[bytes]:
    """The pieces of ``content``; ``on_progress`` is told when whoever takes them is done with each."""
    done = 0
    on_progress(Progress(0, total))
    for piece in content:
        yield piece
        if piece:
            done += len(piece)
            on_progress(Progress(done, total))
    if total is None:
        on_progress(Progress(done, done))


def reported(
    content: bytes | Iterable[bytes] | None, on_progress: Callable[[Progress], object]
) -> Pieces | None:
    """The body of a request that tells ``on_progress`` what of it was sent, from 0 at each try.

    What the callback raises comes out of sending as :class:`Stopped`.
    """
    if content is None:
        return None
    size = len(content) if isinstance(content, Sized) else None

    def tell(progress: Progress) -> None:
        try:
            on_progress(progress)
        except BaseException as error:
            raise Stopped(error) from None

    def begin() -> Iterator[bytes]:
        return counted(_sliced(content) if isinstance(content, bytes) else content, size, tell)

    return pieces(begin, size=size, replayable=getattr(content, "replayable", True))


def _sliced(content: bytes) -> Iterator[bytes]:
    return (content[start : start + _PIECE] for start in range(0, len(content), _PIECE))
