"""Reads that mypy accepts with the plugin only, and pyright by itself."""

from typed_openai.types import CreateChatCompletionResponse, Response, ResponseStreamEvent


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


def narrowed(event: ResponseStreamEvent, events: list[ResponseStreamEvent]) -> None:
    if "delta" in event and "arguments" not in event:
        print(event["delta"])
    print([one["delta"] for one in events if "delta" in one])
    if "arguments" not in event:
        return
    print(event["arguments"])
