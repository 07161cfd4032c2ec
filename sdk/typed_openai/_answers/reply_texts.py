"""The text of a reply: of a chat completion, or of a response with its output items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from typed_openai.errors import CallError
from typed_openai.output_errors import Incomplete, Refused

_LENGTH: Final = {"max_output_tokens": "length", "max_tokens": "length"}
"""Other words for the reason that the limit of tokens was reached."""

TEXT: Final = "output_text"
COMMENTARY: Final = "commentary"
_PHASES: Final = ("final_answer", COMMENTARY)
_CALLS: Final = ("function_call", "custom_tool_call")


def final_text(reply: Any, choice: int = 0) -> str:
    """Return the text of the final answer.

    Raises ``Refused`` or ``Incomplete`` if there is none, and ``CallError`` for a value that is no reply.
    """
    if isinstance(reply, Mapping):
        for key, read in _KINDS.items():
            # A reply that failed may have null in place of the list.
            if key in reply and isinstance(reply[key], list | None):
                return read(reply, choice)
    raise not_a_reply(reply)


def not_a_reply(found: Any) -> CallError:
    """Return the error about a value that is neither a chat completion nor a response."""
    keys = f" with the keys {', '.join([*found][:4])}" if isinstance(found, Mapping) else ""
    kind = type(found).__name__
    return CallError(f'expected a chat completion or a response, got "{kind}"{keys}')


def checked_phase(phase: str) -> str:
    """Return the name of a phase. Raises ``CallError`` for an unknown one."""
    if phase not in _PHASES:
        raise CallError(f'phase: expected "{_PHASES[0]}" or "{_PHASES[1]}", got {phase!r}')
    return phase


def _chat_text(reply: Mapping[str, Any], number: int) -> str:
    choice = chosen(reply, number)
    message: Mapping[str, Any] = choice.get("message") or {}
    if refusal := message.get("refusal"):
        raise Refused(refusal, reply)
    text = content_text(message.get("content"))
    reason = choice.get("finish_reason") or ""
    reason = _LENGTH.get(reason, reason)
    if reason in ("length", "content_filter"):
        raise Incomplete(reason, reply, text)
    if not text and (message.get("tool_calls") or message.get("function_call")):
        raise Incomplete("tool_calls", reply, detail="the model calls tools first")
    return text


def content_text(content: Any) -> str:
    """Return the text of a message's content: a string, or a list of parts, as some servers send it."""
    if isinstance(content, str) or not content:
        return content or ""
    parts = ({"type": "text", "text": one} if isinstance(one, str) else one for one in content)
    return "".join(one.get("text") or "" for one in parts if one.get("type") == "text")


def chosen(reply: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    """Return one of the choices of a chat completion."""
    choices = reply["choices"] or ()
    if not choices:
        raise Incomplete("no_output", reply, detail="there is no choice")
    if not 0 <= number < len(choices):
        raise CallError(f"choice: expected a number below {len(choices)}, got {number}")
    found: Mapping[str, Any] = choices[number]
    return found


def _response_text(reply: Mapping[str, Any], number: int) -> str:
    if number:
        raise CallError(f"choice: a response has one answer; expected 0, got {number}")
    items = reply["output"] or ()
    messages = [one for one in items if one.get("type") == "message"]
    final = [one for one in messages if one.get("phase") != COMMENTARY]
    last = final[-1] if final else {}
    for part in parts_of(last, "refusal"):
        raise Refused(part["refusal"], reply)
    text = "".join(part.get("text") or "" for part in parts_of(last, TEXT))
    _check_status(reply, text)
    if not final:
        if any(one.get("type") in _CALLS for one in items):
            raise Incomplete("tool_calls", reply, detail="the model calls tools first")
        reason = COMMENTARY if messages else "no_output"
        raise Incomplete(reason, reply, detail="there is no final answer")
    return text


def _check_status(reply: Mapping[str, Any], text: str) -> None:
    """Raise ``Incomplete`` unless the response is completed."""
    status = reply.get("status") or "completed"
    if status == "completed":
        return
    details = reply.get("incomplete_details") or {}
    error = reply.get("error") or {}
    reason = details.get("reason") or status
    reason = _LENGTH.get(reason, reason)
    message = error.get("message")
    raise Incomplete(reason, reply, text, detail=f"{reason}: {message}" if message else "")


def parts_of(message: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of a message's content that are of one type. Some servers send a string."""
    content = message.get("content") or ()
    for part in [{"type": TEXT, "text": content}] if isinstance(content, str) else content:
        if part.get("type") == kind:
            yield part


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any], int], str]]] = {
    "choices": _chat_text,
    "output": _response_text,
}
"""The function that reads a reply, by the key of its list of answers."""
