"""Count the bytes of a transfer, and report them to a callback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized

from typed_openai._encoding.chunks import Pieces, pieces
from typed_openai.progress import Progress

_PIECE = 1 << 18


class Stopped(BaseException):
    """Carries a callback's exception through the HTTP libraries, past their own error handling.

    They would take an ``OSError`` of the callback for one of the connection.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


def counted(
    content: Iterable[bytes], total: int | None, on_progress: Callable[[Progress], object]
) -> Iterator[bytes]:
    """Yield the pieces of ``content``; call ``on_progress`` when the consumer has finished with each."""
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
    """Return a request body that reports the bytes sent to ``on_progress``, from 0 in each try.

    Exceptions of the callback are raised as :class:`Stopped` while the body is sent.
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
