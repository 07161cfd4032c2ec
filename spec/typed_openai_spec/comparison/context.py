"""What every comparison of two places needs to know of the two descriptions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

from typed_openai_spec.comparison.changes import (
    NARROWS,
    NEITHER,
    WIDENS,
    Change,
    Effect,
    Kind,
    Severity,
    Sides,
    Subject,
    judge,
)
from typed_openai_spec.comparison.containment import Containment
from typed_openai_spec.comparison.phrases import Place, moved
from typed_openai_spec.model import MISSING, Api, Json, Missing, Ref, Schema
from typed_openai_spec.validation.wording import show


def identical(left: object, right: object) -> bool:
    """Whether two parts of the model are the same; unlike ``==``, 1 is not True, nor 1.0."""
    return left is right or (left == right and repr(left) == repr(right))


@dataclass(frozen=True)
class Context:
    """The two descriptions, and how components of the old one are called in the new one.

    ``names`` holds those that are there under another name.
    """

    old: Api
    new: Api
    names: Mapping[str, str]

    @cached_property
    def _old_requests(self) -> Containment:
        return Containment(self.old.components, self.new.components, strict=True)

    @cached_property
    def _new_replies(self) -> Containment:
        return Containment(self.new.components, self.old.components, strict=False)

    def is_taken(self, old: Schema, new: Schema) -> bool:
        """Whether whatever could be given as ``old`` may be given as ``new``."""
        return self._old_requests.holds(old, new)

    def is_promised(self, new: Schema, old: Schema) -> bool:
        """Whether whatever is got as ``new`` was possible as ``old``."""
        return self._new_replies.holds(new, old)

    def is_same(self, old: Schema, new: Schema) -> bool:
        """Whether two schemas are the same, or references to the same component."""
        if isinstance(old, Ref) and isinstance(new, Ref):
            return self.names.get(old.name, old.name) == new.name
        return identical(old, new)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in both descriptions, and on which sides of the wire it stands; words a change there."""

    context: Context
    place: Place
    sides: Sides

    def key(self, name: str) -> Spot:
        """A field of what is here."""
        return replace(self, place=self.place.key(name))

    def inside(self, brackets: str = "[]") -> Spot:
        """The items of an array (``[]``), the values or keys of a map."""
        return replace(self, place=self.place.inside(brackets))

    def told(
        self,
        kind: Kind,
        subject: Subject,
        text: str,
        effect: Effect,
        *,
        is_taken: bool = False,
        is_promised: bool = False,
    ) -> Change:
        """A change that does this to the values that are allowed, judged by the sides.

        ``is_taken`` where all that could be given still can be, ``is_promised`` where all that is got was
        possible before: then it is not that the change takes something away.
        """
        sides = self.sides
        narrows, widens = effect.narrows and not is_taken, effect.widens and not is_promised
        given = Effect(narrows, effect.widens) if sides.given else NEITHER
        got = Effect(narrows, widens) if sides.got else NEITHER
        severity, why = judge(subject, given, got)
        return Change(severity, kind, subject, str(self.place), text, why)

    def plain(self, severity: Severity, kind: Kind, subject: Subject, text: str, why: str = "") -> Change:
        """A change whose severity is the same on all sides."""
        return Change(severity, kind, subject, str(self.place), text, why)

    def deprecated(self, old: tuple[bool, str], new: tuple[bool, str]) -> Iterator[Change]:
        """The change between two pairs of "is deprecated" and "what to use instead"."""
        hint = f"; {new[1] if new[1].startswith('no ') else f'use {new[1]}'}" if new[1] else ""
        if new[0] and not old[0]:
            yield self.plain("deprecating", "added", "deprecation", f"deprecated now{hint}")
        elif old[0] and not new[0]:
            yield self.plain("compatible", "removed", "deprecation", "not deprecated any more")
        elif old != new:
            yield self.plain("compatible", "changed", "deprecation", f"what to use instead is another{hint}")

    def documented(self, old: object, new: object) -> Iterator[Change]:
        """The change of a documentation."""
        if old != new:
            yield self.plain("compatible", "changed", "documentation", "documentation changed")

    def required(self, old: bool, new: bool) -> Iterator[Change]:
        """The change where something is required that was not, or the other way round."""
        if new and not old:
            yield self.told("changed", "required", "required now", NARROWS)
        elif old and not new:
            yield self.told("changed", "required", "optional now", WIDENS)

    def defaults(self, old: Json | Missing, new: Json | Missing) -> Iterator[Change]:
        """The change of what holds where nothing is given."""
        if identical(old, new):
            return
        if old is MISSING:
            yield self.told("added", "default", f"default {show(new)} is known now", WIDENS)
        elif new is MISSING:
            text = f"default {show(old)} is not promised any more"
            yield self.told("removed", "default", text, NARROWS)
        else:
            yield self.told("changed", "default", f"default {moved(show(old), show(new))}", NARROWS)

    def rest(self, old: object, new: object, compared: Collection[str]) -> Iterator[Change]:
        """The changes of what no rule is there for: nothing is passed over because it is new to the model."""
        for attribute in fields(old):  # type: ignore[arg-type]  # records of the model
            name = attribute.name
            if name not in compared and not identical(getattr(old, name), getattr(new, name)):
                text = f"{name.replace('_', ' ')} {moved(show(getattr(old, name)), show(getattr(new, name)))}"
                yield self.plain("risky", "changed", "request", text, "what it means is not known")
