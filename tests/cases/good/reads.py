"""Reads of keys that are shown to be present, and comparisons that may hold."""

from typed_openai.types import (
    ChatCompletionResponseMessage,
    CreateChatCompletionResponse,
    Response,
    ResponseStreamEvent,
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


class Account:
    def __init__(self, reply: CreateChatCompletionResponse) -> None:
        self.usage = reply.get("usage") or {}

    @property
    def total(self) -> int:
        return self.usage.get("total_tokens", 0)


def empty(reply: CreateChatCompletionResponse, response: Response) -> int:
    usage = reply.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    total: int = (reply.get("usage") or {}).get("total_tokens", 0)
    maybe: int | None = (reply.get("usage") or {}).get("total_tokens")
    cached = ((reply.get("usage") or {}).get("prompt_tokens_details") or {}).get("cached_tokens", 0)
    one, other = reply.get("usage") or {}, response.get("usage") or {}
    if (again := reply.get("usage") or {}) and "total_tokens" in (response.get("usage") or {}):
        print(again["total_tokens"], one.get("total_tokens"), other.get("input_tokens"), maybe)
    call = reply["choices"][0]["message"].get("function_call") or {}
    print(call.get("name", "none"), (reply.get("usage") or dict()).get("total_tokens", 0))
    ignored = reply.get("usage") or {}  # type: ignore[var-annotated]
    print(ignored, (reply.get("usage") or {}).get("total_tokens"))  # type: ignore[call-overload]
    return total + cached + usage.get("total_tokens", 0) + details.get("cached_tokens", 0)
