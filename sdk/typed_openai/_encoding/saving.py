"""Write files atomically: they get their name only when they are complete."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal


def save(pieces: Iterable[bytes], path: str | os.PathLike[str]) -> None:
    """Write the pieces to the file at ``path``, completely or not at all.

    Links are followed. An existing file keeps its mode. Anything but a regular file (a pipe, a device) is
    written to directly. Raises ``OSError`` with ``path`` if the file cannot be written.
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
    """Write the pieces to the file at ``place``; errors name the ``given`` path."""
    with _naming(given):
        file = place.open(mode)
    with file:
        if like is not None:
            # Before any content is written. A new file gets the mode that the process's umask allows.
            with suppress(FileNotFoundError), _naming(given):
                place.chmod(stat.S_IMODE(like.stat().st_mode))
        for piece in pieces:
            with _naming(given):
                file.write(piece)
        with _naming(given):
            file.close()


@contextmanager
def _naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Replace the path in the system's errors by ``path``: the caller does not know the temporary file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None
