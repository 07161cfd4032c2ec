"""What the user's ``# type: ignore`` comments and disabled error codes say about an error and a problem.

An error that mypy will not print stays with mypy, which notes that the comment is in use. A problem is
silenced by our own code on its own lines. Where mypy's errors must be exactly its own, calls are not
narrowed.
"""

from __future__ import annotations

from mypy.errors import ErrorInfo
from mypy.nodes import Node

from typed_openai_mypy import codes
from typed_openai_mypy.compat import Checker, ignore_lines
from typed_openai_mypy.tree import end_of


def lines_of(node: Node) -> range:
    """The lines on which an ignore comment silences a problem at a node."""
    return range(node.line, end_of(node)[0] + 1)


def mark_used(checker: Checker, info: ErrorInfo) -> None:
    """Let an ignore comment that names both mypy's code and ours be in use as a whole."""
    lines = [line for line in ignore_lines(info) if codes.ARGUMENT.code in checker.ignored_codes(line)]
    for line in lines:
        checker.mark_used(line, codes.ARGUMENT)
