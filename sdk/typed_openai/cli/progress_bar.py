"""A progress bar on standard error, if that is a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from typed_openai.progress import Progress

_REDRAW_SECONDS: Final = 0.1
_WIDEST_BAR: Final = 40
_NARROWEST_BAR: Final = 8
_CLEAR: Final = "\r\x1b[K"


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[Progress], None] | None]:
    """Provide a callback that draws the progress of a transfer, or None if no terminal shows it.

    The bar is removed when the context exits, also after an exception.
    """
    stream = sys.stderr
    if not stream.isatty():
        yield None
        return
    bar = _Bar(label, stream)
    try:
        yield bar.show
    finally:
        bar.clear()


class _Bar:
    """The bar of one transfer."""

    def __init__(self, label: str, stream: TextIO) -> None:
        self._label = label
        self._stream = stream
        self._begun = self._drawn = 0.0

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.done == 0:
            self._begun, self._drawn = now, 0.0
        if now - self._drawn < _REDRAW_SECONDS and progress.done != progress.total:
            return
        self._drawn = now
        line = text(self._label, progress, now - self._begun, _width(self._stream))
        self._stream.write(_CLEAR + line)
        self._stream.flush()

    def clear(self) -> None:
        if self._drawn:
            self._stream.write(_CLEAR)
            self._stream.flush()


def text(label: str, progress: Progress, seconds: float, width: int) -> str:
    """Return one line with the progress of a transfer after so many seconds; shorter than ``width``."""
    done, total = progress.done, progress.total
    rate = done / seconds if seconds > 0 else 0.0
    before, after = label, f"{_size(done)}"
    if total is not None:
        after = f"{done * 100 // total if total else 100:3}%  {_size(done)} of {_size(total)}"
    if rate:
        after += f"  {_size(rate)}/s"
        if total is not None and done < total:
            after += f"  {_clock((total - done) / rate)} left"
    room = min(width - len(before) - len(after) - 7, _WIDEST_BAR)
    if total is not None and room >= _NARROWEST_BAR:
        filled = room * done // total if total else room
        before += f"  [{'#' * filled}{' ' * (room - filled)}]"
    return f"{before}  {after}"[: max(width - 1, 0)]


def _width(stream: TextIO) -> int:
    try:
        # A terminal that does not know its width reports 0.
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
