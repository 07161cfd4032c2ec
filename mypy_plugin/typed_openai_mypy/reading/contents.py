"""The keys that a value is known to have, beyond those that its type requires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import reduce
from typing import Final, TypeAlias

from mypy.types import AnyType, NoneType, Type, TypedDictType

from typed_openai_mypy.api import shapes
from typed_openai_spec.records import dataclass

Cases: TypeAlias = frozenset[frozenset[str]]
"""Each set has the keys that are present in one case; without any case, the value is impossible."""

_ANY: Final[Cases] = frozenset({frozenset()})
_NEVER: Final[Cases] = frozenset()

_MOST_CASES: Final = 16
"""More cases are taken for one, with the keys that all of them have."""


@dataclass(frozen=True, slots=True)
class Content:
    """The knowledge about a value.

    ``cases`` are those of a TypedDict of that name. If ``is_closed``, the value is none of the other
    TypedDicts. ``inner`` is the content of its items, if it is a container, and ``places`` the content of
    each item, if it is a tuple.
    """

    cases: Mapping[str, Cases] = field(default_factory=dict)
    is_closed: bool = False
    inner: Content | None = None
    places: tuple[Content, ...] | None = None

    def cases_of(self, name: str) -> Cases:
        """The cases of a TypedDict."""
        return self.cases.get(name, _NEVER if self.is_closed else _ANY)

    def has(self, typed_dict: TypedDictType, key: str) -> bool:
        """Return whether a key is present if the value is that TypedDict."""
        return all(key in one for one in self.cases_of(full_name(typed_dict)))

    def excludes(self, typed_dict: TypedDictType) -> bool:
        """Return whether the value is not that TypedDict."""
        return not self.cases_of(full_name(typed_dict))

    @property
    def is_impossible(self) -> bool:
        """True if there is no such value."""
        return self.is_closed and self.inner is None and self.places is None and not any(self.cases.values())

    def certain_keys(self) -> frozenset[str]:
        """The keys that are present in all cases."""
        every = [one for cases in self.cases.values() for one in cases]
        return frozenset.intersection(*every) if every else frozenset()

    def with_key(self, key: str, typed_dicts: Iterable[TypedDictType]) -> Content:
        """The content if a key is present."""
        names = [full_name(one) for one in typed_dicts]
        having = {name: frozenset(one | {key} for one in self.cases_of(name)) for name in names}
        return replace(self, cases={**self.cases, **having})

    def without_key(self, key: str, typed_dicts: Iterable[TypedDictType]) -> Content:
        """The content if a key is not present."""
        lacking: dict[str, Cases] = {}
        for one in typed_dicts:
            known = self.cases_of(name := full_name(one))
            lacking[name] = (
                _NEVER if key in one.required_keys else frozenset(each for each in known if key not in each)
            )
        return replace(self, cases={**self.cases, **lacking})

    def without(self, excluded: Iterable[TypedDictType]) -> Content:
        """The content if the value is none of these TypedDicts."""
        return replace(self, cases={**self.cases, **{full_name(one): _NEVER for one in excluded}})

    def removed(self, key: str) -> Content:
        """The content after a key was removed."""
        left = {name: frozenset(one - {key} for one in cases) for name, cases in self.cases.items()}
        return replace(self, cases=left)

    def item(self, index: object = None) -> Content:
        """The content of an item, or of any item if the index is not a number."""
        if self.places is not None:
            if isinstance(index, int) and -len(self.places) <= index < len(self.places):
                return self.places[index]
            return joined(self.places)
        return self.inner or UNKNOWN


def displayed(keys: Iterable[str], typed_dicts: Iterable[TypedDictType]) -> Content:
    """The content of a display with these keys."""
    cases = frozenset({frozenset(keys)})
    return Content({full_name(one): cases for one in typed_dicts}, is_closed=True)


UNKNOWN: Final = Content()

STANDS: Final = Content(is_closed=True)
"""A mark without keys."""

OUTDATED: Final = Content({"": _NEVER}, is_closed=True)
"""The mark of what depended on another value of a variable."""


def full_name(typed_dict: TypedDictType) -> str:
    """The name by which a TypedDict is known here."""
    return typed_dict.fallback.type.fullname


def joined(contents: Sequence[Content]) -> Content:
    """The knowledge about a value that is one of several."""
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
    return replace(content, cases={name: content.cases_of(name) for name in names}, is_closed=True)


def _join(one: Content, other: Content) -> Content:
    if one is other:
        return one
    names = dict.fromkeys([*one.cases, *other.cases])
    cases = {name: _limited(one.cases_of(name) | other.cases_of(name)) for name in names}
    inner = _join(one.inner, other.inner) if one.inner and other.inner else None
    return Content(cases, one.is_closed and other.is_closed, inner)


def _limited(cases: Cases) -> Cases:
    return cases if len(cases) <= _MOST_CASES else frozenset({frozenset.intersection(*cases)})
