"""How far a transfer has come: counts bytes on their way and tells a callback."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer has come, in bytes; of an upload all of the body counts, the form around files too.

    ``total`` is None as long as nobody knows it: while a pipe is read, or a reply without Content-Length.
    The first one of a transfer has ``done`` 0, the last one ``done`` equal to ``total``.
    """

    done: int
    total: int | None
