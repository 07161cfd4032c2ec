"""Ignore comments: the lines on which they silence a problem, and their use.

An error that a comment silences is left to mypy, which records that the comment is in use. A problem that
the plugin reports is silenced by the plugin's code on the lines of the problem. In a call whose comments or
settings are about mypy's own errors, only mypy decides: see :func:`.hook_context.wants_native_errors`.
"""

from __future__ import annotations

from mypy.errorcodes import ErrorCode
from mypy.errors import ErrorInfo
from mypy.nodes import Node

from typed_openai_mypy import codes
from typed_openai_mypy.compat.checker import Checker, ignore_lines
from typed_openai_mypy.syntax.tree import end_of


def lines_of(checker: Checker, place: Node, code: ErrorCode, info: ErrorInfo, *, is_only: bool) -> list[int]:
    """The lines on which an ignore comment silences a problem at a place in mypy's error.

    A comment that names the problem's code applies on the lines of the problem. If the problem is the only
    one (``is_only``) in mypy's error, any comment on the lines of that error applies as well.
    """
    if not checker.has_ignore_comments:
        return [place.line]
    around = ignore_lines(info)
    own = range(place.line, end_of(place)[0] + 1)
    counting = {one for one in own if one in around or code.code in checker.ignored_codes(one)}
    return sorted(counting | set(around if is_only else ())) or [place.line]


def mark_used(checker: Checker, info: ErrorInfo) -> None:
    """Record that a comment which silences an error by mypy's code also uses the plugin's code."""
    lines = [line for line in ignore_lines(info) if codes.ARGUMENT.code in checker.ignored_codes(line)]
    for line in lines:
        checker.mark_used(line, codes.ARGUMENT)
