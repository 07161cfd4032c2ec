"""The tokens that calls use: those of one reply, and their sums by model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from threading import Lock
from typing import Any, Final

__all__ = ["TokenUsage", "UsageInfo", "UsageTotals"]

_HOLDERS: Final = ("response", "data")
"""The fields of events that hold a whole reply."""

_IN: Final = ("usage.input_tokens_details", "usage.prompt_tokens_details")
_OUT: Final = ("usage.output_tokens_details", "usage.completion_tokens_details")

_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "input_tokens": ("usage.input_tokens", "usage.prompt_tokens"),
    "output_tokens": ("usage.output_tokens", "usage.completion_tokens"),
    "cached_tokens": tuple(f"{one}.cached_tokens" for one in _IN),
    "cache_write_tokens": tuple(f"{one}.cache_write_tokens" for one in _IN),
    "text_input_tokens": tuple(f"{one}.text_tokens" for one in _IN),
    "audio_input_tokens": tuple(f"{one}.audio_tokens" for one in _IN),
    "image_input_tokens": tuple(f"{one}.image_tokens" for one in _IN),
    "reasoning_tokens": tuple(f"{one}.reasoning_tokens" for one in _OUT),
    "text_output_tokens": tuple(f"{one}.text_tokens" for one in _OUT),
    "audio_output_tokens": tuple(f"{one}.audio_tokens" for one in _OUT),
    "image_output_tokens": tuple(f"{one}.image_tokens" for one in _OUT),
}
"""The fields of a reply that have each count, of which the first one that exists counts."""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """The tokens of one or several ``calls``. Those that a reply does not state are 0.

    ``cached_tokens``, ``cache_write_tokens`` and the kinds of input are parts of ``input_tokens``;
    ``reasoning_tokens`` and the kinds of output are parts of ``output_tokens``.

    >>> TokenUsage(calls=1, input_tokens=9) + TokenUsage(calls=1, output_tokens=3)
    TokenUsage(calls=2, input_tokens=9, output_tokens=3, ...)
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    text_input_tokens: int = 0
    audio_input_tokens: int = 0
    image_input_tokens: int = 0
    text_output_tokens: int = 0
    audio_output_tokens: int = 0
    image_output_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """The tokens of input and output.

        >>> TokenUsage(calls=1, input_tokens=9, output_tokens=3).total_tokens
        12
        """
        return self.input_tokens + self.output_tokens

    def __add__(self, other: TokenUsage) -> TokenUsage:
        """Return the sum of each count."""
        if not isinstance(other, TokenUsage):
            return NotImplemented
        return TokenUsage(*(getattr(self, one) + getattr(other, one) for one in _COUNTS))


_COUNTS: Final = tuple(one.name for one in fields(TokenUsage))


@dataclass(frozen=True, slots=True)
class UsageInfo:
    """The tokens that one call used. ``model`` is that of the reply, or of the request if it states none.

    >>> def show(usage: UsageInfo) -> None:
    ...     print(usage.operation, usage.model, usage.tokens.calls)
    >>> client = Client(on_usage=show)
    >>> embedding = client.embeddings.create_embedding("Hello", "text-embedding-3-small")
    embeddings.create_embedding text-embedding-3-small 1
    """

    operation: str
    model: str
    tokens: TokenUsage


class UsageTotals:
    """Sums of the tokens by model. Pass it as ``on_usage`` to one or several clients, of any threads.

    >>> totals = UsageTotals()
    >>> client = Client(on_usage=totals)
    >>> for text in ("Hello", "World"):
    ...     embedding = client.embeddings.create_embedding(text, "text-embedding-3-small")
    >>> {model: used.calls for model, used in totals.by_model().items()}
    {'text-embedding-3-small': 2}
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._sums: dict[str, TokenUsage] = {}

    def __call__(self, usage: UsageInfo) -> None:
        """Add the tokens of a call."""
        with self._lock:
            self._sums[usage.model] = self._sums.get(usage.model, TokenUsage()) + usage.tokens

    def by_model(self) -> dict[str, TokenUsage]:
        """Return the sum of each model.

        >>> UsageTotals().by_model()
        {}
        """
        with self._lock:
            return dict(self._sums)

    def total(self) -> TokenUsage:
        """Return the sum of all models.

        >>> UsageTotals().total().total_tokens
        0
        """
        return sum(self.by_model().values(), TokenUsage())

    def reset(self) -> dict[str, TokenUsage]:
        """Return the sum of each model, and begin at 0 again; no call is lost or counted twice.

        >>> UsageTotals().reset()
        {}
        """
        with self._lock:
            sums, self._sums = self._sums, {}
        return sums

    def __repr__(self) -> str:
        return f"<UsageTotals of {len(self._sums)} models>"


def whole_reply(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the reply that an event has the whole of; a reply itself unchanged."""
    return next((one for name in _HOLDERS if isinstance(one := value.get(name), Mapping)), value)


def token_counts(reply: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts of tokens that a reply states, by their names in :class:`TokenUsage`."""
    if not isinstance(reply.get("usage"), Mapping):
        return {}
    found = ((name, _first(reply, paths)) for name, paths in _PATHS.items())
    return {name: count for name, count in found if count is not None}


def _first(reply: Mapping[str, Any], paths: tuple[str, ...]) -> int | None:
    for path in paths:
        value: Any = reply
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
