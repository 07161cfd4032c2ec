"""The test that a cassette belongs to: two tests that write one file would destroy their recordings."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Final

from typed_openai.testing.cassettes.cassette_errors import at

_PYTEST: Final = "PYTEST_CURRENT_TEST"
"""The environment variable in which pytest has the name of the running test, and its phase."""

_PACKAGE: Final = __name__.rpartition(".")[0]
_PASSED: Final = ("contextlib", _PACKAGE)

_lock: Final = threading.Lock()
_recording: Final[dict[Path, str]] = {}
_written: Final[dict[Path, str]] = {}
"""The tests that record a cassette now, and those that wrote one in this process."""


def current_test() -> str:
    """Return the name of the running test of pytest, or else the function that opens the cassette."""
    if running := os.environ.get(_PYTEST):
        return running.rpartition(" (")[0]
    frame: FrameType | None = sys._getframe()
    while frame is not None and _is_passed(frame):
        frame = frame.f_back
    if frame is None:
        return ""
    return f"{Path(frame.f_code.co_filename).name}::{frame.f_code.co_qualname}"


def _is_passed(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return name in _PASSED or name.startswith(f"{_PACKAGE}.")


def begin_recording(path: Path, test: str, recorded_by: str) -> None:
    """Reserve a file for the recordings of a test.

    ``recorded_by`` is the test in the existing file, or empty. Raises ``CassetteError`` if another test
    wrote it or is about to.
    """
    real = path.resolve()
    with _lock:
        if (other := _recording.get(real)) is not None:
            raise at(path, 0, f"{other} is recording this cassette; {test} must have one of its own")
        _check_writer(path, test, _written.get(real) or recorded_by)
        _recording[real] = test


def end_recording(path: Path, *, written: bool) -> None:
    """Release a file that was reserved."""
    real = path.resolve()
    with _lock:
        test = _recording.pop(real)
        if written:
            _written[real] = test


def check_reader(path: Path, test: str) -> None:
    """Raise ``CassetteError`` if another test wrote the file in this run, where both would record it."""
    with _lock:
        _check_writer(path, test, _written.get(path.resolve(), test))


def _check_writer(path: Path, test: str, writer: str) -> None:
    if writer and writer != test:
        raise at(
            path,
            1,
            f"recorded by {writer}; {test} must have a cassette of its own (if the test was renamed,"
            ' change "test" in this line)',
        )
