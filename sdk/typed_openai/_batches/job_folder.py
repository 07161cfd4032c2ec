"""The folder of a job: its files, and the journal of what was done with each.

Layout::

    journal.jsonl          the steps so far, one on each line
    requests/0001.jsonl    the input of the first batch, as the API reads it
    output/0001.jsonl      what the API wrote about it: replies
    errors/0001.jsonl      and failures

A file of failed requests that are sent again is another file of requests, and its entry names the first one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from typed_openai._durable.entry_log import EntryLog, opened_log, read_log
from typed_openai.errors import JobError

KIND: Final = "batch job"
ENDED: Final = frozenset({"completed", "failed", "expired", "cancelled"})
"""The states in which a batch does no more."""


@dataclass(slots=True)
class RequestFile:
    """The input of one batch, and what was done with it.

    ``retry_of`` is the number of the file whose failed requests it repeats, or 0. ``lines`` is None as long
    as requests may be added. ``lost`` are the ids of uploads that the server has deleted before a batch was
    created. ``ended`` is the batch in its final state, and ``sizes`` are those of its results in bytes, by
    folder. ``attempt`` counts the batches that were created for it. ``creating`` is the time of the last
    attempt whose outcome is not known, in seconds since 1970, or 0. No batch is created for a file that was
    ``cancelled``.
    """

    number: int
    model: str | None
    retry_of: int = 0
    lines: int | None = None
    size: int = 0
    uploading: bool = False
    file_id: str = ""
    uploaded_at: float = 0.0
    lost: set[str] = field(default_factory=set)
    creating: float = 0.0
    batch_id: str = ""
    attempt: int = 1
    queued_at: float = 0.0
    cancelled: bool = False
    ended: Mapping[str, Any] = field(default_factory=dict)
    downloaded: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its files."""
        return f"{self.number:04d}.jsonl"

    @property
    def state(self) -> str:
        """The state in one word."""
        if self.ended:
            return str(self.ended["status"])
        if self.batch_id:
            return "sent"
        return "adding" if self.lines is None else "waiting"


