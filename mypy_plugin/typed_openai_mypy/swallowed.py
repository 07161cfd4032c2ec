"""Handles failures of the plugin itself: silently, unless an environment variable asks for tracebacks."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Final

_DEBUG: Final = "TYPED_OPENAI_DEBUG"


def note_failure() -> None:
    """Print the current exception to standard error, if the environment variable is set."""
    if os.environ.get(_DEBUG) == "1":
        traceback.print_exc(file=sys.stderr)
