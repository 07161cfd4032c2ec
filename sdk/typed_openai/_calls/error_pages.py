"""A one-line summary of an error body that is not JSON: a page of a proxy or a framework, or a text."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_SHOWN: Final = 200
_READ: Final = 4_096
"""In characters; the message of a page is at its beginning."""

_TITLE: Final = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"<(script|style|title)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[!/a-zA-Z][^<>]*(?:>|\Z)")
_PAGE: Final = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)


def line_of(page: str) -> str:
    """Return the beginning of a text; for an HTML page, its title and the beginning of its text."""
    begin = page[:_READ]
    if not _PAGE.match(begin):
        return _shortened(on_one_line(begin))
    found = _TITLE.search(begin)
    title = on_one_line(unescape(found[1])) if found else ""
    told = on_one_line(unescape(_TAG.sub(" ", _HIDDEN.sub(" ", begin))))
    # Most pages repeat their title in a heading.
    told = told.removeprefix(title).strip()
    return _shortened(": ".join(one for one in (title, told) if one) or "an HTML page")


def on_one_line(text: str) -> str:
    """Return the text with spaces in place of line breaks and other control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + "..."
