"""Find components that are equal in two descriptions, but have different names.

Components are equal if they have the same content apart from documentation, where references to renamed
components count as the same. Of several equal ones, those belong together that come from the same place, or
that the same fields and arguments refer to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeAlias

from typed_openai_spec.comparison.component_changes import schemas_of
from typed_openai_spec.files.source import to_json
from typed_openai_spec.model import Api, Component, Object, Schema
from typed_openai_spec.model.encoding import bare, encode_schema
from typed_openai_spec.model.renaming import with_references
from typed_openai_spec.model.walking import references

_Key: TypeAlias = tuple[str, ...]
_Names: TypeAlias = Mapping[str, str]

_TELLING: Final = 3
"""Minimum number of fields of an object that is recognized by its content alone."""


@dataclass(frozen=True)
class Unnamed:
    """The components of one description whose names the other description lacks."""

    api: Api
    components: tuple[Component, ...]

    @classmethod
    def of(cls, api: Api, other: Api) -> Unnamed:
        """Return the components of ``api`` whose names ``other`` lacks."""
        missing = [name for name in api.components if name not in other.components]
        return cls(api, tuple(api.components[name] for name in missing))

    @cached_property
    def uses(self) -> Mapping[str, set[tuple[str, str]]]:
        """The places that refer to each component: a component or operation, and a field or argument."""
        found: dict[str, set[tuple[str, str]]] = {}
        for user, part, schema in _parts(self.api):
            for name in references(schema):
                if name != user:
                    found.setdefault(name, set()).add((user, part))
        return found


def _parts(api: Api) -> Iterator[tuple[str, str, Schema]]:
    """Yield the schemas of fields, arguments and everything else, with the names of owner and part."""
    for one in api.components.values():
        if isinstance(one.schema, Object):
            yield from ((one.name, field.name, field.schema) for field in one.schema.fields)
            yield one.name, "", replace(one.schema, fields=())
        else:
            yield one.name, "", one.schema
    for operation in api.operations:
        yield from ((operation.id, one.name, one.schema) for one in operation.arguments)
        yield from ((operation.id, "", schema) for schema in schemas_of(operation))


def equal_components(gone: Unnamed, come: Unnamed, known: _Names, *, certain: bool = False) -> dict[str, str]:
    """Return ``known`` and the new names of the components in ``gone`` that are equal to one in ``come``.

    With ``certain``, content alone is not enough for components that say little, such as a string.
    """
    names = dict(known)
    keys = (_place, _uses, _telling if certain else _content_alone)
    while True:
        left = _Waiting(gone, frozenset(one.name for one in gone.components) - names.keys(), names)
        right = _Waiting(come, frozenset(one.name for one in come.components) - set(names.values()), {})
        if not left.names or not right.names:
            return names
        contents = _contents(left, right)
        pairs = (
            _pairs(*(_by_key(*one, key) for one in zip((left, right), contents, strict=True))) for key in keys
        )
        # Each found name may distinguish others.
        found = next(filter(None, pairs), None)
        if found is None:
            return names
        names.update(found)


@dataclass(frozen=True)
class _Waiting:
    """The components of one description that have no counterpart yet, by name.

    ``known`` has the other description's names of those that have one.
    """

    side: Unnamed
    names: frozenset[str]
    known: _Names

    @property
    def components(self) -> Iterator[Component]:
        yield from (one for one in self.side.components if one.name in self.names)


def _contents(left: _Waiting, right: _Waiting) -> tuple[_Names, _Names]:
    """Return digests of the contents, equal for equal components in both descriptions.

    References between the components are replaced by the digests of their targets, repeatedly, until
    that distinguishes no more of them. This works for components that refer to each other, too.
    """
    digests: tuple[_Names, _Names] = dict.fromkeys(left.names, ""), dict.fromkeys(right.names, "")
    distinct = 1
    while True:
        digests = _digests(left, digests[0]), _digests(right, digests[1])
        before, distinct = distinct, len({*digests[0].values(), *digests[1].values()})
        if distinct == before:
            return digests


def _digests(waiting: _Waiting, known: _Names) -> dict[str, str]:
    names = {**waiting.known, **known}
    found = {}
    for one in waiting.components:
        # Documentation is no content.
        text = to_json(encode_schema(with_references(bare(one).schema, names)))
        found[one.name] = hashlib.sha256(text.encode()).hexdigest()
    return found


# The keys by which equal components belong together; None if a key does not apply.


def _place(waiting: _Waiting, one: Component, names: _Names) -> _Key | None:
    return (one.owner,) if one.owner else None


def _uses(waiting: _Waiting, one: Component, names: _Names) -> _Key | None:
    places = waiting.side.uses.get(one.name, ())
    return tuple(sorted(f"{names.get(user, user)} {part}" for user, part in places)) or None


def _content_alone(waiting: _Waiting, one: Component, names: _Names) -> _Key | None:
    return ()


def _telling(waiting: _Waiting, one: Component, names: _Names) -> _Key | None:
    return () if isinstance(one.schema, Object) and len(one.schema.fields) >= _TELLING else None


def _by_key(
    waiting: _Waiting, contents: _Names, key: Callable[[_Waiting, Component, _Names], _Key | None]
) -> dict[tuple[str, _Key], list[str]]:
    found: dict[tuple[str, _Key], list[str]] = {}
    names = {**waiting.known, **contents}
    for one in waiting.components:
        if (told := key(waiting, one, names)) is not None:
            found.setdefault((contents[one.name], told), []).append(one.name)
    return found


def _pairs(
    left: Mapping[tuple[str, _Key], list[str]], right: Mapping[tuple[str, _Key], list[str]]
) -> dict[str, str]:
    both = ((left[one], right[one]) for one in left if one in right)
    return {old[0]: new[0] for old, new in both if len(old) == len(new) == 1}
