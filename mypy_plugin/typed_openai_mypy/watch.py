"""The rewriter: sees what mypy is about to print about our API, and prints it in one line instead.

Errors come through :mod:`.gate`. One passes untouched unless the types at its place are ours. Then the syntax
that answers for it is explained. mypy's text is replaced only where the explanation finds a mistake at the
very place of the error; where it finds none, or fails, mypy's text stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mypy.errorcodes import CALL_OVERLOAD, OPERATOR, TYPEDDICT_ITEM, TYPEDDICT_UNKNOWN_KEY
from mypy.errors import ErrorInfo
from mypy.nodes import CallExpr, DictExpr, Expression, Node

from typed_openai_mypy import codes, ignores, owners
from typed_openai_mypy.compat import (
    Checker,
    ErrorKey,
    current_checker,
    error_key,
    has_fixed_lines,
    ignore_lines,
    parent_of,
)
from typed_openai_mypy.concern import is_concerned, is_generic, makes_container
from typed_openai_mypy.explain import Anchor, Explainer, Problem, Rule
from typed_openai_mypy.failures import note_failure
from typed_openai_mypy.features import (
    asynchronous,
    branches,
    calls,
    comparisons,
    displays,
    indexing,
    operator_methods,
    operators,
    overrides,
    statements,
)
from typed_openai_mypy.owners import Owner, owners_of
from typed_openai_mypy.shortening import place_of, shortened
from typed_openai_mypy.tree import contains, index_of

RULES: Final[Mapping[type[Node], Rule]] = {**displays.RULES, **branches.RULES, **calls.RULES}
ANCHORS: Final[Mapping[type[Node], Anchor]] = {
    **calls.ANCHORS,
    **statements.ANCHORS,
    **indexing.ANCHORS,
    **comparisons.ANCHORS,
    **operators.ANCHORS,
    **operator_methods.ANCHORS,
    **asynchronous.ANCHORS,
    **overrides.ANCHORS,
}


@dataclass(slots=True)
class Explanation:
    """What was found of a piece of syntax: the mistakes in it, and errors that are not about its types."""

    problems: Sequence[Problem]
    own_errors: frozenset[ErrorKey]
    broken: Sequence[tuple[Expression, frozenset[ErrorKey]]]
    excused: frozenset[ErrorKey]
    cleared: frozenset[tuple[int, int]]


@dataclass(slots=True)
class Scope:
    """What is known while mypy checks one function, or the top level of a file.

    ``lines`` are those with errors about our API, ``rewritten`` the errors that were replaced, ``printed``
    what was printed in their place.
    """

    checker: Checker
    lines: set[int] = field(default_factory=set)
    rewritten: set[ErrorKey] = field(default_factory=set)
    printed: set[Problem] = field(default_factory=set)
    explainers: dict[tuple[int, int], tuple[Node, Explainer]] = field(default_factory=dict)
    explained: dict[tuple[int, int, int], Explanation] = field(default_factory=dict)


class Watch:
    """Decides about each error that mypy is about to print: true means that it is swallowed."""

    def __init__(self) -> None:
        self._busy = False
        self._last: tuple[ErrorInfo, bool] | None = None
        self._swallowed: ErrorInfo | None = None
        self._scope: Scope | None = None
        self._left: set[tuple[str, ErrorKey]] = set()

    def __call__(self, file: str, info: ErrorInfo) -> bool:
        """Explain an error instead of mypy, if it can be explained. Never raises."""
        if self._last is not None and self._last[0] is info:
            return self._last[1]
        if self._busy or info.blocker:
            return False
        self._busy = True
        try:
            answer = (
                self._belongs_to_swallowed(info) if info.severity != "error" else self._decide(file, info)
            )
        except (Exception, SystemExit):  # whatever fails here, the user still has mypy's own words
            note_failure()
            answer = False
        finally:
            self._busy = False
        self._last = info, answer
        return answer

    def is_near(self, info: ErrorInfo) -> bool:
        """Return whether an error is on a line that has an error about our API."""
        return self._scope is not None and info.line in self._scope.lines

    def _belongs_to_swallowed(self, info: ErrorInfo) -> bool:
        """Return whether a note goes with the error before it; what ``reveal_type`` prints never does."""
        error = self._swallowed
        if error is None or info.message.startswith("Revealed"):
            return False
        if (parent := parent_of(info)) is not None:
            return parent is error
        return (info.line, info.column) == (error.line, error.column)

    def _decide(self, file: str, info: ErrorInfo) -> bool:
        self._swallowed = None
        checker = current_checker(file)
        if checker is None:
            return False
        found = self._owners(checker, info)
        if not found:
            self._left.add((checker.path, error_key(info)))
            return False
        is_repeated = not has_fixed_lines(info)
        if self._rewrite(checker, found, info):
            self._swallowed = info
            self._take_back(checker, info)
            return True
        self._left.add((checker.path, error_key(info)))
        if is_repeated:
            checker.repeat(info)  # its lines have been read, and can be read only once
        return is_repeated

    def _take_back(self, checker: Checker, info: ErrorInfo) -> None:
        """Remove an error that mypy printed when less was known: it checks loops and functions again."""
        key = checker.path, error_key(info)
        if key in self._left:
            self._left.discard(key)
            checker.withdraw(info)

    def _owners(self, checker: Checker, info: ErrorInfo) -> list[Owner]:
        """The syntax that may answer for an error about our API; none for any other error."""
        scope = self._scope_of(checker)
        site = index_of(checker.tree).site((info.line, info.column), (info.end_line, info.end_column))
        found = sorted(_concerned(checker, owners_of(site, info)), key=_is_passing_on)
        if found:
            scope.lines.add(info.line)
        return found if checker.is_enabled(codes.ARGUMENT) else []

    def _rewrite(self, checker: Checker, found: Sequence[Owner], info: ErrorInfo) -> bool:
        if checker.is_ignored(info):
            ignores.mark_used(checker, info)
            return False
        if not checker.allows_evaluation:
            return False
        return self._replace(self._scope_of(checker), found, info) or _shorten(checker, info)

    def _scope_of(self, checker: Checker) -> Scope:
        """What is known of the function that is being checked; mypy has a new binder for each."""
        if self._scope is None or not self._scope.checker.is_at_same_place(checker):
            self._scope = Scope(checker)
        return self._scope

    def _replace(self, scope: Scope, found: Sequence[Owner], info: ErrorInfo) -> bool:
        """Print the mistakes at the place of an error, if the owners' explanations find any."""
        for owner in found:
            for explanation in _explanations(scope, owner):
                if problems := [one for one in explanation.problems if _accounts_for(one, owner, info)]:
                    self._print(scope, problems, info)
                    return True
                if _is_let_pass(explanation, info) or _only_follows(scope, explanation, info):
                    return True
        return False

    def _print(self, scope: Scope, problems: Sequence[Problem], info: ErrorInfo) -> None:
        """Print the mistakes that have not been printed for another error.

        Where there is only one, a comment silences it wherever it would silence mypy's own error.
        """
        scope.rewritten.add(error_key(info))
        left = [one for one in problems if one not in scope.printed]
        for one in left:
            place = one.node if one.node.line > 0 else place_of(info)
            lines = {*ignores.lines_of(place), *(ignore_lines(info) if len(left) == 1 else ())}
            scope.checker.report(one.text, place, one.code, sorted(lines))
        scope.printed.update(left)


