"""Mistakes in calls of operations that no type can express, each with its place.

This module handles the displays inside such calls; :mod:`.display_findings` handles all other displays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, TypeAlias

from mypy.errorcodes import DEPRECATED as NATIVE_DEPRECATED
from mypy.errorcodes import ErrorCode
from mypy.nodes import CallExpr, Expression, Node
from mypy.plugin import MethodSigContext

from typed_openai_mypy import codes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.beyond import bounds, deprecated
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.messages.fragments import clipped, literal
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.given_arguments import Given
from typed_openai_mypy.values.known_values import Known, readings
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.value_places import Place, join, render
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray

FINDERS: Final[Mapping[str, Callable[[Given], Iterator[tuple[ErrorCode, Place, str]]]]] = {
    "limits": bounds.find,
    "deprecated": deprecated.find,
}
"""Each finder yields the code, the place in the call (empty for the call itself) and the text."""

Reader: TypeAlias = Callable[[Known], Given]
"""Reads the arguments of a call."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: its text and its place."""

    code: ErrorCode
    text: str
    node: Node


def finding(
    code: ErrorCode,
    place: Place,
    text: str,
    known: Known,
    whole: Node,
    *,
    shown: Place | None = None,
    start: str = "",
) -> Finding:
    """A mistake at a place inside ``whole``, as ``known`` has read it.

    ``shown`` is the place to show, if it is another one; it lies inside the place with the text ``start``.
    """
    node = known.node_at(place) if place else None
    name = render(place if shown is None else shown, start, _key_of_python)
    return Finding(code, clipped(f"{name}: {text}" if name else text), node or whole)


_key_of_python: Final = partial(join, quote=literal)
"""Shows keys that are not names as Python writes them: the validator shows them as JSON does."""


class Calls:
    """Finds the mistakes in calls, and remembers the displays in them.

    A signature hook runs once per overload: the mistakes of the current call are found for the first one.
    ``wanted`` are the codes of the mistakes to report.
    """

    def __init__(self, program: Program) -> None:
        self.wanted = frozenset(one for one in codes.BEYOND if not program.is_disabled(one))
        self._reporter = program.reporter
        self._file: object = None
        self._read: set[Expression] = set()
        self._operations: set[Node] = set()
        self._last_overload: tuple[CallExpr, object] | None = None
        self._last: tuple[CallExpr, object, list[Finding]] | None = None

    def has_read(self, display: Expression) -> bool:
        """Return whether a display was read as part of a call."""
        return display in self._read

    def note(self, api: object, known: Known) -> None:
        """Remember the displays that were read as parts of a call in the current file."""
        if self._file is not (file := hook_context.current_tree(api)):
            self._file, self._read, self._operations = file, set(), set()
        self._read.update(known.nodes.values())

    def report(self, api: object, one: Finding, around: Node) -> None:
        """Print a mistake that was found in ``around``."""
        hook_context.report_apart(self._reporter, api, one.text, one.node, one.code, around=around)

    def is_later_overload(self, context: MethodSigContext, call: CallExpr) -> bool:
        """Return whether a call is looked at again, for another overload of its callee."""
        overload = context.default_signature.definition
        last, self._last_overload = self._last_overload, (call, overload)
        if last is None or last[0] is not call or last[1] is overload:
            return False
        self._last_overload = last
        return True

    def found_nothing(self, call: CallExpr) -> bool:
        """Return whether a call was the last one that was judged, and no mistake was found in it."""
        return self._last is not None and self._last[0] is call and not self._last[2]

    def findings(self, context: MethodSigContext, call: CallExpr, read: Reader) -> list[Finding]:
        """The mistakes of the current call that mypy cannot see."""
        overload = context.default_signature.definition
        if self._last is not None and self._last[0] is call and self._last[1] is not overload:
            return self._last[2]
        found: dict[Finding, None] = {}
        self.note(context.api, Known())
        for known in readings():
            given = read(known)
            for code, place, text in (*_found_in(given), *self._found_held(context.api, given, call)):
                at, shown = given.place_of(place)
                found[finding(code, at, text, known, call, shown=shown)] = None
            self.note(context.api, known)
        self._operations.add(call)
        self._last = call, overload, list(found)
        return self._last[2]

    def _found_held(self, api: object, given: Given, call: CallExpr) -> list[tuple[ErrorCode, Place, str]]:
        """The mistakes between values that variables hold."""
        tree = hook_context.current_tree(api)
        partly = (one is UNKNOWN or isinstance(one, PartialArray) for one in given.values.values())
        if tree is None or not (given.kit is not None or any(partly)):
            return []
        from typed_openai_mypy.beyond import held_values  # noqa: PLC0415  few calls are about such values

        return [*held_values.find(given, tree, call, self._operations)]


def _found_in(given: Given) -> Iterator[tuple[ErrorCode, Place, str]]:
    for find in FINDERS.values():
        yield from find(given)


def tell(context: MethodSigContext, read: Reader, calls: Calls) -> None:
    """Print the mistakes of the current call whose codes are wanted. Never raises."""
    call = context.context
    if not isinstance(call, CallExpr):
        return
    try:
        elsewhere = {codes.MODEL} if "base_url" in call.arg_names else set()  # other models, same names
        for one in chosen(calls.findings(context, call, read), calls.wanted - elsewhere):
            is_whole = one.code is codes.DEPRECATED and one.node is call
            is_told = _is_told_by_mypy(context) if is_whole else _is_wrong(context, one)
            if not is_told:
                calls.report(context.api, one, call)
    except Exception:  # mypy would crash; what it says itself stands
        note_failure()


def chosen(found: Iterable[Finding], wanted: frozenset[ErrorCode]) -> list[Finding]:
    """The findings to report: those with the wanted codes, without deprecations of unsupported arguments."""
    printed = [one for one in found if one.code in wanted]
    unsupported = [one.node for one in printed if one.code is codes.MODEL]
    return [one for one in printed if one.code is not codes.DEPRECATED or one.node not in unsupported]


def _is_wrong(context: MethodSigContext, found: Finding) -> bool:
    """Return whether a deprecated argument also has a value of the wrong type, which must be fixed first."""
    checker = hook_context.checker_of(context.api) if found.code is codes.DEPRECATED else None
    formals = zip(context.default_signature.arg_types, context.args, strict=False)
    wanted = next((one for one, given in formals if checker is not None and found.node in given), None)
    if checker is None or wanted is None or not isinstance(found.node, Expression):
        return False
    return not checker.attempt(found.node, wanted).good


def _is_told_by_mypy(context: MethodSigContext) -> bool:
    """Return whether mypy itself reports the callee as deprecated, and that error is enabled."""
    definition = context.default_signature.definition
    marked = getattr(getattr(definition, "func", definition), "deprecated", None)
    return marked is not None and hook_context.is_enabled(context.api, NATIVE_DEPRECATED)
