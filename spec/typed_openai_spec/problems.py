"""What could not be understood of a description: reported values, never dropped, never printed.

Their texts quote a description, which anyone may have written: as text they are one line, in which no
character is a command to a terminal or changes the direction of what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


def printable(text: str) -> str:
    """The text on one line, with escapes for characters that are not there to be seen."""
    if text.isprintable():
        return text
    line = " ".join(text.split())
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in line)


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
        return printable(f"{self.level}: {self.place}: {self.text}{tail}")


class DescriptionError(Exception):
    """A description, an override or an index that cannot be used at all.

    The message names the file, what was found in it and what was expected.
    """

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))
