"""Ignore comments: the lines on which they silence a problem, and their use.

An error that a comment silences is left to mypy, which records that the comment is in use. A problem that the
plugin reports is silenced by the plugin's code on the lines of the problem. In a call whose comments or
settings are about mypy's own errors, mypy decides alone: see :func:`.compat_hooks.wants_native_errors`.
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
    """Count the plugin's code as used in a comment that silences an error by mypy's code."""
    lines = [line for line in ignore_lines(info) if codes.ARGUMENT.code in checker.ignored_codes(line)]
    for line in lines:
        checker.mark_used(line, codes.ARGUMENT)
