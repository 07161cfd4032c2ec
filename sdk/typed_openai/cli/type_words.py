"""Short texts for types and their restrictions: bounds, constants, possible objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, TypeGuard

from typed_openai_spec.model import Array, Component, Literals, Null, Object, Ref, Scalar, Schema, Union

Components: TypeAlias = Mapping[str, Component]

_MOST_SHOWN: Final = 8

# For each kind of node, its attributes that bound values, and the words for each.
_BOUNDS: Final[Mapping[type, tuple[tuple[str, str], ...]]] = {
    Scalar: (
        ("minimum", "at least {}"),
        ("exclusive_minimum", "more than {}"),
        ("maximum", "at most {}"),
        ("exclusive_maximum", "less than {}"),
        ("multiple_of", "a multiple of {}"),
        ("min_length", "at least {} characters"),
        ("max_length", "at most {} characters"),
        ("pattern", "matches {}"),
        ("format", "format {}"),
    ),
    Array: (("min_items", "at least {} items"), ("max_items", "at most {} items")),
    Object: (("min_properties", "at least {} keys"), ("max_properties", "at most {} keys")),
}
# Limits of 64-bit integers are of no interest.
_NO_BOUND: Final = 2**53


def type_text(schema: Schema, components: Components) -> str:
    """Return a short text for a type: ``string|integer``, ``[Message, ...]``, ``auto|low|high``."""
    found = (text for one, name in leaves(schema, components) for text in _texts(one, name))
    return _joined(found) or "any"


def _joined(texts: Iterable[str]) -> str:
    members = list(dict.fromkeys(texts))
    if len(members) > _MOST_SHOWN:
        members = [*members[: _MOST_SHOWN - 1], f"({len(members) - _MOST_SHOWN + 1} more)"]
    return "|".join(members)


def _texts(node: Schema, name: str = "") -> Iterator[str]:
    match node:
        case Ref(name=target):
            yield target
        case Union(members=members):
            for one in members:
                yield from _texts(one)
        case Array(places=(_, *_) as places):
            yield f"[{', '.join(_joined(_texts(one)) for one in places)}{', ...' if node.rest else ''}]"
        case Array(items=items):
            # A list's items are shown by name; expanding them could recurse.
            yield f"[{_joined(_texts(items))}, ...]"
        case Literals(values=values):
            yield from (str(one) for one in values)
        case Scalar():
            yield "@file" if node.is_binary else node.kind
        case Object():
            yield name or "object"
        case Null():
            yield "null"
        case _:
            yield "any"


def leaves(schema: Schema, components: Components) -> Iterator[tuple[Schema, str]]:
    """Yield the parts of a type behind references and unions, with the component that each part is."""
    yield from _leaves(schema, components, "", set())


def _leaves(
    schema: Schema, components: Components, name: str, seen: set[str]
) -> Iterator[tuple[Schema, str]]:
    match schema:
        case Ref(name=target):
            if target not in seen:
                seen.add(target)
                yield from _leaves(components[target].schema, components, target, seen)
        case Union(members=members):
            for one in members:
                yield from _leaves(one, components, "", seen)
        case _:
            yield schema, name


def bounds(schema: Schema, components: Components) -> tuple[str, ...]:
    """Return the bounds in words; each applies to a kind of value that the type allows."""
    told = (text for one, _ in leaves(schema, components) for text in _own_bounds(one))
    return tuple(dict.fromkeys(told))


def _own_bounds(node: Schema) -> Iterator[str]:
    for attribute, words in _BOUNDS.get(type(node), ()):
        value = getattr(node, attribute)
        if value is not None and value != "binary" and not (_is_number(value) and abs(value) >= _NO_BOUND):
            text = words.format(value)
            yield text.removesuffix("s") if value == 1 else text


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float))


def constants(schema: Schema, components: Components) -> tuple[Literals, ...]:
    """Return the sets of constants that a value, or a list's item, may be one of."""
    return tuple(_constants(schema, components, set()))


def _constants(schema: Schema, components: Components, seen: set[str]) -> Iterator[Literals]:
    for one, _ in _leaves(schema, components, "", seen):
        if isinstance(one, Literals):
            yield one
        elif isinstance(one, Array):
            yield from _constants(one.items, components, seen)


def objects(schema: Schema, components: Components) -> tuple[str, ...]:
    """Return the components that are objects and that a value, or an item of it, may be; in order."""
    return tuple(dict.fromkeys(_objects(schema, components, set())))


def _objects(schema: Schema, components: Components, seen: set[str]) -> Iterator[str]:
    for one, name in _leaves(schema, components, "", seen):
        match one:
            case Object() if name:
                yield name
            case Array(items=inner) | Object(extra=inner) if inner is not None:
                yield from _objects(inner, components, seen)
            case _:
                pass
