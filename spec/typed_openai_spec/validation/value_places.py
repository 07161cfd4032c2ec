"""Places in values: a tuple of names and indexes, which is rendered only where it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import EllipsisType
from typing import Final, TypeAlias

Place: TypeAlias = tuple[str | int | EllipsisType, ...]
"""The steps to a part of a value, such as ``("messages", 0, "content")``; empty for the whole.

A step is a name or an index, or an ellipsis for an unknown index.
"""

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*\Z")


class Parameter(str):
    """A first step that is shown as it is: the name of a parameter may be ``include[]``."""

    __slots__ = ()


def join(text: str, key: str, quote: Callable[[str], str] = json.dumps) -> str:
    """Return the text of a key's place inside the place with this text; ``quote`` writes string literals."""
    if not isinstance(key, Parameter) and not _NAME.match(key):
        return f"{text}[{quote(key)}]"
    return f"{text}.{key}" if text else key


def render(place: Place, start: str = "", join: Callable[[str, str], str] = join) -> str:
    """Return a place as text, such as ``messages[0].content``, inside the place with the text ``start``.

    ``join`` appends a key to the text of the place around it.
    """
    for step in place:
        if isinstance(step, str):
            start = join(start, step)
        else:
            start += "[...]" if step is ... else f"[{step}]"
    return start


def is_within(place: Place, outer: Place) -> bool:
    """Return True if a place is ``outer``, or lies inside it."""
    return place[: len(outer)] == outer
