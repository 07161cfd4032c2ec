"""Replaces mypy's errors about the API by errors of one line.

``first_look`` passes on the errors that could be about the API. For each, the syntax that it belongs to is
found (``owners``), and if the types there belong to the API (``concern``), it is explained (``explainer``).
mypy's text is replaced only if the explanation finds a mistake at the place of the error. If it finds none,
or fails, mypy's text is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final, TypeAlias

from mypy.errorcodes import (
    CALL_OVERLOAD,
    NO_ANY_RETURN,
    OPERATOR,
    TYPEDDICT_ITEM,
    TYPEDDICT_UNKNOWN_KEY,
    VAR_ANNOTATED,
    ErrorCode,
)
from mypy.errors import ErrorInfo
from mypy.nodes import DictExpr, Expression, LambdaExpr, Node
from mypy.types import Type

from typed_openai_mypy import codes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.calls import operation_calls
from typed_openai_mypy.compat.checker import (
    Checker,
    ErrorKey,
    current_checker,
    error_key,
    has_fixed_lines,
    ignore_lines,
    parent_of,
)
from typed_openai_mypy.displays import branches, literals
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Further, Problem, Rule
from typed_openai_mypy.explain.repeated import Explanation, Explanations
from typed_openai_mypy.messages.shortening import place_of, shortened
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.syntax import owners
from typed_openai_mypy.syntax.owners import Owner
from typed_openai_mypy.syntax.tree import Site, contains, index_of, start_of
from typed_openai_mypy.watching import further_uses, ignores
from typed_openai_mypy.watching.blamed_reads import blamed, may_blame
from typed_openai_mypy.watching.concerned_owners import ConcernedOwners
from typed_openai_mypy.watching.further_uses import Judged
from typed_openai_mypy.watching.literal_items import LiteralItems
from typed_openai_spec.records import dataclass

RULES: Final[Mapping[type[Node], Rule]] = {**literals.RULES, **branches.RULES, **operation_calls.RULES}
ANCHORS: Final[Mapping[type[Node], Anchor]] = operation_calls.ANCHORS
"""The anchors of the most frequent syntax; :mod:`.rare_anchors` has all others."""


Place: TypeAlias = tuple[int, int, ErrorCode | None]
"""The line, the column and the code of an error."""


@dataclass(slots=True)
class Scope:
    """The state while mypy checks one function, or the top level of a file.

    ``owners`` finds those of errors, ``items`` the mistakes of literals in long displays. ``lines`` are
    those with errors about the API, ``rewritten`` the errors that were replaced, and ``printed`` the problems
    that were reported instead of them. ``typed`` are the reads of further keys, ``returning`` the lines of
    statements that return them, and ``judged_again`` the places of errors reported with their types.
    """

    checker: Checker
    program: Program
    owners: ConcernedOwners
    items: LiteralItems
    lines: set[int] = field(default_factory=set)
    rewritten: set[ErrorKey] = field(default_factory=set)
    printed: set[Problem] = field(default_factory=set)
    typed: dict[Expression, Type] = field(default_factory=dict)
    judged_again: set[Place] = field(default_factory=set)
    returning: set[int] = field(default_factory=set)
    explainers: dict[tuple[int, int], tuple[Node, Explainer]] = field(default_factory=dict)
    explained: dict[tuple[int, int, int], Explanation] = field(default_factory=dict)


class Watch:
    """Decides about the errors that mypy is about to print. A call returns true to suppress one.

    While it ``is_busy``, all errors are those of its own reports and evaluations.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self.is_busy = False
        self._last: tuple[ErrorInfo, bool] | None = None
        self._swallowed: ErrorInfo | None = None
        self._scope: Scope | None = None
        self._left: set[tuple[str, ErrorKey]] = set()
        self._unchecked: Sequence[Further] = ()
        self._unjudged: tuple[Checker, Judged] | None = None
        self._found: list[Place] | None = None

    def __call__(self, file: str, info: ErrorInfo) -> bool:
        """Report the explanation of an error instead of it, if there is one. Never raises."""
        if self._last is not None and self._last[0] is info:
            return self._last[1]
        if self.is_busy or info.blocker:
            return False
        self.is_busy = True
        try:
            answer = (
                self._belongs_to_swallowed(info) if info.severity != "error" else self._decide(file, info)
            )
        except (Exception, SystemExit):  # the user must get at least mypy's own error
            note_failure()
            answer = False
        finally:
            self.is_busy = False
        self._last = info, answer
        self._check_skipped()
        return answer

    def _check_skipped(self) -> None:
        """Let mypy check the uses of further keys. Their errors come back to this object."""
        unchecked, self._unchecked = self._unchecked, ()
        unjudged, self._unjudged = self._unjudged, None
        if not unchecked and unjudged is None:
            return
        before, swallowed = self._found, self._swallowed
        self._found = found = list[Place]()
        try:
            further_uses.check_values(unchecked)
            if unjudged is not None:
                further_uses.check_again(*unjudged)
        except (Exception, SystemExit):  # mypy would crash
            note_failure()
        finally:
            if unjudged is not None and self._scope is not None:
                self._scope.judged_again.update(found)
                self._scope.returning.update(unjudged[1].returning_lines)
            self._found, self._swallowed = before, swallowed

    def is_near(self, info: ErrorInfo) -> bool:
        """Return whether an error is on a line that has an error about the API."""
        return self._scope is not None and info.line in self._scope.lines

    def _belongs_to_swallowed(self, info: ErrorInfo) -> bool:
        """Return whether a note belongs to the suppressed error; one of ``reveal_type`` never does."""
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
        scope = self._scope_of(checker)
        if self._is_outdated(scope, info):
            self._swallowed = info
            return True
        if self._is_known(scope, info) or self._is_needless(checker, info) or self._blame_read(checker, info):
            self._swallowed = info
            self._take_back(checker, info)
            return True
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
            checker.repeat(info)  # the iterator of its lines is exhausted
        return is_repeated

    def _is_outdated(self, scope: Scope, info: ErrorInfo) -> bool:
        """Return whether an error has been reported again, with the types of further keys."""
        if self._found is None and not (scope.typed or scope.judged_again or scope.returning):
            return False
        place = info.line, info.column, info.code
        if scope.typed and further_uses.is_of_rejected(
            scope.checker, scope.typed, _site_of(scope.checker, info), info
        ):
            return True
        if place in scope.judged_again or (info.code is NO_ANY_RETURN and info.line in scope.returning):
            return True
        if self._found is not None:
            self._found.append(place)
        return False

    def _take_back(self, checker: Checker, info: ErrorInfo) -> None:
        """Remove an error that an earlier pass did not replace: mypy checks loops and functions again."""
        key = checker.path, error_key(info)
        if key in self._left:
            self._left.discard(key)
            checker.withdraw(info)

    def _owners(self, checker: Checker, info: ErrorInfo) -> Sequence[Owner]:
        """The owners of an error about the API; empty for any other error."""
        scope = self._scope_of(checker)
        found = scope.owners.of(_site_of(checker, info), info)
        if found:
            scope.lines.add(info.line)
        return found if checker.is_enabled(codes.ARGUMENT) else ()

    def _rewrite(self, checker: Checker, found: Sequence[Owner], info: ErrorInfo) -> bool:
        if checker.is_ignored(info):
            ignores.mark_used(checker, info)
            return False
        if not checker.allows_evaluation:
            return False
        return self._replace(self._scope_of(checker), found, info) or self._shorten(checker, info)

    def _is_needless(self, checker: Checker, info: ErrorInfo) -> bool:
        """Return whether an error is only about an empty dict in place of a missing value of the API."""
        if info.code is not VAR_ANNOTATED:
            return False
        from typed_openai_mypy.reading import empty_defaults  # noqa: PLC0415  few errors are about empty dicts

        return (
            checker.is_enabled(codes.ARGUMENT)
            and empty_defaults.is_needless(checker, _site_of(checker, info))
            and not checker.is_ignored(info)
        )

    def _is_known(self, scope: Scope, info: ErrorInfo) -> bool:
        """Report the mistakes of a literal in a display, if they follow from those of another one."""
        problems = scope.items.problems(info)
        if problems:
            scope.lines.add(info.line)
            self._print(scope, problems, info)
        return bool(problems)

    def _blame_read(self, checker: Checker, info: ErrorInfo) -> bool:
        """Report the reads that an error follows from, if there are any."""
        if not may_blame(info):
            return False
        site = _site_of(checker, info).ending_at((info.end_line, info.end_column))
        reads = blamed(self._program, checker, site, info)
        if not reads or not checker.is_enabled(codes.ARGUMENT) or checker.is_ignored(info):
            return False
        scope = self._scope_of(checker)
        scope.lines.add(info.line)
        self._print(scope, reads, info)
        return True

    def _shorten(self, checker: Checker, info: ErrorInfo) -> bool:
        """Report an error with mypy's text shortened, if too long; overloads need all of their notes."""
        text = shortened(info, self._program.descriptions) if info.code is not CALL_OVERLOAD else None
        if text is None:
            return False
        checker.report(self._program.reporter, text, place_of(info), codes.ARGUMENT, ignore_lines(info))
        return True

    def _scope_of(self, checker: Checker) -> Scope:
        """The state of the function that is being checked; mypy has a new binder for each function."""
        if self._scope is None or not self._scope.checker.is_at_same_place(checker):
            self._scope = Scope(checker, self._program, ConcernedOwners(checker), LiteralItems(checker))
        return self._scope

    def _replace(self, scope: Scope, found: Sequence[Owner], info: ErrorInfo) -> bool:
        """Report the mistakes at the place of an error, if the explanation of an owner finds any.

        An error about further keys of an open object is dropped if nothing else is wrong.
        """
        for owner in found:
            for explanation in _explanations(scope, owner):
                if extra := further_uses.in_display(explanation, info):
                    self._unchecked = extra
                    return True
                if problems := _accounting(explanation, owner, info):
                    scope.items.note(explanation, problems, info)
                    self._print(scope, problems, info)
                    return True
                if further_uses.at_index(explanation, info):
                    site = _site_of(scope.checker, info)
                    if further_uses.writes(info):
                        self._check_written(scope, site, info)
                    else:
                        self._type_read(scope, site)
                    return True
                if _only_follows(scope, explanation, info):
                    return True
                if further_uses.follows(scope.checker, explanation, owner, info):
                    return True
        return False

    def _check_written(self, scope: Scope, site: Site, info: ErrorInfo) -> None:
        """Report the mistakes of a value that is assigned to a further key."""
        assignment = further_uses.assignment_to(site)
        if assignment is not None:
            explanation = _explanation(scope, Owner(assignment, ()), assignment.node)
            self._print(scope, explanation.problems, info)

    def _type_read(self, scope: Scope, site: Site) -> None:
        """Let mypy know the type of an item with a further key, and judge what is around it by that type."""
        read, judged = further_uses.read_at(site), further_uses.judged_before(site)
        if read is None:
            return
        found = further_uses.type_read(scope.checker, read)
        if found is None or judged is None or read in scope.typed:
            return
        scope.typed[read] = found
        self._unjudged = scope.checker, judged
        scope.lines.update(judged.returning_lines)

    def _print(self, scope: Scope, problems: Sequence[Problem], info: ErrorInfo) -> None:
        """Report the mistakes that have not been reported for another error."""
        scope.rewritten.add(error_key(info))
        left = [one for one in problems if one not in scope.printed]
        for one in left:
            place = one.node if one.node.line > 0 else place_of(info)
            lines = ignores.lines_of(scope.checker, place, one.code, info, is_only=len(left) == 1)
            scope.checker.report(self._program.reporter, one.text, place, one.code, lines)
        scope.printed.update(left)


