"""The ids of a job's requests, in a few bytes each: a job may have millions."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Final

from typed_openai.errors import CallError

ADDED: Final = 1

_SMALLEST: Final = 1 << 12
_MASK: Final = (1 << 64) - 1


class IdTable:
    """A set of texts, each with the digest of its request. Open addressing, half full at most.

    Only 64 bits of each text are kept. In one of some 40 million jobs with a million requests, two different
    ids have the same bits and are taken for one.

    The lowest bit of a digest says that the text was added by this process, and not read from a file.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _SMALLEST))
        self._digests = array("Q", bytes(8 * _SMALLEST))
        self._mask = _SMALLEST - 1
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, text: str, digest: int) -> int:
        """Add a text; return 0 if it is new, and its digest if it is known, which is then marked as added."""
        key = hash(text) & _MASK or 1
        slots, mask = self._slots, self._mask
        at = key & mask
        while found := slots[at]:
            if found == key:
                known = self._digests[at]
                self._digests[at] = known | ADDED
                return known
            at = (at + 1) & mask
        slots[at] = key
        self._digests[at] = digest
        self._count += 1
        if self._count * 2 > mask:
            self._grow()
        return 0

    def add_request(self, line_id: str, line: bytes) -> bool:
        """Add a request; return False if an earlier process has added the same one.

        Raises ``CallError`` if the id is used for another one.
        """
        digest = digest_of(line)
        known = self.add(line_id, digest | ADDED)
        if known in (0, digest):
            return not known
        same = "is used twice" if known & ADDED else "is used for another request in the folder"
        raise CallError(f"id: {line_id!r} {same}")

    def _grow(self) -> None:
        slots, digests = self._slots, self._digests
        size = len(slots) * 2
        self._slots = grown = array("Q", bytes(8 * size))
        self._digests = kept = array("Q", bytes(8 * size))
        self._mask = mask = size - 1
        for key, digest in zip(slots, digests, strict=True):
            if key:
                at = key & mask
                while grown[at]:
                    at = (at + 1) & mask
                grown[at] = key
                kept[at] = digest


def digest_of(line: bytes) -> int:
    """Return 63 bits of a request's digest, never 0, with the lowest bit clear."""
    return (int.from_bytes(blake2b(line, digest_size=8).digest()) | 2) & ~ADDED
