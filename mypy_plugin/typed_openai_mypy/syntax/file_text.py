"""The text of a file, for what the syntax tree shows only after a long search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mypy.nodes import MypyFile
from mypy.util import DecodeError, decode_python_encoding

_shadows: list[tuple[str, str]] = []
"""Paths of files, and of those that mypy reads instead of them: ``--shadow-file``."""


def read_instead(shadows: Iterable[Iterable[str]]) -> None:
    """Take the text of some files from others, as mypy does: pairs of paths, and the path to read."""
    _shadows[:] = [(path, instead) for path, instead in shadows]


def text_of(tree: MypyFile) -> bytes | None:
    """The text of a file in UTF-8; None if it cannot be read."""
    try:
        return decode_python_encoding(_read(tree)).encode()
    except (OSError, DecodeError):  # a program on the command line, for example
        return None


def may_contain(tree: MypyFile, text: bytes, pattern: re.Pattern[bytes] | None = None) -> bool:
    """Return whether a file has a text, and one that matches a pattern; true if it cannot be read.

    The text is part of whatever matches the pattern, and is found much faster.
    """
    try:
        data = _read(tree)
    except OSError:
        return True
    return text in data and (pattern is None or pattern.search(data) is not None)


def _read(tree: MypyFile) -> bytes:
    instead = (other for path, other in _shadows if Path(path).samefile(tree.path))
    return Path(next(instead, tree.path)).read_bytes()
