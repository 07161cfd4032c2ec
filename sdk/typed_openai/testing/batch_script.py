"""Scripts for the course of batches in the embedded server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BatchScript:
    """The course of the batches that are created from now on.

    ``polls`` is the number of times that a batch in progress is retrieved before it ends. ``failures`` has
    the status that the request of an id is answered with. ``expire_after`` is the number of requests after
    which batches expire. ``token_limit`` is the number of requests that may be in progress in all batches:
    a batch beyond it fails after it was created. ``invisible`` is the number of times that a batch is refused
    because its file is not visible yet.

    >>> BatchScript(polls=3, failures={"row-7": 500}).polls
    3
    """

    polls: int = 1
    failures: Mapping[str, int] = field(default_factory=dict)
    expire_after: int | None = None
    token_limit: int | None = None
    invisible: int = 0
