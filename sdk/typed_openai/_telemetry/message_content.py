"""Messages of requests and replies as attributes, in the JSON form of the GenAI conventions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from typed_openai.token_usage import whole_reply

_INPUT: Final = "gen_ai.input.messages"
_OUTPUT: Final = "gen_ai.output.messages"
_INSTRUCTIONS: Final = "gen_ai.system_instructions"

_Part: TypeAlias = dict[str, Any]


def input_content(body: bytes) -> dict[str, str]:
    """Return the attributes for the messages and instructions of a request with this body."""
    fields = json.loads(body)
    found = {_INPUT: list(_messages(_first(fields, "messages", "input", "prompt")))}
    if isinstance(instructions := fields.get("instructions"), str):
        found[_INSTRUCTIONS] = [_text(instructions)]
    return {name: json.dumps(value, ensure_ascii=False) for name, value in found.items() if value}


class OutputContent:
    """Collects the messages of a reply, from the whole of it or from the pieces in a stream's events."""

    def __init__(self) -> None:
        self._choices: dict[int, dict[str, Any]] = {}
        self._items: list[Any] = []

    def add(self, value: object) -> None:
        """Read a reply or an event."""
        if not isinstance(value, Mapping):
            return
        reply = whole_reply(value)
        if isinstance(items := reply.get("output"), list):
            self._items = items
        for place, choice in enumerate(reply.get("choices") or ()):
            _join(self._choices.setdefault(choice.get("index", place), {}), choice)

    def attributes(self) -> dict[str, str]:
        """Return the attribute for the messages."""
        messages = [_choice(one) for _, one in sorted(self._choices.items())]
        if self._items:
            parts = [part for one in self._items for part in _message(one)["parts"]]
            messages.append({"role": "assistant", "parts": parts})
        return {_OUTPUT: json.dumps(messages, ensure_ascii=False)} if messages else {}


def _join(whole: dict[str, Any], piece: Mapping[str, Any]) -> None:
    """Add a piece of a choice, or the whole of one: texts are joined, and tool calls by their index."""
    message = piece.get("delta") or piece.get("message") or {"content": piece.get("text")}
    for name in ("content", "refusal"):
        if isinstance(text := message.get(name), str):
            whole[name] = whole.get(name, "") + text
    calls = whole.setdefault("tool_calls", {})
    for place, call in enumerate(message.get("tool_calls") or ()):
        known = calls.setdefault(call.get("index", place), {"function": {"arguments": ""}})
        known["id"] = call.get("id") or known.get("id")
        function = call.get("function") or {}
        known["function"]["name"] = function.get("name") or known["function"].get("name")
        known["function"]["arguments"] += function.get("arguments") or ""
    whole["finish_reason"] = piece.get("finish_reason") or whole.get("finish_reason")


def _choice(joined: Mapping[str, Any]) -> dict[str, Any]:
    calls = [one for _, one in sorted(joined["tool_calls"].items())]
    message = {**joined, "role": "assistant", "tool_calls": calls}
    return {**_message(message), "finish_reason": joined["finish_reason"] or "error"}


def _messages(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from map(_message, value)
    elif value is not None:
        yield _message(value)


def _message(item: Any) -> dict[str, Any]:
    """Return a message in the form of the conventions."""
    if not isinstance(item, Mapping):
        return {"role": "user", "parts": [_text(str(item))]}
    if (read := _ITEMS.get(item.get("type", ""))) is not None:
        role, parts = read(item)
        return {"role": role, "parts": parts}
    if "role" not in item:
        return {"role": "assistant", "parts": [dict(item)]}
    if item["role"] == "tool":
        return {"role": "tool", "parts": [_answer(item.get("tool_call_id"), item.get("content"))]}
    parts = list(_parts(item.get("content")))
    if item.get("refusal"):
        parts.append({"type": "refusal", "content": item["refusal"]})
    for call in item.get("tool_calls") or ():
        function = call.get("function") or call.get("custom") or {}
        arguments = function.get("arguments", function.get("input"))
        parts.append(_call(call.get("id"), function.get("name"), arguments))
    return {"role": item["role"], "parts": parts}


def _parts(content: Any) -> Iterator[_Part]:
    if isinstance(content, str):
        yield _text(content)
        return
    for one in content or ():
        text = one.get("text") if isinstance(one, Mapping) else one
        yield _text(text) if isinstance(text, str) else dict(one)


def _text(text: str) -> _Part:
    return {"type": "text", "content": text}


def _call(identifier: Any, name: Any, arguments: Any) -> _Part:
    return {"type": "tool_call", "id": identifier, "name": name, "arguments": _decoded(arguments)}


def _answer(identifier: Any, response: Any) -> _Part:
    return {"type": "tool_call_response", "id": identifier, "response": response}


def _decoded(arguments: Any) -> Any:
    """Return the arguments of a tool call as an object, or unchanged if they are not JSON."""
    try:
        return json.loads(arguments)
    except (TypeError, ValueError):
        return arguments


def _first(fields: Mapping[str, Any], *names: str) -> Any:
    return next((fields[one] for one in names if fields.get(one) is not None), None)


_ITEMS: Final[Mapping[str, Callable[[Mapping[str, Any]], tuple[str, list[_Part]]]]] = {
    "function_call": lambda one: (
        "assistant",
        [_call(one.get("call_id"), one.get("name"), one.get("arguments"))],
    ),
    "function_call_output": lambda one: ("tool", [_answer(one.get("call_id"), one.get("output"))]),
    "reasoning": lambda one: (
        "assistant",
        [{"type": "reasoning", "content": each.get("text", "")} for each in one.get("summary") or ()],
    ),
}
"""The items of a conversation that are not messages, by their type."""
