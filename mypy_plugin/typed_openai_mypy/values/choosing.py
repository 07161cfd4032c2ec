"""Selects the members of a union that a dict display may mean, by one literal key after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from mypy.types import Type, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.values.entries import Entries, Entry
from typed_openai_spec import spelling


def respelled(given: Entries, candidates: Sequence[TypedDictType]) -> Entries:
    """Correct the misspelt keys among the entries: those that no candidate has."""
    known = {key for one in candidates for key in one.items}
    free = known - given.keys
    items: list[Entry] = []
    for one in given.items:
        near = spelling.nearest(one.key, free) if one.key not in known else None
        if near is not None:
            free.discard(near)
        items.append(one if near is None else replace(one, key=near))
    return replace(given, items=tuple(items))


def narrowed(
    given: Entries,
    types: Mapping[str, Type],
    candidates: Sequence[TypedDictType],
    chooses: Callable[[Entry, TypedDictType], bool],
) -> tuple[Sequence[TypedDictType], Entry | None]:
    """The candidates that the literals leave, and the entry whose value rules out the last ones, if any.

    A key counts only if it is a literal in most of the remaining candidates. The key with the greatest
    weight comes first.
    """
    members = candidates
    left = {one.key: one for one in given.items if one.key in types}
    heaviest = max(shapes.shared_keys(candidates).values(), default=0)
    while left:
        weights = shapes.shared_keys(members)
        entry = left.pop(max(sorted(left), key=lambda key: weights.get(key, 0)))
        weight = weights.get(entry.key, 0)
        if 2 * weight <= len(members) or (members is candidates and weight < heaviest):
            break
        fitting = [one for one in members if chooses(entry, one)]
        if not fitting:
            return members, entry
        members = fitting
    return members, None


def without_echoes(
    given: Entries, members: Sequence[TypedDictType], weights: Mapping[str, int]
) -> Sequence[TypedDictType]:
    """The members without those that a caller has no reason to write.

    Of two members with the same discriminator (the key with the greatest weight), one may require the keys
    of the other and more, such as an ``id`` or a ``status``. That one is what the server returns, and it is
    dropped unless the display has some of the additional keys. A member that also takes other values of the
    discriminator is dropped likewise: it is for values that are not known.
    """
    tag = max(sorted(weights), key=lambda key: weights[key], default="")
    echoes = shapes.remembered(_echoes, members, lambda: _echoes_of(members, tag), tag)
    keys = given.keys
    dropped = {number for number, more in echoes if not keys & more}
    return [one for number, one in enumerate(members) if number not in dropped]


_echoes: Final[shapes.Known[Sequence[tuple[int, frozenset[str]]]]] = {}


def _echoes_of(members: Sequence[TypedDictType], tag: str) -> Sequence[tuple[int, frozenset[str]]]:
    """The numbers of members that may be an echo of another one, and the further keys that they require."""
    required = [one.required_keys - {tag} for one in members]
    values = [_values(one, tag) for one in members]
    return [
        (number, frozenset(ours - theirs))
        for number, ours in enumerate(required)
        for other, theirs in enumerate(required)
        if _is_echo(theirs < ours, values[number], values[other])
    ]


def _is_echo(requires_more: bool, ours: set[shapes.Value] | None, theirs: set[shapes.Value] | None) -> bool:
    if ours is None or theirs is None:
        return requires_more and ours == theirs
    return theirs < ours or (requires_more and theirs == ours)


def _values(member: TypedDictType, tag: str) -> set[shapes.Value] | None:
    found = shapes.literals(member.items[tag]) if tag in member.items else None
    return None if found is None else set(found)
