"""Stand-ins for standard streams that were closed when the process started, as by ``>&-`` in a shell."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import IO, Any, NoReturn


class ClosedOutput(io.TextIOBase):
    """Standard output that is closed: nothing can be printed, which is an error if something is."""

    @property
    def buffer(self) -> ClosedOutput:
        """The stream for bytes, which is closed as well."""
        return self

    def write(self, text: Any, /) -> NoReturn:
        """Raise ``OSError``."""
        raise OSError(errno.EBADF, "standard output is closed")


def replace_closed() -> None:
    """Replace the closed ones among the standard streams.

    Their descriptors are occupied, so that no file or connection gets one of them. Nothing is read from
    standard input, and errors are not shown.
    """
    closed = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name) is None]
    if not closed:
        return
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    for name in closed:
        setattr(sys, name, ClosedOutput() if name == "stdout" else _nothing("r" if name == "stdin" else "w"))


def _nothing(mode: str) -> IO[str]:
    return open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123  # its mode is not literal
