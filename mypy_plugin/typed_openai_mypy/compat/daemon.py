"""The daemon of mypy, which checks a program again and again in one process."""

from __future__ import annotations

import sys


def is_daemon() -> bool:
    """Return whether this process is mypy's daemon."""
    return "mypy.dmypy_server" in sys.modules
