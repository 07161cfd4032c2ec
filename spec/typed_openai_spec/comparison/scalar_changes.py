"""Compare two scalars of the same kind, and the bounds of other nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from typed_openai_spec.comparison.changes import NARROWS, OTHERS, WIDENS, Change, Effect, Kind, Subject
from typed_openai_spec.comparison.containment import as_many, at_least, at_most, is_multiple, scalar_within
from typed_openai_spec.comparison.context import Spot
from typed_openai_spec.comparison.phrases import moved, number
from typed_openai_spec.model import Array, Object, Scalar
from typed_openai_spec.validation.wording import show


@dataclass(frozen=True, slots=True)
class _Bound:
    """A bound's text, and the test whether one of its values is as tight as another."""

    words: str
    is_as_tight: Callable[[float | None, float | None], bool]


_NUMBERS: Final[Mapping[str, _Bound]] = {
    "minimum": _Bound("at least", at_least),
    "maximum": _Bound("at most", at_most),
    "exclusive_minimum": _Bound("more than", at_least),
    "exclusive_maximum": _Bound("less than", at_most),
    "multiple_of": _Bound("a multiple of", is_multiple),
    "min_length": _Bound("characters: at least", as_many),
    "max_length": _Bound("characters: at most", at_most),
    "min_items": _Bound("items: at least", as_many),
    "max_items": _Bound("items: at most", at_most),
    "min_properties": _Bound("keys: at least", as_many),
    "max_properties": _Bound("keys: at most", at_most),
}

_TEXTS: Final[Mapping[str, Subject]] = {"pattern": "bound", "format": "format"}


def scalars(spot: Spot, old: Scalar, new: Scalar) -> Iterator[Change]:
    """Yield the changes between two scalars of the same kind."""
    is_taken, is_promised = scalar_within(old, new), scalar_within(new, old)
    yield from bounds(spot, old, new, is_taken=is_taken, is_promised=is_promised)
    for name, subject in _TEXTS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            effect = WIDENS if after is None else NARROWS if before is None else OTHERS
            text = _moved(name, before and show(before), after and show(after))
            kind = kind_of(before, after)
            yield spot.told(kind, subject, text, effect, is_taken=is_taken, is_promised=is_promised)


def bounds(
    spot: Spot,
    old: Scalar | Array | Object,
    new: Scalar | Array | Object,
    *,
    is_taken: bool = False,
    is_promised: bool = False,
) -> Iterator[Change]:
    """Yield the changes between the bounds of two nodes of the same type."""
    for name, bound in _NUMBERS.items():
        before: float | None = getattr(old, name, None)
        after: float | None = getattr(new, name, None)
        if before != after:
            effect = Effect(not bound.is_as_tight(before, after), not bound.is_as_tight(after, before))
            text = _moved(
                bound.words,
                None if before is None else number(before),
                None if after is None else number(after),
            )
            kind = kind_of(before, after)
            yield spot.told(kind, "bound", text, effect, is_taken=is_taken, is_promised=is_promised)


def kind_of(before: object, after: object) -> Kind:
    """Return the kind of change; None stands for "absent"."""
    if before is None and after is None:
        return "changed"
    return "added" if before is None else "removed" if after is None else "changed"


def _moved(words: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"{words} {after} is required now"
    if after is None:
        return f"{words} {before} is no longer required"
    return f"{words} {moved(before, after)}"
