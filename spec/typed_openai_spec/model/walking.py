"""Traversal of schemas: nested nodes and references."""

from __future__ import annotations

from collections.abc import Iterator

from typed_openai_spec.model import Array, Object, Ref, Schema, Union


def children(schema: Schema) -> Iterator[Schema]:
    """Yield the schemas directly inside ``schema``; references are not followed."""
    match schema:
        case Array(items=items):
            yield items
        case Union(members=members):
            yield from members
        case Object(fields=fields, extra=extra, key_schema=key_schema):
            yield from (one.schema for one in fields)
            yield from (one for one in (extra, key_schema) if one is not None)
        case _:
            return


def references(schema: Schema) -> Iterator[str]:
    """Yield the names of the components that ``schema`` refers to, directly or in nested nodes, in order."""
    if isinstance(schema, Ref):
        yield schema.name
    for child in children(schema):
        yield from references(child)
