"""The course of a job's batches: upload, create, follow, download. Each step is in the journal.

A step that costs something is announced in the journal before it is done. If its end is not there, what it
made is looked for on the server by the file's name or the batch's metadata.
"""

from __future__ import annotations

import filecmp
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from typed_openai._batches.job_folder import ENDED, JobFolder, RequestFile
from typed_openai.batch_results import BatchProgress
from typed_openai.client import Client
from typed_openai.errors import (
    APIError,
    APIStatusError,
    BadRequestError,
    ConflictError,
    InternalServerError,
    JobError,
    NotFoundError,
    RateLimitError,
)
from typed_openai.pagination import paginate
from typed_openai.uploading import upload_file

_VISIBLE_WITHIN: Final = 120.0
"""In seconds: a file that was uploaded may not be visible to batches for so long."""

_SETTLED: Final = 15.0
"""In seconds: a batch that was created may be missing from lists for so long."""

_TRIES: Final = 4
_CLOCKS: Final = 86_400
"""In seconds: the clock of this machine may differ from the server's by so much."""

_LONGEST_DELAY: Final = 900.0
_JOB: Final = "typed_openai_job"
_FILE: Final = "typed_openai_file"
_DIGEST: Final = "typed_openai_digest"
_QUEUED: Final = frozenset({"token_limit_exceeded"})
"""The codes of batches that fail because too much is in progress: they are created again later."""

_NO_MONEY: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_OF_ONE_FILE: Final = (BadRequestError, NotFoundError)
_KEPT: Final = ("id", "status", "output_file_id", "error_file_id", "errors", "request_counts")


