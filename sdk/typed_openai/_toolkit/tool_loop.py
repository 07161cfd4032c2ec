"""The loop of a run: what has to be done next, without doing it.

The loop is a generator. It yields steps, and is sent their results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, Final

from typed_openai._toolkit.conversations import AskedCall, Conversation, calls_in, has_other_calls
from typed_openai._toolkit.known_tools import Known, Limits, read_call
from typed_openai._toolkit.ledgers import Ledger, opened
from typed_openai._toolkit.steps import Doing, Step
from typed_openai._toolkit.turns import Turn
from typed_openai.run_stores import RunStore
from typed_openai.tool_errors import RunError

_PARTS: Final = ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")


def run_steps(
    method: Callable[..., Any],
    options: Mapping[str, Any],
    *,
    talk: Conversation,
    tools: Mapping[str, Known],
    limits: Limits,
    save: str | PathLike[str] | RunStore | None,
) -> Doing[Ledger]:
    """Return the steps of a run. It ends with a reply that calls none of the tools.

    Close them if they are not done to the end, so that another run can open what ``save`` names.
    """
    with opened(save, talk.arguments) as ledger:
        yield from _turns(
            lambda given: Step(method, {**given, **_safe(options, ledger)}), talk, tools, limits, ledger
        )
        return ledger


def _turns(
    request: Callable[[Mapping[str, Any]], Step],
    talk: Conversation,
    tools: Mapping[str, Known],
    limits: Limits,
    ledger: Ledger,
) -> Doing[None]:
    if ledger.arguments is not None:
        talk.arguments = ledger.arguments
    while not ledger.is_finished:
        if ledger.reply is None:
            _check_limits(limits, ledger)
            ledger.reply = yield request(talk.arguments)
            ledger.turns += 1
            ledger.tokens += _tokens(ledger.reply.get("usage") or {})
            ledger.arguments = talk.arguments
            ledger.save()
        asked = calls_in(ledger.reply)
        others = has_other_calls(ledger.reply) or any(_is_elsewhere(one, tools, talk) for one in asked)
        if not asked or others:
            ledger.is_finished = True
        else:
            calls = [read_call(one, tools) for one in asked]
            texts = yield from Turn(calls, tools, limits, ledger).texts()
            talk.add(ledger.reply, zip(asked, texts, strict=True))
            ledger.arguments, ledger.reply = talk.arguments, None
        ledger.save()


def _is_elsewhere(call: AskedCall, tools: Mapping[str, Known], talk: Conversation) -> bool:
    """Return True if a function is offered in the request, but is none of the kit's."""
    if call.name in tools:
        return False
    offered = [one.get("function", one).get("name") for one in talk.arguments.get("tools") or ()]
    return call.name in offered


def _safe(options: Mapping[str, Any], ledger: Ledger) -> Mapping[str, Any]:
    """Return the options of a request, which is not repeated by itself once a tool has had an effect."""
    return {"max_retries": 0, **options} if ledger.calls else options


def _tokens(usage: Mapping[str, Any]) -> int:
    """Return the number of tokens of a request, of which some servers send only the parts."""
    return int(usage.get("total_tokens") or sum(usage.get(name) or 0 for name in _PARTS))


def _check_limits(limits: Limits, ledger: Ledger) -> None:
    if ledger.turns >= limits.max_turns:
        raise RunError(f"the run is not finished after {ledger.turns} turns", "turns", ledger.arguments)
    if limits.max_tokens is not None and ledger.tokens >= limits.max_tokens:
        raise RunError(f"the run is not finished after {ledger.tokens} tokens", "tokens", ledger.arguments)
