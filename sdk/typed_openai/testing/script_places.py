"""Places of scripts: the line of a test, of a file, or a marker."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

_OWN: Final = str(Path(__file__).parent)
_place: Final[ContextVar[str]] = ContextVar("_place", default="")


@contextmanager
def scripted_at(place: str) -> Generator[None, None, None]:
    """Let the scripts in the context be those of a place, instead of the calling line."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def calling_place() -> str:
    """Return the place of a script that is added: by default the file and line that called this package."""
    if place := _place.get():
        return place
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OWN):
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
