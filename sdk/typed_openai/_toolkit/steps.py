"""The steps of a run: what has to be done next, as data. Threads or tasks do them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from typed_openai.tool_errors import ToolError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Step:
    """A function to call now. Its result is sent back, or the ``ToolError`` that it raised."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any]

    def result(self) -> Any:
        """Call the function; return its result, or the ``ToolError`` that it raised."""
        try:
            return self.function(**self.arguments)
        except ToolError as error:
            return error


@dataclass(frozen=True, slots=True)
class Start:
    """A tool to call beside others. Nothing is sent back; an :data:`AWAIT` has its :class:`Outcome`."""

    number: int
    step: Step
    is_async: bool


@dataclass(frozen=True, slots=True)
class Await:
    """One of the started tools to wait for. Its :class:`Outcome` is sent back."""


AWAIT = Await()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a tool that was started: its result, or the error that it raised."""

    number: int
    result: Any = None
    error: BaseException | None = None


Doing: TypeAlias = Generator[Step | Start | Await, Any, Result]
"""Something that is done in steps, and has a result at the end."""
