"""Find components that were both renamed and changed, by the content they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from typed_openai_spec.model import Array, Component, Literals, Object, Ref, Schema, Union

_ALIKE: Final = 0.6
"""Minimum share of common features among all features of two components."""

_ENOUGH: Final = 6
"""Minimum number of common features; smaller components resemble too many others."""


def alike(gone: Iterable[Component], come: Iterable[Component], names: Mapping[str, str]) -> dict[str, str]:
    """Return the pairs that resemble each other more than any other; ``names`` holds the known pairs."""
    left = {one.name: (one, frozenset(_features(one.schema, names))) for one in gone}
    right = {one.name: (one, frozenset(_features(one.schema, {}))) for one in come}
    holders: dict[str, list[str]] = {}
    for name, (_, features) in right.items():
        for feature in features:
            holders.setdefault(feature, []).append(name)
    scores: dict[tuple[str, str], float] = {}
    for name, (one, features) in left.items():
        shared = Counter(other for feature in features for other in holders.get(feature, ()))
        for other, count in shared.items():
            score = count / len(features | right[other][1])
            if score >= _ALIKE and count >= _ENOUGH and _meet(one, right[other][0]):
                scores[name, other] = score
    return {
        one: other
        for (one, other), score in scores.items()
        if not any(two >= score and _rivals((one, other), pair) for pair, two in scores.items())
    }


def _rivals(pair: tuple[str, str], other: tuple[str, str]) -> bool:
    return pair != other and (pair[0] == other[0] or pair[1] == other[1])


def _meet(left: Component, right: Component) -> bool:
    """Return True if both occur in requests, or both in replies."""
    return (left.input and right.input) or (left.output and right.output)


def _features(schema: Schema, names: Mapping[str, str]) -> Iterator[str]:
    """Yield the features of a schema: each field name, each typed field, each value, each alternative."""
    match schema:
        case Object(fields=fields):
            for field in fields:
                yield field.name
                yield f"{field.name}: {_type(field.schema, names)}"
        case Literals(values=values):
            yield from (repr(one) for one in values)
        case Union(members=members):
            yield from (_type(one, names) for one in members)
            yield from (feature for one in members for feature in _features(one, names))


def _type(schema: Schema, names: Mapping[str, str]) -> str:
    match schema:
        case Ref(name=name):
            return f"-> {names.get(name, name)}"
        case Array(items=items):
            return f"[{_type(items, names)}]"
        case Union(members=members):
            return " | ".join(_type(one, names) for one in members)
        case Literals(values=values):
            return repr(values)
        case _:
            return f"{type(schema).__name__} {getattr(schema, 'kind', '')}"
