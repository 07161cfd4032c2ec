"""The calls of one turn: settled, approved, and made beside each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from typed_openai._toolkit.known_tools import Known, Limits, ReadCall
from typed_openai._toolkit.ledgers import Ledger
from typed_openai._toolkit.steps import AWAIT, Doing, Outcome, Start, Step
from typed_openai._toolkit.tool_results import result_text
from typed_openai.tool_errors import RunError, ToolError


class Turn:
    """The calls of one turn, and the outputs that are known.

    The ledger says of each call that it was begun before it is, and keeps its output as soon as it ends.
    """

    def __init__(
        self, calls: Sequence[ReadCall], tools: Mapping[str, Known], limits: Limits, ledger: Ledger
    ) -> None:
        self._calls = calls
        self._tools = tools
        self._limits = limits
        self._ledger = ledger
        self._texts: dict[int, str] = {}
        self._failures: dict[int, BaseException] = {}

    def texts(self) -> Doing[list[str]]:
        """Return the outputs of the calls, in their order.

        Raises ``RunError`` if a call was begun before a crash, and the first error of the tools once all
        that were started have ended.
        """
        waiting: deque[int] = deque()
        for number, call in enumerate(self._calls):
            text = yield from self._without_tool(number, call)
            if text is None:
                waiting.append(number)
            else:
                self._texts[number] = text
        yield from self._one_by_one(waiting) if self._limits.max_parallel == 1 else self._together(waiting)
        return [self._texts[number] for number in range(len(self._calls))]

    def _place(self, number: int) -> str:
        return f"{self._ledger.turns}.{number}"

    def _without_tool(self, number: int, call: ReadCall) -> Doing[str | None]:
        """Return the output of a call for which no tool has to run; None for any other."""
        place = self._place(number)
        is_begun = place in self._ledger.calls
        kept = self._ledger.calls[place][1] if is_begun else None
        if kept is not None or call.problem:
            return call.problem if kept is None else kept
        text = yield from self._settled(call) if is_begun else self._refused(place, call)
        if text is not None:
            self._keep(number, text)
        return text

    def _refused(self, place: str, call: ReadCall) -> Doing[str | None]:
        """Return the reason why a call is not approved; None if it is."""
        if self._limits.approve is None or place in self._ledger.approved:
            return None
        verdict = yield Step(self._limits.approve, {"call": call})
        if verdict is True:
            self._ledger.approved.append(place)
            self._ledger.save()
            return None
        if isinstance(verdict, ToolError):
            return verdict.message
        return verdict if isinstance(verdict, str) else "the call was not approved"

    def _settled(self, call: ReadCall) -> Doing[str | None]:
        """Return the output of a call that was begun before a crash; None if it may be made again."""
        if self._tools[call.name].repeatable:
            return None
        if self._limits.settle is None:
            raise RunError(
                f"{call.name}: the call {call.id} was begun and not finished; it may have had its effect",
                "unsettled",
                self._ledger.arguments,
            )
        found = yield Step(self._limits.settle, {"call": call})
        return None if found is None else _text(call, found)

    def _one_by_one(self, waiting: deque[int]) -> Doing[None]:
        for number in waiting:
            self._begin([number])
            result = yield self._step(number)
            self._end(Outcome(number, result))
            self._check()

    def _together(self, waiting: deque[int]) -> Doing[None]:
        running = 0
        while waiting or running:
            free = min(len(waiting), self._limits.max_parallel - running)
            if begun := [waiting.popleft() for _ in range(free)]:
                self._begin(begun)
                for number in begun:
                    yield Start(number, self._step(number), self._tools[self._calls[number].name].is_async)
                running += len(begun)
            outcome = yield AWAIT
            running -= 1
            self._end(outcome)
            if self._failures:
                waiting.clear()
        self._check()

    def _step(self, number: int) -> Step:
        call = self._calls[number]
        return Step(self._tools[call.name].call, call.arguments)

    def _begin(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._ledger.calls[self._place(number)] = (self._calls[number].id, None)
        self._ledger.save()

    def _end(self, outcome: Outcome) -> None:
        """Keep the output of a tool, or its error."""
        try:
            if outcome.error is not None:
                raise outcome.error
            text = _text(self._calls[outcome.number], outcome.result)
        except BaseException as error:
            self._failures[outcome.number] = error
        else:
            self._keep(outcome.number, text)

    def _keep(self, number: int, text: str) -> None:
        self._ledger.calls[self._place(number)] = (self._calls[number].id, text)
        self._ledger.save()
        self._texts[number] = text

    def _check(self) -> None:
        """Raise the error of the first call that failed. It names the others."""
        if self._failures:
            (_, first), *others = sorted(self._failures.items())
            for number, other in others:
                first.add_note(f"{self._calls[number].name} failed, too: {type(other).__name__}: {other}")
            raise first


def _text(call: ReadCall, result: Any) -> str:
    return result.message if isinstance(result, ToolError) else result_text(call.name, result)
