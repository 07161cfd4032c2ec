"""Reads of keys that may be absent, of keys that do not exist, and comparisons that never hold."""

from collections.abc import Callable
from contextlib import suppress

from typed_openai import types
from typed_openai.types import ChatCompletionResponseMessage, ResponseStreamEvent


class Marked(ChatCompletionResponseMessage):
    mark: str


def absent(message: ChatCompletionResponseMessage, marked: Marked, messages: list[Marked]) -> None:
    print(message["annotations"])
    print(marked["annotations"], marked["mark"])
    print(messages[0]["annotations"])
    if "annotations" in message:
        print(message["annotations"])
        message = messages[0]
        print(message["annotations"])
    for one in messages:
        if "annotations" not in one:
            print(one["annotations"])
            continue
        print(one["annotations"])
    del message["annotations"]
    print([one["annotations"] for one in messages if "audio" in one])
    has_audio = "audio" in marked
    print(marked["audio"] if has_audio else marked["audio"])


def handled(message: ChatCompletionResponseMessage) -> Callable[[], object]:
    try:
        print(message["annotations"])
    except KeyError:
        print(message["annotations"])
    with suppress(LookupError):
        print(message["annotations"])
    return lambda: message["annotations"]


def unknown(message: ChatCompletionResponseMessage, request: types.CreateChatCompletionRequest) -> None:
    print(message.get("anotations"), request.get("temperatur", 1))
    if "anotations" in message or "refusal" not in message:
        print("never")


def never(event: ResponseStreamEvent) -> None:
    if event["type"] in ("response.complete", "response.failed"):
        print(event)
    kind = event["type"]
    if kind not in {"response.complete", "error"}:
        print(event)
    match event["type"]:
        case "response.output_text.deltas" | "error":
            print(event)
        case "response.completed":
            print(event)
