"""Paths that stand for open descriptors of this process: ``/dev/stdout``, ``/dev/fd/3``."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

_MOST_LINKS: Final = 40
_DESCRIPTOR: Final = re.compile(r"/dev/fd/([0-9]{1,9})|/proc/([^/]+)/fd/([0-9]{1,9})")


def descriptor_of(path: str | os.PathLike[str]) -> int | None:
    """Return the number of the descriptor that ``path`` stands for, possibly through links; else None.

    Opening such a path would open its file anew, from the beginning, and cannot open a socket.

    >>> descriptor_of("/dev/fd/3")
    3
    """
    place = os.path.abspath(os.fspath(path))  # noqa: PTH100  # Path.absolute() keeps ".."
    for _ in range(_MOST_LINKS):
        if (found := _DESCRIPTOR.fullmatch(place)) is not None and _is_ours(found[2]):
            return int(found[1] or found[3])
        try:
            target = Path(place).readlink()
        except (OSError, ValueError):
            return None
        place = os.path.normpath(Path(place).parent / target)
    return None


def _is_ours(process: str | None) -> bool:
    return process in (None, "self", "thread-self", str(os.getpid()))
