"""References to named parts of a description."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

PREFIX: Final = "#/components/schemas"


def last_step(reference: Any) -> tuple[str, str]:
    """Split a reference into folder and name, with the name unescaped (RFC 6901, RFC 3986)."""
    prefix, _, name = str(reference).rpartition("/")
    return prefix, unquote(name).replace("~1", "/").replace("~0", "~")


def astray(reference: Any) -> str:
    """Return the problem text for a reference without a target."""
    shown = str(reference)[:80]
    if shown and not shown.startswith("#"):
        return f'"$ref" points to another file: {shown}'
    return f'"$ref" has no target: {shown}'
