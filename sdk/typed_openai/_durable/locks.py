"""Locks of open files, which end with the process that holds them."""

from __future__ import annotations

import sys
from typing import Final

_FAR: Final = 1 << 40
"""The position of the locked byte on Windows, beyond all content: a locked byte cannot be read."""

if sys.platform == "win32":
    import msvcrt
    import os

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
