"""Compare two schemas in the same place. References are not followed; components are compared separately."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from typed_openai_spec.comparison.changes import (
    NARROWS,
    OTHERS,
    WIDENS,
    Change,
    Effect,
    Kind,
    Severity,
    Subject,
)
from typed_openai_spec.comparison.context import Spot, identical
from typed_openai_spec.comparison.object_changes import objects
from typed_openai_spec.comparison.phrases import listed, moved, type_text
from typed_openai_spec.comparison.scalar_changes import bounds, scalars
from typed_openai_spec.model import (
    Array,
    Discriminator,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.openapi.schemas.unions import same_constant
from typed_openai_spec.validation.wording import show


def schemas(spot: Spot, old: Schema, new: Schema) -> Iterator[Change]:
    """Yield the changes between two schemas in the same place."""
    if not spot.context.is_same(old, new):
        yield from _Pair(spot, old, new).changes()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two complete schemas in the same place: a value that one member loses may be valid for another."""

    spot: Spot
    old: Schema
    new: Schema

    def changes(self) -> Iterator[Change]:
        old, new = _members(self.old), _members(self.new)
        yield from self._nullable(old, new)
        old, new = [one for one in old if one != Null()], [one for one in new if one != Null()]
        pairs, gone, come = self._matched(old, new)
        before = len(pairs) == len(old) == len(new)
        if len(gone) == len(come) == len(old) == len(new) == 1:
            yield from self._replaced(gone[0], come[0])
        else:
            yield from (self._removed(one) for one in gone)
            yield from (self._added(one) for one in come)
        for left, right in pairs:
            yield from self._nodes(left, right)
        if before and isinstance(self.old, Union) and isinstance(self.new, Union):
            yield from self._unions(self.old, self.new, [one for one, _ in pairs], old)

    def _replaced(self, old: Schema, new: Schema) -> Iterator[Change]:
        """Yield a change of type. If both types name plain values, compare these values instead."""
        context = self.spot.context
        left, right = context.old.components, context.new.components
        if isinstance(old, Ref) and isinstance(new, Ref) and old.name in left and new.name in right:
            before, after = left[old.name].schema, right[new.name].schema
            if all(_is_plain(one) for schema in (before, after) for one in _members(schema)):
                yield from schemas(self.spot, before, after)
                return
        yield self._told("changed", "type", moved(type_text(old), type_text(new)), OTHERS)

    def _nullable(self, old: list[Schema], new: list[Schema]) -> Iterator[Change]:
        was, is_now = Null() in old, Null() in new
        if is_now and not was:
            yield self._told("added", "nullable", "may be null now", WIDENS, Null())
        elif was and not is_now:
            yield self._told("removed", "nullable", "can no longer be null", NARROWS, Null())

    def _matched(
        self, old: list[Schema], new: list[Schema]
    ) -> tuple[list[tuple[Schema, Schema]], list[Schema], list[Schema]]:
        """Return the pairs of matching members in the new order, the removed members, and the added ones."""
        waiting = list(old)
        come: list[Schema] = []
        pairs: dict[int, tuple[Schema, Schema]] = {}
        for are_alike in (self.spot.context.is_same, _are_alike):
            come = []
            for number, right in enumerate(new):
                if number in pairs:
                    continue
                left = next((one for one in waiting if are_alike(one, right)), None)
                if left is None:
                    come.append(right)
                else:
                    pairs[number] = left, right
                    # By identity: two nodes that differ only in 1 and True are equal.
                    waiting = [one for one in waiting if one is not left]
        return [pairs[number] for number in sorted(pairs)], waiting, come

    def _removed(self, member: Schema) -> Change:
        text = f"{type_text(member)} was removed from the alternatives"
        return self._told("removed", self._subject(member, self.old), text, NARROWS, member)

    def _added(self, member: Schema) -> Change:
        text = f"{type_text(member)} was added to the alternatives"
        return self._told("added", self._subject(member, self.old), text, WIDENS, member)

    def _subject(self, member: Schema, before: Schema) -> Subject:
        """Return the subject: a member of a tagged union and a value are judged differently from a type."""
        tagged = isinstance(before, Union) and before.discriminator is not None and isinstance(member, Ref)
        known = any(isinstance(one, Literals) for one in _members(before))
        return "member" if tagged else "value" if isinstance(member, Literals) and known else "type"

    def _nodes(self, old: Schema, new: Schema) -> Iterator[Change]:
        """Yield the changes between two members of the same kind."""
        if self.spot.context.is_same(old, new):
            return
        match old, new:
            case Scalar(), Scalar():
                yield from scalars(self.spot, old, new)
            case Literals(), Literals():
                yield from self._literals(old, new)
            case Array(), Array():
                yield from self._arrays(old, new)
            case Object(), Object():
                yield from objects(self.spot, old, new, schemas)
            case _:
                yield self._told("changed", "type", moved(type_text(old), type_text(new)), OTHERS)

    def _arrays(self, old: Array, new: Array) -> Iterator[Change]:
        yield from bounds(self.spot, old, new)
        if new.unique and not old.unique:
            yield self.spot.told("added", "bound", "items must be unique now", NARROWS)
        elif old.unique and not new.unique:
            yield self.spot.told("removed", "bound", "items need not be unique now", WIDENS)
        count = max(len(old.places), len(new.places))
        if not count:
            yield from schemas(self.spot.inside(), old.items, new.items)
        for number in range(count):
            yield from schemas(self.spot.inside(), old.at(number), new.at(number))
        if old.rest is not None and new.rest is not None:
            yield from schemas(self.spot.inside(), old.rest, new.rest)

    def _literals(self, old: Literals, new: Literals) -> Iterator[Change]:
        gone = [one for one in old.values if not any(same_constant(one, other) for other in new.values)]
        come = [one for one in new.values if not any(same_constant(one, other) for other in old.values)]
        if gone:
            node = Literals(tuple(gone))
            yield self._told("removed", "value", f"{listed(gone)} removed", NARROWS, node)
        if come:
            node = Literals(tuple(come))
            yield self._told("added", "value", f"{listed(come)} added", WIDENS, node)
        if not gone and not come and not identical(old.values, new.values):
            yield self._rearranged("the values")
        yield from self._outdated(dict(old.deprecated), dict(new.deprecated), {*map(str, old.values)})

    def _outdated(self, old: dict[str, str], new: dict[str, str], known: set[str]) -> Iterator[Change]:
        """Yield the changes of deprecated values or members."""
        for name in dict.fromkeys([*old, *new]):
            if name not in old:
                severity: Severity = "deprecating" if name in known else "compatible"
                hint = f"; use {new[name]}" if new[name] and not new[name].startswith("no ") else ""
                text = f"{listed([name])} is deprecated now{hint}"
                yield self.spot.plain(severity, "added", "deprecation", text)
            elif name not in new:
                text = f"{listed([name])} is no longer deprecated"
                yield self.spot.plain("compatible", "removed", "deprecation", text)
            elif old[name] != new[name]:
                text = f"the replacement of {listed([name])} changed; use {new[name]}"
                yield self.spot.plain("compatible", "changed", "deprecation", text)

    def _unions(
        self, old: Union, new: Union, ordered: list[Schema], before: list[Schema]
    ) -> Iterator[Change]:
        """Yield the changes of two unions apart from their members."""
        if old.discriminator != new.discriminator:
            yield from self._discriminators(old.discriminator, new.discriminator)
        names = self.spot.context.names
        outdated = {names.get(one, one): "" for one in old.deprecated}
        known = {names.get(one.name, one.name) for one in old.members if isinstance(one, Ref)}
        yield from self._outdated(outdated, dict.fromkeys(new.deprecated, ""), known)
        if [*map(id, ordered)] != [*map(id, before)] or _moves_null(old, new):
            yield self._rearranged("the alternatives")

    def _discriminators(self, old: Discriminator | None, new: Discriminator | None) -> Iterator[Change]:
        """Yield the change of the discriminator: new tags may reject values that were accepted before."""
        if old is None and new is not None:
            text = f"{show(new.property)} is the discriminator now"
            effect: Effect = NARROWS
        elif old is not None and new is not None:
            names = self.spot.context.names
            before = {(value, names.get(name, name)) for value, name in old.mapping}
            if old.property == new.property and before == set(new.mapping):
                if old.mapping != new.mapping and not names.keys() & {name for _, name in old.mapping}:
                    yield self._rearranged("the tags")
                return
            effect = NARROWS if old.property != new.property or before - set(new.mapping) else WIDENS
            text = f"the values of the discriminator {show(new.property)} changed"
        else:
            text, effect = "there is no discriminator any longer", WIDENS
        is_risky = effect is NARROWS and self.spot.sides.given
        severity: Severity = "risky" if is_risky else "compatible"
        why = "requests with other values are rejected" if is_risky else ""
        yield self.spot.plain(severity, "changed", "member", text, why)

    def _rearranged(self, what: str) -> Change:
        return self.spot.plain("compatible", "changed", "order", f"{what} are in a different order")

    def _told(
        self, kind: Kind, subject: Subject, text: str, effect: Effect, member: Schema | None = None
    ) -> Change:
        """Return a change that is judged against the whole of the other schema.

        A value that one member loses may be valid for another. ``member`` is the added or removed member;
        without it the whole schema is meant.
        """
        spot, sides = self.spot, self.spot.sides
        is_taken = effect.narrows and spot.context.is_taken(member or self.old, self.new)
        is_promised = effect.widens and sides.got and spot.context.is_promised(member or self.new, self.old)
        return spot.told(kind, subject, text, effect, is_taken=is_taken, is_promised=is_promised)


def _members(schema: Schema) -> list[Schema]:
    return list(schema.members) if isinstance(schema, Union) else [schema]


def _is_plain(schema: Schema) -> bool:
    return isinstance(schema, (Literals, Null, Scalar))


def _moves_null(old: Union, new: Union) -> bool:
    """Return True if null is in both unions at different positions."""
    places = [one.members.index(Null()) for one in (old, new) if Null() in one.members]
    return len(set(places)) > 1


def _are_alike(left: Schema, right: Schema) -> bool:
    """Return True if two members can be versions of the same one."""
    match left, right:
        case Scalar(), Scalar():
            return left.kind == right.kind and left.is_binary == right.is_binary
        case (Literals(), Literals()) | (Array(), Array()) | (Object(), Object()):
            return True
        case _:
            return False
