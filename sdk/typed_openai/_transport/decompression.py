"""Decompress reply bodies (RFC 9110, section 8.4.1), in pieces and with a limit on their size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

UNPACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
"""The codings that :class:`Unpacker` supports."""

# Codings that are registered or in use, but that requests do not ask for.
_NOT_OURS = frozenset({"br", "bzip2", "compress", "dcb", "dcz", "lz4", "snappy", "x-compress", "xz", "zstd"})


_PIECE = 1 << 18
_ZLIB_HEADER = 2


_SMALL_REPLY = 1 << 24
_BIGGEST_RATIO = 100
_MOST_CODINGS = 5


class BadCoding(Exception):
    """Raised if the body does not match its Content-Encoding, or if that was not asked for."""


class TooBig(Exception):
    """Raised for a body that expands so much that it can only be meant to exhaust the memory."""


class Unpacker:
    """Decompresses a body in pieces of limited size, each as soon as possible."""

    def __init__(self, coding: str, before: Unpacker | None = None) -> None:
        self._coding = coding
        self._before = before
        """The unpacker of the coding around this one, if there is one."""
        self._is_gzip = coding != "deflate"
        # 16 plus the bits of the window: with the header and trailer of gzip.
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS + 16 * self._is_gzip)
        self._head: bytes | None = None if self._is_gzip else b""
        """The first bytes, until they show whether there is a zlib header; None from then on."""
        self._taken = 0
        self._given = 0

    def feed(self, data: bytes, *, kept: bool = False) -> Iterator[bytes]:
        """Yield the pieces that ``data`` completes. Raises :class:`BadCoding`.

        Raises :class:`TooBig` if the pieces are ``kept`` in memory and are out of all proportion.
        """
        self._taken += len(data)
        if self._head is not None:
            data = self._begun(self._head + data)
        while data:
            piece = self._unpacked(data)
            self._given += len(piece)
            if kept and is_bomb(self._arrived, self._given):
                raise too_big()
            if piece:
                yield piece
            data = self._zlib.unconsumed_tail
            if self._zlib.eof:
                data = self._zlib.unused_data
                if not self._is_gzip or not data.strip(b"\0"):
                    return
                # Another member of the same file (RFC 1952, section 2.2).
                self._zlib = zlib.decompressobj(zlib.MAX_WBITS + 16)

    def close(self) -> None:
        """Handle the end of the data. Raises :class:`BadCoding` if it came too early."""
        if self._taken and not self._zlib.eof:
            raise BadCoding(f"the reply's {self._coding} data ends in its middle")

    @property
    def _arrived(self) -> int:
        """Number of bytes that arrived over the wire."""
        return self._taken if self._before is None else self._before._arrived

    def _begun(self, data: bytes) -> bytes:
        """Return ``data`` once the format of its beginning is known; nothing before that."""
        if len(data) < _ZLIB_HEADER:
            self._head = data
            return b""
        self._head = None
        # Some servers omit the zlib wrapper that the standard requires (RFC 1950, section 2.2).
        if data[0] & 15 != zlib.DEFLATED or int.from_bytes(data[:_ZLIB_HEADER]) % 31:
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
        return data

    def _unpacked(self, data: bytes) -> bytes:
        try:
            return self._zlib.decompress(data, _PIECE)
        except zlib.error:
            raise BadCoding(f"the reply is not the {self._coding} data that it says it is") from None


def is_bomb(arrived: int, given: int) -> bool:
    """Return True if ``given`` bytes are out of all proportion to those that arrived."""
    return given > max(_SMALL_REPLY, _BIGGEST_RATIO * arrived)


def too_big() -> TooBig:
    """Return the error for such a body."""
    return TooBig(f"the reply decompresses to more than {_BIGGEST_RATIO} times its size")


def codings_of(content_encoding: str) -> list[str]:
    """Return the codings of a body, in the order in which they were applied.

    ``identity`` is not a coding, nor is the name of a charset, which some servers send by mistake.
    """
    names = (one.strip().lower() for one in content_encoding.split(","))
    return [one for one in names if one in UNPACKED or one in _NOT_OURS]


def unpacked(pieces: Iterator[bytes], codings: list[str], *, kept: bool) -> Iterator[bytes]:
    """Yield the pieces without their codings, the last one first; see :meth:`Unpacker.feed`."""
    if len(codings) > _MOST_CODINGS:
        raise BadCoding(f"the reply has {len(codings)} nested codings")
    unpacker: Unpacker | None = None
    for coding in reversed(codings):
        if coding not in UNPACKED:
            raise BadCoding(f"the reply has the coding {coding[:20]!r}, which was not requested")
        unpacker = Unpacker(coding, unpacker)
        pieces = _out_of(unpacker, pieces, kept)
    return pieces


def _out_of(unpacker: Unpacker, pieces: Iterator[bytes], kept: bool) -> Iterator[bytes]:
    for packed in pieces:
        yield from unpacker.feed(packed, kept=kept)
    unpacker.close()
