"""The keys that a value is known to have, beyond those that its type requires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Final

from mypy.types import AnyType, NoneType, Type, TypedDictType

from typed_openai_mypy.api import shapes

_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a value.

    ``keys`` are the keys that are present if the value is a TypedDict of that name; None if it is not one of
    that name. If ``is_closed``, it is none of the other TypedDicts either. ``inner`` is the content of its
    items, if it is a container, and ``places`` the content of each item, if it is a tuple.
    """

    keys: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    is_closed: bool = False
    inner: Content | None = None
    places: tuple[Content, ...] | None = None

    def keys_of(self, name: str) -> frozenset[str] | None:
        """The keys that are present in a TypedDict; None if the value is not one of that name."""
        return self.keys.get(name, None if self.is_closed else _NONE)

    def has(self, typed_dict: TypedDictType, key: str) -> bool:
        """Return whether a key is present if the value is that TypedDict."""
        known = self.keys_of(full_name(typed_dict))
        return known is None or key in known

    def excludes(self, typed_dict: TypedDictType) -> bool:
        """Return whether the value is not that TypedDict."""
        return self.keys_of(full_name(typed_dict)) is None

    def with_key(self, key: str, typed_dicts: Iterable[TypedDictType]) -> Content:
        """The content if a key is present."""
        keys = dict(self.keys)
        for one in typed_dicts:
            known = self.keys_of(name := full_name(one))
            keys[name] = None if known is None else known | {key}
        return replace(self, keys=keys)

    def without(self, excluded: Iterable[TypedDictType]) -> Content:
        """The content if the value is none of these TypedDicts."""
        return replace(self, keys={**self.keys, **{full_name(one): None for one in excluded}})

    def lacking(self, key: str) -> Content:
        """The content after a key may have been removed."""
        keys = {name: None if known is None else known - {key} for name, known in self.keys.items()}
        return replace(self, keys=keys)

    def item(self, index: object = None) -> Content:
        """The content of an item, or of any item if the index is not a number."""
        if self.places is not None:
            if isinstance(index, int) and -len(self.places) <= index < len(self.places):
                return self.places[index]
            return joined(self.places)
        return self.inner or UNKNOWN


UNKNOWN: Final = Content()

STANDS: Final = Content(is_closed=True)
"""A mark without keys."""


def full_name(typed_dict: TypedDictType) -> str:
    """The name by which a TypedDict is known here."""
    return typed_dict.fallback.type.fullname


def joined(contents: Sequence[Content]) -> Content:
    """What is known of a value that is one of several."""
    return reduce(_join, contents) if contents else UNKNOWN


def container_of(contents: Sequence[Content]) -> Content:
    """The content of a container with these items."""
    inner = joined(contents)
    return UNKNOWN if inner == UNKNOWN else Content(is_closed=True, inner=inner)


def assigned(content: Content, found: Type | None) -> Content:
    """The content of a variable after a value of a type was assigned: it is no other TypedDict."""
    if found is None or content.is_closed:
        return content
    members = shapes.members(found)
    if not any(isinstance(one, (NoneType, TypedDictType)) for one in members):
        return content
    if any(isinstance(one, AnyType) for one in members):
        return content
    names = [full_name(one) for one in members if isinstance(one, TypedDictType)]
    return replace(content, keys={name: content.keys_of(name) for name in names}, is_closed=True)


def _join(one: Content, other: Content) -> Content:
    if one is other:
        return one
    keys: dict[str, frozenset[str] | None] = {}
    for name in {*one.keys, *other.keys}:
        known, others = one.keys_of(name), other.keys_of(name)
        keys[name] = others if known is None else known if others is None else known & others
    inner = _join(one.inner, other.inner) if one.inner and other.inner else None
    return Content(keys, one.is_closed and other.is_closed, inner)
