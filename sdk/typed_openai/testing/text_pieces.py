"""Split a text as models do: into words with their spaces."""

from __future__ import annotations


def pieces_of(text: str) -> list[str]:
    """Return the words of a text with the spaces after them, so that joining them restores the text.

    An empty text has one empty piece.
    """
    words = text.split(" ")
    return [f"{one} " for one in words[:-1]] + words[-1:]
