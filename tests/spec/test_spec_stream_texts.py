"""The place of a stream's text: overrides define it, and it is right for the whole API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeAlias

import pytest

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Api, Array, Literals, Object, Operation, Scalar, Schema, Union

Reader: TypeAlias = Callable[[str], tuple[Api, list[str]]]

STREAMING = """
paths:
  /a:
    post:
      responses: {'200': {content: {text/event-stream: {schema: {$ref: '#/components/schemas/Happening'}}}}}
components:
  schemas:
    Happening:
      properties: {n: {type: integer}}
      x-typed: {text: %s}
"""


def test_a_stream_knows_the_paths_to_its_text(described: Reader) -> None:
    api, problems = described(STREAMING % "{part: a.b, '*': c}")
    assert problems == []
    assert dict(api.operations[0].result.text) == {"part": "a.b", "*": "c"}


@pytest.mark.parametrize("text", ["[a]", "{part: [a]}", "a"])
def test_paths_that_are_none_are_reported(described: Reader, text: str) -> None:
    api, problems = described(STREAMING % text)
    place = "/components/schemas/Happening/x-typed/text"
    assert problems == [f"approximated: {place}: expected paths by the names of events (it is ignored)"]
    assert api.operations[0].result.text == ()


STREAMS = [one for one in packaged().operations() if one.stream is not None]


@pytest.mark.parametrize("operation", STREAMS, ids=lambda one: str(one.qualified_name))
def test_each_path_leads_to_a_text_of_its_event(operation: Operation) -> None:
    assert operation.stream is not None
    result = operation.stream.result
    assert result.schema is not None
    events = list(objects(result.schema))
    for name, path in result.text:
        named = [one for one in events if name in ("*", *names(one))]
        assert named, name
        assert any(is_text(one, path.split(".")) for one in named), path


@cache
def whole_api() -> Api:
    return packaged().api()


def objects(schema: Schema) -> Iterator[Object]:
    schema = whole_api().resolve(schema)
    if isinstance(schema, Object):
        yield schema
    elif isinstance(schema, Union):
        for one in schema.members:
            yield from objects(one)


def names(event: Object) -> Iterator[object]:
    for key in ("event", "type"):
        if (field := event.field(key)) is not None and isinstance(field.schema, Literals):
            yield from field.schema.values


def is_text(schema: Schema, path: list[str]) -> bool:
    schema = whole_api().resolve(schema)
    if isinstance(schema, Union):
        return any(is_text(one, path) for one in schema.members)
    if isinstance(schema, Array):
        return is_text(schema.items, path)
    if not path:
        return isinstance(schema, Scalar) and schema.kind == "string"
    field = schema.field(path[0]) if isinstance(schema, Object) else None
    return field is not None and is_text(field.schema, path[1:])
