"""Flat unions, and the completion of their discriminators once every component is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Discriminator,
    Field,
    Literals,
    Null,
    Object,
    Ref,
    Schema,
    Union,
)

# Properties tried first for a union without a discriminator: the names that APIs use for it.
_USUAL = ("type", "role", "object", "event", "kind", "action")


def usual_first(prop: str) -> tuple[int, str]:
    """Return a sort key for properties: the names that APIs use to distinguish objects come first."""
    return _USUAL.index(prop) if prop in _USUAL else len(_USUAL), prop


def same_constant(left: object, right: object) -> bool:
    """Compare two constants as JSON does: 1 is not true, as it is in Python."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def same(left: Schema, right: Schema) -> bool:
    """Compare two nodes; their constants are compared as JSON does."""
    if isinstance(left, Literals) and isinstance(right, Literals):
        return left == right and all(map(same_constant, left.values, right.values))
    return left == right


def flat_union(
    members: Iterable[Schema], discriminator: Discriminator | None = None, deprecated: Iterable[str] = ()
) -> Schema:
    """Return a union of ``members`` without nested or equal ones, or the only member that is left."""
    flat: list[Schema] = []
    outdated = list(deprecated)
    for member in members:
        parts = member.members if isinstance(member, Union) else (member,)
        if isinstance(member, Union):
            discriminator = discriminator or member.discriminator
            outdated.extend(member.deprecated)
        flat.extend(one for one in parts if not any(same(one, known) for known in flat))
    return flat[0] if len(flat) == 1 else Union(tuple(flat), discriminator, tuple(dict.fromkeys(outdated)))


def objects(schema: Schema, components: Mapping[str, Component]) -> list[tuple[str, Object]]:
    """Return the objects a union can be, by component name; references to other unions are followed.

    A map or a value of any type is not a component: it is listed as an object without a name.
    """
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
        elif isinstance(node, Object):
            found[name] = node
        elif isinstance(node, Anything):
            found[name] = Object(extra=node)

    visit(schema, "")
    return list(found.items())


def _leaves(schema: Schema, components: Mapping[str, Component]) -> list[Schema]:
    """Return the nodes that a schema can be, with references and unions resolved."""
    found: list[Schema] = []
    seen: set[str] = set()
    waiting = [schema]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, Ref):
            if node.name not in seen:
                seen.add(node.name)
                waiting.insert(0, components[node.name].schema)
        elif isinstance(node, Union):
            waiting[:0] = node.members
        else:
            found.append(node)
    return found


def _values(node: Object, prop: str, components: Mapping[str, Component]) -> tuple[str, ...]:
    """Return the string constants of ``prop`` in an object; empty if it is not constant."""
    field = node.field(prop)
    values: list[str] = []
    for leaf in _leaves(field.schema, components) if field else ():
        if isinstance(leaf, Literals) and all(isinstance(one, str) for one in leaf.values):
            values.extend(str(one) for one in leaf.values)
        elif not isinstance(leaf, Null):
            return ()
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


def _declared_pairs(
    declared: Discriminator, members: list[tuple[str, Object]], components: Mapping[str, Component]
) -> tuple[tuple[str, str], ...] | None:
    """Return the complete mapping of a declared discriminator; None if a member has no value.

    A member's own constants take precedence, then the declared mapping, then, as in OpenAPI, the
    component's name in the description.
    """
    mapped: dict[str, list[str]] = {}
    for value, target in declared.mapping:
        for name, _ in objects(Ref(target), components):
            mapped.setdefault(name, []).append(value)
    pairs: list[tuple[str, str]] = []
    for name, node in members:
        values = _values(node, declared.property, components) or tuple(mapped.get(name, ()))
        if not values and name and node.field(declared.property) and components[name].source:
            values = (components[name].source,)
        if not values:
            return None
        pairs.extend((value, name) for value in values)
    return tuple(sorted(pairs))


def completed(union: Union, components: Mapping[str, Component]) -> tuple[Union, bool]:
    """Return the union with a complete discriminator, which is inferred if none is declared.

    The flag is false if a declared discriminator does not distinguish the members because one of them lacks
    its property. If possible, another one is inferred then.
    """
    members = objects(union, components)
    if len(members) < 2:
        return replace(union, discriminator=None), True
    declared = union.discriminator
    if declared is not None:
        pairs = _declared_pairs(declared, members, components)
        if pairs is not None:
            return replace(union, discriminator=replace(declared, mapping=pairs)), True
    return replace(union, discriminator=_inferred(members, components)), declared is None


def _inferred(members: list[tuple[str, Object]], components: Mapping[str, Component]) -> Discriminator | None:
    """Return the property, constant in every member, whose values distinguish most members."""
    best: tuple[int, Discriminator] | None = None
    for prop in sorted((one.name for one in members[0][1].fields), key=usual_first):
        pairs = _pairs(prop, members, components)
        if pairs is None:
            continue
        distinct = len({value for value, _ in pairs})
        if distinct > 1 and (best is None or distinct > best[0]):
            best = (distinct, Discriminator(prop, pairs))
    return best[1] if best else None


def with_discriminators(schema: Schema, components: Mapping[str, Component]) -> tuple[Schema, list[str]]:
    """Complete every union in ``schema``; return it with the declared discriminators that are unusable."""
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
            _, texts = with_discriminators(items, components)
            return schema.changed(lambda one: with_discriminators(one, components)[0]), texts
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


def aliases_of_themselves(components: Mapping[str, Component]) -> list[str]:
    """Return the components that are their own alternatives, with no array or object in between."""

    def aliased(schema: Schema) -> list[str]:
        members = schema.members if isinstance(schema, Union) else (schema,)
        return [one.name for one in members if isinstance(one, Ref)]

    found = []
    for name, component in components.items():
        seen: set[str] = set()
        waiting = aliased(component.schema)
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(aliased(components[one].schema))
        if name in seen:
            found.append(name)
    return found