class Course:
    """The batches of one job, whose folder is locked. ``pause`` waits for some seconds."""

    def __init__(
        self, folder: JobFolder, client: Client, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._folder = folder
        self._client = client
        self.pause = pause
        self._counts: dict[int, tuple[int, int]] = {}
        self._digests: dict[int, str] = {}

    @cached_property
    def _earlier(self) -> list[Any]:
        """The batches that the job had when this process began to create some.

        Usually the journal knows them. It does not if the folder is a copy, or was restored from a backup.
        """
        return list(self._batches_of_job())

    def send(self) -> None:
        """Upload and create what is not yet. Raises ``JobError`` if a file is not as it was written."""
        waiting = [one for one in self._folder.files.values() if one.lines and not one.batch_id]
        for file in waiting:
            self._folder.check_requests(file)
        for file in waiting:
            if not file.ended and not file.queued_at:
                self._send(file)

    def follow(self, poll: float) -> bool:
        """Take one step of each batch; return True if all have ended, and their results are here.

        A file of requests or results that the server refuses does not hold up the others.
        """
        steps: tuple[tuple[Callable[[RequestFile], bool], Callable[[RequestFile], None]], ...] = (
            (lambda file: bool(file.batch_id and not file.ended), self._look),
            (lambda file: self._is_time(file, poll), self._send),
            (lambda file: bool(file.ended) and not self._folder.has_results(file), self._download),
        )
        files = [one for one in self._folder.files.values() if one.lines]
        refused: list[APIStatusError] = []
        for applies, step in steps:
            for file in filter(applies, files):
                try:
                    step(file)
                except _OF_ONE_FILE as error:
                    refused.append(error)
        if refused:
            raise refused[0]
        return all(one.downloaded for one in files)

    def cancel(self) -> None:
        """Cancel the batches in progress, and those that were not created yet."""
        for file in [one for one in self._folder.files.values() if one.lines and not one.ended]:
            if not file.batch_id and (batch := self._existing(file)) is not None:
                self._folder.record({"created": file.number, "batch_id": batch["id"]})
            if not file.batch_id:
                self._folder.record({"ended": file.number, "batch": {"id": "", "status": "cancelled"}})
                continue
            self._folder.record({"cancelled": file.number})
            with suppress(BadRequestError, ConflictError):  # it has ended since it was last looked at
                self._client.batches.cancel_batch(file.batch_id)

    def progress(self) -> BatchProgress:
        """Return the progress as it was seen last."""
        return progress_of(self._folder, self._counts)

    def _send(self, file: RequestFile) -> None:
        if not file.file_id:
            self._upload(file)
        batch = self._existing(file) or self._created(file)
        if batch is None:
            self._queue(file, file.attempt)
        else:
            self._folder.record({"created": file.number, "batch_id": batch["id"]})

    def _existing(self, file: RequestFile) -> Any:
        """Return the batch of a file whose creation could not be recorded, or None."""
        return self._found_after(file) if file.creating else self._of_file(file, self._earlier)

    def _upload(self, file: RequestFile) -> None:
        name = f"{self._folder.job_id}-{self._metadata(file)[_DIGEST][:16]}-{file.name}"
        found = self._found_file(name, file) if file.uploading else None
        if found is None:
            self._folder.record({"uploading": file.number})
            sent = upload_file(self._client, self._folder.requests(file), "batch", filename=name)
            found = str(sent["id"])
        self._folder.record({"uploaded": file.number, "file_id": found, "at": time.time()})

    def _found_file(self, name: str, file: RequestFile) -> str | None:
        """Return the id of a file that was uploaded before that could be recorded."""
        listed = paginate(self._client.files.list_files, purpose="batch", order="desc")
        found = (str(one["id"]) for one in listed if (one["filename"], one["bytes"]) == (name, file.size))
        return next((one for one in found if one not in file.lost), None)

    def _is_gone(self, file: RequestFile) -> bool:
        """Return True if the server has deleted or expired a file that it once had."""
        if abs(time.time() - file.uploaded_at) <= _VISIBLE_WITHIN:
            return False  # it may not be visible yet
        try:
            self._client.files.retrieve_file(file.file_id)
        except NotFoundError:
            return True
        return False

    def _metadata(self, file: RequestFile) -> dict[str, str]:
        """Return what identifies a batch: the job, the file and its content, and the attempt."""
        if file.number not in self._digests:
            with self._folder.requests(file).open("rb") as requests:
                self._digests[file.number] = file_digest(requests, "sha256").hexdigest()
        made = {_JOB: self._folder.job_id, _FILE: f"{file.number}.{file.attempt}"}
        return {**made, _DIGEST: self._digests[file.number]}

    def _batches_of_job(self) -> Iterator[Any]:
        for one in paginate(self._client.batches.list_batches, limit=100):
            if (one.get("metadata") or {}).get(_JOB) == self._folder.job_id:
                yield one
            if one["created_at"] < self._folder.created_at - _CLOCKS:
                return

    def _of_file(self, file: RequestFile, batches: Iterable[Any]) -> Any:
        """Return the batch of the current attempt to send a file, or None."""
        wanted = self._metadata(file).items()
        return next((one for one in batches if wanted <= one["metadata"].items()), None)

    def _found_after(self, file: RequestFile) -> Any:
        """Return the batch that may have been created for a file, or None if certainly none was.

        The reply was lost, or the process was killed before it could be recorded.
        """
        passed = min(max(time.time() - file.creating, 0.0), _SETTLED)
        end = time.monotonic() + _SETTLED - passed
        for delay in _delays():
            is_last = time.monotonic() >= end
            if (found := self._of_file(file, self._batches_of_job())) is not None or is_last:
                return found
            self.pause(delay)
        return None

    def _created(self, file: RequestFile) -> Any:
        """Create a batch, and return it; None if the limits of the key allow no more now."""
        end = time.monotonic() + _VISIBLE_WITHIN
        delays = _delays()
        lost = len(file.lost)
        for number in range(1, 1_000):
            self._folder.record({"creating": file.number, "at": time.time()})
            try:
                return self._create(file)
            except APIStatusError as error:
                if isinstance(error, RateLimitError) and error.code not in _NO_MONEY:
                    return None
                if not isinstance(error, (ConflictError, InternalServerError)):
                    self._folder.record({"refused": file.number})
                    if not _is_about(error, file.file_id):
                        raise
                    if len(file.lost) == lost and self._is_gone(file):
                        self._folder.record({"lost": file.number, "file_id": file.file_id})
                        self._upload(file)
                        end = time.monotonic() + _VISIBLE_WITHIN
                    elif time.monotonic() > end:
                        raise
                    else:
                        self.pause(next(delays))  # the file is not visible yet
                    continue
                if number >= _TRIES:
                    raise
            except APIError:
                if number >= _TRIES:
                    raise
            # The server may have created the batch.
            self.pause(next(delays))
            if (found := self._found_after(file)) is not None:
                return found
        return None

    def _create(self, file: RequestFile) -> Any:
        metadata = self._metadata(file)
        return self._client.batches.create_batch(
            "24h",
            self._folder.url,
            file.file_id,
            metadata=metadata,
            max_retries=0,  # it is looked for before another try
            extra_headers={"Idempotency-Key": f"{metadata[_JOB]}-{metadata[_FILE]}-{file.file_id}"},
        )

    def _look(self, file: RequestFile) -> None:
        batch = self._client.batches.retrieve_batch(file.batch_id)
        counts = batch.get("request_counts") or {}
        self._counts[file.number] = counts.get("completed", 0), counts.get("failed", 0)
        if batch["status"] not in ENDED:
            return
        errors = (batch.get("errors") or {}).get("data") or []
        is_full = batch["status"] == "failed" and any(one.get("code") in _QUEUED for one in errors)
        if is_full and not file.cancelled:
            self._counts.pop(file.number)
            self._queue(file, file.attempt + 1)
        else:
            kept = {name: batch.get(name) for name in _KEPT}
            self._folder.record({"ended": file.number, "batch": kept})

    def _queue(self, file: RequestFile, attempt: int) -> None:
        self._folder.record({"queued": file.number, "attempt": attempt, "at": time.time()})

    def _is_time(self, file: RequestFile, poll: float) -> bool:
        """Return True if a file has no batch, and does not have to wait for the limits of the key."""
        if file.batch_id or file.ended:
            return False
        delay: float = min(poll * 2 ** min(file.attempt - 1, 10), _LONGEST_DELAY)
        return time.time() - file.queued_at >= delay

    def _download(self, file: RequestFile) -> None:
        pairs = (
            ("output_file_id", self._folder.output(file)),
            ("error_file_id", self._folder.errors(file)),
        )
        sizes: dict[str, int] = {}
        for name, path in pairs:
            if file.ended.get(name):
                self._save(str(file.ended[name]), path)
                sizes[path.parent.name] = path.stat().st_size
        self._folder.record({"downloaded": file.number, "sizes": sizes})

    def _save(self, file_id: str, path: Path) -> None:
        """Download a file; one that is there already must be the same."""
        new = path.with_name(f".{path.name}.new")
        self._client.files.download_file(file_id).save(new)
        with new.open("rb+") as saved:
            os.fsync(saved.fileno())
        if path.exists() and not filecmp.cmp(new, path, shallow=False):
            new.unlink()
            message = f"{path}: expected the content of {file_id}, found another file; nothing was changed"
            raise JobError(message, reason="foreign", path=str(path))
        new.replace(path)


def progress_of(folder: JobFolder, counts: dict[int, tuple[int, int]] | None = None) -> BatchProgress:
    """Return the progress of a job; ``counts`` are those of the batches in progress, by file."""
    files = [one for one in folder.files.values() if one.lines is not None]
    total = sum(one.lines or 0 for one in files if not one.retry_of)
    replies = failed = 0
    for file in [one for one in files if not one.retry_of]:
        # A file of repeated requests that is not complete yet changes nothing.
        chain = [one for one in folder.chain(file) if one.lines is not None]
        running = [one for one in chain if not one.ended]
        known = [one.ended.get("request_counts") or {} for one in chain if one.ended]
        answered = sum(one.get("completed", 0) for one in known)
        seen = [(counts or {}).get(one.number, (0, 0)) for one in running]
        failed += (file.lines or 0) - answered - sum(one.lines or 0 for one in running)
        failed += sum(wrong for _, wrong in seen)
        replies += answered + sum(done for done, _ in seen)
    ended = sum(bool(one.ended) for one in files)
    return BatchProgress(total, replies + failed, failed, len(files), ended)


def _is_about(error: APIStatusError, file_id: str) -> bool:
    """Return True if an error says that a file cannot be found."""
    if not isinstance(error, (BadRequestError, NotFoundError)):
        return False
    return error.param == "input_file_id" or file_id in str(error)


def _delays() -> Iterator[float]:
    delay = 0.5
    while True:
        yield delay
        delay = min(delay * 2, 15.0)
