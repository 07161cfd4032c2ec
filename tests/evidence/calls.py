"""A program of the recorded requests, written as literal calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.evidence.shapes import FILE, Shape
from tests.proof.programs import Code, Program, Statement

from typed_openai_spec.model import Api, Operation

_FILE = Code('b"content"')


def program(api: Api, requests: tuple[Shape, ...]) -> Program:
    """Return the calls that send the requests; those of no operation, on a websocket, are left out."""
    operations = {one.id: one for one in api.operations}
    calls = (
        Statement(_call(operations[one.owner], one.value), one.owner, "recorded", fits=True)
        for one in requests
        if one.owner in operations
    )
    return Program("recorded.py", tuple(calls))


def covering(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Return few of the requests, which together have every key and kind of value of all of them."""
    features = [(shape, frozenset(_features(shape.value, shape.owner))) for shape in shapes]
    chosen: list[Shape] = []
    met: set[str] = set()
    for shape, found in sorted(features, key=lambda one: len(one[1]), reverse=True):
        if not found <= met:
            met |= found
            chosen.append(shape)
    return tuple(chosen)


def _features(value: Any, path: str) -> Iterator[str]:
    """Yield the places in a value with the kind of value, or the constant, that each has."""
    told = value if path.endswith((".type", ".role")) else type(value).__name__
    yield f"{path}: {told}"
    if isinstance(value, dict):
        kind = f"<{value['type']}>" if isinstance(value.get("type"), str) else ""
        for key, one in value.items():
            yield from _features(one, f"{path}{kind}.{key}")
    elif isinstance(value, list):
        for one in value:
            yield from _features(one, f"{path}[]")


def _call(operation: Operation, body: dict[str, Any]) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in _arguments(operation, body))
    return f"client.{operation.qualified_name}({given})"


def _arguments(operation: Operation, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    names = {one.wire: one.name for one in operation.arguments if one.location == "body"}
    for one in operation.arguments:
        if one.location == "path":
            yield one.name, "id_1"
    for wire, value in body.items():
        yield names[wire], _written(value)


def _written(value: Any) -> Any:
    if value == FILE:
        return _FILE
    if isinstance(value, list):
        return [_written(one) for one in value]
    if isinstance(value, dict):
        return {key: _written(one) for key, one in value.items()}
    return value
