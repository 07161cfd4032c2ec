"""What could not be understood of a description: reported values, never dropped, never printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing in a description that was not understood, and what it cost.

    ``place`` is a JSON pointer into the description (RFC 6901), ``cost`` tells what was left out.
    """

    place: str
    text: str
    level: Literal["warning", "error"] = "warning"
    cost: str = ""

    def __str__(self) -> str:
        tail = f" ({self.cost})" if self.cost else ""
        return f"{self.level}: {self.place}: {self.text}{tail}"


class DescriptionError(Exception):
    """A description, an override or an index that cannot be used at all.

    The message names the file, what was found in it and what was expected.
    """
