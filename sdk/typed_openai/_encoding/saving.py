"""Writes a file that appears under its name only when it is complete."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal


def save(pieces: Iterable[bytes], path: str | os.PathLike[str]) -> None:
    """Write the pieces to the file at ``path``, wholly or not at all.

    A link is followed; a file that is there already keeps its mode, and what is no regular file (a pipe, a
    device) is written to as it is. Raises ``OSError`` naming ``path`` where the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        _write(pieces, target, "wb", path)
        return
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        _write(pieces, part, "xb", path, like=target)
        with _naming(path):
            part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _write(
    pieces: Iterable[bytes],
    place: Path,
    mode: Literal["wb", "xb"],
    given: str | os.PathLike[str],
    like: Path | None = None,
) -> None:
    """Write the pieces to the file at ``place``, on behalf of the path that was ``given``."""
    with _naming(given):
        file = place.open(mode)
    with file:
        if like is not None:
            # Before there is anything in it. A new file has the mode that the process's umask leaves.
            with suppress(FileNotFoundError), _naming(given):
                place.chmod(stat.S_IMODE(like.stat().st_mode))
        for piece in pieces:
            with _naming(given):
                file.write(piece)
        with _naming(given):
            file.close()


@contextmanager
def _naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let the system's errors name ``path``: the caller knows nothing of the file that is written first."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None
