"""Uploads of files of any size."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol, TypeAlias, overload

from typed_openai._blocking.blocking_work import Pause, check_callback, performed
from typed_openai._durable.entry_log import opened_log
from typed_openai._encoding.content_types import content_type_of
from typed_openai._uploads.part_upload import PartUpload
from typed_openai._uploads.upload_state import FileFacts, UploadState
from typed_openai.client import Client
from typed_openai.errors import CallError
from typed_openai.omission import OMIT, Omit
from typed_openai.progress import Progress
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Literals

if TYPE_CHECKING:
    from typed_openai._components import FileExpirationAfter, OpenAIFile

    # Made from the index when it is first used.
    FilePurpose: TypeAlias = Any
    """A purpose that a file can be uploaded for."""

__all__ = ["AsyncCaller", "FilePurpose", "upload_file"]

_MIB: Final = 1 << 20
_PARTS_ABOVE: Final = 64 * _MIB
_PART_SIZE: Final = 16 * _MIB
_LARGEST_PART: Final = 64 * _MIB
_MOST_AT_ONCE: Final = 64


class AsyncCaller(Protocol):
    """The type of async clients: ``AsyncClient``, also that of a generated package.

    >>> from typed_openai.aio import AsyncClient
    >>> def upload(client: AsyncCaller) -> Coroutine[Any, Any, types.OpenAIFile]:
    ...     return upload_file(client, "data.jsonl", "batch")
    """

    def aclose(self) -> Coroutine[Any, Any, None]:
        """Close the client.

        >>> asyncio.run(AsyncClient().aclose())
        """


@overload
def upload_file(
    client: Client,
    path: str | os.PathLike[str],
    purpose: FilePurpose,
    *,
    filename: str | None = None,
    expires_after: FileExpirationAfter | Omit = OMIT,
    parts_above: int = _PARTS_ABOVE,
    part_size: int = _PART_SIZE,
    parts_at_once: int = 4,
    journal: str | os.PathLike[str] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> OpenAIFile: ...


@overload
def upload_file(
    client: AsyncCaller,
    path: str | os.PathLike[str],
    purpose: FilePurpose,
    *,
    filename: str | None = None,
    expires_after: FileExpirationAfter | Omit = OMIT,
    parts_above: int = _PARTS_ABOVE,
    part_size: int = _PART_SIZE,
    parts_at_once: int = 4,
    journal: str | os.PathLike[str] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Coroutine[Any, Any, OpenAIFile]: ...


def upload_file(
    client: Client | AsyncCaller,
    path: str | os.PathLike[str],
    purpose: FilePurpose,
    *,
    filename: str | None = None,
    expires_after: FileExpirationAfter | Omit = OMIT,
    parts_above: int = _PARTS_ABOVE,
    part_size: int = _PART_SIZE,
    parts_at_once: int = 4,
    journal: str | os.PathLike[str] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Any:
    r"""Upload the file at ``path``, and return the API's object for it.

    A file of more than ``parts_above`` bytes (64 MiB) is uploaded in parts of ``part_size`` bytes (16 MiB, at
    most 64 MiB), ``parts_at_once`` at a time, and the server compares a checksum of the whole. A smaller one
    is sent with ``files.create_file``, as is a file for a purpose that has no uploads in parts.
    ``filename`` is the name for the API, by default that of the path. ``expires_after`` is that of the
    operation.

    While parts are uploaded, ``journal`` lists those that the server has; by default it is a file beside
    ``path`` with the ending ``.upload``. If the process is killed, or the connection breaks, the same call
    sends only the missing parts; uploads expire an hour after they began. The journal is deleted at the end.
    If the server refuses a part, or the file changes, the upload is cancelled.

    ``on_progress`` is called with the bytes done and the size of the file, from any thread; an exception
    that it raises ends the upload.

    With an async client, the result is to be awaited. If the task is cancelled, the upload stops at once, and
    the same call continues it, as after a broken connection.

    Raises the errors of the operations, ``CallError`` for a path that is not a regular file, and ``JobError``
    if another process uploads the same file, or if the journal is not one of an upload.

    >>> with open("data.jsonl", "wb") as file:
    ...     size = file.write(b"{}\n" * 1000)
    >>> upload_file(Client(), "data.jsonl", "batch", parts_above=1000)["purpose"]
    'batch'
    """
    _check_numbers(parts_above=(parts_above, 0), part_size=(part_size, 1), parts_at_once=(parts_at_once, 1))
    check_callback(on_progress, "on_progress")
    found = _regular(path)
    upload = _Upload(
        path=found,
        facts=FileFacts.of(found, purpose, part_size, filename or ""),
        journal=found.with_name(f"{found.name}.upload") if journal is None else Path(journal),
        options={} if expires_after is OMIT else {"expires_after": expires_after},
        parts_above=parts_above,
        at_once=min(parts_at_once, _MOST_AT_ONCE),
        on_progress=on_progress,
    )
    return performed(client, upload.sent, "upload_file")


class _Upload(NamedTuple):
    """A file, and how it is uploaded."""

    path: Path
    facts: FileFacts
    journal: Path
    options: Mapping[str, Any]
    parts_above: int
    at_once: int
    on_progress: Callable[[Progress], object] | None

    def sent(self, client: Client, _: Pause) -> OpenAIFile:
        """Upload the file, and return the API's object for it."""
        facts, on_progress = self.facts, self.on_progress
        if facts.size > self.parts_above and _takes_parts(client, facts.purpose):
            with _journal(self.journal) as state:
                parts = PartUpload(
                    client, self.path, facts, state, at_once=self.at_once, on_progress=on_progress
                )
                return parts.run(content_type_of(facts.filename), self.options)
        file: OpenAIFile = client.files.create_file(
            (facts.filename, self.path), facts.purpose, on_progress=on_progress, **self.options
        )
        return file


