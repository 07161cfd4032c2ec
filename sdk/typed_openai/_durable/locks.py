"""Locks of open files, which end with the process that holds them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_FAR: Final = 1 << 40
"""The position of the locked byte on Windows, beyond all content: a locked byte cannot be read."""

if sys.platform == "win32":
    import msvcrt

    def lock(descriptor: int) -> bool:
        """Lock an open file for this process; return False if another one has locked it."""
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def lock(descriptor: int) -> bool:
        """Lock an open file for this process; return False if another one has locked it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def locked_file(path: Path) -> Iterator[bool]:
    """Create a file that only shows that something else is in use; False if another one has locked it.

    It is deleted at the end. A process that is killed leaves it, without the lock.
    """
    while True:
        with path.open("ab") as file:
            if not lock(file.fileno()):
                yield False
                return
            if os.fstat(file.fileno()).st_nlink == 0:
                continue  # the one that had it locked has deleted it since it was opened here
            try:
                yield True
            finally:
                _delete(path)
            return


def _delete(path: Path) -> None:
    with suppress(PermissionError):  # Windows deletes no open file; it stays, without the lock
        path.unlink(missing_ok=True)
