"""Problems with a description, as values that are always reported and never printed directly.

Their texts quote a description, which is untrusted input. As strings they are a single line without control
characters for terminals and without characters that change the direction of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


def printable(text: str) -> str:
    """Return the text on one line, with escapes for unprintable characters."""
    if text.isprintable():
        return text
    line = " ".join(text.split())
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in line)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A part of a description that was not understood, and the consequence.

    ``place`` is a JSON pointer into the description (RFC 6901). ``cost`` says what was left out.
    """

    place: str
    text: str
    level: Literal["warning", "error"] = "warning"
    cost: str = ""

    def __str__(self) -> str:
        tail = f" ({self.cost})" if self.cost else ""
        return printable(f"{self.level}: {self.place}: {self.text}{tail}")


class DescriptionError(Exception):
    """Raised for a description, an override or an index that cannot be used at all.

    The message names the file, the problem and the expected content.
    """

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))
