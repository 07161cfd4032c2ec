"""Parts of a reply that grows: strings, files, objects and lists.

A part of an event is used as it is until something is added to it; only then it is copied, one level at a
time, so that events stay as they were. Strings are joined when the reply is read: adding to a string copies
it, and the time for a long one would be quadratic.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from bisect import insort
from collections.abc import MutableSequence
from typing import Any, Final, Protocol, TypeAlias

_QUAD: Final = 4
"""Characters of base64 that stand for whole bytes."""


class Holder(Protocol):
    """An object or a list that holds a string under a key."""

    def __setitem__(self, key: Any, value: Any, /) -> None: ...


class GrowingText:
    """A string of a reply, in pieces. ``ledger`` collects the strings that have changed."""

    __slots__ = ("_ledger", "changed", "holder", "key", "pieces")

    def __init__(self, holder: Holder, key: object, text: object, ledger: list[GrowingText]) -> None:
        self.holder = holder
        self.key = key
        self.pieces: list[str] = [text] if isinstance(text, str) else []
        self._ledger = ledger
        self.changed = False

    def append(self, piece: str) -> None:
        """Add a piece."""
        self.pieces.append(piece)
        if not self.changed:
            self.change()

    def change(self) -> None:
        """Note that a piece was added."""
        self.changed = True
        self._ledger.append(self)

    def replace(self, text: str) -> None:
        """Replace what has been added."""
        self.pieces.clear()
        self.append(text)

    def settle(self) -> None:
        """Write the string into the reply."""
        text = self.joined()
        self.holder[self.key] = text
        self.changed = False

    def joined(self) -> str:
        """Return the whole string."""
        text = "".join(self.pieces)
        # In place, for those who append to the list itself.
        self.pieces[:] = [text]
        return text


class EncodedText(GrowingText):
    """A file in base64, of which each piece may be encoded by itself."""

    __slots__ = ()

    def joined(self) -> str:
        """Return the file in base64."""
        text = "".join(self.pieces)
        if "=" not in text[:-2]:
            self.pieces[:] = [text]
            return text
        return b64encode(decoded(self.pieces)).decode("ascii")


def decoded(pieces: list[str]) -> bytes:
    """Return the file whose pieces are in base64, each encoded by itself or cut anywhere.

    Pieces that are not base64 are left out.
    """
    if all(len(one) % _QUAD == 0 for one in pieces):
        return b"".join(map(_bytes, pieces))
    return _bytes("".join(pieces))


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text[: len(text) // _QUAD * _QUAD])
    except binascii.Error:
        return b""


class GrowingObject:
    """An object of a reply. ``parts`` are its fields that grow, and ``rules`` say how, if anything does."""

    __slots__ = ("parts", "rules", "settled", "value")

    def __init__(self, value: dict[str, Any], rules: Any = None) -> None:
        self.value = value
        self.rules = rules
        self.parts: dict[str, Part] = {}
        self.settled: set[str] = set()
        """Fields that do not change any more."""

    def drop(self, name: str) -> None:
        """Forget the part ``name``, whose value is replaced."""
        dropped = self.parts.pop(name, None)
        if isinstance(dropped, GrowingText):
            dropped.holder = {}

    def put(self, name: str, value: Any) -> None:
        """Replace the value of a field."""
        self.drop(name)
        self.value[name] = value

    def take(self, name: str, other: GrowingObject) -> None:
        """Take over a field of another object, which still grows."""
        self.value[name] = other.value[name]
        if (part := other.parts.get(name)) is not None:
            self.parts[name] = part
            if isinstance(part, GrowingText):
                part.holder = self.value

    def object_in(self, name: str) -> GrowingObject:
        """Return the object in a field, to be changed; an empty one in place of anything else."""
        part = self.parts.get(name)
        if not isinstance(part, GrowingObject):
            found = self.value.get(name)
            self.put(name, value := dict(found) if isinstance(found, dict) else {})
            part = self.parts[name] = GrowingObject(value)
        return part

    def list_in(self, name: str) -> GrowingList:
        """Return the list in a field, to be changed; an empty one in place of anything else."""
        part = self.parts.get(name)
        if not isinstance(part, GrowingList):
            found = self.value.get(name)
            self.put(name, value := [*found] if isinstance(found, list) else [])
            part = self.parts[name] = GrowingList(value)
        return part

    def text_in(
        self, name: str, ledger: list[GrowingText], kind: type[GrowingText] = GrowingText
    ) -> GrowingText:
        """Return the string in a field, to be changed; an empty one in place of anything else."""
        part = self.parts.get(name)
        if not isinstance(part, GrowingText):
            self.drop(name)
            part = self.parts[name] = kind(self.value, name, self.value.get(name), ledger)
        return part


class GrowingList:
    """A list of a reply, whose items have numbers. Numbers may be missing; their order is that of the list.

    ``ids`` has the numbers of items by their ids, ``named`` the items that have one, ``latest`` the last item
    that came with a number, ``own`` the number that an item came with, and ``closed`` the items that are
    complete. ``rules`` say how pieces are numbered, if anything does.
    """

    __slots__ = ("closed", "ids", "latest", "named", "order", "own", "parts", "rules", "value")

    def __init__(self, value: list[Any]) -> None:
        self.value = value
        self.rules: Any = None
        self.order: MutableSequence[int] = [*range(len(value))]
        self.latest = {number: number for number in self.order}
        self.own: dict[int, int | None] = dict(self.latest)
        self.ids: dict[str, int] = {}
        self.named: set[int] = set()
        self.parts: dict[int, Part] = {}
        self.closed: set[int] = set()
        for number, one in enumerate(value):
            self.name(number, one.get("id") if isinstance(one, dict) else None)

    def name(self, number: int, item_id: object) -> None:
        """Remember the id of an item."""
        if isinstance(item_id, str) and item_id:
            self.ids[item_id] = number
            self.named.add(number)

    def add(self, number: int | None, item: Any, item_id: object = None) -> int:
        """Insert an item and return its number, which is another one if ``number`` is taken."""
        last = self.order[-1] if self.order else -1
        key = last + 1 if number is None or number in self.own else number
        if key > last:
            self.order.append(key)
            self.value.append(item)
        else:
            insort(self.order, key)
            self.value.insert(self.order.index(key), item)
        self.own[key] = number
        self.latest[key if number is None else number] = key
        self.name(key, item_id)
        return key

    def place(self, number: int) -> int:
        """Return the position of an item."""
        last = len(self.order) - 1
        return number if number <= last and self.order[number] == number else self.order.index(number)

    def __setitem__(self, number: int, item: Any) -> None:
        """Replace an item."""
        self.value[self.place(number)] = item

    def __getitem__(self, number: int) -> Any:
        """Return an item."""
        return self.value[self.place(number)]

    def put(self, number: int, item: Any) -> None:
        """Replace an item, and forget its growing parts."""
        dropped = self.parts.pop(number, None)
        if isinstance(dropped, GrowingText):
            dropped.holder = {}
        self[number] = item

    def object_in(self, number: int) -> GrowingObject | None:
        """Return an item that is an object, to be changed; None for any other."""
        part = self.parts.get(number)
        if part is None and isinstance(found := self[number], dict):
            self[number] = value = dict(found)
            part = self.parts[number] = GrowingObject(value)
        return part if isinstance(part, GrowingObject) else None

    def text_in(self, number: int, ledger: list[GrowingText]) -> GrowingText | None:
        """Return an item that is a string, to be changed; None for any other."""
        part = self.parts.get(number)
        if part is None and isinstance(found := self[number], str):
            part = self.parts[number] = GrowingText(self, number, found, ledger)
        return part if isinstance(part, GrowingText) else None


Part: TypeAlias = GrowingText | GrowingObject | GrowingList