def _concerned(checker: Checker, candidates: Iterable[Owner]) -> Iterator[Owner]:
    """The owners that our types are involved in; what is expected of a call concerns only generic ones."""
    for one in candidates:
        if is_concerned(checker, one):
            yield one
        call = one.site.node
        if isinstance(call, CallExpr) and one.focus and not is_generic(checker, call):
            return


def _is_passing_on(owner: Owner) -> bool:
    """Return whether an owner only passes on what is expected of it: what is around it knows better."""
    call = owner.site.node
    return isinstance(call, CallExpr) and bool(owner.focus) and makes_container(call)


def _explanations(scope: Scope, owner: Owner) -> Iterator[Explanation]:
    """The explanation of the part that an error is in, then, where that finds nothing, of the whole."""
    yield _explanation(scope, owner, owner.part)
    if owner.focus:
        yield _explanation(scope, Owner(owner.site, ()), owner.site.node)


def _explanation(scope: Scope, owner: Owner, part: Node) -> Explanation:
    node, frame = owner.site.node, scope.checker.frame
    key = id(node), id(part), frame
    if key not in scope.explained:
        _, explainer = scope.explainers.setdefault((id(node), frame), (node, Explainer(scope.checker, RULES)))
        explainer.look_at(owner.focus)
        with scope.checker.untouched(), scope.checker.inside(owner.site.trail):
            problems = ANCHORS[type(node)](explainer, owner.site) or ()
        scope.explained[key] = Explanation(
            problems,
            frozenset(explainer.own_errors),
            explainer.broken,
            frozenset(explainer.excused),
            frozenset(explainer.cleared),
        )
    return scope.explained[key]


