"""The words of scripts: names of failures, conditions, and the error of a wrong script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

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