def _site_of(checker: Checker, info: ErrorInfo) -> Site:
    """The syntax at the place of an error."""
    return index_of(checker.tree).site((info.line, info.column), (info.end_line, info.end_column))


def _explanations(scope: Scope, owner: Owner) -> Iterator[Explanation]:
    """The explanation of the part with the error, then of the whole owner if the first finds nothing."""
    yield _explanation(scope, owner, owner.part)
    if owner.focus:
        yield _explanation(scope, Owner(owner.site, ()), owner.site.node)


def _explanation(scope: Scope, owner: Owner, part: Node) -> Explanation:
    key = id(owner.site.node), id(part), scope.checker.frame
    if key not in scope.explained:
        known = index_of(scope.checker.tree).once("explanations", Explanations)
        scope.explained[key] = known.of(scope.checker, owner, part, lambda: _explained(scope, owner))
    return scope.explained[key]


def _explained(scope: Scope, owner: Owner) -> Explanation:
    node, frame = owner.site.node, scope.checker.frame
    _, explainer = scope.explainers.setdefault(
        (id(node), frame), (node, Explainer(scope.checker, RULES, scope.program))
    )
    explainer.look_at(owner.focus)
    with scope.checker.untouched(), scope.checker.inside(owner.site.trail):
        problems = _anchor_of(node)(explainer, owner.site) or ()
    return Explanation(
        problems,
        frozenset(explainer.own_errors),
        explainer.broken,
        explainer.further,
        explainer.alike,
    )


