"""The first sentence of a description's prose, for where there is room for one. Such text is untrusted."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 300
"""The most characters that a sentence is given; what is longer is cut between words."""

# Who writes a page of one paragraph pays no more for it than for this much.
_READ: Final = 4_000
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n")
_END: Final = re.compile(r"[.!?][\"')\]`*_]*(?=\s)")
_ABBREVIATIONS: Final = ("e.g.", "i.e.", "etc.", "vs.", "cf.", "approx.", "no.")


def first_sentence(text: str) -> str:
    """The first sentence of the first paragraph, on one line; an empty text where there is none."""
    paragraphs = (" ".join(one.split()) for one in _PARAGRAPH.split(text[:_READ]))
    paragraph = next(filter(None, paragraphs), "")
    for end in _END.finditer(paragraph):
        if not paragraph[: end.end()].lower().endswith(_ABBREVIATIONS):
            paragraph = paragraph[: end.end()]
            break
    if len(paragraph) <= LONGEST:
        return paragraph
    return paragraph[: LONGEST - 3].rpartition(" ")[0] + "..."
