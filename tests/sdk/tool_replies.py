"""Responses that call tools."""

from __future__ import annotations

import json
from typing import Any


def item(name: str, arguments: object, id: str = "call_1") -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"type": "function_call", "call_id": id, "name": name, "arguments": text}


def response(*output: dict[str, Any], tokens: int = 10) -> dict[str, Any]:
    usage = {"total_tokens": tokens}
    return {"id": "resp_1", "object": "response", "status": "completed", "output": [*output], "usage": usage}


SAID = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Warm."}],
}
