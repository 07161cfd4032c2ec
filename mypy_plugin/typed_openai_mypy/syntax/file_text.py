"""The text of a file, for what the syntax tree shows only after a long search."""

from __future__ import annotations

import re
from pathlib import Path

from mypy.nodes import MypyFile


def may_contain(tree: MypyFile, text: bytes, pattern: re.Pattern[bytes] | None = None) -> bool:
    """Return whether a file has a text, and one that matches a pattern; true if it cannot be read.

    The text is part of whatever matches the pattern, and is found much faster.
    """
    try:
        data = Path(tree.path).read_bytes()
    except OSError:  # a program on the command line, for example
        return True
    return text in data and (pattern is None or pattern.search(data) is not None)
