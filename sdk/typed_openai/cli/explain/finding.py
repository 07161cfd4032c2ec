"""Resolve a name: a group, an operation, a component, a field, or a method and path.

An operation is named as in Python (``chat.create_chat_completion``) or by its operationId. Fields follow
after dots, at any depth: ``createChatCompletion.messages.content``. Lists are passed through, and for a
union the name of one of its members may be a step of the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from typed_openai.cli.type_words import objects
from typed_openai_spec import spelling
from typed_openai_spec.index.path_matcher import shape_of
from typed_openai_spec.index.reader import Index, UnknownOperation
from typed_openai_spec.model import Argument, Field, Object, Operation, Schema

_PREFIXES: Final = ("client.", "typed_openai.types.", "types.")
_REQUEST: Final = re.compile(r"(?:([A-Za-z]+)\s+)?(/\S*)")


class NotFound(LookupError):
    """Raised for a name whose beginning is known and whose rest is not; the message has a suggestion."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of operations."""

    name: str


@dataclass(frozen=True, slots=True)
class Inside:
    """An argument or field, with each of the types that have it, and the path by which it was found."""

    path: str
    meanings: tuple[tuple[Argument | Field, str], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A component, by its current name."""

    name: str


Thing = Group | Operation | tuple[Operation, ...] | Named | Inside


def find(index: Index, name: str) -> Thing | None:
    """Return the part of the API with this name, or None.

    Raises :class:`NotFound` if it begins with an operation or component without such a field.
    """
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    if name in index.groups:
        return Group(name)
    if (request := _REQUEST.fullmatch(name.strip())) is not None:
        found = _on_path(index, *request.groups())
        return found[0] if len(found) == 1 else found or None
    start = begin(index, name)
    if start is None:
        return None
    thing, rest = start
    return _within(index, thing, rest) if rest else thing


def begin(index: Index, name: str) -> tuple[Operation | Named, tuple[str, ...]] | None:
    """Return the operation or component at the start of a dotted name, and the remaining steps."""
    parts = tuple(name.split("."))
    if (thing := _whole(index, parts[0])) is not None:
        return thing, parts[1:]
    if parts[0] in index.groups and len(parts) > 1:
        try:
            return index.operation(parts[0], parts[1]), parts[2:]
        except UnknownOperation as error:
            raise NotFound(str(error)) from None
    return None


def names(index: Index, begun: str) -> Iterator[str]:
    """Yield the completions of a name: top-level names, or after a dot the names inside a part."""
    before, dot, _ = begun.rpartition(".")
    if not dot:
        yield from index.groups
        yield from index.components
        yield from (one for names in index.groups.values() for one in names.values())
    if not dot or before in index.groups:
        yield from (f"{group}.{one}" for group, names in index.groups.items() for one in names)
    else:
        yield from (f"{before}.{one}" for one in _inside(index, before))


def _inside(index: Index, name: str) -> Iterator[str]:
    """Yield the names of the arguments or fields of a named part."""
    try:
        thing = find(index, name)
    except NotFound:
        return
    match thing:
        case Operation(arguments=arguments):
            yield from (one.name for one in arguments)
        case Named(name=component):
            yield from (field for (_, field), _ in _fields_of(index, [component]))
        case Inside(meanings=meanings):
            yield from (field for (_, field), _ in below(index, [one.schema for one, _ in meanings]))
        case _:
            return


def _whole(index: Index, name: str) -> Operation | Named | None:
    try:
        return index.by_id(name)
    except UnknownOperation:
        pass
    if name in index.components:
        return Named(name)
    return Named(index.former_names[name]) if name in index.former_names else None


def _on_path(index: Index, method: str | None, path: str) -> tuple[Operation, ...]:
    """Return the operations on a path, with the method if given. Placeholders may have any name or value."""
    path = path.partition("?")[0]
    on_path = index.paths.operations(path) or index.paths.operations(path.rstrip("/"))
    found = [one for one in on_path if method is None or method.upper() == one.method]
    return tuple(one for one in found if shape_of(one.path) == shape_of(found[0].path))


def _within(index: Index, thing: Operation | Named, steps: tuple[str, ...]) -> Inside:
    """Follow the steps from an operation or component."""
    if isinstance(thing, Operation):
        told = index.documented(thing, in_full=True)
        path, found = told.qualified_name, {(told.qualified_name, one.name): one for one in told.arguments}
        here: dict[tuple[str, str], Argument | Field] = dict(found)
    else:
        path, here = thing.name, dict(_fields_of(index, [thing.name]))
    meanings: list[tuple[Argument | Field, str]] = []
    rest = [*steps]
    while rest:
        step = rest.pop(0)
        owners = {owner for owner, _ in here}
        if step in owners and rest and not any(name == step for _, name in here):
            here = {key: one for key, one in here.items() if key[0] == step}
            path = f"{path}.{step}"
            continue
        meanings = [(one, owner) for (owner, name), one in here.items() if name == step]
        if not meanings:
            known = list(dict.fromkeys(name for _, name in here))
            raise NotFound(f'{path} has no "{step}"{spelling.hint(step, known)}')
        path = f"{path}.{step}"
        here = dict(below(index, [one.schema for one, _ in meanings]))
    return Inside(path, tuple(meanings))


def below(index: Index, schemas: Iterable[Schema]) -> Iterator[tuple[tuple[str, str], Field]]:
    """Yield the fields of the objects that values of the types may be, with their owners' names."""
    names = [name for one in schemas for name in objects(one, index.components)]
    return _fields_of(index, dict.fromkeys(names))


def _fields_of(index: Index, names: Iterable[str]) -> Iterator[tuple[tuple[str, str], Field]]:
    for name in names:
        component = index.documented_component(index.components[name], in_full=True)
        if isinstance(component.schema, Object):
            yield from (((name, one.name), one) for one in component.schema.fields)
        else:
            yield from below(index, [component.schema])
