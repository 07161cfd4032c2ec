"""Unions that take part in recursion, and what they cost a type checker.

mypy compares recursive aliases by expanding them, and that again and again where several of them refer to one
another through objects: a dozen of such unions take minutes. Written out where they are used, they cost
nothing, because recursion then passes through classes only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from typed_openai_spec.model import Component, Object
from typed_openai_spec.model.walking import references


def aliases_to_inline(components: Iterable[Component]) -> frozenset[str]:
    """Return the names of the aliases that are written out, among recursive components.

    An alias that leads back to itself through aliases alone, as that of any JSON value, needs its name.
    """
    listed = list(components)
    aliases = {one.name: one for one in listed if not _is_class(one)}
    of_themselves = {name for name in aliases if name in _reached(name, aliases)}
    inlined = aliases.keys() - of_themselves
    return frozenset(inlined)


def _is_class(component: Component) -> bool:
    schema = component.schema
    return isinstance(schema, Object) and bool(schema.fields or schema.closed)


def _reached(name: str, aliases: Mapping[str, Component]) -> set[str]:
    """Return the aliases that an alias leads to through aliases alone."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for one in references(aliases[waiting.pop()].schema):
            if one in aliases and one not in found:
                found.add(one)
                waiting.append(one)
    return found
