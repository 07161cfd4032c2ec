"""Estimates of the tokens that a request is counted with before it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

_CHARACTERS_PER_TOKEN: Final = 4

_OUTPUT: Final = ("max_output_tokens", "max_completion_tokens", "max_tokens", "max_tokens_to_sample")
"""The fields that bound the output of a request: servers reserve as many tokens."""

_ENCODED: Final = frozenset({"data", "file_data", "image_url", "url", "b64_json", "file"})
"""The fields whose text is not read as text by the model."""


def estimated_tokens(fields: Mapping[str, object]) -> int:
    """Return the tokens of a request with these fields: its texts, and the output that it may have."""
    output = next((value for name in _OUTPUT if _is_count(value := fields.get(name))), 0)
    choices = value if _is_count(value := fields.get("n")) else 1
    characters, tokens = _size(fields)
    return -(-characters // _CHARACTERS_PER_TOKEN) + tokens + output * choices


def _size(value: object) -> tuple[int, int]:
    """Return the characters of all texts in a value, and the number of tokens that are given as numbers."""
    characters = tokens = 0
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            characters += 0 if one.startswith("data:") else len(one)
        elif isinstance(one, Mapping):
            waiting.extend(part for name, part in one.items() if name not in _ENCODED)
        elif isinstance(one, (list, tuple)):
            tokens += sum(map(_is_count, one))
            waiting.extend(part for part in one if not isinstance(part, (int, float)))
    return characters, tokens


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
