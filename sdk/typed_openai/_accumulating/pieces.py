"""Accumulation of events that are pieces of the reply itself: they are merged, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from typed_openai._accumulating.growing import EncodedText, GrowingList, GrowingObject, GrowingText
from typed_openai._accumulating.lanes_of_pieces import Lanes
from typed_openai._accumulating.reply_places import MISSING, getter
from typed_openai_spec.model.accumulating_events import ITEM, AccumulatedList, Accumulation, Merging

_ALL_BELOW: Final = ".*"
_ALL_FIELDS: Final = "*"
_INDEX: Final = "index"


class Rules:
    """The rules for the objects at one path of the reply."""

    def __init__(self, path: str, accumulation: Accumulation, merging: Merging) -> None:
        self._path = path
        self._accumulation = accumulation
        self._merging = merging
        self._below: dict[str, Rules] = {}
        self._lists: dict[str, NumberedPieces | None] = {}
        self.grows = any(
            path == one.removesuffix(_ALL_BELOW) or path.startswith(one[:-1])
            for one in merging.appended
            if one.endswith(_ALL_BELOW)
        )
        self.whole = frozenset(merging.whole)
        self.texts = self._here(merging.appended)
        self.encoded = self._here(merging.encoded)
        self.first = self._here(merging.first)
        self._keeps_all = _ALL_FIELDS in self.first
        self.names = {field: new for old, new in merging.renamed for field in self._here((old,))}
        self.sources = {new: old for old, new in self.names.items()}
        self.dropped = self._here(merging.dropped)
        self.usual = self.names, self.grows, self.texts
        self._fixed = self._values("")
        self._new = self._values("*")

    def keeps_first(self, name: str) -> bool:
        """Return True if the first value of a field is kept."""
        return self._keeps_all or name in self.first

    def _here(self, paths: tuple[str, ...]) -> frozenset[str]:
        """Return the names of those fields of the object that are among ``paths``."""
        pairs = (one.rpartition(".")[::2] for one in paths)
        return frozenset(name for inside, name in pairs if inside == self._path)

    def _values(self, event: str) -> dict[str, Any]:
        listed = (
            one.value
            for one in self._accumulation.initial
            if one.path == self._path and one.event == event and isinstance(one.value, dict)
        )
        return {name: value for values in listed for name, value in values.items()}

    def start(self) -> GrowingObject:
        """Return a new object at the path."""
        made = GrowingObject(deepcopy({**self._new, **self._fixed}), self)
        made.settled = {*self.dropped, *(name for name, one in self._fixed.items() if isinstance(one, str))}
        return made

    def below(self, name: str) -> Rules:
        """Return the rules for the object in a field, or (with ``[]``) for the items of the list in it."""
        if (known := self._below.get(name)) is None:
            path = f"{self._path}.{name}".lstrip(".")
            known = self._below[name] = Rules(path, self._accumulation, self._merging)
        return known

    def numbered(self, name: str) -> NumberedPieces | None:
        """Return how the items of the list in a field are numbered; None if nothing says so."""
        if name not in self._lists:
            path = f"{self._path}.{name}".lstrip(".")
            listed = [one for one in self._accumulation.lists if one.path == path]
            self._lists[name] = NumberedPieces(listed[0], self.below(name + ITEM)) if listed else None
        return self._lists[name]


class NumberedPieces:
    """The items of a list whose pieces have numbers, or ids. ``rules`` are those of the items."""

    def __init__(self, described: AccumulatedList, rules: Rules) -> None:
        self.rules = rules
        self.index = described.index or _INDEX
        self._ids = described.ids
        self._begins = tuple(map(getter, described.begins))

    def item_id(self, piece: Mapping[str, Any]) -> str:
        """Return the id of the item that a piece belongs to; empty if it has none."""
        for field in self._ids:
            if type(found := piece.get(field)) is str and found:
                return found
        return ""

    def number(self, items: GrowingList, piece: Mapping[str, Any], place: int | None) -> int | None:
        """Return the number of the item that a piece belongs to; None if there is none yet.

        ``place`` is the position of the piece beside others in its event, None if it is alone.
        """
        given = piece.get(self.index)
        item_id = self.item_id(piece) if self._ids else ""
        known = items.ids.get(item_id) if item_id else None
        if type(given) is int and given >= 0:
            found = items.latest.get(given)
            # A server that numbers all items alike begins a new one with a new id and a name.
            is_other = item_id and known is None and found in items.named and self._is_begin(piece)
            return None if is_other else found
        if item_id:
            return known
        if place is not None:
            return items.order[place] if place < len(items.order) else None
        return items.order[-1] if items.order else None

    def add(self, items: GrowingList, piece: Mapping[str, Any]) -> int:
        """Add an item for its first piece, and return its number."""
        given = piece.get(self.index)
        made = self.rules.start()
        is_number = type(given) is int and given >= 0
        number = items.add(given if is_number else None, made.value, self.item_id(piece))
        items.parts[number] = made
        return number

    def _is_begin(self, piece: Mapping[str, Any]) -> bool:
        return any(read(piece) not in (MISSING, None, "") for read in self._begins)


class MergedPieces(Lanes):
    """The reply that pieces make up."""

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules.start())
        self._ledger: list[GrowingText] = []

    def value(self) -> Any:
        """Return the reply so far, always the same object."""
        self._settle_lanes()
        for text in self._ledger:
            text.settle()
        self._ledger.clear()
        return self._root.value

    def _merge(self, into: GrowingObject, piece: dict[str, Any]) -> None:
        settled, value, parts = into.settled, into.value, into.parts
        names, grows, texts = into.rules.usual
        for field, given in piece.items():
            if field in settled:
                continue
            kind = type(given)
            if kind is str:
                if (grows or field in texts) and type(part := parts.get(field)) is GrowingText:
                    part.append(given)
                elif given != value.get(field) or grows:
                    self._add_text(into, field, given)
            elif kind is dict:
                if field in names and type(part := parts.get(names[field])) is GrowingObject:
                    self._merge(part, given)
                else:
                    self._merge_object(into, field, given, piece)
            elif kind is list:
                self._merge_list(into, field, given)
            elif given != value.get(field, MISSING):
                self._put_scalar(into, field, given)

    def _put_scalar(self, into: GrowingObject, name: str, given: Any) -> None:
        rules: Rules = into.rules
        if given is None:
            if name not in rules.names:
                into.value.setdefault(name, None)
        elif not isinstance(into.parts.get(name), (GrowingList, GrowingObject)):
            # Anything else than an object or a list does not replace what has been merged.
            self._forget(into, name)
            into.put(name, given)
            if given and (rules.keeps_first(name) or (rules.grows and name in rules.whole)):
                into.settled.add(name)

    def _add_text(self, into: GrowingObject, name: str, given: str) -> None:
        rules: Rules = into.rules
        grows = name in rules.texts or (rules.grows and name not in rules.whole)
        if name in rules.encoded:
            into.text_in(name, self._ledger, EncodedText).append(given)
        elif grows and isinstance(into.value.get(name), list):
            into.list_in(name).add(None, given)
        elif grows:
            into.text_in(name, self._ledger).append(given)
        elif not given:
            into.value.setdefault(name, given)
        else:
            self._put_scalar(into, name, given)

    def _merge_object(
        self, into: GrowingObject, field: str, given: dict[str, Any], piece: Mapping[str, Any]
    ) -> None:
        rules: Rules = into.rules
        name = rules.names.get(field, field)
        source = rules.sources.get(field)
        if source is not None:
            if isinstance(piece.get(source), dict):
                return
            # A server that sends the whole object so far in place of a piece.
            self._forget(into, name)
            into.drop(name)
        part = into.parts.get(name)
        if isinstance(part, GrowingList):
            return
        if not isinstance(part, GrowingObject):
            self._forget(into, name)
            part = rules.below(name).start()
            into.put(name, part.value)
            into.parts[name] = part
        self._merge(part, given)

    def _merge_list(self, into: GrowingObject, name: str, given: list[Any]) -> None:
        part = into.parts.get(name)
        if type(part) is not GrowingList or part.rules is None:
            part = self._begin_list(into, name, given)
        if part is not None:
            self._merge_items(part, part.rules, given)

    def _merge_items(self, items: GrowingList, numbered: NumberedPieces, given: list[Any]) -> None:
        alone = len(given) == 1
        for place, piece in enumerate(given):
            if type(piece) is not dict:
                continue
            number = numbered.number(items, piece, None if alone else place)
            if number is None:
                self._forget_all()
                number = numbered.add(items, piece)
            elif item_id := numbered.item_id(piece):
                items.name(number, item_id)
            if (item := items.object_in(number)) is not None:
                item.rules = item.rules or numbered.rules
                self._merge(item, piece)

    def _begin_list(self, into: GrowingObject, name: str, given: list[Any]) -> GrowingList | None:
        """Return a list whose items are merged; for any other one add the items to it, or replace it."""
        rules: Rules = into.rules
        numbered = rules.numbered(name)
        if numbered is None and given and all(map(_is_numbered, given)):
            numbered = NumberedPieces(AccumulatedList("", _INDEX), rules.below(name + ITEM))
        if numbered is not None:
            made = into.list_in(name)
            made.rules = numbered
            return made
        if rules.grows:
            if isinstance(text := into.parts.get(name), GrowingText):
                self._forget(into, name)
                into.put(name, [text.joined()])
            listed = into.list_in(name)
            for one in given:
                listed.add(None, one)
        elif given or name not in into.value:
            into.put(name, given)
        return None


def _is_numbered(piece: object) -> bool:
    return isinstance(piece, dict) and type(piece.get(_INDEX)) is int
