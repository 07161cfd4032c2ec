"""An upload in parts: several at once, continued after a crash, cancelled after a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Final, cast

from typed_openai._uploads.file_slices import Slice, SliceReader, checksum, slices
from typed_openai._uploads.upload_state import FileFacts, UploadState
from typed_openai.client import Client
from typed_openai.errors import (
    APIConnectionError,
    BadRequestError,
    CallError,
    ConflictError,
    InvalidReplyError,
    NotFoundError,
)
from typed_openai.pagination import paginate
from typed_openai.progress import Progress

if TYPE_CHECKING:
    from typed_openai._components import OpenAIFile


_NOT_CONTINUED: Final = (BadRequestError, ConflictError, NotFoundError)


class PartsProgress:
    """The progress of all parts together, in bytes of the file."""

    def __init__(self, total: int, report: Callable[[Progress], object] | None) -> None:
        self._total = total
        self._report = report
        self._done: dict[int, int] = {}
        self._lock = Lock()

    def set(self, number: int, done: int) -> None:
        """Set how many bytes of a part are done; after a failed try they may be fewer than before."""
        with self._lock:
            if self._done.get(number) == done:
                return
            self._done[number] = done
            if self._report is not None:
                self._report(Progress(sum(self._done.values()), self._total))


class _StoppedError(Exception):
    """Ends the transfer of a part because another one has failed."""


class PartUpload:
    """One upload of one file. ``at_once`` is the number of parts that are sent at the same time."""

    def __init__(
        self,
        client: Client,
        path: Path,
        facts: FileFacts,
        state: UploadState,
        *,
        at_once: int,
        on_progress: Callable[[Progress], object] | None,
    ) -> None:
        self._client = client
        self._path = path
        self._facts = facts
        self._state = state
        self._at_once = at_once
        self._progress = PartsProgress(facts.size, on_progress)
        self._stop = Event()

    def run(self, content_type: str, options: Mapping[str, Any]) -> OpenAIFile:
        """Continue the upload that the state has, or begin one; return the file.

        After an error of the server, or if the file changes, the upload is cancelled. After a broken
        connection or an interrupt it can be continued.
        """
        begun_at, completing = self._state.created_at, self._state.completing
        if self._state.can_continue(self._facts):
            try:
                return self._transfer_or_cancel()
            except _NOT_CONTINUED:
                # The server no longer has the upload, or has completed it before that could be recorded.
                is_same = bool(completing) and checksum(self._path, lambda: False) == completing
                if is_same and (file := self._completed_file(begun_at)) is not None:
                    return file
        elif self._state.upload_id:
            self._cancel("another file")
        upload = self._client.uploads.create_upload(
            self._facts.size, self._facts.filename, content_type, self._facts.purpose, **options
        )
        self._state.begin(upload, self._facts)
        return self._transfer_or_cancel()

    def _transfer_or_cancel(self) -> OpenAIFile:
        upload_id = self._state.upload_id
        try:
            return self._transfer()
        except APIConnectionError:
            raise
        except Exception as error:
            if (failure := self._cancel(type(error).__name__)) is not None:
                error.add_note(f"the upload {upload_id} could not be cancelled: {failure}")
            raise

    def _transfer(self) -> OpenAIFile:
        self._stop.clear()
        md5 = self._send_missing()
        known = self._facts
        if FileFacts.of(self._path, known.purpose, known.part_size, known.filename) != known:
            raise CallError(f"path: {str(self._path)!r} was changed while it was uploaded")
        self._state.complete(md5)
        ids = [self._state.parts[number] for number in sorted(self._state.parts)]
        done = self._client.uploads.complete_upload(self._state.upload_id, ids, md5=md5)
        file: OpenAIFile | None = done.get("file")
        if file is None:
            raise InvalidReplyError(f"uploads.complete_upload: the reply for {done['id']} has no file")
        return file

    def _send_missing(self) -> str:
        """Send all parts that the server does not have, and return the digest of the whole file."""
        parts = slices(self._facts.size, self._facts.part_size)
        for one in parts:
            if one.number in self._state.parts:
                self._progress.set(one.number, one.size)
        missing = [one for one in parts if one.number not in self._state.parts]
        name = "typed-openai-upload"
        with ThreadPoolExecutor(1, name) as reader, ThreadPoolExecutor(self._at_once, name) as threads:
            digest = reader.submit(checksum, self._path, self._stop.is_set)
            futures: list[Future[Any]] = [digest, *(threads.submit(self._send, one) for one in missing)]
            try:
                done, _ = wait(futures, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
            except BaseException:
                self._stop.set()
                for future in futures:
                    future.cancel()
                raise
        return digest.result()

    def _send(self, part: Slice) -> None:
        if self._stop.is_set():
            return
        with self._path.open("rb") as file:
            sent = self._client.uploads.add_upload_part(
                self._state.upload_id,
                SliceReader(file, part),
                on_progress=lambda progress: self._report(part, progress),
            )
        self._state.add(part.number, sent["id"])
        self._progress.set(part.number, part.size)

    def _report(self, part: Slice, progress: Progress) -> None:
        if self._stop.is_set():
            raise _StoppedError
        # The transfer counts the form around the part, too.
        whole = progress.total or part.size
        self._progress.set(part.number, part.size * progress.done // whole)

    def _cancel(self, reason: str) -> Exception | None:
        """Cancel the upload, and return the reason if the server does not do it."""
        upload_id = self._state.upload_id
        self._state.end(reason)
        try:
            self._client.uploads.cancel_upload(upload_id)
        except Exception as error:
            return error
        return None

    def _completed_file(self, begun_at: int) -> OpenAIFile | None:
        """Return the file of an upload that was completed before this process could record it."""
        for file in paginate(self._client.files.list_files, purpose=self._facts.purpose, order="desc"):
            if file["created_at"] < begun_at:
                return None
            if (file["filename"], file["bytes"]) == (self._facts.filename, self._facts.size):
                return cast("OpenAIFile", file)
        return None
