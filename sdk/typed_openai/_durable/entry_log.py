"""A log of the steps of long work: JSON lines that are on the disk before the next step begins.

One process at a time has a log open. If it is killed, the next one reads which steps are done. A line that
was cut off when the process was killed is dropped: its step is not known to be done. The first line names
the kind of the log: a file that begins with something else is never written to.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

from typed_openai._durable.locks import lock
from typed_openai.errors import JobError

FORMAT: Final = 1

_OPENED: Final = "opened"


class EntryLog:
    """An open log; :func:`opened_log` opens one. Its methods may be called from any thread."""

    def __init__(self, path: Path, file: FileIO, kind: str) -> None:
        self.path = path
        self._file = file
        self._lock = Lock()
        self._head = _head(kind)
        self.entries = self._read()
        """The entries so far, in order; without those that say who opened the log."""

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write an entry, and return when it is on the disk.

        Raises ``OSError`` if it cannot be written, for example because the disk is full. The log is then as
        it was before.
        """
        self._write(entry)
        self.entries.append(dict(entry))

    def remove(self) -> None:
        """Delete the log, which is still locked."""
        self.path.unlink(missing_ok=True)

    def sign(self) -> None:
        """Write who has the log open, for the error of another process that wants it."""
        self._write({_OPENED: {"host": socket.gethostname(), "pid": os.getpid(), "at": int(time.time())}})

    def _write(self, entry: Mapping[str, Any]) -> None:
        line = _line(entry)
        with self._lock:
            end = self._file.seek(0, os.SEEK_END)
            try:
                self._file.write(line)
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                os.ftruncate(self._file.fileno(), end)
                raise OSError(error.errno, error.strerror, str(self.path)) from None

    def _read(self) -> list[dict[str, Any]]:
        self._file.seek(0)
        content = self._file.read()
        if self._head.startswith(content):
            # New, or cut off in its first line.
            os.ftruncate(self._file.fileno(), 0)
            try:
                self._file.write(self._head)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(self.path)) from None
            return []
        entries = _entries(content, self._head, self.path)
        if (whole := content.rfind(b"\n") + 1) < len(content):
            os.ftruncate(self._file.fileno(), whole)
        return entries


def read_log(path: Path, kind: str) -> list[dict[str, Any]]:
    """Return the entries of a log without opening it; none if there is no such file. Raises ``JobError``."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    head = _head(kind)
    return [] if head.startswith(content) else _entries(content, head, path)


def _entries(content: bytes, head: bytes, path: Path) -> list[dict[str, Any]]:
    """Return the entries in the whole lines of a log."""
    if not content.startswith(head):
        message = f"{path}: expected {head.decode().strip()} in line 1; nothing was changed"
        raise JobError(message, reason="foreign", path=str(path))
    lines = content[: content.rfind(b"\n") + 1].splitlines()
    found = [_entry(line, number, path) for number, line in enumerate(lines, 1) if number > 1]
    return [one for one in found if _OPENED not in one]


def _entry(line: bytes, number: int, path: Path) -> dict[str, Any]:
    try:
        entry = json.loads(line.decode())
    except (ValueError, RecursionError):
        entry = None
    if isinstance(entry, dict):
        return entry
    raise damaged(path, number, "a JSON object")


def damaged(path: Path, number: int, expected: str) -> JobError:
    """Return the error about a line of a file that is not what was written there."""
    message = f"{path}:{number}: expected {expected}; the file is damaged"
    return JobError(message, reason="damaged", path=str(path))


@contextmanager
def opened_log(path: Path, kind: str) -> Iterator[EntryLog]:
    """Open the log of a kind at ``path`` for this process alone; create it if there is none.

    Call ``sign`` once its entries are understood.

    Raises :class:`JobError` if another process has it open, or if the file is not such a log, and
    ``OSError`` if it cannot be opened or written.
    """
    while True:
        # Unbuffered: what was written is in the file, and a failed write leaves nothing to be written later.
        file = path.open("a+b", buffering=0)
        try:
            if not lock(file.fileno()):
                raise JobError(f"{path}: in use by {_holder(file)}", reason="locked", path=str(path))
            if os.fstat(file.fileno()).st_nlink == 0:
                continue  # the process that had it locked has deleted it since it was opened here
            log = EntryLog(path, file, kind)
            yield log
            return
        finally:
            file.close()


def _head(kind: str) -> bytes:
    return _line({"typed-openai": kind, "format": FORMAT})


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _holder(file: Any) -> str:
    """Return who has a log open, from its last entry about that."""
    try:
        file.seek(0)
        lines = file.read().splitlines()
        found = [one for one in map(json.loads, lines) if isinstance(one, dict) and _OPENED in one]
        holder = found[-1][_OPENED]
        return f"process {holder['pid']} on {holder['host']}"
    except (OSError, ValueError, LookupError, TypeError):
        return "another process"
