"""Shortens mypy's own text, for errors without a better explanation.

A union of forty members, or the signature of an operation, fills a screen: its beginning is enough.
"""

from __future__ import annotations

import re
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import NameExpr, Node

from typed_openai_mypy.api.description import Descriptions
from typed_openai_mypy.messages.fragments import clipped

_LONG_ENOUGH: Final = 200
"""Texts of at most this length are easy to read in full."""

_LONGEST_QUOTED: Final = 80
_QUOTED: Final = re.compile(r'"([^"]*)"')
_SIGNATURE: Final = re.compile(r"def (?:\[[^\]]*\] )?(\w+)\(")


def shortened(info: ErrorInfo, descriptions: Descriptions) -> str | None:
    """The shortened text of an error about the API's types; None if it is short, or about anything else."""
    text = info.message
    if len(text) <= _LONG_ENOUGH or not any(map(descriptions.names_component, re.findall(r"\w+", text))):
        return None
    return clipped(_QUOTED.sub(lambda found: f'"{_short(found[1])}"', text))


def place_of(info: ErrorInfo) -> Node:
    """The place of an error."""
    place = NameExpr("")
    place.line, place.column = info.line, info.column
    place.end_line, place.end_column = info.end_line, info.end_column
    return place


def _short(text: str) -> str:
    if len(text) <= _LONGEST_QUOTED:
        return text
    if signature := _SIGNATURE.match(text):
        return signature[1]
    first, *rest = text.split(" | ")
    if rest and "[" not in first:
        return f"{first} | ... ({len(rest)} more)"
    return clipped(text, _LONGEST_QUOTED)