def _anchor_of(node: Node) -> Anchor:
    if type(node) in ANCHORS:
        return ANCHORS[type(node)]
    from typed_openai_mypy.displays import rare_anchors  # noqa: PLC0415  most errors are about calls

    return rare_anchors.ANCHORS[type(node)]


def _accounting(explanation: Explanation, owner: Owner, info: ErrorInfo) -> list[Problem]:
    """The problems that explain an error."""
    whole = _whole(owner, info)
    is_anywhere = info.code is OPERATOR or whole is not None
    place = place_of(info)
    near = explanation.problems if is_anywhere else explanation.near(info.line, info.end_line or info.line)
    return [one for one in near if _accounts_for(one, owner, info, place, whole)]


def _accounts_for(problem: Problem, owner: Owner, info: ErrorInfo, place: Node, whole: Node | None) -> bool:
    """Return whether a problem explains an error: one of the two places contains the other.

    For a wrong operator, mypy's place is the left operand; the problem may be anywhere in the operation.
    """
    if info.code is OPERATOR:
        return contains(owner.site.node, problem.node)
    if info.code is not None and info.code.code in owners.ARITY and not problem.is_arity:
        return False
    if problem.carried is not None and contains(problem.carried, place):
        return True
    if whole is None and problem.scope is None and _is_inside_display(problem.node, owner, info):
        return False
    return _overlap(problem.scope or problem.node, place) or (
        whole is not None and contains(whole, problem.node)
    )


