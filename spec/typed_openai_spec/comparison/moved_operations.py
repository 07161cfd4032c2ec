"""Find operations that moved: to another path and under another operationId, with the same shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from typed_openai_spec.comparison.component_changes import schemas_of
from typed_openai_spec.files.source import to_json
from typed_openai_spec.model import PLACEHOLDER, Argument, Operation
from typed_openai_spec.model.encoding import encode
from typed_openai_spec.model.renaming import operation_with_names
from typed_openai_spec.model.walking import references


def moved_operations(
    gone: Iterable[Operation], come: Iterable[Operation], names: Mapping[str, str]
) -> list[tuple[Operation, Operation]]:
    """Return the pairs of operations that send and return the same, and resemble no other ones as much.

    ``names`` are the new names of renamed components. Both must end in the same fixed part of the path, or
    have the same name: two calls that return the same are not the same. Those that refer to no component
    say so little that they must have the same name.
    """
    left = [(one, _shape(operation_with_names(one, names))) for one in gone]
    right = [(one, _shape(one)) for one in come]
    scores = {
        (one.id, other.id): (_likeness(one, other), one, other)
        for one, shape in left
        for other, shape_there in right
        if shape == shape_there and _are_alike(one, other)
    }
    return [
        (one, other)
        for pair, (score, one, other) in scores.items()
        if not any(two[0] >= score and _rivals(pair, others) for others, two in scores.items())
    ]


def _rivals(pair: tuple[str, str], other: tuple[str, str]) -> bool:
    return pair != other and (pair[0] == other[0] or pair[1] == other[1])


def _shape(operation: Operation) -> str:
    """Return everything that is sent and returned, except for the path and the names of its parameters."""
    places = {name: str(number) for number, name in enumerate(PLACEHOLDER.findall(operation.path))}
    arguments = sorted(to_json(encode(_bare(one, places))) for one in operation.arguments)
    bodies = [encode(one) for one in operation.bodies]
    results = [encode(operation.result), *(encode(one) for one in operation.variants)]
    return to_json([operation.method, operation.query, arguments, bodies, results])


def _bare(argument: Argument, places: Mapping[str, str]) -> Argument:
    """Return the argument without documentation; a path parameter is identified by its position."""
    bare = replace(argument, doc="", text="", deprecated=False, replacement="")
    place = places.get(argument.wire) if argument.location == "path" else None
    return bare if place is None else replace(bare, name=place, wire=place)


def _are_alike(one: Operation, other: Operation) -> bool:
    if one.name == other.name:
        return True
    refers = any(True for schema in schemas_of(one) for _ in references(schema))
    return refers and _fixed_parts(one)[-1:] == _fixed_parts(other)[-1:]


def _likeness(one: Operation, other: Operation) -> int:
    return len({*_fixed_parts(one)} & {*_fixed_parts(other)}) + (one.name == other.name)


def _fixed_parts(operation: Operation) -> list[str]:
    return [part for part in operation.path.split("/") if part and not PLACEHOLDER.search(part)]
