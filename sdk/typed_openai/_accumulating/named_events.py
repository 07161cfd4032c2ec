"""Accumulation of events with names, each of which changes some places of the reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final, TypeAlias

from typed_openai._accumulating.growing import GrowingObject, GrowingText, decoded
from typed_openai._accumulating.reply_places import (
    MISSING,
    Hop,
    Items,
    getter,
    hops,
    items_by_path,
    object_at,
)
from typed_openai_spec.model.accumulating_events import Accumulation, AccumulationStep

NOWHERE: Final = (None, None)

Change: TypeAlias = Callable[["NamedEvents", dict[str, Any]], None]


class NamedEvents:
    """The reply that events with names make up. ``changes`` are the effects of each event, by its name."""

    def __init__(self, tag: str, changes: Mapping[str, tuple[Change, ...]], *, is_file: bool) -> None:
        self.root = GrowingObject({})
        self.ledger: list[GrowingText] = []
        self.file: list[str] = []
        self.recent: dict[str, tuple[object, GrowingText | None]] = {}
        """The text that each kind of event has added to last, and what the event called it."""
        self._tag = tag
        self._changes = changes
        self._is_file = is_file

    def add(self, event: Any) -> Any:
        """Add what an event has, and return it; an event that is not as expected has nothing."""
        if type(event) is dict and type(name := event.get(self._tag)) is str:
            for change in self._changes.get(name, ()):
                change(self, event)
        return event

    def value(self) -> Any:
        """Return the reply so far; the same object each time, unless it is a file."""
        if self._is_file:
            return decoded(self.file)
        for text in self.ledger:
            text.settle()
        self.ledger.clear()
        return self.root.value


def changes_of(accumulation: Accumulation) -> dict[str, tuple[Change, ...]]:
    """Return the effects of each event by its name."""
    lists = items_by_path(accumulation)
    found: dict[str, tuple[Change, ...]] = {}
    for step in accumulation.steps:
        found[step.event] = (*found.get(step.event, ()), _change(step, lists))
    return found


def _change(step: AccumulationStep, lists: Mapping[str, Items]) -> Change:
    way = hops(step.target, lists)
    if step.action == "decode":
        return _decode(getter(step.source))
    if step.action == "append":
        return _append(way, step.event, getter(step.source))
    read = (lambda event: step.value) if step.action == "set" else getter(step.source)
    if not way:
        return _put_whole(read, step.keep)
    if way[-1].items is not None:
        return _put_item(way[:-1], way[-1], step, read)
    return _put_field(way[:-1], way[-1].field, step, read)


def _decode(read: Callable[[Any], Any]) -> Change:
    def change(reply: NamedEvents, event: dict[str, Any]) -> None:
        if type(piece := read(event)) is str:
            reply.file.append(piece)

    return change


def _put_whole(read: Callable[[Any], Any], keep: tuple[str, ...]) -> Change:
    def change(reply: NamedEvents, event: dict[str, Any]) -> None:
        given = read(event)
        if not isinstance(given, dict):
            return
        kept = {name for name in keep if not given.get(name) and reply.root.value.get(name)}
        reply.recent.clear()
        root = reply.root
        for name in [one for one in root.parts if one not in kept]:
            root.drop(name)
        had = {name: root.value[name] for name in kept}
        root.value.clear()
        root.value.update(given, **had)

    return change


def _put_item(way: tuple[Hop, ...], last: Hop, step: AccumulationStep, read: Callable[[Any], Any]) -> Change:
    name, keep, items = step.event, step.keep, last.items
    assert items is not None

    def change(reply: NamedEvents, event: dict[str, Any]) -> None:
        item = read(event)
        if item is MISSING or item is None or (holder := object_at(reply.root, way, name, event)) is None:
            return
        listed = holder.list_in(last.field)
        number = items.number(listed, name, event, item)
        if number is None:
            return
        reply.recent.clear()
        before = listed.object_in(number) if keep else None
        listed.put(number, item)
        if before is not None and isinstance(item, dict):
            lost = [one for one in keep if not item.get(one) and before.value.get(one)]
            if lost and (grown := listed.object_in(number)) is not None:
                for one in lost:
                    grown.take(one, before)

    return change


def _put_field(
    way: tuple[Hop, ...], field: str, step: AccumulationStep, read: Callable[[Any], Any]
) -> Change:
    name = step.event

    def change(reply: NamedEvents, event: dict[str, Any]) -> None:
        given = read(event)
        if given is MISSING or given is None or (holder := object_at(reply.root, way, name, event)) is None:
            return
        text = holder.parts.get(field)
        if type(given) is str and isinstance(text, GrowingText):
            text.replace(given)
        else:
            reply.recent.clear()
            holder.put(field, given)

    return change


def _append(way: tuple[Hop, ...], name: str, read: Callable[[Any], Any]) -> Change:
    inside, last = way[:-1], way[-1]
    if last.items is not None:
        return _append_to_item(inside, last.field, last.items, name, read)
    key = f"{name} {last.field}"
    named = [one for _, items in inside if items is not None for one in items.names]
    called = itemgetter(*named) if named else None

    def change(reply: NamedEvents, event: dict[str, Any]) -> None:
        piece = read(event)
        if type(piece) is str:
            # Nearly every event adds to the same place as the one before it.
            recent, text = reply.recent.get(key, NOWHERE)
            try:
                place = called(event) if called is not None else None
            except KeyError:
                place = MISSING
            if text is not None and recent == place is not MISSING:
                text.append(piece)
            elif (holder := object_at(reply.root, inside, name, event)) is not None:
                text = holder.text_in(last.field, reply.ledger)
                text.append(piece)
                reply.recent[key] = place, text
        elif piece and piece is not MISSING:
            holder = object_at(reply.root, inside, name, event)
            if holder is not None:
                _extend(holder, last.field, piece)

    return change


def _extend(holder: GrowingObject, field: str, piece: Any) -> None:
    added = piece if isinstance(piece, list) else [piece] if isinstance(piece, dict) else []
    if added:
        listed = holder.list_in(field)
        for one in added:
            listed.add(None, one)


def _append_to_item(
    way: tuple[Hop, ...], field: str, items: Items, name: str, read: Callable[[Any], Any]
) -> Change:
    def change(reply: NamedEvents, event: dict[str, Any]) -> None:
        piece = read(event)
        if type(piece) is not str or (holder := object_at(reply.root, way, name, event)) is None:
            return
        listed = holder.list_in(field)
        number = items.number(listed, name, event)
        if number is not None and (text := listed.text_in(number, reply.ledger)) is not None:
            text.append(piece)

    return change
