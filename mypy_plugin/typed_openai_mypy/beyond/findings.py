"""Mistakes in calls of operations that no type can express, each with its place.

This module handles the displays inside such calls; :mod:`.display_findings` handles all other displays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from mypy.errorcodes import DEPRECATED as NATIVE_DEPRECATED
from mypy.errorcodes import ErrorCode
from mypy.nodes import CallExpr, Expression, Node
from mypy.plugin import MethodSigContext

from typed_openai_mypy import codes
from typed_openai_mypy.beyond import bounds, deprecated
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.messages import sentences
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.given_arguments import Given
from typed_openai_mypy.values.known_values import Known, readings

FINDERS: Final[Mapping[str, Callable[[Given], Iterator[tuple[ErrorCode, str, str]]]]] = {
    "limits": bounds.find,
    "deprecated": deprecated.find,
}
"""Each finder yields the code, the place in the call (empty for the call itself) and the text."""

Reader: TypeAlias = Callable[[Known], Given]
"""Reads the arguments of a call."""

_TEXT_KEY: Final = re.compile(r'\[("(?:[^"\\]|\\.)*")\]')


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: its text and its place."""

    code: ErrorCode
    text: str
    node: Node


def finding(code: ErrorCode, place: str, text: str, known: Known, whole: Node, *, name: str = "") -> Finding:
    """Create a finding for a place inside ``whole``, as ``known`` has read it.

    ``name`` is the place as it is printed.
    """
    node = known.node_at(place) if place else None
    shown = _TEXT_KEY.sub(_python_key, name or place)
    return Finding(code, sentences.clipped(f"{shown}: {text}" if shown else text), node or whole)


def _python_key(found: re.Match[str]) -> str:
    """Write a key that is not a name as Python does; places from the validator have it in JSON."""
    return f"[{sentences.literal(json.loads(found[1]))}]"


class Calls:
    """Finds the mistakes in calls, and remembers the displays in them.

    A signature hook runs once per overload: the mistakes of the current call are searched for only once.
    """

    def __init__(self) -> None:
        self._file: object = None
        self._read: set[Expression] = set()
        self._last: tuple[CallExpr, object, list[Finding]] | None = None

    def has_read(self, display: Expression) -> bool:
        """Return whether a display was read as part of a call."""
        return display in self._read

    def note(self, api: object, known: Known) -> None:
        """Remember the displays that were read as parts of a call in the current file."""
        if self._file is not (file := hook_context.current_tree(api)):
            self._file, self._read = file, set()
        self._read.update(known.nodes.values())

    def findings(self, context: MethodSigContext, call: CallExpr, read: Reader) -> list[Finding]:
        """The mistakes of the current call that mypy cannot see."""
        overload = context.default_signature.definition
        if self._last is not None and self._last[0] is call and self._last[1] is not overload:
            return self._last[2]
        found: dict[Finding, None] = {}
        for known in readings():
            given = read(known)
            for find in FINDERS.values():
                for code, place, text in find(given):
                    at, name = given.place_of(place)
                    found[finding(code, at, text, known, call, name=name)] = None
            self.note(context.api, known)
        self._last = call, overload, list(found)
        return self._last[2]


def tell(context: MethodSigContext, read: Reader, wanted: frozenset[ErrorCode], calls: Calls) -> None:
    """Report the mistakes of the current call whose codes are wanted. Never raises."""
    call = context.context
    if not isinstance(call, CallExpr):
        return
    try:
        elsewhere = {codes.MODEL} if "base_url" in call.arg_names else set()  # servers differ in models
        for one in chosen(calls.findings(context, call, read), wanted - elsewhere):
            is_whole = one.code is codes.DEPRECATED and one.node is call
            is_told = _is_told_by_mypy(context) if is_whole else _is_wrong(context, one)
            if not is_told:
                hook_context.report_apart(context.api, one.text, one.node, one.code, call)
    except Exception:  # mypy would crash otherwise; its own errors remain
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
