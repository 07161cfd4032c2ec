"""The tokens that one call spends: what a model reads before it answers, thinks, and writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from typed_openai.testing import value_paths
from typed_openai.testing.fake_usage import Amount, sent_amount, settle_usage, tokens_of, written_amount
from typed_openai.testing.habits import OperationHabits
from typed_openai.testing.kept_objects import KeptObjects
from typed_openai_spec.model import Operation

_THOUGHT: Final = 64
"""Tokens of reasoning come in multiples of this number."""

_LITTLE: Final = 512
"""Below this limit of tokens, nothing is left for reasoning."""

_UNREASONED: Final = ("none", "minimal")


@dataclass(frozen=True, slots=True)
class Spending:
    """The tokens of a request, and those of the reasoning about it."""

    read: Amount = field(default_factory=Amount)
    thought: int = 0

    @classmethod
    def of(
        cls, arguments: Mapping[str, Any], rule: Mapping[str, Any], objects: KeptObjects, seed: int
    ) -> Spending:
        """Return the tokens of a request with these arguments; ``rule`` is that of the API's habits.

        Without one, all arguments count.
        """
        names = rule.get("input", arguments)
        read = sum((sent_amount(arguments[one]) for one in names if one in arguments), Amount())
        for name in rule.get("earlier", ()):
            read += _earlier(arguments.get(name), objects)
        model, reasoning = str(arguments.get("model", "")), rule.get("reasoning")
        reasons = isinstance(reasoning, str) and re.fullmatch(reasoning, model) and _may_reason(arguments)
        return cls(read, _THOUGHT * (1 + seed % 5) if reasons else 0)

    def settle(self, reply: object, operation: Operation, text: str = "", given: object = None) -> None:
        """Set the usage in a reply; ``given`` is the part of it that was scripted.

        A reply that contains nothing that was written, such as a run, counts the ``text``.
        """
        if not self.read.total:
            return
        repeated = {one.wire for one in operation.arguments}
        own = (
            {key: one for key, one in reply.items() if key not in repeated}
            if isinstance(reply, dict)
            else reply
        )
        written = written_amount(own)
        if not written.total:
            written = Amount(tokens_of(text))
        is_count = operation.method != "GET" and isinstance(reply, dict) and "usage" not in reply
        settle_usage(reply, self.read, written, thought=self.thought, given=given, whole=is_count)

    def settle_event(self, event: object, text: str, given: object = None) -> None:
        """Set the usage in an event of a stream with a text, or with a file that the event holds."""
        own = {key: one for key, one in event.items() if key != "data"} if isinstance(event, dict) else {}
        written = max(written_amount(own), Amount(tokens_of(text)), key=lambda one: one.total)
        if self.read.total:
            settle_usage(event, self.read, written, thought=self.thought, given=given)


def limit_of(habits: OperationHabits, arguments: Mapping[str, Any]) -> int | None:
    """Return the maximum number of tokens that a request allows the reply, or None."""
    limits = (arguments.get(name) for name in habits.limited.get("arguments", ()))
    return next((one for one in limits if isinstance(one, int)), None)


def _may_reason(arguments: Mapping[str, Any]) -> bool:
    effort = arguments.get("reasoning_effort") or value_paths.read(dict(arguments), "reasoning.effort")
    limits = (one for name, one in arguments.items() if name.startswith("max_") and name.endswith("_tokens"))
    return effort not in _UNREASONED and not any(isinstance(one, int) and one < _LITTLE for one in limits)


def _earlier(owner_id: object, objects: KeptObjects) -> Amount:
    """Return the tokens of an object that a request continues, and of everything below it."""
    if isinstance(owner_id, dict):
        owner_id = owner_id.get("id")
    owner = objects.with_id(owner_id) if isinstance(owner_id, str) else None
    if owner is None:
        return Amount()
    total = value_paths.read(owner.value, "usage.total_tokens")
    if isinstance(total, int):
        return Amount(total)
    return sum((written_amount(one.value) for one in objects.under(owner.path)), Amount())
