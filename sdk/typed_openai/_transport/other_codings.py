"""Content codings that urllib3 supports and this package does not: Brotli and Zstandard, if installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from urllib3 import HTTPResponse
from urllib3.exceptions import DecodeError

from typed_openai._transport.decompression import UNPACKED, is_bomb, too_big

_PIECE = 1 << 16


def needs_urllib3(codings: list[str]) -> bool:
    """Return True if only urllib3 can decode one of the codings; the user asked for it then."""
    return any(one in HTTPResponse.CONTENT_DECODERS and one not in UNPACKED for one in codings)


def decoded(pieces: Iterator[bytes], codings: list[str], *, kept: bool) -> Iterator[bytes]:
    """Yield the pieces of a body without its codings, as far as each piece completes them.

    Raises ``urllib3.exceptions.DecodeError`` for invalid data, and ``TooBig`` if the pieces are ``kept`` in
    memory and are out of all proportion.
    """
    source: Any = _Source(pieces)
    response = HTTPResponse(
        source, headers={"content-encoding": ", ".join(codings)}, preload_content=False, decode_content=True
    )
    given = 0
    while piece := response.read1(_PIECE):
        given += len(piece)
        if kept and is_bomb(source.taken, given):
            raise too_big()
        yield piece
    if source.taken and not _is_finished(response):
        raise DecodeError(f"the content ends early for its coding {', '.join(codings)}")


def _is_finished(response: HTTPResponse) -> bool:
    """Return False if a decoder expects more; urllib3 itself does not report it for every coding."""
    decoder = getattr(response, "_decoder", None)
    # None if there is no such attribute any more, or nothing to decode.
    for one in getattr(decoder, "_decoders", (decoder,)):
        state = getattr(one, "_obj", None)
        finished = getattr(state, "is_finished", None)
        if not (finished() if callable(finished) else getattr(state, "eof", True)):
            return False
    return True


class _Source:
    """Pieces of bytes as the file that urllib3 reads."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.taken = 0
        self.closed = False

    def read1(self, amount: int = -1) -> bytes:
        """Return the next piece, whatever its size; empty at the end."""
        piece = next(self._pieces, b"")
        self.taken += len(piece)
        return piece

    read = read1

    def close(self) -> None:
        self.closed = True
