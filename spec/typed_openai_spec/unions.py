"""Unions: built flat, and their discriminators completed once every component is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from typed_openai_spec.model import (
    Array,
    Component,
    Discriminator,
    Field,
    Literals,
    Object,
    Ref,
    Schema,
    Union,
)

# Properties tried first when a union declares no discriminator: the names that APIs use for it.
_USUAL = ("type", "role", "object", "event", "kind", "action")


def flat_union(
    members: Iterable[Schema], discriminator: Discriminator | None = None, deprecated: Iterable[str] = ()
) -> Schema:
    """A union of ``members`` without nested or equal ones; the member itself where only one is left."""
    flat: list[Schema] = []
    for member in members:
        parts = member.members if isinstance(member, Union) else (member,)
        if isinstance(member, Union) and discriminator is None:
            discriminator = member.discriminator
        flat.extend(one for one in parts if one not in flat)
    return flat[0] if len(flat) == 1 else Union(tuple(flat), discriminator, tuple(deprecated))


def objects(schema: Schema, components: Mapping[str, Component]) -> list[tuple[str, Object]]:
    """The objects a union can be, by component name; references to other unions are opened."""
    found: dict[str, Object] = {}
    seen: set[str] = set()

    def visit(node: Schema, name: str) -> None:
        if isinstance(node, Ref):
            if node.name not in seen:
                seen.add(node.name)
                visit(components[node.name].schema, node.name)
        elif isinstance(node, Union):
            for member in node.members:
                visit(member, "")
        elif isinstance(node, Object) and name:
            found[name] = node

    visit(schema, "")
    return list(found.items())


def _values(node: Object, prop: str, components: Mapping[str, Component]) -> tuple[str, ...] | None:
    """The string constants that ``prop`` can have in an object, or None where it is no constant."""
    field = node.field(prop)
    schema = field.schema if field else None
    while isinstance(schema, Ref):
        schema = components[schema.name].schema
    members = schema.members if isinstance(schema, Union) else (schema,)
    values: list[str] = []
    for member in members:
        if isinstance(member, Literals) and all(isinstance(one, str) for one in member.values):
            values.extend(str(one) for one in member.values)
        elif not (isinstance(member, Union) or type(member).__name__ == "Null"):
            return None
    return tuple(values)


def _pairs(
    prop: str, members: list[tuple[str, Object]], components: Mapping[str, Component]
) -> tuple[tuple[str, str], ...] | None:
    pairs: list[tuple[str, str]] = []
    for name, node in members:
        values = _values(node, prop, components)
        if not values:
            return None
        pairs.extend((value, name) for value in values)
    return tuple(sorted(pairs))


def completed(union: Union, components: Mapping[str, Component]) -> tuple[Union, bool]:
    """The union with its discriminator's mapping complete, inferred where none is declared.

    The flag is false where a declared discriminator does not tell the members apart: its property
    is no constant in some member. Such a union is left without one.
    """
    members = objects(union, components)
    if len(members) < 2:
        return replace(union, discriminator=None), True
    declared = union.discriminator
    if declared is not None:
        pairs = _pairs(declared.property, members, components)
        if pairs is not None:
            return replace(union, discriminator=replace(declared, mapping=pairs)), True
        if declared.mapping:
            return union, True
    return replace(union, discriminator=_inferred(members, components)), declared is None


def _inferred(members: list[tuple[str, Object]], components: Mapping[str, Component]) -> Discriminator | None:
    """The property, constant in every member, whose values single out most members."""
    shared = [one.name for one in members[0][1].fields]
    ordered = sorted(shared, key=lambda name: (_USUAL.index(name) if name in _USUAL else len(_USUAL), name))
    best: tuple[int, Discriminator] | None = None
    for prop in ordered:
        pairs = _pairs(prop, members, components)
        if pairs is None:
            continue
        distinct = len({value for value, _ in pairs})
        if distinct > 1 and (best is None or distinct > best[0]):
            best = (distinct, Discriminator(prop, pairs))
    return best[1] if best else None


def with_discriminators(schema: Schema, components: Mapping[str, Component]) -> tuple[Schema, list[str]]:
    """``schema`` with every union in it completed, and the declared discriminators that tell nothing."""
    match schema:
        case Union(members=members):
            parts = [with_discriminators(one, components) for one in members]
            nested = [text for _, texts in parts for text in texts]
            declared = schema.discriminator
            union, useful = completed(replace(schema, members=tuple(one for one, _ in parts)), components)
            if not useful and declared is not None:
                nested.append(declared.property)
            return union, nested
        case Array(items=items):
            inner, texts = with_discriminators(items, components)
            return replace(schema, items=inner), texts
        case Object(fields=fields, extra=extra):
            return _object_with_discriminators(schema, fields, extra, components)
        case _:
            return schema, []


def _object_with_discriminators(
    node: Object, fields: tuple[Field, ...], extra: Schema | None, components: Mapping[str, Component]
) -> tuple[Object, list[str]]:
    texts: list[str] = []
    done = []
    for field in fields:
        inner, found = with_discriminators(field.schema, components)
        done.append(replace(field, schema=inner))
        texts.extend(found)
    if extra is not None:
        extra, found = with_discriminators(extra, components)
        texts.extend(found)
    return replace(node, fields=tuple(done), extra=extra), texts