def _accounts_for(problem: Problem, owner: Owner, info: ErrorInfo) -> bool:
    """Return whether a problem is the mistake that an error is about: it lies inside it, or around it.

    mypy reports a wrong operation at its left operand.
    """
    if info.code is OPERATOR:
        return contains(owner.site.node, problem.node)
    if info.code is not None and info.code.code in owners.ARITY and not problem.is_arity:
        return False
    if problem.carried is not None and contains(problem.carried, place_of(info)):
        return True
    if problem.scope is None and _is_inside_display(problem.node, owner, info):
        return False
    return _is_at(problem.scope or problem.node, info)


def _is_inside_display(blamed: Node, owner: Owner, info: ErrorInfo) -> bool:
    """Return whether mypy found its way to a TypedDict's display that is only a part of what is blamed."""
    if info.code not in {TYPEDDICT_ITEM, TYPEDDICT_UNKNOWN_KEY}:
        return False
    display = next((one for one in reversed(owner.focus) if isinstance(one, DictExpr)), None)
    return display is not None and blamed is not display and contains(blamed, display)


def _is_at(node: Node, info: ErrorInfo) -> bool:
    """Return whether an error is about something in a node, or about something around it."""
    place = place_of(info)
    return contains(place, node) or contains(node, place)


def _is_let_pass(explanation: Explanation, info: ErrorInfo) -> bool:
    """Return whether an error is only about keys that the options allow."""
    return error_key(info) in explanation.excused or (info.line, info.column) in explanation.cleared


def _only_follows(scope: Scope, explanation: Explanation, info: ErrorInfo) -> bool:
    """Return whether an error is there only because an expression at its place is broken in itself.

    mypy says that a broken sum does not fit, and that no overload takes a broken argument.
    """
    causes = [keys for one, keys in explanation.broken if _is_at(one, info)]
    if info.code is CALL_OVERLOAD and not explanation.problems:
        causes.append(explanation.own_errors)
    return any(_is_told(scope, one - {error_key(info)}) for one in causes)


def _is_told(scope: Scope, errors: frozenset[ErrorKey]) -> bool:
    """Return whether one of the errors has been printed, by mypy or in its place."""
    return not errors.isdisjoint(scope.rewritten) or scope.checker.is_recorded(errors)


def _shorten(checker: Checker, info: ErrorInfo) -> bool:
    """Print an error in mypy's own words, where they are too long to be read; overloads need their notes."""
    text = shortened(info) if info.code is not CALL_OVERLOAD else None
    if text is None:
        return False
    checker.report(text, place_of(info), codes.ARGUMENT, ignore_lines(info))
    return True
