"""Writing requests to the files of batches, split by their limits and by model."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any, Final

from typed_openai._batches.batch_limits import BatchLimits, inputs_in
from typed_openai._batches.id_table import IdTable, digest_of
from typed_openai._batches.job_folder import JobFolder, RequestFile
from typed_openai._durable.entry_log import damaged
from typed_openai.errors import CallError, JobError

_BUFFER: Final = 1 << 18
_MOST_OPEN: Final = 16
_UNREADABLE: Final = (ValueError, LookupError, TypeError, RecursionError)
"""The errors of a line that is no JSON, or other JSON than expected."""

_PLAIN_ID: Final = re.compile(rb'\{"custom_id":"([^"\\]*)",')
_ID: Final = re.compile(rb'\{"custom_id":("(?:[^"\\]|\\.)*")')


class RequestWriter:
    """One open file of requests. A line that cannot be written whole is not in the file."""

    def __init__(self, file: RequestFile, path: Path, inputs: int = 0) -> None:
        self.file = file
        self.inputs = inputs
        self._path = path
        self._raw = opened(path)
        self.lines = file.lines or 0
        self._written = self._raw.seek(0, os.SEEK_END)
        self._pending: list[bytes] = []
        self._waiting = 0

    @property
    def size(self) -> int:
        """The size of the file in bytes, with the lines that are not written yet."""
        return self._written + self._waiting

    def add(self, line: bytes, inputs: int) -> None:
        """Add a line."""
        self._pending.append(line)
        self._waiting += len(line) + 1
        self.lines += 1
        self.inputs += inputs
        if self._waiting >= _BUFFER:
            self.flush()

    def flush(self, *, sync: bool = False) -> None:
        """Write the lines that are waiting. After an ``OSError`` they are waiting still."""
        if self._pending:
            data = memoryview(b"\n".join([*self._pending, b""]))
            try:
                while data:
                    data = data[self._raw.write(data) :]
            except OSError as error:
                os.ftruncate(self._raw.fileno(), self._written)
                raise _named(error, self._path) from None
            self._written += self._waiting
            self._pending.clear()
            self._waiting = 0
        if sync:
            try:
                os.fsync(self._raw.fileno())
            except OSError as error:
                raise _named(error, self._path) from None

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


class RequestFiles:
    """The files of a job's requests that are open for more, and the ids of all requests."""

    def __init__(self, folder: JobFolder, limits: BatchLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._ids = IdTable()
        self._writers: dict[str | None, RequestWriter] = {}
        self._read()

    def add(self, line_id: str, line: bytes, body: Any, retry_of: int = 0) -> bool:
        """Add a line; return False if an earlier process has added the same one.

        Raises ``CallError`` if the id is used for another one.
        """
        if not self._ids.add_request(line_id, line):
            return False
        model = body.get("model")
        self._writer(model if isinstance(model, str) else None, line, body).add(
            line, inputs_in(self._folder.url, body)
        )
        return True

    def close(self) -> None:
        """Write what is waiting, and close all files: requests that are added later are in other files."""
        for model in list(self._writers):
            self._close(model)

    def flush(self) -> None:
        """Write what is waiting to the disk."""
        for writer in self._writers.values():
            writer.flush(sync=True)

    def release(self) -> None:
        """Close the files without a word in the journal: more can be added to them."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def _writer(self, model: str | None, line: bytes, body: Any) -> RequestWriter:
        """Return the open file for a line."""
        writer = self._writers.get(model)
        if writer is not None and self._is_full(writer, line, inputs_in(self._folder.url, body)):
            self._close(model)
            writer = None
        if writer is None:
            if len(line) >= self._limits.size:
                raise CallError(f"the request has {len(line)} bytes; a file can have {self._limits.size}")
            if len(self._writers) >= _MOST_OPEN:
                self._close(next(iter(self._writers)))
            writer = self._writers[model] = begun(self._folder, model)
        return writer

    def _is_full(self, writer: RequestWriter, line: bytes, inputs: int) -> bool:
        return (
            writer.lines >= self._limits.requests
            or writer.size + len(line) + 1 > self._limits.size
            or writer.inputs + inputs > self._limits.inputs > 0 < inputs
        )

    def _close(self, model: str | None) -> None:
        closed(self._folder, self._writers[model])
        del self._writers[model]

    def _read(self) -> None:
        """Read the ids of all requests, and open the files that are not closed."""
        for file in list(self._folder.files.values()):
            path = self._folder.requests(file)
            if file.lines is None and file.retry_of:
                continue  # written anew by the next repetition
            if file.lines is None:
                _cut(path)
            lines = inputs = 0
            for number, line in enumerate(lines_of(path), 1):
                lines = number
                if not file.retry_of and self._ids.add(id_of(line, path, number), digest_of(line)):
                    raise damaged(path, number, "an id that is not used before")
                if file.lines is None:
                    inputs += inputs_in(self._folder.url, _body_of(line, path, number))
            if file.lines is None:
                writer = RequestWriter(file, path, inputs)
                writer.lines = lines
                self._writers[file.model] = writer


def opened(path: Path) -> FileIO:
    """Open a file to add to it. Nothing is buffered: a failed write leaves nothing to be written later."""
    return FileIO(path, "ab")


def begun(folder: JobFolder, model: str | None, retry_of: int = 0) -> RequestWriter:
    """Begin a file of requests."""
    file = RequestFile(max(folder.files, default=0) + 1, model, retry_of)
    if folder.requests(file).exists():
        message = f"{folder.requests(file)}: the journal does not know this file; nothing was changed"
        raise JobError(message, reason="damaged", path=str(folder.requests(file)))
    folder.record({"file": file.number, "model": model, "retry_of": retry_of})
    file = folder.files[file.number]
    return RequestWriter(file, folder.requests(file))


def reopened(folder: JobFolder, file: RequestFile) -> RequestWriter:
    """Open a file of requests that is not closed."""
    return RequestWriter(file, folder.requests(file))


def closed(folder: JobFolder, writer: RequestWriter) -> None:
    """End a file of requests: what is in it is on the disk, and nothing is added to it."""
    writer.flush(sync=True)
    folder.record({"closed": writer.file.number, "lines": writer.lines, "size": writer.size})
    writer.close()


def lines_of(path: Path, *, whole: bool = False) -> Iterator[bytes]:
    """Yield the lines of a file without their ends; none if there is no such file.

    If they have to be ``whole``, a last line without an end is left out.
    """
    try:
        with path.open("rb") as file:
            for line in file:
                if whole and not line.endswith(b"\n"):
                    return
                yield line.rstrip(b"\r\n")
    except FileNotFoundError:
        return


def known_ids(folder: JobFolder) -> IdTable:
    """Return the ids of all requests in a folder, which another process may be writing to."""
    ids = IdTable()
    for file in [one for one in folder.files.values() if not one.retry_of]:
        path = folder.requests(file)
        for number, line in enumerate(lines_of(path, whole=file.lines is None), 1):
            ids.add(id_of(line, path, number), digest_of(line))
    return ids


def id_of(line: bytes, path: Path, number: int) -> str:
    """Return the id in a line of requests or results. Raises ``JobError`` for any other line."""
    try:
        if found := _PLAIN_ID.match(line):
            return found[1].decode()
        found = _ID.match(line)
        line_id = json.loads(found[1]) if found else json.loads(line)["custom_id"]
    except _UNREADABLE:
        line_id = None
    if isinstance(line_id, str):
        return line_id
    raise damaged(path, number, "a JSON object with a custom_id")


def _body_of(line: bytes, path: Path, number: int) -> dict[str, Any]:
    """Return the body in a line of requests. Raises ``JobError`` for any other line."""
    try:
        body = json.loads(line)["body"]
    except _UNREADABLE:
        body = None
    if isinstance(body, dict):
        return body
    raise damaged(path, number, "a request with a body")


def _cut(path: Path) -> None:
    """Drop a line that was not written whole."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        step = 1 << 16
        at = end
        while at > 0:
            start = max(0, at - step)
            file.seek(start)
            found = file.read(at - start).rfind(b"\n")
            if found >= 0:
                file.truncate(start + found + 1)
                return
            at = start
        file.truncate(0)


def _named(error: OSError, path: Path) -> OSError:
    """Return an error with the name of the file, which those of descriptors lack."""
    return OSError(error.errno, error.strerror, str(path))
