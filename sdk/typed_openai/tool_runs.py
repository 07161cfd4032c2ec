"""The calls of tools that a model asks for, and the end of a run that answered them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from typing_extensions import ParamSpec, TypeVar

from typed_openai.tool_errors import ToolError

__all__ = ["Run", "ToolCall"]

Given = ParamSpec("Given", default=...)
Result_co = TypeVar("Result_co", covariant=True, default=object)
Value = TypeVar("Value")
Reply = TypeVar("Reply")
Reply_co = TypeVar("Reply_co", covariant=True)


@dataclass(frozen=True, slots=True)
class ToolCall(Generic[Given, Result_co]):
    """A call that a model asks for. ``arguments`` are Python values of the types of the parameters.

    ``text`` is their JSON text, as the model wrote it. If they do not have the types, or if there is no such
    tool, ``problem`` says so, ``arguments`` is empty, and the model has to be answered the problem.

    The parameters and the result of the tool are part of the type, as ``ToolCall[[str, date], Weather]``,
    once it is known which tool is called: see :meth:`Tools.calls` and :meth:`Tool.is_called_by`.

    >>> ToolCall("call_1", "add", '{"first": 1}', {"first": 1}).arguments["first"]
    1
    """

    id: str
    name: str
    text: str
    arguments: Mapping[str, Any]
    problem: str = ""
    _injected: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def apply(self, function: Callable[Given, Value], /) -> Value:
        """Call another function that takes the parameters of the tool, and return its result.

        It is called with the arguments by name, injected ones included. Checkers know their types, also as
        those of the parameters of a ``lambda``. Raises ``ToolError`` if the call has a problem.

        >>> @tool
        ... def add(first: int, second: int) -> int:
        ...     return first + second
        >>> call = ToolCall("call_1", "add", "", {"first": 1, "second": 2})
        >>> if add.is_called_by(call):
        ...     call.apply(lambda first, second: f"{first} + {second}")
        '1 + 2'
        """
        if self.problem:
            raise ToolError(self.problem)
        called: Any = function
        result: Value = called(**self.arguments, **self._injected)
        return result


class Run(Generic[Reply_co]):
    """The end of a run: ``reply`` is the last one, which calls no tool of the kit.

    ``arguments`` has the whole conversation before it, in the form of the next request. ``outputs`` are the
    outputs of the calls by their ids, ``turns`` is the number of requests, and ``tokens`` the sum of their
    tokens. With a method of an async client, the run has to be awaited.

    >>> Run({"object": "response"}, {}, {}, turns=1, tokens=12).reply["object"]
    'response'
    """

    def __init__(
        self,
        reply: Reply_co,
        arguments: Mapping[str, Any],
        outputs: Mapping[str, str],
        turns: int,
        tokens: int,
    ) -> None:
        self._reply = reply
        self.arguments = arguments
        self.outputs = outputs
        self.turns = turns
        self.tokens = tokens

    @property
    def reply(self: Run[Mapping[str, object]]) -> Reply_co:
        """The last reply.

        >>> Run({"object": "response"}, {}, {}, turns=1, tokens=12).reply["object"]
        'response'
        """
        found: Any = self._reply
        made: Reply_co = found
        return made

    def __repr__(self) -> str:
        return f"<Run of {self.turns} turns and {self.tokens} tokens>"

    def __await__(self: Run[Coroutine[Any, Any, Reply]]) -> Generator[Any, Any, Run[Reply]]:
        # Only for checkers: the run of an async method is a coroutine.
        raise TypeError("expected the run of a method of an async client")
