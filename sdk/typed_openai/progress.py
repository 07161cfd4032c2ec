"""The progress of an upload or a download."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a transfer in bytes; an upload counts the whole body, including the form around files.

    ``total`` is None as long as it is unknown: while a pipe is read, or for a reply without Content-Length.
    The first report of a transfer has ``done`` 0, the last one ``done`` equal to ``total``.

    >>> def show(progress: Progress) -> None:
    ...     if progress.done == progress.total:
    ...         print(f"{progress.done} of {progress.total} bytes")
    >>> Client().files.download_file("file-abc").save("copy.jsonl", on_progress=show)
    4096 of 4096 bytes
    """

    done: int
    total: int | None
