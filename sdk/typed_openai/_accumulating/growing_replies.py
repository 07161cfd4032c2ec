"""The accumulation of one stream, made from the data of its events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeAlias

from typed_openai._accumulating.named_events import NamedEvents, changes_of
from typed_openai._accumulating.pieces import MergedPieces, Rules
from typed_openai_spec.model.accumulating_events import Accumulation


class GrowingReply(Protocol):
    """A reply that grows with each event."""

    def add(self, event: Any) -> Any:
        """Add what an event has, and return the event."""

    def value(self) -> Any:
        """Return the reply so far."""


_Factory: TypeAlias = Callable[[], GrowingReply]

_factories: dict[int, tuple[Accumulation, _Factory]] = {}
"""The prepared rules of each accumulation, by its identity, together with the accumulation itself."""


def growing_reply(accumulation: Accumulation) -> GrowingReply:
    """Return a reply to which no event has been added."""
    known = _factories.get(id(accumulation))
    if known is None:
        known = _factories[id(accumulation)] = (accumulation, _factory(accumulation))
    return known[1]()


def _factory(accumulation: Accumulation) -> _Factory:
    if accumulation.merging is not None:
        return partial(MergedPieces, Rules("", accumulation, accumulation.merging))
    changes = changes_of(accumulation)
    return partial(NamedEvents, accumulation.tag, changes, is_file=accumulation.is_file)
