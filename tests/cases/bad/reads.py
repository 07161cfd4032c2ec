"""Reads of keys that may be absent, of keys that do not exist, and comparisons that never hold."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from typed_openai import types
from typed_openai.types import (
    ChatCompletionResponseMessage,
    ResponseCompletedEvent,
    ResponseFailedEvent,
    ResponseOutputItemDoneEvent,
    ResponseStreamEvent,
    ResponseTextDeltaEvent,
)

Event: TypeAlias = (
    ResponseCompletedEvent | ResponseFailedEvent | ResponseOutputItemDoneEvent | ResponseTextDeltaEvent
)


class Marked(ChatCompletionResponseMessage):
    mark: str


def absent(message: ChatCompletionResponseMessage, marked: Marked, messages: list[Marked]) -> None:
    print(message["annotations"])
    # E:11: message.annotations may be absent; use .get("annotations") or check "annotations" in message first  [openai-absent]
    print(marked["annotations"], marked["mark"])
    # E:11: marked.annotations may be absent; use .get("annotations") or check "annotations" in marked first  [openai-absent]
    print(messages[0]["annotations"])
    # E:11: messages[0].annotations may be absent; use .get("annotations") or check "annotations" in messages[0] first  [openai-absent]
    if "annotations" in message:
        print(message["annotations"])
        message = messages[0]
        print(message["annotations"])
        # E:15: message.annotations may be absent; use .get("annotations") or check "annotations" in message first  [openai-absent]
    for one in messages:
        if "annotations" not in one:
            print(one["annotations"])
            # E:19: one.annotations may be absent; use .get("annotations") or check "annotations" in one first  [openai-absent]
            continue
        print(one["annotations"])
    del message["annotations"]
    # E:9: message.annotations may be absent; use .pop("annotations", None) or check "annotations" in message first  [openai-absent]
    print([one["annotations"] for one in messages if "audio" in one])
    # E:12: one.annotations may be absent; use .get("annotations") or check "annotations" in one first  [openai-absent]
    has_audio = "audio" in marked
    print(marked["audio"] if has_audio else marked["audio"])
    # E:45: marked.audio may be absent; use .get("audio") or check "audio" in marked first  [openai-absent]


def handled(message: ChatCompletionResponseMessage) -> Callable[[], object]:
    try:
        print(message["annotations"])
    except KeyError:
        print(message["annotations"])
        # E:15: message.annotations may be absent; use .get("annotations") or check "annotations" in message first  [openai-absent]
    with suppress(LookupError):
        print(message["annotations"])
    return lambda: message["annotations"]
    # E:20: message.annotations may be absent; use .get("annotations") or check "annotations" in message first  [openai-absent]


def unknown(message: ChatCompletionResponseMessage, request: types.CreateChatCompletionRequest) -> None:
    print(message.get("anotations"), request.get("temperatur", 1))
    # E:23: "ChatCompletionResponseMessage" has no key "anotations"; did you mean "annotations"?  [openai-key]
    # E:50: "CreateChatCompletionRequest" has no key "temperatur"; did you mean "temperature"?  [openai-key]
    if "anotations" in message or "refusal" not in message:
    # E:8: "ChatCompletionResponseMessage" has no key "anotations"; did you mean "annotations"?  [openai-key]
        print("never")


DONE = ("response.complete", "response.failed")
FAILED: str = "response.fail"


def constants(event: ResponseStreamEvent) -> None:
    if event["type"] in DONE or event["type"] in frozenset({"response.complete"}):
    # E:25: event.type is never 'response.complete'; it is one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); did you mean 'response.completed'?  [openai-value]
    # E:61: event.type is never 'response.complete'; it is one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); did you mean 'response.completed'? (again in column 61)  [openai-value]
        print(event)
    if (kind := event["type"]) in DONE or kind == FAILED:
    # E:35: event.type is never 'response.complete'; it is one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); did you mean 'response.completed'?  [openai-value]
    # E:51: kind is never 'response.fail'; it is one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); did you mean 'response.failed'?  [openai-value]
        print(kind)
    local = ["response.fail"]
    while event["type"] not in local:
    # E:32: event.type is never 'response.fail'; it is one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); did you mean 'response.failed'?  [openai-value]
        print(local)


def narrowed(event: ResponseStreamEvent, other: ResponseStreamEvent) -> None:
    if "delta" in event:
        event = other
        print(event["delta"])
        # E:21: only 13 of 61 members have the key "delta": ResponseAudioDeltaEvent, ResponseAudioTranscriptDeltaEvent, ResponseCodeInterpreterCallCodeDeltaEvent, ... (10 more); check "type" first  [openai-arg]
    if "delta" not in other:
        print(other["delta"])
        # E:21: unknown key "delta" for ResponseAudioDoneEvent | ResponseAudioTranscriptDoneEvent | ResponseCodeInterpreterCallCodeDoneEvent | ... (45 more)  [openai-arg]


def never(event: ResponseStreamEvent) -> None:
    if event["type"] in ("response.complete", "response.failed"):
    # E:26: event.type is never 'response.complete'; it is one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); did you mean 'response.completed'?  [openai-value]
        print(event)
    kind = event["type"]
    if kind not in {"response.complete", "error"}:
    # E:21: kind is never 'response.complete'; it is one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); did you mean 'response.completed'?  [openai-value]
        print(event)
    match event["type"]:
        case "response.output_text.deltas" | "error":
        # E:14: event.type is never 'response.output_text.deltas'; it is one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); did you mean 'response.output_text.delta'?  [openai-value]
            print(event)
        case "response.completed":
            print(event)
        case _:
            pass


def received(event: Event) -> None:
    match event:
        case {"type": "response.complete"} | {"type": "response.failed", "responce": _}:
        # E:23: event.type is never 'response.complete'; it is one of 'response.completed', 'response.failed', 'response.output_item.done', 'response.output_text.delta'; did you mean 'response.completed'?  [openai-value]
        # E:74: "ResponseFailedEvent" has no key "responce"; did you mean "response"?  [openai-key]
            print(event)
        case {"type": "response.output_item.done", "item": {"type": "mesage"}} as done:
        # E:69: event.item.type is never 'mesage'; it is one of 'message', 'file_search_call', 'function_call', 'function_call_output', 'web_search_call', ... (23 more); did you mean 'message'?  [openai-value]
            print(done)
        case {"type": "response.completed", "delta": _}:
        # E:45: "ResponseCompletedEvent" has no key "delta"  [openai-key]
            print(event)
        case {"typ": "error"}:
        # E:15: "ResponseCompletedEvent" or "ResponseFailedEvent" or "ResponseOutputItemDoneEvent" or "ResponseTextDeltaEvent" has no key "typ"; did you mean "type"?  [openai-key]
            print(event)
        case _:
            pass
