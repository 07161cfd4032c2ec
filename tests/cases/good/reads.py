"""Reads of keys that are shown to be present, and comparisons that may hold."""

from typing import TypeAlias

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


def present(message: ChatCompletionResponseMessage, messages: list[ChatCompletionResponseMessage]) -> object:
    if "annotations" in message:
        print(message["annotations"])
    if "audio" not in message:
        return None
    print(message["audio"])
    having = [one for one in messages if "annotations" in one]
    print([one["annotations"] for one in having], having[0]["annotations"])
    first = next((one for one in messages if "audio" in one), None)
    if first is not None:
        print(first["audio"])
    while "audio" not in message:
        message = messages[0]
    return message["audio"] if "audio" in (last := messages[-1]) and last["audio"] else None


def captured(message: ChatCompletionResponseMessage) -> object:
    return (lambda: message["annotations"]) if "annotations" in message else None


def possible(event: ResponseStreamEvent) -> None:
    if event["type"] in ("response.completed", "response.failed"):
        print(event)
    match event["type"]:
        case "response.completed" | "error":
            print(event)
        case _:
            pass


def received(event: Event) -> None:
    match event:
        case {"type": "response.completed" | "response.failed", "response": {"status": "completed", "id": name}}:
            print(name)
        case {"delta": str(delta), **rest}:
            print(delta, rest)
        case {"item": {"type": "message", "content": [{"type": "output_text", "text": text}, *_]}}:
            print(text)
        case _:
            pass
