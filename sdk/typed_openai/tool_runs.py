"""The calls of tools that a model asks for, and the end of a run that answered them."""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

__all__ = ["Run", "ToolCall"]

Reply = TypeVar("Reply")
Reply_co = TypeVar("Reply_co", covariant=True)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model asks for. ``arguments`` are Python values of the types of the parameters.

    ``text`` is their JSON text, as the model wrote it. If they do not have the types, or if there is no such
    tool, ``problem`` says so, ``arguments`` is empty, and the model has to be answered the problem.

    >>> ToolCall("call_1", "add", '{"first": 1}', {"first": 1}).arguments["first"]
    1
    """

    id: str
    name: str
    text: str
    arguments: Mapping[str, Any]
    problem: str = ""


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