@contextmanager
def _journal(path: Path) -> Iterator[UploadState]:
    """Have the journal of an upload for this process alone; it is deleted if the upload succeeds."""
    try:
        with opened_log(path, "upload") as log:
            state = UploadState(log)
            log.sign()
            yield state
            log.remove()
    except OSError as error:
        raise (_unwritable(path, error) if error.filename == str(path) else error) from None


def _unwritable(journal: Path, error: OSError) -> CallError:
    return CallError(
        f"journal: {str(journal)!r} cannot be written: {error.strerror}; pass the path of a file that can"
    )


def _check_numbers(**given: tuple[object, int]) -> None:
    for name, (value, least) in given.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise CallError(f"{name}: expected an integer of at least {least}, got {value!r}")
        if name == "part_size" and value > _LARGEST_PART:
            raise CallError(f"part_size: expected at most {_LARGEST_PART} bytes, got {value}")


def _regular(path: object) -> Path:
    """Return the path of a regular file."""
    if not isinstance(path, (str, os.PathLike)):
        raise CallError(
            f'path: expected the path of a file, got "{type(path).__name__}"; files.create_file takes others'
        )
    found = Path(path)
    try:
        mode = found.stat().st_mode
    except (OSError, ValueError):
        raise CallError(f"path: no such file: {str(found)!r}") from None
    if not stat.S_ISREG(mode):
        raise CallError(f"path: expected a regular file, got {str(found)!r}; files.create_file takes a pipe")
    return found


def _takes_parts(client: Client, purpose: str) -> bool:
    argument = client._endpoints.index.operation("uploads", "create_upload").argument("purpose")
    return argument is None or not isinstance(argument.schema, Literals) or purpose in argument.schema.values


def __getattr__(name: str) -> Any:
    if name != "FilePurpose":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    argument = packaged().operation("files", "create_file").argument("purpose")
    subscripted: Any = Literal  # checkers want constants here
    values = argument.schema.values if argument and isinstance(argument.schema, Literals) else ()
    return globals().setdefault(name, subscripted[values] if values else str)
