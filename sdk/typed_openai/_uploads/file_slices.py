"""Slices of a file: the parts of an upload, read while they are sent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Slice:
    """The bytes of a file from ``start``, ``size`` of them; ``number`` counts from 0."""

    number: int
    start: int
    size: int


def slices(size: int, part_size: int) -> list[Slice]:
    """Return the slices of a file; all but the last one have the size of a part."""
    starts = range(0, size, part_size)
    return [Slice(number, start, min(part_size, size - start)) for number, start in enumerate(starts)]


class SliceReader:
    """A slice as an open binary file that can seek."""

    def __init__(self, file: BinaryIO, part: Slice) -> None:
        self._file = file
        self._part = part
        self._at = 0
        self.name = f"part-{part.number + 1}"

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most up to the end of the slice."""
        left = max(self._part.size - self._at, 0)
        self._file.seek(self._part.start + self._at)
        data = self._file.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position in the slice, and return it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._part.size}[whence]
        self._at = base + position
        return self._at

    def tell(self) -> int:
        """Return the position in the slice."""
        return self._at


def checksum(path: Path, is_stopped: Callable[[], bool]) -> str:
    """Return the MD5 digest of a file; empty if stopped before its end."""
    digest: Any = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while data := file.read(_PIECE):
            if is_stopped():
                return ""
            digest.update(data)
    return str(digest.hexdigest())
