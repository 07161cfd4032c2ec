"""Pages of lists: the items after a cursor, at most as many as asked for, filtered by their fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from typed_openai_spec.model import Operation, Paging
from typed_openai_spec.model.nodes import Missing

LIMITS: Final = ("limit", "page_size", "per_page", "max_results", "count", "size")
"""The usual names of arguments with the number of items in a page."""

_MADE_UP_PAGE: Final = 2
"""The number of items in a page of made-up items, so that there is a second page."""

_NO_FILTERS: Final = frozenset((*LIMITS, "order", "after", "before"))


@dataclass(frozen=True, slots=True)
class Page:
    """The items of one page, and the cursor of the next one; None if it is the last one."""

    items: Sequence[dict[str, Any]]
    next: str | None


def page_of(
    items: Iterable[dict[str, Any]], operation: Operation, arguments: Mapping[str, Any], *, made_up: bool
) -> Page:
    """Return the page of a list that a request asks for; ``items`` are all, the oldest first."""
    found = [one for one in items if _is_wanted(one, operation, arguments)]
    if _given(operation, arguments, "order") != "asc":
        found.reverse()
    paging = operation.paging
    if paging is None:
        return Page(found, None)
    found = _after(found, arguments.get(paging.argument), _given(operation, arguments, "before"))
    limit = _limit(operation, arguments, made_up)
    shown = found[:limit]
    return Page(shown, _cursor(shown[-1]) if shown and len(found) > len(shown) else None)


def fields_of(page: Page, paging: Paging | None) -> dict[str, Any]:
    """Return the fields of the reply around a page's items, as far as it declares them."""
    ends = {"first_id": page.items[:1], "last_id": page.items[-1:]}
    fields: dict[str, Any] = {name: _cursor(items[0]) if items else None for name, items in ends.items()}
    fields["has_more"] = page.next is not None
    if paging is not None:
        fields[paging.more or "has_more"] = page.next is not None
        if paging.cursor and paging.cursor not in ends:
            fields[paging.cursor] = page.next
    return fields


def settle_page(reply: Any, part: object, operation: Operation) -> None:
    """Let a page agree with the items in the ``part`` of it that was scripted, where that is silent."""
    paging = operation.paging
    items = part.get(paging.items) if paging is not None and isinstance(part, dict) else None
    if paging is None or not isinstance(items, list) or not isinstance(part, dict):
        return
    has_more = part.get(paging.more or "has_more") is True
    whole = [one for one in reply[paging.items] if isinstance(one, dict)]
    page = Page(whole, _cursor(whole[-1]) if has_more and whole else None)
    reply |= {key: one for key, one in fields_of(page, paging).items() if key in reply and key not in part}


def _cursor(item: Mapping[str, Any]) -> str:
    # An item without an id is found again by its whole content.
    return str(item.get("id") or f"page_{crc32(json.dumps(item, sort_keys=True).encode())}")


def _after(items: list[dict[str, Any]], after: object, before: object) -> list[dict[str, Any]]:
    cursors = [_cursor(one) for one in items]
    if isinstance(after, (str, int)) and after != "":
        return items[cursors.index(str(after)) + 1 :] if str(after) in cursors else []
    if isinstance(before, str) and before in cursors:
        return items[: cursors.index(before)]
    return items


def _limit(operation: Operation, arguments: Mapping[str, Any], made_up: bool) -> int:
    for one in operation.arguments:
        if one.wire in LIMITS and one.location == "query":
            given = arguments.get(one.name)
            if isinstance(given, int) and given > 0:
                return given
            if not made_up and isinstance(one.default, int):
                return one.default
    return _MADE_UP_PAGE if made_up else 20


def _given(operation: Operation, arguments: Mapping[str, Any], wire: str) -> object:
    for one in operation.arguments:
        if one.wire == wire:
            default = None if isinstance(one.default, Missing) else one.default
            return arguments.get(one.name, default)
    return None


def _is_wanted(item: Mapping[str, Any], operation: Operation, arguments: Mapping[str, Any]) -> bool:
    for one in operation.arguments:
        value, paging = arguments.get(one.name), operation.paging
        if one.location != "query" or one.wire in _NO_FILTERS or (paging and one.name == paging.argument):
            continue
        if isinstance(value, (str, int)) and item.get(one.wire, value) != value:
            return False
    return True
