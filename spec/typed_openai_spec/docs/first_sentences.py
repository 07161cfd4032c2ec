"""The first sentence of a description's prose. The prose is untrusted input."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 300
"""Maximum number of characters of a sentence; longer ones are cut between words."""

# Limits the work for a page that is one huge paragraph.
_READ: Final = 4_000
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n")
_END: Final = re.compile(r"[.!?][\"')\]`*_]*(?=\s)")
_ABBREVIATIONS: Final = ("e.g.", "i.e.", "etc.", "vs.", "cf.", "approx.", "no.")


def first_sentence(text: str) -> str:
    """Return the first sentence of the first paragraph on one line, or an empty string."""
    paragraphs = (" ".join(one.split()) for one in _PARAGRAPH.split(text[:_READ]))
    paragraph = next(filter(None, paragraphs), "")
    for end in _END.finditer(paragraph):
        if not paragraph[: end.end()].lower().endswith(_ABBREVIATIONS):
            paragraph = paragraph[: end.end()]
            break
    if len(paragraph) <= LONGEST:
        return paragraph
    return paragraph[: LONGEST - 3].rpartition(" ")[0] + "..."
