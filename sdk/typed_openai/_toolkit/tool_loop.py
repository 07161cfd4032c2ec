"""The loop of a run: what has to be done next, without doing it.

The loop is a generator. It yields steps, and is sent their results; the caller does them, in a thread or in a
coroutine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from typed_openai._shapes.unfit_values import Unfit, shown_path
from typed_openai._toolkit.conversations import AskedCall, Conversation, calls_in
from typed_openai._toolkit.ledgers import Ledger
from typed_openai._toolkit.tool_results import result_text
from typed_openai.tool_errors import RunError, ToolError
from typed_openai_spec.spelling import nearest


@dataclass(frozen=True, slots=True)
class ReadCall:
    """A call with its arguments as Python values; ``problem`` says why they could not be read."""

    id: str
    name: str
    text: str
    arguments: dict[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: to call a function, and to send back its result, or the ``ToolError`` it raised."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A tool of the loop: its name, its function, the reader of its arguments, and if it may run twice."""

    name: str
    read: Callable[[str], dict[str, Any]]
    call: Callable[..., Any]
    repeatable: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a run, and the functions that approve calls, and settle those of a crashed run."""

    max_turns: int
    max_tokens: int | None
    approve: Callable[[Any], Any] | None
    settle: Callable[[Any], Any] | None


Steps: TypeAlias = Generator[Step, Any, Ledger]


def read_call(asked: AskedCall, tools: Mapping[str, Known]) -> ReadCall:
    """Return a call with its arguments read."""
    known = tools.get(asked.name)
    if known is None:
        near = nearest(asked.name, [*tools])
        problem = f'there is no tool "{asked.name}"' + (f'; did you mean "{near}"?' if near else "")
        return ReadCall(asked.id, asked.name, asked.arguments, {}, problem)
    try:
        return ReadCall(asked.id, asked.name, asked.arguments, known.read(asked.arguments or "{}"))
    except Unfit as error:
        place = shown_path(error.path)
        problem = ": ".join(one for one in ("invalid arguments", place, error.text) if one)
        return ReadCall(asked.id, asked.name, asked.arguments, {}, problem)


def run_steps(
    method: Callable[..., Any],
    options: Mapping[str, Any],
    *,
    talk: Conversation,
    tools: Mapping[str, Known],
    limits: Limits,
    ledger: Ledger,
) -> Steps:
    """Return the steps of a run. It ends with a reply that calls none of the tools."""
    if ledger.arguments is not None:
        talk.arguments = ledger.arguments
    while not ledger.is_finished:
        if ledger.reply is None:
            _check_limits(limits, ledger)
            ledger.reply = yield Step(method, {**talk.arguments, **_safe(options, ledger)})
            ledger.turns += 1
            ledger.tokens += ((ledger.reply.get("usage") or {}).get("total_tokens")) or 0
            ledger.arguments = talk.arguments
            ledger.save()
        asked = calls_in(ledger.reply)
        if not asked or not all(one.name in tools or not _is_elsewhere(one, talk) for one in asked):
            ledger.is_finished = True
        else:
            answers = []
            for number, one in enumerate(asked):
                place = f"{ledger.turns}.{number}"
                answers.append((one, (yield from _answer(one, place, tools, limits, ledger))))
            talk.add(ledger.reply, answers)
            ledger.arguments, ledger.reply = talk.arguments, None
        ledger.save()
    return ledger


def _is_elsewhere(call: AskedCall, talk: Conversation) -> bool:
    """Return True if a function is offered in the request, but is none of the kit's."""
    offered = [one.get("function", one).get("name") for one in talk.arguments.get("tools") or ()]
    return call.name in offered


def _safe(options: Mapping[str, Any], ledger: Ledger) -> Mapping[str, Any]:
    """Return the options of a request, which is not repeated by itself once a tool has had an effect."""
    return {"max_retries": 0, **options} if ledger.calls else options


def _check_limits(limits: Limits, ledger: Ledger) -> None:
    if ledger.turns >= limits.max_turns:
        raise RunError(f"the run is not finished after {ledger.turns} turns", "turns", ledger.arguments)
    if limits.max_tokens is not None and ledger.tokens >= limits.max_tokens:
        raise RunError(f"the run is not finished after {ledger.tokens} tokens", "tokens", ledger.arguments)


def _answer(
    asked: AskedCall, place: str, tools: Mapping[str, Known], limits: Limits, ledger: Ledger
) -> Generator[Step, Any, str]:
    """Return the output of a call: the kept one, or that of the tool, which runs now."""
    _, kept = ledger.calls.get(place, ("", None))
    if kept is not None:
        return kept
    call = read_call(asked, tools)
    if call.problem:
        return call.problem
    text: str | None = None
    if place in ledger.calls:
        text = yield from _settled(call, tools[call.name], limits, ledger)
    elif limits.approve is not None:
        verdict = yield Step(limits.approve, {"call": call})
        if verdict is not True:
            text = verdict if isinstance(verdict, str) else "the call was not approved"
    if text is None:
        ledger.calls[place] = (asked.id, None)
        ledger.save()
        found = yield Step(tools[call.name].call, call.arguments)
        text = found.message if isinstance(found, ToolError) else result_text(call.name, found)
    ledger.calls[place] = (asked.id, text)
    ledger.save()
    return text


def _settled(
    call: ReadCall, known: Known, limits: Limits, ledger: Ledger
) -> Generator[Step, Any, str | None]:
    """Return the output of a call that was begun before a crash; None if it may be made again."""
    if known.repeatable:
        return None
    if limits.settle is None:
        raise RunError(
            f"{call.name}: the call {call.id} was begun and not finished; it may have had its effect",
            "unsettled",
            ledger.arguments,
        )
    found = yield Step(limits.settle, {"call": call})
    return None if found is None else result_text(call.name, found)
