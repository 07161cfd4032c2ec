"""Turn a whole reply into the events of its stream: opened from outside to inside, closed in reverse.

The rule is data. Each level has an array ``at``, the name of the ``index`` in its events, the ``key`` under
which events hold an item, and the events that open and close one. For an item's type, ``kinds`` has what is
``unset`` when it is opened, its own arrays of ``items``, the events of its ``text``, the ``stages`` before
these, and those ``after`` them, or if the item has an error, those of a ``failed`` one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from typed_openai.testing.text_pieces import pieces_of

Event: TypeAlias = tuple[str, dict[str, Any]]
"""The name of an event, and the fields that it must have."""

Rule: TypeAlias = Mapping[str, Any]


def events_of(reply: Mapping[str, Any], rule: Rule) -> Iterator[Event]:
    """Yield the events of a reply."""
    opened = {**reply, **{key: one for key, one in rule["unset"].items() if key in reply}}
    for name in rule["opens"]:
        yield name, {rule["whole"]: opened}
    yield from _items(reply, rule["items"], {})
    ends: Mapping[str, str] = rule["closes"]
    yield ends.get(str(reply.get("status")), next(iter(ends.values()))), {rule["whole"]: reply}


@dataclass(frozen=True, slots=True)
class KnownState:
    """The values that the whole reply has in an event, and the key of the event under which it is."""

    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def state_of(event: str, rule: Rule) -> KnownState:
    """Return the state of the reply in an event that opens or closes the stream."""
    if event in rule.get("opens", ()):
        return KnownState(rule["whole"], rule["unset"])
    ended = next((status for status, name in rule.get("closes", {}).items() if name == event), None)
    return KnownState() if ended is None else KnownState(rule["whole"], {"status": ended})


def _items(owner: Mapping[str, Any], rule: Rule, place: Mapping[str, Any]) -> Iterator[Event]:
    for number, item in enumerate(owner.get(rule["at"]) or ()):
        here = {**place, rule["index"]: number}
        kind: Rule = rule["kinds"].get(item.get("type"), {})
        opened = {**item, **{key: one for key, one in kind.get("unset", {}).items() if key in item}}
        if "opens" in rule:
            yield rule["opens"], {**here, rule["key"]: opened}
        if "id" in rule:
            here[rule["id"]] = item.get("id")
        yield from _inside(item, kind, here)
        outside = {key: one for key, one in here.items() if key != rule.get("id")}
        if "closes" in rule:
            yield rule["closes"], {**outside, rule["key"]: item}


def _inside(item: Mapping[str, Any], kind: Rule, here: Mapping[str, Any]) -> Iterator[Event]:
    """Yield the events between the opening and the closing of an item."""
    for name in kind.get("stages", ()):
        yield name, dict(here)
    if "text" in kind:
        text = str(item.get(kind["text"]) or "")
        for piece in pieces_of(text):
            yield kind["delta"], {**here, "delta": piece}
        notes = kind.get("notes", {})
        for number, note in enumerate(item.get(notes.get("at", "")) or ()):
            yield notes["event"], {**here, notes["index"]: number, notes["key"]: note}
        named = {"name": item["name"]} if "name" in item else {}
        yield kind["done"], {**here, **named, kind["text"]: text}
    for rule in kind.get("items", ()):
        yield from _items(item, rule, here)
    is_broken = "failed" in kind and item.get("error")
    for name in kind["failed"] if is_broken else kind.get("after", ()):
        yield name, dict(here)