def _whole(owner: Owner, info: ErrorInfo) -> Node | None:
    """The syntax that an error is about, if mypy's place is only a part of it.

    Python's parser gives a lambda no end. An error at a TypedDict that is unpacked into a display may be
    about any key of the display: old versions of mypy report keys that other members of a union lack.
    """
    around, innermost = (None, *owner.focus)[-2:] if owner.focus else (None, None)
    if isinstance(innermost, LambdaExpr) and innermost.end_line is None:
        return innermost if start_of(innermost) == (info.line, info.column) else None
    if info.code is TYPEDDICT_ITEM and isinstance(around, DictExpr):
        return around if any(key is None and value is innermost for key, value in around.items) else None
    return None


def _is_inside_display(blamed: Node, owner: Owner, info: ErrorInfo) -> bool:
    """Return whether mypy reports a display of a TypedDict that is only a part of the blamed node."""
    if info.code not in {TYPEDDICT_ITEM, TYPEDDICT_UNKNOWN_KEY}:
        return False
    display = next((one for one in reversed(owner.focus) if isinstance(one, DictExpr)), None)
    return display is not None and blamed is not display and contains(blamed, display)


def _overlap(node: Node, place: Node) -> bool:
    """Return whether one of two places contains the other."""
    return contains(place, node) or contains(node, place)


def _only_follows(scope: Scope, explanation: Explanation, info: ErrorInfo) -> bool:
    """Return whether an error is only a consequence of another one, inside an expression at its place.

    For example, mypy also reports that a sum with a wrong operand does not fit, or that no overload accepts
    it.
    """
    place = place_of(info)
    causes = [keys for one, keys in explanation.broken if _overlap(one, place)]
    if info.code is CALL_OVERLOAD and not explanation.problems:
        causes.append(explanation.own_errors)
    if causes and info.message.startswith(further_uses.AMBIGUOUS):
        return True  # mypy reports the causes next, when it checks the display as a plain dict
    return any(_is_reported(scope, one - {error_key(info)}) for one in causes)


def _is_reported(scope: Scope, errors: frozenset[ErrorKey]) -> bool:
    """Return whether one of the errors has been reported, by mypy or by the plugin."""
    return not errors.isdisjoint(scope.rewritten) or scope.checker.is_recorded(errors)
