"""Scripted answers, and the errors of scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from typed_openai.testing.record import RecordedRequest

FaultName: TypeAlias = Literal["stall", "reset", "truncate"]
"""The failures of a connection: nothing more arrives, it is reset, or it ends too early."""

FAULTS: Final[tuple[FaultName, ...]] = ("stall", "reset", "truncate")

Condition: TypeAlias = Callable[[RecordedRequest], object] | Mapping[str, object]
"""A function that returns a true value for the requests that a script answers, or their arguments."""


class ScriptError(ValueError):
    """A script that cannot answer a call: the operation is unknown, or the reply does not fit it.

    >>> with serve() as server:
    ...     server.reply("models.list_models", {"data": 1})
    Traceback (most recent call last):
        ...
    typed_openai.testing.scripted_answers.ScriptError: models.list_models: data: expected array, got integer
    """


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
