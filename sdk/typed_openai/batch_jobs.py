"""Jobs of the Batch API: any number of calls of one operation, kept in a folder until they are answered."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Final, Generic, ParamSpec, Self, TypeVar, overload

from typed_openai._batches.batch_limits import LIMITS
from typed_openai._batches.course import Course, progress_of
from typed_openai._batches.job_folder import JobFolder
from typed_openai._batches.joined_results import joined
from typed_openai._batches.repeating import repeat_failed
from typed_openai._batches.request_files import RequestFiles
from typed_openai._batches.request_lines import RequestLines, check_id
from typed_openai._blocking.blocking_work import Pause, check_callback, performed
from typed_openai._security.credentials import hide_credentials
from typed_openai.batch_results import BatchFailure, BatchProgress, BatchReply
from typed_openai.client import Client
from typed_openai.errors import CallError, JobError
from typed_openai.uploading import AsyncCaller

__all__ = ["BatchJob"]

P = ParamSpec("P")
R = TypeVar("R")
Given = ParamSpec("Given")
Reply = TypeVar("Reply")

_CHECKED: Final = 5000
_LIMITS: Final = LIMITS
_ENDING: Final = 5.0
"""In seconds: a call whose task was cancelled ends within that time."""


class BatchJob(Generic[P, R]):
    """Calls of one operation that are sent as batches. ``folder`` keeps them, and everything about them.

    ``method`` is a method of a client's group (``client.responses.create_response``) that batches support.
    Any client may send the job; with an async client, the methods that take it are awaited. The folder has
    the requests, the replies and the failures as the API reads and writes them, and a journal of what was
    done. The same folder continues the job in another process, at any time: if a process is killed, nothing
    is sent twice.

    Each request is compared with the API's description if ``check`` is True, and none if it is False. By
    default the first 5,000 are, which finds the mistakes of a program at little cost.

    One process at a time works with a folder: from the first ``add`` to ``close`` or the end of a ``with``
    block, and during the other methods. ``results`` and ``progress`` only read, and need no lock. Several
    threads may add to one job, but not while it is being sent.

    Raises ``CallError`` if batches do not support the operation. The methods raise ``JobError`` if another
    process has the folder, if it is damaged, or if it is not the folder of such a job, and ``OSError`` if it
    cannot be written, for example because the disk is full; call the method again then.

    >>> client = Client()
    >>> with BatchJob("embeddings", client.embeddings.create_embedding) as job:
    ...     for number, text in enumerate(["Hello", "World"]):
    ...         job.add(f"row-{number}", text, "text-embedding-3-small")
    ...     progress = job.send(client)
    ...     progress = job.wait(client, poll_seconds=0.01)
    >>> for result in job.results():
    ...     if isinstance(result, BatchReply):
    ...         print(result.id, result.reply["model"])
    ...     else:
    ...         print(result.id, result.message)
    row-0 text-embedding-3-small
    row-1 text-embedding-3-small
    """

    @overload
    def __init__(
        self: BatchJob[Given, Reply],
        folder: str | os.PathLike[str],
        method: Callable[Given, Coroutine[Any, Any, Reply]],
        *,
        check: bool | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self, folder: str | os.PathLike[str], method: Callable[P, R], *, check: bool | None = None
    ) -> None: ...

    def __init__(
        self, folder: str | os.PathLike[str], method: Callable[..., Any], *, check: bool | None = None
    ) -> None:
        self._lines = RequestLines(method)
        self._check_lines = check
        self._folder = JobFolder(Path(folder), self._lines.endpoint.name, self._lines.url)
        self._adding: RequestFiles | None = None
        self._lock = ExitStack()
        self._busy = Lock()
        self._adds = Lock()
        self._added = 0

    def add(self, id: str, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Add a call: its id, and its arguments as the method takes them.

        The id identifies the result; each one can be used once. A call that an earlier process has already
        added to the folder is not added again, so that a program which was killed can be run again.

        Raises ``CallError`` for a wrong call: what the method itself raises, what the API's description
        does not allow, and options that a batch cannot have, such as ``stream`` or ``timeout``.

        >>> with BatchJob("questions", Client().responses.create_response) as job:
        ...     job.add("row-1", "What is 1 + 1?", "gpt-5.5", temperature=0)
        ...     job.add("row-1", "What is 1 + 2?", "gpt-5.5")
        Traceback (most recent call last):
            ...
        typed_openai.errors.CallError: id: 'row-1' is used twice
        """
        if not isinstance(id, str) or not id or len(id) > 64:
            check_id(id)
        check = self._check_lines
        if check is None:
            check = self._added < _CHECKED
        hide_credentials(kwargs)
        line, body = self._lines.line(id, args, kwargs, check=check)
        with self._adds:
            files = self._adding or self._begin()
            if files.add(id, line, body):
                self._added += 1

    @overload
    def send(self, client: Client) -> BatchProgress: ...

    @overload
    def send(self, client: AsyncCaller) -> Coroutine[Any, Any, BatchProgress]: ...

    def send(self, client: Client | AsyncCaller) -> Any:
        """Upload what was added, and create its batches; return the progress.

        Requests are split into files by the limits of the API: 50,000 requests, 200 MB, one model. What
        the limits of the key do not allow yet is sent by :meth:`wait`. May be called again, also after it was
        interrupted: only what is missing is sent.

        Raises the errors of the operations that it calls.

        >>> with BatchJob("greetings", Client().embeddings.create_embedding) as job:
        ...     job.add("row-1", "Hello", "text-embedding-3-small")
        ...     job.send(Client())
        BatchProgress(total=1, done=0, failed=0, batches=1, ended=0)
        """
        return self._run(client, Course.send, "send")

    @overload
    def wait(
        self,
        client: Client,
        *,
        poll_seconds: float = 30.0,
        timeout: float | None = None,
        on_progress: Callable[[BatchProgress], object] | None = None,
    ) -> BatchProgress: ...

    @overload
    def wait(
        self,
        client: AsyncCaller,
        *,
        poll_seconds: float = 30.0,
        timeout: float | None = None,
        on_progress: Callable[[BatchProgress], object] | None = None,
    ) -> Coroutine[Any, Any, BatchProgress]: ...

    def wait(
        self,
        client: Client | AsyncCaller,
        *,
        poll_seconds: float = 30.0,
        timeout: float | None = None,
        on_progress: Callable[[BatchProgress], object] | None = None,
    ) -> Any:
        """Wait until all batches have ended and their results are in the folder; return the progress.

        Each batch is looked at every ``poll_seconds``, and ``on_progress`` is called then. Batches that
        failed because too much was in progress are created again, after growing pauses.

        Raises ``TimeoutError`` after ``timeout`` seconds, and the errors of the operations that it calls; the
        batches continue, and ``wait`` can be called again.

        >>> with BatchJob("replies", Client().embeddings.create_embedding) as job:
        ...     job.add("row-1", "Hello", "text-embedding-3-small")
        ...     sent = job.send(Client())
        ...     job.wait(Client(), poll_seconds=0.01)
        BatchProgress(total=1, done=1, failed=0, batches=1, ended=1)
        """
        for name, one in (("poll_seconds", poll_seconds), ("timeout", 0 if timeout is None else timeout)):
            if isinstance(one, bool) or not isinstance(one, (int, float)) or not 0 <= one < math.inf:
                raise CallError(f"{name}: expected a number of seconds, at least 0, got {one!r}")
        check_callback(on_progress, "on_progress")

        def follow(course: Course) -> None:
            end = None if timeout is None else time.monotonic() + timeout
            while not course.follow(poll_seconds):
                if on_progress is not None:
                    on_progress(course.progress())
                if end is not None and time.monotonic() > end:
                    raise TimeoutError(f"{self._folder.path}: batches are in progress after {timeout} s")
                course.pause(poll_seconds)
            if on_progress is not None:
                on_progress(course.progress())

        return self._run(client, follow, "wait")

    def results(self) -> Iterator[BatchReply[R] | BatchFailure]:
        """Iterate over the results in the order of the requests; those without one yet are left out.

        The files are not loaded into memory. After :meth:`again`, the latest result of each request counts.

        >>> job = BatchJob("answers", Client().embeddings.create_embedding)
        >>> list(job.results())
        []
        """
        self._folder.look()
        return joined(self._folder)

    def progress(self) -> BatchProgress:
        """Return the progress as the folder knows it; nothing is asked of the API.

        >>> BatchJob("answers", Client().embeddings.create_embedding).progress()
        BatchProgress(total=0, done=0, failed=0, batches=0, ended=0)
        """
        self._folder.look()
        return progress_of(self._folder)

    @overload
    def again(self, client: Client) -> BatchProgress: ...

    @overload
    def again(self, client: AsyncCaller) -> Coroutine[Any, Any, BatchProgress]: ...

    def again(self, client: Client | AsyncCaller) -> Any:
        """Send the requests again that failed, expired or were cancelled, and only those.

        Requests whose batch is in progress are left alone. If a batch has failed because some of its requests
        are wrong, the others are sent in another batch. :meth:`wait` waits for the new batches as well.

        >>> with serve() as server:
        ...     server.script_batches(BatchScript(failures={"row-1": 500}))
        ...     client = Client(base_url=server.base_url)
        ...     job = BatchJob("retries", client.embeddings.create_embedding)
        ...     job.add("row-1", "Hello", "text-embedding-3-small")
        ...     for step in (job.send, job.again):
        ...         progress = step(client)
        ...         job.wait(client, poll_seconds=0.01).failed
        ...         server.script_batches(BatchScript())
        1
        0
        """

        def repeat(course: Course) -> None:
            repeat_failed(self._folder)
            course.send()

        return self._run(client, repeat, "again")

    @overload
    def cancel(self, client: Client) -> BatchProgress: ...

    @overload
    def cancel(self, client: AsyncCaller) -> Coroutine[Any, Any, BatchProgress]: ...

    def cancel(self, client: Client | AsyncCaller) -> Any:
        """Cancel the batches in progress. What they have done is kept: :meth:`wait` downloads it.

        Requests without a batch, such as those that wait for the limits of the key, are cancelled as well.
        :meth:`again` sends them.

        >>> with BatchJob("mistakes", Client().embeddings.create_embedding) as job:
        ...     job.add("row-1", "Hello", "text-embedding-3-small")
        ...     sent = job.send(Client())
        ...     progress = job.cancel(Client())
        ...     job.wait(Client(), poll_seconds=0.01).failed
        1
        """
        return self._run(client, Course.cancel, "cancel")

    def close(self) -> None:
        """Write what was added to the folder, and leave it to other processes. ``with`` does this at its end.

        May be called again after an ``OSError``.

        >>> job = BatchJob("later", Client().embeddings.create_embedding)
        >>> job.add("row-1", "Hello", "text-embedding-3-small")
        >>> job.close()
        """
        with self._alone(), self._adds:
            if self._adding is not None:
                self._adding.flush()
            self._leave()

    def _leave(self) -> None:
        files, self._adding = self._adding, None
        try:
            if files is not None:
                files.release()
        finally:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except OSError:
            with self._adds:
                self._leave()
            raise

    def __repr__(self) -> str:
        return f"<BatchJob {self._folder.operation} in {str(self._folder.path)!r}>"

    def _begin(self) -> RequestFiles:
        """Lock the folder, and read what is in it."""
        with self._alone():
            self._lock.enter_context(self._folder.locked())
            try:
                self._adding = RequestFiles(self._folder, _LIMITS)
            except BaseException:
                self._lock.close()
                raise
            return self._adding

    def _run(self, client: Client | AsyncCaller, step: Callable[[Course], Any], name: str) -> Any:
        """Take a step with the folder locked, after writing what was added."""

        def run(blocking: Client, pause: Pause) -> BatchProgress:
            with self._alone(), self._folder.locked():
                with self._adds:
                    if self._adding is not None or self._folder.has_open_files:
                        (self._adding or RequestFiles(self._folder, _LIMITS)).close()
                        self._adding = None
                with self._lock:  # kept if the disk is full: what was added is not written yet
                    course = Course(self._folder, blocking, pause)
                    step(course)
                    return course.progress()

        return performed(client, run, f"BatchJob.{name}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for the end of a call whose task was cancelled. Raises ``JobError`` if another one goes on."""
        if not self._busy.acquire(timeout=_ENDING):
            message = f"{self._folder.path}: another call of the same job is in progress"
            raise JobError(message, reason="locked", path=str(self._folder.path))
        try:
            yield
        finally:
            self._busy.release()
