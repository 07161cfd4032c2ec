"""The places of a reply that events name: paths through objects, and numbered items of lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from operator import methodcaller
from typing import Any, Final, NamedTuple

from typed_openai._accumulating.growing import GrowingList, GrowingObject
from typed_openai_spec.model.accumulating_events import ITEM, AccumulatedList, Accumulation, parts

MISSING: Final = object()


def getter(path: str) -> Callable[[Any], Any]:
    """Return a function that returns the value at a path of an event, or ``MISSING``."""
    names = tuple(parts(path))
    if not names:
        return lambda event: event
    if len(names) == 1:
        return methodcaller("get", names[0], MISSING)

    def value(event: Any) -> Any:
        for one in names:
            if isinstance(event, dict):
                event = event.get(one, MISSING)
            elif isinstance(event, list) and one.isdigit() and int(one) < len(event):
                event = event[int(one)]
            else:
                return MISSING
        return event

    return value


class Items:
    """The items of one list, as an event names them."""

    def __init__(self, described: AccumulatedList, new: Mapping[str, Any]) -> None:
        self._index = described.index
        self._ids = tuple(map(getter, described.ids))
        self._opened_by = frozenset(described.opened_by)
        self._closed_by = frozenset(described.closed_by)
        self._new = new
        self.names = tuple(filter(None, (described.index, *(one for one in described.ids if "." not in one))))
        """The fields that identify the item in an event about a part of it."""

    def number(
        self, items: GrowingList, name: str, event: Mapping[str, Any], item: Any = MISSING
    ) -> int | None:
        """Return the number of the item that an event names, or adds; None if it does neither.

        ``item`` is the value of an item that the event has as a whole.
        """
        given = event.get(self._index)
        if type(given) is not int or given < 0:
            given = None
        item_id = self._id(event)
        begins = name in self._opened_by
        found = self._found(items, given, item_id, begins=begins, is_whole=item is not MISSING)
        if found is None:
            if item is MISSING and (item := self._template(name, item_id)) is MISSING:
                return None
            found = items.add(given, item, item_id)
        elif item_id:
            items.name(found, item_id)
        if name in self._closed_by:
            items.closed.add(found)
        return found

    def _id(self, event: Mapping[str, Any]) -> str:
        for read in self._ids:
            if type(found := read(event)) is str and found:
                return found
        return ""

    def _found(
        self, items: GrowingList, given: int | None, item_id: str, *, begins: bool, is_whole: bool
    ) -> int | None:
        known = items.ids.get(item_id) if item_id else None
        if given is None:
            last = items.order[-1] if items.order else None
            return known if known is not None or begins or last is None or last in items.closed else last
        found = items.latest.get(given)
        if found is None:
            # Some servers give several items the same id.
            return None if is_whole else known
        if known is not None and items.own[known] == given:
            return known
        # Others give every item the same number: a new id is a new item then.
        return None if begins and item_id and known is None and found in items.named else found

    def _template(self, name: str, item_id: str) -> Any:
        template = self._new.get(name, self._new.get("*", MISSING))
        if template is MISSING:
            return MISSING
        item = deepcopy(template)
        if item_id and isinstance(item, dict):
            item["id"] = item_id
        return item


class Hop(NamedTuple):
    """One step on the way: a field, and which item of the list in it, if ``items`` are given."""

    field: str
    items: Items | None


def hops(target: str, lists: Mapping[str, Items]) -> tuple[Hop, ...]:
    """Return the way to a place of the reply."""
    way: list[Hop] = []
    path = ""
    for part in parts(target):
        if part == ITEM:
            way[-1] = way[-1]._replace(items=lists[path])
            path += ITEM
        else:
            path = f"{path}.{part}".lstrip(".")
            way.append(Hop(part, None))
    return tuple(way)


def items_by_path(accumulation: Accumulation) -> dict[str, Items]:
    """Return the lists of an accumulation by their paths."""
    found = {}
    for one in accumulation.lists:
        new = {init.event: init.value for init in accumulation.initial if init.path == one.path + ITEM}
        found[one.path] = Items(one, new)
    return found


def object_at(
    root: GrowingObject, way: tuple[Hop, ...], name: str, event: Mapping[str, Any]
) -> GrowingObject | None:
    """Return the object at a place, to be changed; None if the event names an item that is not known."""
    here: GrowingObject | None = root
    for field, items in way:
        if here is None:
            return None
        if items is None:
            here = here.object_in(field)
        else:
            listed = here.list_in(field)
            number = items.number(listed, name, event)
            here = None if number is None else listed.object_in(number)
    return here
