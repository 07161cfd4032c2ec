"""Streams of events that make up a given reply, as servers would send them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Json = dict[str, Any]


def pieces(text: str, size: int = 3) -> list[str]:
    """Cut a string; an empty one is one piece."""
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]


def chat_chunks(reply: Json, *, size: int = 3) -> Iterator[Json]:
    """Yield the chunks of a reply of ``chat.create_chat_completion``."""
    head = {key: one for key, one in reply.items() if key not in {"choices", "usage", "object"}}
    head["object"] = "chat.completion.chunk"
    for choice in reply["choices"]:
        for part in _choice_parts(choice, size):
            yield {**head, "choices": [{"index": choice["index"], "finish_reason": None, **part}]}
    if "usage" in reply:
        yield {**head, "choices": [], "usage": reply["usage"]}


def _choice_parts(choice: Json, size: int) -> Iterator[Json]:
    """Yield what the chunks of one choice have, apart from its index."""
    message = choice["message"]
    grows = {"content", "refusal", "tool_calls", "function_call", "audio", "annotations"}
    begin = {
        key: None if one is None else "" for key, one in message.items() if key in {"content", "refusal"}
    }
    rest = {key: one for key, one in message.items() if key not in grows or one is None}
    yield {"delta": {**rest, **begin}, **{key: None for key in choice if key == "logprobs"}}
    for name in ("content", "refusal"):
        if message.get(name) is not None:
            yield from ({"delta": {name: one}} for one in pieces(message[name], size))
    yield from ({"delta": one} for one in _lists(message, size))
    for name, logprobs in (choice.get("logprobs") or {}).items():
        for one in logprobs or ():
            yield {"delta": {}, "logprobs": {name: [one]}}
        if not logprobs:
            yield {"delta": {}, "logprobs": {name: logprobs}}
    others = {key: one for key, one in choice.items() if key not in {"message", "index", "logprobs"}}
    yield {"delta": {}, **others}


def _lists(message: Json, size: int) -> Iterator[Json]:
    for index, call in enumerate(message.get("tool_calls") or ()):
        kind = next(one for one in ("function", "custom") if one in call)
        text = "arguments" if kind == "function" else "input"
        first = {**call, kind: {**call[kind], text: ""}}
        yield {"tool_calls": [{"index": index, **first}]}
        yield from (
            {"tool_calls": [{"index": index, kind: {text: one}}]} for one in pieces(call[kind][text], size)
        )
    if call := message.get("function_call"):
        yield {"function_call": {**call, "arguments": ""}}
        yield from ({"function_call": {"arguments": one}} for one in pieces(call["arguments"], size))
    if audio := message.get("audio"):
        yield {"audio": {key: one for key, one in audio.items() if key not in {"data", "transcript"}}}
        yield from ({"audio": {"transcript": one}} for one in pieces(audio["transcript"], size))
        yield from ({"audio": {"data": one}} for one in pieces(audio["data"], 4))
    if "annotations" in message and message["annotations"] is not None:
        yield {"annotations": []}
        yield from ({"annotations": [one]} for one in message["annotations"])


def completion_chunks(reply: Json, *, size: int = 3) -> Iterator[Json]:
    """Yield the chunks of a reply of ``completions.create_completion``."""
    head = {key: one for key, one in reply.items() if key not in {"choices", "usage"}}
    for choice in reply["choices"]:
        same = {key: one for key, one in choice.items() if key != "text"}
        logprobs = same.pop("logprobs", None)
        for one in pieces(choice["text"], size):
            begun = {**same, "text": one, "finish_reason": None, "logprobs": None}
            yield {**head, "choices": [begun]}
        yield {**head, "choices": [{**same, "text": "", "logprobs": logprobs}]}
    if "usage" in reply:
        yield {**head, "choices": [], "usage": reply["usage"]}


# The field of an item that its own events send in pieces, and the name of those events.
_ITEM_TEXTS = {
    "function_call": ("arguments", "function_call_arguments"),
    "mcp_call": ("arguments", "mcp_call_arguments"),
    "custom_tool_call": ("input", "custom_tool_call_input"),
    "code_interpreter_call": ("code", "code_interpreter_call_code"),
}

# The field of a part of an item, and the name of the events about it.
_PART_TEXTS = {
    "output_text": ("text", "output_text"),
    "refusal": ("refusal", "refusal"),
    "reasoning_text": ("text", "reasoning_text"),
}


def response_events(reply: Json, *, size: int = 3, has_output_at_end: bool = True) -> Iterator[Json]:
    """Yield the events of a reply of ``responses.create_response``."""
    begun = {**deepcopy(reply), "status": "in_progress", "output": [], "usage": None}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(reply["output"]):
        yield from _item_events(
            item, {"output_index": index, "item_id": item.get("id", f"item_{index}")}, size
        )
    end = reply if has_output_at_end else {**reply, "output": None}
    name = reply.get("status") if reply.get("status") in {"failed", "incomplete"} else "completed"
    yield {"type": f"response.{name}", "response": end}


def _item_events(item: Json, place: Json, size: int) -> Iterator[Json]:
    kind = item["type"]
    field, name = _ITEM_TEXTS.get(kind, ("", ""))
    begun = {**item, **{key: [] for key in ("content", "summary") if isinstance(item.get(key), list)}}
    if isinstance(item.get(field), str):
        begun[field] = ""
    index = place["output_index"]
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    if isinstance(item.get(field), str):
        for one in pieces(item[field], size):
            yield {"type": f"response.{name}.delta", **place, "delta": one}
        yield {"type": f"response.{name}.done", **place, field: item[field]}
    for number, part in enumerate(item.get("summary") or ()):
        where = {**place, "summary_index": number}
        empty = {**part, "text": ""}
        yield {"type": "response.reasoning_summary_part.added", **where, "part": empty}
        for one in pieces(part["text"], size):
            yield {"type": "response.reasoning_summary_text.delta", **where, "delta": one}
        yield {"type": "response.reasoning_summary_text.done", **where, "text": part["text"]}
        yield {"type": "response.reasoning_summary_part.done", **where, "part": part}
    listed = item.get("content") if isinstance(item.get("content"), list) else []
    for number, part in enumerate(listed or ()):
        yield from _part_events(part, {**place, "content_index": number}, size)
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _part_events(part: Json, where: Json, size: int) -> Iterator[Json]:
    field, name = _PART_TEXTS.get(part["type"], ("", ""))
    begun = {**part, **({field: ""} if field else {})}
    begun |= {key: [] for key in ("annotations", "logprobs") if isinstance(part.get(key), list)}
    yield {"type": "response.content_part.added", **where, "part": begun}
    if field:
        for number, one in enumerate(pieces(part[field], size)):
            logprobs = {"logprobs": part["logprobs"]} if part.get("logprobs") and not number else {}
            yield {"type": f"response.{name}.delta", **where, "delta": one, **logprobs}
        for number, one in enumerate(part.get("annotations") or ()):
            yield {
                "type": "response.output_text.annotation.added",
                **where,
                "annotation_index": number,
                "annotation": one,
            }
        yield {"type": f"response.{name}.done", **where, field: part[field]}
    yield {"type": "response.content_part.done", **where, "part": part}
