"""How far a transfer has come: counts bytes on their way and tells a callback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass

from typed_openai._encoding.chunks import Pieces, pieces

__all__ = ["Progress"]

_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer has come, in bytes; of an upload all of the body counts, the form around files too.

    ``total`` is None as long as nobody knows it: while a pipe is read, or a reply without Content-Length.
    The first one of a transfer has ``done`` 0, the last one ``done`` equal to ``total``.
    """

    done: int
    total: int | None


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
