"""The limits of one batch, and counting towards them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """The largest file of a batch: ``requests``, ``size`` in bytes, and ``inputs`` of embeddings."""

    requests: int = 50_000
    size: int = 200_000_000
    inputs: int = 50_000


LIMITS: Final = BatchLimits()

# The body's field whose items count towards a limit of their own, by the path that batches name.
COUNTED: Final[Mapping[str, str]] = {"/v1/embeddings": "input"}


def inputs_in(url: str, body: Mapping[str, Any]) -> int:
    """Return the number of inputs in a body; 0 if the operation has no limit for them."""
    if (name := COUNTED.get(url)) is None:
        return 0
    value = body.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str) or not value or isinstance(value[0], int):
        return 1  # a text, or the tokens of one
    return len(value)
