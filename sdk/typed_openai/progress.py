"""The progress of an upload or a download."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a transfer in bytes; an upload counts the whole body, including the form around files.

    ``total`` is None as long as it is unknown: while a pipe is read, or for a reply without Content-Length.
    The first report of a transfer has ``done`` 0, the last one ``done`` equal to ``total``.
    """

    done: int
    total: int | None
