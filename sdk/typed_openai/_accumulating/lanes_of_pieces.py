"""Shortcuts for pieces that add to one string: nearly all pieces of a stream have the same form.

A lane is a form of pieces: the fields of each object on the way to the string, of which all others are null
or have no effect any more. A piece of a known form is recognized without looking at each field.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final, NamedTuple

from typed_openai._accumulating.growing import GrowingList, GrowingObject, GrowingText

_MOST_LANES: Final = 2
_MOST_LEARNED: Final = 16
"""The number of lanes after which none is learned: the forms of the pieces are too many."""


class Level(NamedTuple):
    """An object of a piece, and the field of it that is followed.

    ``fields`` are the names of its fields in order; None if it has only one. ``nulls`` returns the values
    of those that are null, which is ``none`` then; None if there are none. ``number`` is the field with the
    number of the item, if the field that is followed is a list.
    """

    fields: tuple[str, ...] | None
    nulls: Callable[[dict[str, Any]], object] | None
    none: object
    followed: str
    number: str | None


class Lane(NamedTuple):
    """A form of pieces, and the strings that such pieces have added to by the numbers on the way.

    ``appends`` are the functions that add a piece to them. ``form`` identifies the form.
    """

    levels: tuple[Level, ...]
    appends: dict[object, Callable[[str], None]]
    texts: dict[object, GrowingText]
    form: tuple[object, ...]


class Lanes(ABC):
    """A reply that pieces make up, with lanes that are learned from the pieces. ``root`` is the reply."""

    def __init__(self, root: GrowingObject) -> None:
        self._root = root
        self._lanes: list[Lane] = []
        self._misses = 0
        self._learned = 0

    @abstractmethod
    def _merge(self, into: GrowingObject, piece: dict[str, Any]) -> None:
        """Merge a piece of any form."""

    def add(self, event: Any) -> Any:
        """Merge a piece, and return it; anything but an object is none."""
        # Each event of a stream passes through here: pieces of a known form need no further calls, and what
        # is not of the expected type raises an error.
        try:
            for levels, appends, _, _ in self._lanes:
                node: Any = event
                numbers: Any = None
                for fields, nulls, none, followed, number in levels:
                    if fields is None:
                        if len(node) != 1:
                            break
                    elif tuple(node) != fields:
                        break
                    if nulls is not None and nulls(node) != none:
                        break
                    node = node[followed]
                    if number is not None:
                        (node,) = node
                        numbers = node[number] if numbers is None else (numbers, node[number])
                else:
                    if type(node) is str and (append := appends.get(numbers)) is not None:
                        append(node)
                        return event
        except (LookupError, TypeError, ValueError):
            pass
        if type(event) is dict:
            self._merge(self._root, event)
            self._learn(event)
        return event

    def _settle_lanes(self) -> None:
        """Write the strings that have grown on a lane into the reply."""
        for lane in self._lanes:
            for text in lane.texts.values():
                if len(text.pieces) > 1:
                    text.settle()

    def _forget(self, holder: GrowingObject, name: str) -> None:
        """Forget all lanes if a part is replaced to which one may lead."""
        if name in holder.parts:
            self._forget_all()

    def _forget_all(self) -> None:
        self._settle_lanes()
        self._lanes = []

    def _learn(self, piece: dict[str, Any]) -> None:
        """Learn the form of a piece that has been merged, unless many before were of no use."""
        self._misses += 1
        if self._misses & (self._misses - 1) or self._learned > _MOST_LEARNED:
            return
        found = _lane_of(piece, self._root)
        if found is None:
            return
        self._misses = 0
        for lane in self._lanes:
            if lane.form == found.form:
                lane.texts.update(found.texts)
                lane.appends.update(found.appends)
                return
        self._learned += 1
        self._settle_lanes()
        self._lanes = [found, *self._lanes[: _MOST_LANES - 1]]


def _lane_of(piece: dict[str, Any], root: GrowingObject) -> Lane | None:
    levels: list[Level] = []
    form: list[object] = []
    numbers: Any = None
    node, part, index = piece, root, ""
    while True:
        others = [one for one in node if one not in part.settled and one != index]
        nulls = tuple(one for one in others if node[one] is None)
        followed = [one for one in others if node[one] is not None]
        if len(followed) != 1:
            return None
        (field,) = followed
        below, inner = node[field], part.parts.get(part.rules.names.get(field, field))
        listed = inner if isinstance(inner, GrowingList) and inner.rules is not None else None
        index = "" if listed is None else listed.rules.index
        levels.append(_level(tuple(node), nulls, field, index or None))
        form.append((tuple(node), nulls, field))
        if type(inner) is GrowingText and type(below) is str:
            return Lane(tuple(levels), {numbers: inner.pieces.append}, {numbers: inner}, tuple(form))
        if listed is not None:
            if (item := _item(listed, below)) is None:
                return None
            given = below[0][index]
            numbers = given if numbers is None else (numbers, given)
            node, part = below[0], item
        elif type(inner) is GrowingObject and type(below) is dict and field not in part.rules.sources:
            node, part = below, inner
        else:
            return None


def _level(fields: tuple[str, ...], nulls: tuple[str, ...], followed: str, number: str | None) -> Level:
    none = None if len(nulls) == 1 else (None,) * len(nulls)
    named = fields if len(fields) > 1 else None
    return Level(named, itemgetter(*nulls) if nulls else None, none, followed, number)


def _item(items: GrowingList, pieces: Any) -> GrowingObject | None:
    """Return the item of the only piece in a list, if its number alone says which one it is."""
    if type(pieces) is not list or len(pieces) != 1 or type(piece := pieces[0]) is not dict:
        return None
    number = piece.get(items.rules.index)
    if type(number) is not int or items.rules.item_id(piece) or number not in items.latest:
        return None
    return items.object_in(items.latest[number])
