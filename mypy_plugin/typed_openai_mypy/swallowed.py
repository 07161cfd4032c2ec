"""Handles failures of the plugin itself: silent, unless the environment asks for tracebacks."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Final

_DEBUG: Final = "TYPED_OPENAI_DEBUG"


def note_failure() -> None:
    """Print the exception under way to standard error, if the environment asks for it."""
    if os.environ.get(_DEBUG) == "1":
        traceback.print_exc(file=sys.stderr)
