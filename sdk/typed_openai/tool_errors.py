"""The errors of tools: those that a model is answered, and those of a run.

Map::

    ToolError      raised by a tool: the model is answered its message
    RunError       a run of tools cannot go on
"""

from __future__ import annotations

from typing import Any, Literal

from typed_openai.errors import OpenAIError

__all__ = ["RunError", "ToolError"]


class ToolError(OpenAIError):
    """An error that a tool raises for the model: its message is the output of the call.

    Any other exception of a tool ends the run, and is not shown to the model.

    >>> @tool
    ... def weather(city: str) -> str:
    ...     raise ToolError(f"there is no city {city}")
    >>> weather("Atlantis")
    Traceback (most recent call last):
        ...
    typed_openai.tool_errors.ToolError: there is no city Atlantis
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RunError(OpenAIError):
    """A run of tools cannot go on.

    ``reason`` is ``"turns"`` or ``"tokens"`` if a limit was reached, ``"unsettled"`` if a call was begun
    before a crash, so that it may have had its effect, and ``"locked"`` if another run has the file of
    ``save`` open. ``arguments`` are those of the next request.

    >>> raise RunError("the run is not finished after 8 turns", "turns")
    Traceback (most recent call last):
        ...
    typed_openai.tool_errors.RunError: the run is not finished after 8 turns
    """

    def __init__(
        self,
        message: str,
        reason: Literal["turns", "tokens", "unsettled", "locked"],
        arguments: Any = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.arguments = arguments
