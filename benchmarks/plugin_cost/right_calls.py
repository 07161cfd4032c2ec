"""A correct program of many calls."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final

_HEAD: Final = """\
from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

client = Client()
history: list[ChatCompletionRequestMessage] = [{"role": "system", "content": "Be brief."}]
"""
_FORMS: Final = (
    """
def chat_{n}(question: str) -> str | None:
    reply = client.chat.create_chat_completion(
        [*history, {{"role": "user", "content": question}}], "gpt-4o-mini", temperature=0.{n}, n=1
    )
    return reply["choices"][0]["message"]["content"]
""",
    """
def look_{n}(url: str) -> str | None:
    reply = client.chat.create_chat_completion(
        [
            {{"role": "system", "content": "Number {n}."}},
            {{
                "role": "user",
                "content": [
                    {{"type": "text", "text": "What is it?"}},
                    {{"type": "image_url", "image_url": {{"url": url, "detail": "low"}}}},
                ],
            }},
        ],
        "gpt-4o-mini",
        max_completion_tokens={n},
    )
    return reply["choices"][0]["message"]["content"]
""",
    """
def stream_{n}(question: str) -> str:
    text = ""
    for chunk in client.chat.create_chat_completion(
        [{{"role": "user", "content": question}}], "gpt-4o-mini", stream=True, max_completion_tokens={n}
    ):
        text += chunk["choices"][0]["delta"].get("content") or ""
    return text
""",
    """
def respond_{n}(question: str) -> str:
    reply = client.responses.create_response(
        [
            {{"type": "message", "role": "user", "content": [{{"type": "input_text", "text": question}}]}},
            {{"type": "function_call", "call_id": "call_{n}", "name": "answer", "arguments": "{{}}"}},
            {{"type": "function_call_output", "call_id": "call_{n}", "output": "42"}},
        ],
        "gpt-4o-mini",
        tools=[{{"type": "web_search"}}],
    )
    return reply["id"]
""",
    """
def embed_{n}(texts: list[str]) -> list[float]:
    reply = client.embeddings.create_embedding(texts, "text-embedding-3-small", dimensions={n} + 1)
    return reply["data"][0]["embedding"]
""",
    """
def files_{n}() -> list[str]:
    return [one["id"] for one in client.files.list_files(limit={n} + 1)["data"]]
""",
)


def one_module(calls: int) -> dict[str, str]:
    """Return one module with all calls."""
    return {"calls.py": _module(range(1, calls + 1), random.Random(5))}


def many_modules(modules: int, calls: int) -> dict[str, str]:
    """Return modules with some calls each."""
    order = random.Random(5)
    starts = range(1, modules * calls + 1, calls)
    return {f"calls_{start}.py": _module(range(start, start + calls), order) for start in starts}


def _module(numbers: Iterable[int], order: random.Random) -> str:
    return _HEAD + "".join(order.choice(_FORMS).format(n=number) for number in numbers)