class JobFolder:
    """The state of a job, read from its journal. Changes need the lock, which :meth:`locked` takes."""

    def __init__(self, path: Path, operation: str, url: str) -> None:
        self.path = path
        self.operation = operation
        self.url = url
        self.job_id = ""
        self.created_at = 0
        self.files: dict[int, RequestFile] = {}
        self._log: EntryLog | None = None

    @property
    def journal(self) -> Path:
        """The path of the journal."""
        return self.path / "journal.jsonl"

    def requests(self, file: RequestFile) -> Path:
        """Return the path of a file's requests."""
        return self.path / "requests" / file.name

    def output(self, file: RequestFile) -> Path:
        """Return the path of a file's replies."""
        return self.path / "output" / file.name

    def errors(self, file: RequestFile) -> Path:
        """Return the path of a file's failures."""
        return self.path / "errors" / file.name

    @property
    def has_open_files(self) -> bool:
        """True if there are requests that were added and not sent."""
        return any(one.lines is None and not one.retry_of for one in self.files.values())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Have the folder for this process alone, and its state as the last process left it.

        Creates the folder if there is none. Raises ``JobError`` if another process has it, or if it is not
        the folder of a job with this operation.
        """
        if self._log is not None:
            yield
            return
        self._check_place()
        self.path.mkdir(parents=True, exist_ok=True)
        # The journal comes first: a folder with other files and no journal is not that of a job.
        with opened_log(self.journal, KIND) as log:
            self._restore(log.entries)
            if not self.job_id and any(self.path.glob("*/*.jsonl")):
                message = f"{self.journal} is empty, and there are requests or results; nothing was changed"
                raise JobError(message, reason="damaged", path=str(self.journal))
            for one in ("requests", "output", "errors"):
                (self.path / one).mkdir(exist_ok=True)
            log.sign()
            self._log = log
            try:
                if not self.job_id:
                    entry = {"job": f"job_{token_hex(12)}", "operation": self.operation, "url": self.url}
                    self.record({**entry, "created_at": int(time.time())})
                yield
            finally:
                self._log = None

    def look(self) -> None:
        """Read the state without the lock. Raises ``JobError`` if the folder is not that of such a job."""
        if self._log is None:
            self._restore(read_log(self.journal, KIND))

    def record(self, entry: Mapping[str, Any]) -> None:
        """Write a step to the journal, and apply it."""
        if self._log is None:
            raise RuntimeError("the folder is not locked")
        self._log.append(entry)
        self._apply(entry)

    def has_results(self, file: RequestFile) -> bool:
        """Return True if the results of a batch were downloaded, and are here."""
        return file.downloaded and all((self.path / one / file.name).exists() for one in file.sizes)

    def check_results(self, file: RequestFile) -> None:
        """Raise ``JobError`` if the results of a batch are not as they were downloaded."""
        for path in (self.output(file), self.errors(file)):
            _check_size(path, file.sizes.get(path.parent.name), "downloaded")

    def check_requests(self, file: RequestFile) -> None:
        """Raise ``JobError`` if a closed file of requests is not as it was written."""
        _check_size(self.requests(file), file.size, "written")

    def chain(self, file: RequestFile) -> list[RequestFile]:
        """Return a file and those that repeat its requests, in order."""
        return [file, *(one for one in self.files.values() if one.retry_of == file.number)]

    def _check_place(self) -> None:
        if self.path.is_dir() and any(self.path.iterdir()) and not self.journal.exists():
            raise self._foreign("has other files, and no journal of a job")
        if self.path.exists() and not self.path.is_dir():
            raise self._foreign("is not a folder")

    def _foreign(self, what: str) -> JobError:
        return JobError(f"{self.path} {what}; nothing was changed", reason="foreign", path=str(self.path))

    def _restore(self, entries: list[dict[str, Any]]) -> None:
        self.job_id, self.files = "", {}
        for number, entry in enumerate(entries, 2):
            try:
                self._apply(entry)
            except (LookupError, TypeError, ValueError):
                message = f"{self.journal}: entry {number} is not one of a job; the file is damaged"
                raise JobError(message, reason="damaged", path=str(self.journal)) from None

    def _apply(self, entry: Mapping[str, Any]) -> None:
        if "job" in entry:
            self._begin(entry)
        elif "file" in entry:
            number = int(entry["file"])
            self.files[number] = RequestFile(number, entry["model"], int(entry["retry_of"]))
        else:
            step = next(iter(entry), "")
            _STEPS[step](self.files[entry[step]], entry)

    def _begin(self, entry: Mapping[str, Any]) -> None:
        found = str(entry["operation"])
        if self.operation and found != self.operation:
            raise self._foreign(f"is the folder of a job of {found}, not of {self.operation}")
        self.job_id, self.operation, self.url = str(entry["job"]), found, str(entry["url"])
        self.created_at = int(entry["created_at"])


def _check_size(path: Path, size: int | None, done: str) -> None:
    found = path.stat().st_size if path.exists() else None
    if size is not None and found != size:
        told = "is missing" if found is None else f"has {found} bytes"
        message = f"{path} {told}, expected the {size} bytes that were {done}"
        raise JobError(message, reason="damaged", path=str(path))


def _closed(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.lines, file.size = int(entry["lines"]), int(entry["size"])


def _uploading(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.uploading = True


def _uploaded(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.file_id, file.uploaded_at = str(entry["file_id"]), float(entry.get("at", 0.0))


def _lost(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.lost.add(str(entry["file_id"]))
    file.file_id, file.uploading = "", False


def _creating(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.creating = float(entry["at"])


def _refused(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.creating = 0.0


def _created(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.batch_id, file.creating = str(entry["batch_id"]), 0.0


def _queued(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.batch_id, file.creating = "", 0.0
    file.attempt, file.queued_at = int(entry["attempt"]), float(entry["at"])


def _cancelled(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.cancelled = True


def _ended(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.ended = {**entry["batch"], "id": str(entry["batch"]["id"]), "status": str(entry["batch"]["status"])}


def _downloaded(file: RequestFile, entry: Mapping[str, Any]) -> None:
    file.downloaded = True
    file.sizes = {str(name): int(size) for name, size in entry.get("sizes", {}).items()}


_STEPS: Final[Mapping[str, Callable[[RequestFile, Mapping[str, Any]], None]]] = {
    "closed": _closed,
    "uploading": _uploading,
    "uploaded": _uploaded,
    "lost": _lost,
    "creating": _creating,
    "refused": _refused,
    "created": _created,
    "queued": _queued,
    "cancelled": _cancelled,
    "ended": _ended,
    "downloaded": _downloaded,
}
