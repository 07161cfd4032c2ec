"""Write files so that they have their old content or all of the new one.

A file gets its name only when it is complete, if the system allows it. Otherwise it is overwritten once its
whole content has arrived.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from typed_openai._encoding.descriptors import descriptor_of

StrPath = str | os.PathLike[str]

# No file can be made in the folder, or the file cannot be replaced by another: it is a mount point, belongs
# to someone else in a folder like /tmp, or is in use.
_FIXED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV, errno.ETXTBSY})


def save(pieces: Iterable[bytes], path: StrPath) -> None:
    """Write the pieces to the file at ``path``, completely or not at all.

    Links are followed. An existing file keeps its mode and, if possible, its owner. Anything but a regular
    file (a pipe, a device, a descriptor such as ``/dev/stdout``) is written to directly. Raises ``OSError``
    with ``path`` if the file cannot be written.
    """
    with _naming(path):
        special = _opened(path)
    if special is None:
        _save_regular(pieces, Path(os.path.realpath(path)), path)
    else:
        _write(pieces, special, path)


def _opened(path: StrPath) -> IO[bytes] | None:
    """Open a descriptor, or anything else that is not a regular file; None for a file, even a missing one."""
    if (number := descriptor_of(path)) is not None:
        return os.fdopen(os.dup(number), "wb")
    try:
        is_file = stat.S_ISREG(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return None
    return None if is_file else Path(path).open("wb")


def _save_regular(pieces: Iterable[bytes], target: Path, given: StrPath) -> None:
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with _naming(given):
            file = part.open("xb")
    except OSError as error:
        if error.errno not in _FIXED or not _is_writable(target):
            raise
        _save_in_place(pieces, target, given)
        return
    try:
        with _naming(given):
            _make_like(part, target)
        _write(pieces, file, given)
        with _naming(given):
            _rename(part, target)
    except BaseException:
        file.close()
        raise
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _is_writable(target: Path) -> bool:
    with suppress(OSError), target.open("r+b"):
        return True
    return False


def _save_in_place(pieces: Iterable[bytes], target: Path, given: StrPath) -> None:
    """Overwrite a file in a folder where no other can be made, once all pieces have arrived."""
    with tempfile.TemporaryFile() as kept:
        for piece in pieces:
            kept.write(piece)
        kept.seek(0)
        with _naming(given):
            _overwrite(target, kept)


def _rename(part: Path, target: Path) -> None:
    """Give a complete file its name, or copy it into the file that has the name."""
    try:
        part.replace(target)
    except OSError as error:
        if error.errno not in _FIXED or not _is_writable(target):
            raise
        with part.open("rb") as whole:
            _overwrite(target, whole)


def _overwrite(target: Path, whole: IO[bytes]) -> None:
    with target.open("r+b") as file:
        shutil.copyfileobj(whole, file)
        file.truncate()


def _make_like(part: Path, target: Path) -> None:
    """Give a new file the owner and mode of the file that it replaces, before it has any content.

    Without such a file, it has the mode that the process's umask allows.
    """
    with suppress(FileNotFoundError):
        old = target.stat()
        _give_to(part, old)
        part.chmod(stat.S_IMODE(old.st_mode))


def _give_to(part: Path, old: os.stat_result) -> None:
    new = part.stat()
    if (new.st_uid, new.st_gid) == (old.st_uid, old.st_gid) or not hasattr(os, "chown"):
        return
    # Only the superuser may give files away, but others may choose among their groups.
    for owner in (old.st_uid, -1):
        with suppress(OSError):
            os.chown(part, owner, old.st_gid)
            return


def _write(pieces: Iterable[bytes], file: IO[bytes], given: StrPath) -> None:
    """Write the pieces to an open file and close it; errors name the ``given`` path."""
    try:
        for piece in pieces:
            with _naming(given):
                file.write(piece)
        with _naming(given):
            file.close()
    finally:
        with suppress(OSError):  # what is buffered cannot be written either: the first error counts
            file.close()


@contextmanager
def _naming(path: StrPath) -> Iterator[None]:
    """Replace the path in the system's errors by ``path``: the caller does not know the temporary file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None
