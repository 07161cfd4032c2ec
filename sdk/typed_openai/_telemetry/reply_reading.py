"""Facts that a reply, or the events of a stream, state about what was generated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from typed_openai._telemetry.semantic_attributes import (
    FINISH_REASONS,
    Value,
    response_attributes,
    usage_attributes,
)
from typed_openai.token_usage import whole_reply

_UNFINISHED: Final = frozenset({"queued", "in_progress", "cancelling", "requires_action"})
"""The values of ``status`` for which there is no result yet."""

_ABNORMAL: Final = "error"
"""The finish reason of a choice whose end was not received."""


class ReplyReading:
    """Reads one reply, or the events of one stream in their order."""

    def __init__(self, *, counts_tokens: bool) -> None:
        self._counts_tokens = counts_tokens
        self._found: dict[str, Value] = {}
        self._reasons: dict[int, str | None] = {}

    def add(self, value: object) -> None:
        """Read a reply or an event."""
        if not isinstance(value, Mapping):
            return
        reply = whole_reply(value)
        if self._counts_tokens and reply.get("usage") is not None:
            self._found |= usage_attributes(reply)
        if "choices" in reply or "model" in reply:
            # An identifier elsewhere is that of a part, such as a step.
            self._found |= response_attributes(reply)
            self._add_reasons(reply)

    def attributes(self, *, is_cut: bool = False) -> dict[str, Value]:
        """Return the attributes; with ``is_cut``, the end of the reply was not received."""
        missing = _ABNORMAL if is_cut else None
        reasons = (reason or missing for _, reason in sorted(self._reasons.items()))
        listed = tuple(one for one in reasons if one)
        return {**self._found, FINISH_REASONS: listed} if listed else self._found

    def _add_reasons(self, reply: Mapping[str, Any]) -> None:
        choices = reply.get("choices")
        if isinstance(choices, list):
            for place, choice in enumerate(choices):
                self._add_reason(choice.get("index", place), choice.get("finish_reason"))
        elif isinstance(status := reply.get("status"), str):
            details = reply.get("incomplete_details")
            why = details.get("reason") if isinstance(details, Mapping) else None
            self._add_reason(0, None if status in _UNFINISHED else why or status)

    def _add_reason(self, index: int, reason: Any) -> None:
        self._reasons[index] = reason or self._reasons.get(index)
