"""Problems with a description, as values that are always reported and never printed directly.

Their texts quote a description, which is untrusted input. As strings they are a single line without control
characters for terminals and without characters that change the direction of text.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from typed_openai_spec.records import dataclass

Kind: TypeAlias = Literal["lost", "approximated", "renamed", "unused"]
"""The consequence of a problem for callers, the worst one first.

``lost`` is a part that cannot be used, or has no type. ``approximated`` is one that accepts or sends more or
less than the description says. ``renamed`` is one with another name than its own. ``unused`` is one that is
understood, but has no meaning for calls.
"""

SERIOUS: Final[tuple[Kind, ...]] = ("lost", "approximated")
"""The kinds of problems after which calls or types are worse than the description."""


def printable(text: str) -> str:
    """Return the text on one line, with escapes for unprintable characters."""
    if text.isprintable():
        return text
    line = " ".join(text.split())
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in line)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A part of a description that was not understood, and the consequence.

    ``place`` is a JSON pointer into the description (RFC 6901), after the file's name if the part is in
    another file. ``cost`` says what was left out.
    """

    place: str
    text: str
    kind: Kind = "approximated"
    cost: str = ""

    @property
    def is_serious(self) -> bool:
        """True if calls or types are worse than the description, not only different from it."""
        return self.kind in SERIOUS

    def __str__(self) -> str:
        tail = f" ({self.cost})" if self.cost else ""
        return printable(f"{self.kind}: {self.place}: {self.text}{tail}")


class DescriptionError(Exception):
    """Raised for a description, an override or an index that cannot be used at all.

    The message names the file, the problem and the expected content.
    """

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))
