"""Binary strings in JSON, which cannot hold bytes: they are text, in base64."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from typed_openai_spec.model import Argument, Array, Object, Operation, Scalar, Schema, Union
from typed_openai_spec.model.media import is_json


def as_text(schema: Schema) -> Schema:
    """Return the schema with text in place of files; references are kept."""
    match schema:
        case Scalar(is_binary=True):
            return replace(schema, format="byte")
        case Array():
            return schema.changed(as_text)
        case Union(members=members):
            return replace(schema, members=tuple(map(as_text, members)))
        case Object(fields=fields, extra=extra):
            new = tuple(replace(one, schema=as_text(one.schema)) for one in fields)
            return replace(schema, fields=new, extra=None if extra is None else as_text(extra))
        case _:
            return schema


def with_text_arguments(operation: Operation) -> Operation:
    """Return the operation with text for the files among the fields of JSON bodies."""
    in_others = {
        name for body in operation.bodies if not is_document(body.media_type) for name in body.fields
    }
    return replace(operation, arguments=tuple(_argument(one, in_others) for one in operation.arguments))


def is_document(media_type: str) -> bool:
    """Return True if a body of the media type is JSON, which has no files."""
    return is_json(media_type)


def _argument(argument: Argument, in_others: Collection[str]) -> Argument:
    if argument.location != "body" or argument.name in in_others:
        return argument
    return replace(argument, schema=as_text(argument.schema))
