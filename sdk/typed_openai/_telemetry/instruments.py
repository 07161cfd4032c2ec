"""The metrics of the GenAI conventions, with the boundaries of their buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from opentelemetry.context import Context
from opentelemetry.metrics import Histogram, Meter

from typed_openai._telemetry.semantic_attributes import INPUT_TOKENS, OUTPUT_TOKENS, TOKEN_TYPE, Value

_SECONDS: Final = tuple(0.01 * 2**power for power in range(14))
_TOKENS: Final = tuple(4**power for power in range(14))

_KINDS: Final[Mapping[str, str]] = {INPUT_TOKENS: "input", OUTPUT_TOKENS: "output"}


class Instruments:
    """The histograms of one meter."""

    def __init__(self, meter: Meter) -> None:
        self.duration = _seconds(meter, "duration", "GenAI operation duration.")
        self.first_chunk = _seconds(meter, "time_to_first_chunk", "Time to receive the first chunk.")
        self.next_chunk = _seconds(meter, "time_per_output_chunk", "Time between two chunks.")
        self._tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            unit="{token}",
            description="Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=_TOKENS,
        )

    def count_tokens(
        self, found: Mapping[str, Value], attributes: Mapping[str, Value], context: Context
    ) -> None:
        """Record the numbers of tokens among the attributes of a reply."""
        for attribute, kind in _KINDS.items():
            if isinstance(number := found.get(attribute), int):
                self._tokens.record(number, {**attributes, TOKEN_TYPE: kind}, context)


def _seconds(meter: Meter, name: str, description: str) -> Histogram:
    return meter.create_histogram(
        f"gen_ai.client.operation.{name}",
        unit="s",
        description=description,
        explicit_bucket_boundaries_advisory=_SECONDS,
    )
