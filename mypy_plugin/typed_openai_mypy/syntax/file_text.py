"""The text of a file, for what the syntax tree shows only after a long search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mypy.nodes import MypyFile
from mypy.util import DecodeError, decode_python_encoding

_shadows: dict[str, str] = {}
"""The paths that mypy reads in place of others: ``--shadow-file``."""


def read_instead(shadows: Iterable[Iterable[str]]) -> None:
    """Read some files from other paths, as ``--shadow-file`` asks: pairs of a path and the path to read."""
    _shadows.clear()
    _shadows.update((path, instead) for path, instead in shadows)


def path_of(tree: MypyFile) -> str:
    """The path that mypy reads a file from."""
    return next((instead for path, instead in _shadows.items() if _is_same(path, tree.path)), tree.path)


def text_of(tree: MypyFile) -> str:
    """The text of a file; empty if it cannot be read, like that of a program on the command line."""
    try:
        return decode_python_encoding(_read(tree))
    except (OSError, UnicodeDecodeError, DecodeError):
        return ""


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
    return Path(path_of(tree)).read_bytes()


def _is_same(path: str, other: str) -> bool:
    try:
        return Path(path).samefile(other)
    except OSError:
        return False
