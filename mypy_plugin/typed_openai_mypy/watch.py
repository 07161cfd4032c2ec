"""The rewriter: sees what mypy is about to print about our types, and says it in one line instead.

For each error, the smallest piece of code around it that sets what is expected is explained anew.
Where that finds the mistakes, they are printed and mypy's own text is swallowed with its notes;
where it finds nothing, or fails, mypy's text stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mypy.errorcodes import CALL_OVERLOAD, NO_ANY_RETURN, VAR_ANNOTATED
from mypy.errors import ErrorInfo
from mypy.nodes import Expression, IndexExpr, MemberExpr, Node

from typed_openai_mypy import codes, ignores
from typed_openai_mypy.compat import Checker, ErrorKey, current_checker, error_key, ignore_lines
from typed_openai_mypy.explain import Anchor, Explainer, Rule, display_of
from typed_openai_mypy.failures import note_failure
from typed_openai_mypy.features import (
    asynchronous,
    branches,
    calls,
    comparisons,
    displays,
    indexing,
    operators,
    overrides,
    statements,
)
from typed_openai_mypy.shortening import place_of, shortened
from typed_openai_mypy.tree import Site, sites

_PARTS: Final[Mapping[type[Node], Rule]] = {**displays.RULES, **branches.RULES}
"""The rules of what hands on what is expected to all its parts."""

RULES: Final[Mapping[type[Node], Rule]] = {**_PARTS, **calls.RULES}
ANCHORS: Final[Mapping[type[Node], Anchor]] = {
    **calls.ANCHORS,
    **statements.ANCHORS,
    **indexing.ANCHORS,
    **comparisons.ANCHORS,
    **operators.ANCHORS,
    **overrides.ANCHORS,
    **asynchronous.ANCHORS,
}


class Watch:
    """Decides about each error that mypy is about to print: true means that it is swallowed."""

    def __init__(self) -> None:
        self._busy = False
        self._swallowed: tuple[str, int, int] | None = None
        self._rewritten: set[tuple[str, ErrorKey]] = set()

    def __call__(self, file: str, info: ErrorInfo) -> bool:
        """Explain an error instead of mypy, if it can be explained. Never raises."""
        if self._busy or info.blocker:
            return False
        if info.severity != "error":
            return self._belongs_to_swallowed(file, info)
        self._swallowed = None
        self._busy = True
        try:
            rewritten = self._rewrite(file, info)
        except Exception:  # whatever fails here, the user still has mypy's own words
            note_failure()
            return False
        finally:
            self._busy = False
        if rewritten:
            self._swallowed = file, info.line, info.column
        return rewritten

    def _belongs_to_swallowed(self, file: str, info: ErrorInfo) -> bool:
        """Whether a note goes with the error before it; what ``reveal_type`` prints never does."""
        return self._swallowed == (file, info.line, info.column) and not info.message.startswith("Revealed")

    def _rewrite(self, file: str, info: ErrorInfo) -> bool:
        checker = current_checker(file)
        if checker is None or not checker.is_enabled(codes.ARGUMENT) or checker.is_ignored(file, info):
            return False
        if info.code in (NO_ANY_RETURN, VAR_ANNOTATED):
            return self._only_follows(checker, file, info)
        own_errors: set[ErrorKey] = set()
        broken: list[tuple[Explainer, Site]] = []
        around = list(sites(checker.tree, (info.line, info.column), (info.end_line, info.end_column)))
        for site in around:
            anchor = ANCHORS.get(type(site.node))
            if anchor is None or not _may_be_about(site.node, info):
                continue
            explainer = Explainer(checker, RULES)
            with checker.inside(site.trail):
                problems = anchor(explainer, site)
                if problems:
                    _skip_part(explainer, around[0].trail[len(site.trail) :])
            if error_key(info) in explainer.own_errors:
                break
            if inside := {key for key in explainer.own_errors if site.covers(key[0])}:
                own_errors |= inside
                broken.append((explainer, site))
            if problems:
                self._rewritten.add((file, error_key(info)))
                with checker.inside(site.trail):
                    ignores.report(explainer, problems, site, file, info)
                return True
            if error_key(info) in explainer.excused or (info.line, info.column) in explainer.cleared:
                return True
        if self._is_told(checker, file, frozenset(own_errors)):
            return True
        return any(_tell_causes(*one, file, info) for one in broken) or _tell_shortened(checker, info)

    def _only_follows(self, checker: Checker, file: str, info: ErrorInfo) -> bool:
        """Whether a result is not known because a call of ours in what gives it has a mistake."""
        place = (info.line, info.column), (info.end_line, info.end_column)
        around = (one for one in sites(checker.tree, *place) if isinstance(one.node, statements.GIVING))
        errors = statements.errors_of_given(checker, site) if (site := next(around, None)) else ()
        return any((file, key) in self._rewritten for key in errors)

    def _is_told(self, checker: Checker, file: str, own_errors: frozenset[ErrorKey]) -> bool:
        """Whether the true cause has been told already: then an error that only follows from it is noise.

        mypy says "no overload variant matches" of a call whose argument has an error in itself.
        """
        told = any((file, key) in self._rewritten for key in own_errors)
        return told or checker.is_recorded(file, own_errors)


def _may_be_about(node: Node, info: ErrorInfo) -> bool:
    """Whether an error may be that of a key or attribute: what is called of it begins there, too."""
    if (subjects := asynchronous.SUBJECTS.get(type(node))) is not None:
        place = (info.line, info.column, info.end_line, info.end_column)
        return place in [(one.line, one.column, one.end_line, one.end_column) for one in subjects(node)]
    if not isinstance(node, (IndexExpr, MemberExpr)):
        return True
    inner = [node.index] if isinstance(node, IndexExpr) else []
    return (info.end_line, info.end_column) in [(one.end_line, one.end_column) for one in (node, *inner)]


def _tell_shortened(checker: Checker, info: ErrorInfo) -> bool:
    """Print an error in mypy's own words, where they are too long to be read; overloads need their notes."""
    text = shortened(info) if info.code is not CALL_OVERLOAD else None
    if text is None:
        return False
    checker.report(text, place_of(info), codes.ARGUMENT, ignore_lines(info))
    return True


def _tell_causes(explainer: Explainer, site: Site, file: str, info: ErrorInfo) -> bool:
    """Print the errors that the parts of a site have in themselves, where mypy has yet to come to them.

    What follows from them is noise. When mypy prints them too, it drops the second of two equal errors.
    """
    checker = explainer.checker
    with checker.inside(site.trail):
        native = ignores.native_errors(explainer, site, info)
    causes = [one for one in native if one is not info and error_key(one) in explainer.own_errors]
    if not causes or any(checker.is_ignored(file, one) for one in causes):
        return False
    for one in causes:
        if not _tell_shortened(checker, one):
            checker.repeat(one, ignore_lines(one))
    return True


def _skip_part(explainer: Explainer, inner: Sequence[Node]) -> None:
    """Take note of the errors that the part at an error's place has in itself.

    ``inner`` leads from the anchor to that place; the part is the first thing on the way whose own
    parts are not explained one by one.
    """
    for node in inner:
        if isinstance(node, Expression) and type(display_of(node)) not in _PARTS:
            explainer.skip(node)
            return
