"""Completeness of streams whose servers do not send the marker of their end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

_EACH: Final = "[]."


def is_path(terminal: str) -> bool:
    """Return True for a path to a field of each item (``choices[].finish_reason``), False for a name."""
    return _EACH in terminal


def is_every_item_finished(events: Iterable[Any], path: str) -> bool:
    """Return True if each item that occurs in the events has the field of ``path`` in one of them.

    The items of several events are the same one if their ``index`` is equal.

    >>> begun = {"choices": [{"index": 0}]}
    >>> ended = {"choices": [{"index": 0, "finish_reason": "stop"}]}
    >>> is_every_item_finished([begun, ended], "choices[].finish_reason")
    True
    """
    items, _, field = path.partition(_EACH)
    finished: dict[object, bool] = {}
    for event in events:
        listed = event.get(items) if isinstance(event, Mapping) else None
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, Mapping) and isinstance(number := item.get("index", 0), int):
                finished[number] = finished.get(number, False) or bool(item.get(field))
    return bool(finished) and all(finished.values())
