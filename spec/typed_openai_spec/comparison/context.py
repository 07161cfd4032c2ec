"""The context of a comparison: both descriptions, the current place and its sides."""

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
    """Compare two parts of the model; unlike ``==``, this keeps 1, 1.0 and True apart."""
    return left is right or (left == right and repr(left) == repr(right))


@dataclass(frozen=True)
class Context:
    """Both descriptions, and the new names of components.

    ``names`` maps the old name of each renamed component to its new name.
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
        """Return True if every value that requests could hold as ``old`` is accepted as ``new``."""
        return self._old_requests.holds(old, new)

    def is_promised(self, new: Schema, old: Schema) -> bool:
        """Return True if every value that replies may hold as ``new`` was possible as ``old``."""
        return self._new_replies.holds(new, old)

    def is_same(self, old: Schema, new: Schema) -> bool:
        """Return True if the schemas are identical, or references to the same component."""
        if isinstance(old, Ref) and isinstance(new, Ref):
            return self.names.get(old.name, old.name) == new.name
        return identical(old, new)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in both descriptions with its sides; creates the changes for this place."""

    context: Context
    place: Place
    sides: Sides

    def key(self, name: str) -> Spot:
        """Return the spot of a field."""
        return replace(self, place=self.place.key(name))

    def inside(self, brackets: str = "[]") -> Spot:
        """Return the spot of an array's items (``[]``), or of a map's values or keys."""
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
        """Return a change with the given effect on the allowed values, judged by the sides.

        ``is_taken`` means that all values that could be sent before still can be. ``is_promised`` means
        that all values that replies may hold were possible before. They cancel the corresponding effect.
        """
        sides = self.sides
        narrows, widens = effect.narrows and not is_taken, effect.widens and not is_promised
        given = Effect(narrows, effect.widens) if sides.given else NEITHER
        got = Effect(narrows, widens) if sides.got else NEITHER
        severity, why = judge(subject, given, got)
        return Change(severity, kind, subject, str(self.place), text, why)

    def plain(self, severity: Severity, kind: Kind, subject: Subject, text: str, why: str = "") -> Change:
        """Return a change whose severity is the same on all sides."""
        return Change(severity, kind, subject, str(self.place), text, why)

    def deprecated(self, old: tuple[bool, str], new: tuple[bool, str]) -> Iterator[Change]:
        """Yield the change between two pairs of "is deprecated" and "use this instead"."""
        hint = f"; {new[1] if new[1].startswith('no ') else f'use {new[1]}'}" if new[1] else ""
        if new[0] and not old[0]:
            yield self.plain("deprecating", "added", "deprecation", f"deprecated now{hint}")
        elif old[0] and not new[0]:
            yield self.plain("compatible", "removed", "deprecation", "no longer deprecated")
        elif old != new:
            yield self.plain("compatible", "changed", "deprecation", f"the replacement changed{hint}")

    def documented(self, old: object, new: object) -> Iterator[Change]:
        """Yield the change of a documentation text."""
        if old != new:
            yield self.plain("compatible", "changed", "documentation", "documentation changed")

    def required(self, old: bool, new: bool) -> Iterator[Change]:
        """Yield the change from required to optional, or vice versa."""
        if new and not old:
            yield self.told("changed", "required", "required now", NARROWS)
        elif old and not new:
            yield self.told("changed", "required", "optional now", WIDENS)

    def defaults(self, old: Json | Missing, new: Json | Missing) -> Iterator[Change]:
        """Yield the change of a default value."""
        if identical(old, new):
            return
        if old is MISSING:
            yield self.told("added", "default", f"default {show(new)} is documented now", WIDENS)
        elif new is MISSING:
            text = f"default {show(old)} is no longer documented"
            yield self.told("removed", "default", text, NARROWS)
        else:
            yield self.told("changed", "default", f"default {moved(show(old), show(new))}", NARROWS)

    def rest(self, old: object, new: object, compared: Collection[str]) -> Iterator[Change]:
        """Yield the changes of all attributes outside of ``compared``.

        They have no rule of their own. New attributes of the model are therefore never ignored.
        """
        for attribute in fields(old):  # type: ignore[arg-type]  # records of the model
            name = attribute.name
            if name not in compared and not identical(getattr(old, name), getattr(new, name)):
                text = f"{name.replace('_', ' ')} {moved(show(getattr(old, name)), show(getattr(new, name)))}"
                yield self.plain("risky", "changed", "request", text, "the effect is unknown")
