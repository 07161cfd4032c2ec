"""The scripts of a server: what they answer, which of them answers a request, and which are unused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, TypeAlias

from typed_openai.testing import offered_tools
from typed_openai.testing.checking import Checked
from typed_openai.testing.habits import Habits
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.scripted_answers import (
    Condition,
    FaultName,
    ScriptError,
)

PYTHON_TYPES: Final[Mapping[str, type]] = {"text": str, "binary": bytes}
"""The Python types of scripted values, by the kind of result; any other value is JSON."""


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """A value to reply with; an object is completed from the schema."""

    value: Any


@dataclass(frozen=True, slots=True)
class ScriptedStream:
    """The text of a stream, or its events; both are completed from the schema."""

    text: str | None = None
    events: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class ScriptedCall:
    """A call of a tool, with arguments as JSON text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ScriptedFailure:
    """A failure to answer with."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class ScriptedFault:
    """A failure of the connection, after a number of events of a stream."""

    name: FaultName
    after: int = 0


Scripted: TypeAlias = ScriptedReply | ScriptedStream | ScriptedCall | ScriptedFailure | ScriptedFault


@dataclass(slots=True)
class Script:
    """An answer for some requests: those of an operation, or of any if that is empty.

    ``left`` is the number of requests that it still answers; None for any number. ``place`` is the line
    that scripted it.
    """

    answer: Scripted
    operation: str = ""
    when: Condition | None = None
    left: int | None = 1
    place: str = ""
    used: bool = False
    title: str = field(default="answer")

    def __str__(self) -> str:
        operation = f" to {self.operation}" if self.operation else ""
        place = f" ({self.place})" if self.place else ""
        return f"{self.title}{operation}{place}"


class ScriptBook:
    """The scripts of a server, in the order in which they answer. Safe for any number of threads."""

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._scripts: list[Script] = []
        self._lock = Lock()

    def add(self, script: Script) -> None:
        """Add a script after those before it."""
        with self._lock:
            self._scripts.append(script)

    def clear(self) -> None:
        """Drop all scripts."""
        with self._lock:
            self._scripts.clear()

    @property
    def unused(self) -> tuple[Script, ...]:
        """The scripts that wait for a request; those for any number of requests only if they had none."""
        with self._lock:
            return tuple(one for one in self._scripts if one.left or (one.left is None and not one.used))

    def take(self, request: RecordedRequest, checked: Checked | None) -> Script | None:
        """Return the first script for a request, which counts as used once more, or None.

        ``checked`` is None for a request that is not valid: only failures answer it.
        """
        with self._lock:
            waiting = list(self._scripts)
        for one in waiting:
            # The condition is the user's code: it runs without the lock.
            if self._matches(one, request, checked) and self._use(one):
                return one
        return None

    def _use(self, script: Script) -> bool:
        with self._lock:
            if script not in self._scripts or script.left == 0:
                return False
            script.used = True
            if script.left is not None:
                script.left -= 1
                if not script.left:
                    self._scripts.remove(script)
            return True

    def _matches(self, script: Script, request: RecordedRequest, checked: Checked | None) -> bool:
        if script.operation and script.operation != request.operation:
            return False
        if not isinstance(script.answer, ScriptedFailure) and checked is None:
            return False
        if checked is not None and not self._can_answer(script.answer, checked):
            return False
        return script.when is None or (checked is not None and _is_met(script, request))

    def _can_answer(self, answer: Scripted, checked: Checked) -> bool:
        if isinstance(answer, ScriptedStream):
            return checked.operation.result_for(checked.arguments).kind == "stream"
        if isinstance(answer, ScriptedCall):
            habits = self._habits.operation(checked.operation.id)
            return offered_tools.offers(habits, checked.arguments, answer.name) is not None
        if isinstance(answer, ScriptedReply):
            return _is_of_kind(answer.value, checked.operation.result_for(checked.arguments).kind)
        return True


def _is_of_kind(value: object, kind: str) -> bool:
    """Return True if a value can be a result of a kind: texts and files cannot be JSON, nor the reverse."""
    found = next((one for one, types in PYTHON_TYPES.items() if isinstance(value, types)), "")
    return kind == found if found else kind not in PYTHON_TYPES


def _is_met(script: Script, request: RecordedRequest) -> bool:
    """Return True if a request meets a script's condition. Raises :class:`ScriptError` if that fails."""
    condition = script.when
    if condition is None:
        return True
    if not callable(condition):
        return all(request.arguments.get(name) == value for name, value in condition.items())
    try:
        return bool(condition(request))
    except Exception as error:
        raise ScriptError(f"the condition of {script} failed: {type(error).__name__}: {error}") from error


def listed(scripts: Iterable[Script]) -> str:
    """Return scripts as lines of a message."""
    return "".join(f"\n  {one}" for one in scripts)
