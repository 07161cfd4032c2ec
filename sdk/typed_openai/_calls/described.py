"""Facts from the description that decide how the value of a reply is read."""

from __future__ import annotations

from collections.abc import Set
from typing import Final, Protocol

from typed_openai_spec.model import Result
from typed_openai_spec.model.accumulating_events import Accumulation


class Described(Protocol):
    """The facts about an operation's replies; they are computed only for replies that need them."""

    @property
    def names_events(self) -> bool:
        """True if the stream yields objects of ``event`` and ``data`` rather than the data alone."""

    def lists(self, media_type: str) -> bool:
        """Return True if a successful reply may have the media type, whatever the arguments are."""

    def error_beside(self, result: Result) -> Set[str] | None:
        """Return the fields beside which ``error`` is a field of the result, and not a failure.

        None if the description does not say what the result is.
        """

    def is_object(self, result: Result) -> bool:
        """Return True if the result is an object, and never a list."""

    def accumulation(self, result: Result) -> Accumulation | None:
        """Return how the events of a stream make up a reply; None if the description does not say so."""


class Undescribed:
    """The facts about the replies of a path that the description does not have."""

    names_events = False

    def lists(self, media_type: str) -> bool:
        """Return False: nothing is listed."""
        return False

    def error_beside(self, result: Result) -> None:
        """Return None: any object may have a field ``error``."""

    def is_object(self, result: Result) -> bool:
        """Return False: it may be anything."""
        return False

    def accumulation(self, result: Result) -> None:
        """Return None: the events may be anything."""


UNDESCRIBED: Final[Described] = Undescribed()
