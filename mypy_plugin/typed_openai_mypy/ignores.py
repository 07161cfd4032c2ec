"""Prints problems so that an ignore comment silences exactly what it silences without the plugin.

mypy's own error for a mistake says on which lines an ignore comment counts: those of the argument or
item that it is about, or those of the whole call. Where there is such a comment, the errors are
looked up, and each problem goes by the one that surrounds it most closely.
"""

from __future__ import annotations

from collections.abc import Sequence

from mypy.errors import ErrorInfo
from mypy.nodes import Expression, Node

from typed_openai_mypy.compat import ignore_lines
from typed_openai_mypy.explain import Explainer, Problem
from typed_openai_mypy.features import narrowing
from typed_openai_mypy.tree import Site


def report(explainer: Explainer, problems: Sequence[Problem], site: Site, file: str, info: ErrorInfo) -> None:
    """Print the problems of a site in a file in place of mypy's error.

    Of several errors of mypy's at a place, one that is silenced is enough. Where all problems are silenced,
    mypy's errors go by their ignore comments, which are in use then.
    """
    checker = explainer.checker
    lines = range(site.node.line, (site.node.end_line or site.node.line) + 1)
    native = native_errors(explainer, site, info) if checker.has_ignores(file, lines) else [info]
    silenced: list[int] = []
    silencing = info
    told = False
    for problem in problems:
        place = problem.node if problem.node.line > 0 else site.node
        owners = _owners(place, native) or [info]
        span = sorted({line for one in owners for line in ignore_lines(one)})
        if ignored := [one for one in owners if checker.is_ignored(file, one)]:
            silenced += span
            silencing = ignored[0]
        else:
            told = True
            checker.report(problem.text, place, problem.code, span)
    if not told:
        checker.repeat(silencing, sorted({*ignore_lines(silencing), *silenced}))


def native_errors(explainer: Explainer, site: Site, info: ErrorInfo) -> list[ErrorInfo]:
    """What mypy has to say about a site without the plugin, beside ``info``."""
    with narrowing.paused():
        if isinstance(site.node, Expression):
            return explainer.checker.errors_in(site.node, None)
        return [*(explainer.checker.errors_in(*explainer.whole) if explainer.whole else ()), info]


def _owners(place: Node, native: Sequence[ErrorInfo]) -> list[ErrorInfo]:
    """The errors that surround a place most closely."""
    around = [one for one in native if _start(one) <= (place.line, place.column) < _end(one)]
    nearest = max(map(_start, around), default=None)
    return [one for one in around if _start(one) == nearest]


def _start(info: ErrorInfo) -> tuple[int, int]:
    return info.line, info.column


def _end(info: ErrorInfo) -> tuple[int, int]:
    """The end of what an error is about; its start alone, where that is not known."""
    if info.end_line < info.line:
        return info.line, info.column + 1
    return info.end_line, max(info.end_column, info.column + 1 if info.end_line == info.line else 0)
